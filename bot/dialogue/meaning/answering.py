"""What words mean while a question is open: the rest of an answer, its end, an answer, or none."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.delivery import asked
from bot.dialogue.meaning import choosing, commands, letters, refusals
from bot.dialogue.meaning.meanings import Answer, Call, Complete, Ignore, Meaning, Say
from bot.dialogue.meaning.said import changed, is_message, message_of, messages, together, with_media
from bot.dialogue.meaning.state import State
from bot.dialogue.questions import SKIP, Given
from bot.handler import Answerable, InNeed, Meant, Stops, Unasked
from bot.reading import talk
from bot.user_message import UserMessage

DOUBTS = (Meant.name, Stops.name)
"""What asks about words whether they mean something: other words make it needless."""
IN_A_ROW = timedelta(seconds=4)
"""Within this time, words after an answer in words belong to it."""
OF_A_PASTE = timedelta(seconds=15)
"""The same after words that fill a whole message: an app has cut what was pasted."""
FULL = 3_500
"""Characters that fill a message so that an app cuts there, at a word before the 4,096th."""
FREE = 20
"""Characters of an answer that may have been broken off: names and places are shorter."""
SHORT = 60
"""Characters of words that may be there to stop something."""
ENDS = ("stop", "back")
"""The lists of words that stop a question."""


# --- the rest of something -----------------------------------------------------------------------


def rest(said: UserMessage, state: State) -> Meaning | None:
    """Return that a message is the rest of what has just been said: one more part of an album, or more words
    a moment after an answer in words. None where it is not."""
    if not state.parked:
        return None
    parked = state.parked[0]
    if said.album:
        return _part_of_album(parked, said) if parked.album == said.album else None
    since = state.now - parked.asked_at
    if said.media or since > OF_A_PASTE or not parked.heard:
        return None
    question, before = list(parked.heard.values())[-1]
    if since > (OF_A_PASTE if len(before) >= FULL else IN_A_ROW):
        return None
    if question == parked.question:
        # It was refused for its length, and that is said already.
        return Ignore("rest of a paste") if len(before) >= FULL else None
    answer = parked.answers.get(question)
    is_whole = is_message(answer) and bool(state.offers_of(parked))
    if not is_whole and (answer != before or len(before) < FREE or parked.takes != "choice"):
        return None
    if _is_meant_for(parked, said, state) or said.forwarded != message_of(answer).forwarded:
        return None
    heard = {**parked.heard, said.message: [question, said.words]}
    whole = "\n".join(words for about, words in heard.values() if about == question and words)
    answers = {name: value for name, value in parked.answers.items() if name != question}
    joined = changed(message_of(answer), whole, said.message)
    return Answer(parked, Given(question, joined), joined, answers=answers, messages=heard)


def _part_of_album(parked: Any, said: UserMessage) -> Complete | Say:
    if asked.quotes_file(parked):
        return Say(refusals.one_file(), "one file")
    kept = type(parked.answers)  # as secret as it was
    answers, args = kept(parked.answers), kept(parked.args)
    question = ""
    if answers:
        question, before = answers.popitem()
        answers[question] = with_media(before, said)
    elif "said" in args:
        args["said"] = with_media(args["said"], said)
    heard = kept({**parked.heard, said.message: [question, said.words]})
    return Complete(parked, {"answers": answers, "args": args, "heard": heard})


def _is_meant_for(parked: Any, said: UserMessage, state: State) -> bool:
    """Whether words answer the open question with choices, or stop it, or are for the bot, as far as can be
    seen."""
    locale = state.reader.locale
    if state.is_need(said.words) or talk.command(said.words, locale):
        return True
    if talk.lists(said.words, locale) or talk.begins(said.words, locale, ("yes", "no", "stop", "back")):
        return True
    offered = state.offers_of(parked)
    slot = choosing.slot_of(said.words, offered, state.reader)
    return slot is not None or choosing.slot_of_part(said.words, offered, state.reader) is not None


# --- stopping ------------------------------------------------------------------------------------


def stopping(parked: Any, said: UserMessage, state: State) -> Call | None:
    """Return that they are asked whether their words stop the open question; None where they do not look like
    it, or are one of its answers."""
    if said.media or not said.words or len(said.words) > SHORT:
        return None
    locale = state.reader.locale
    lists = talk.lists(said.words, locale)
    ends = not lists.isdisjoint(ENDS) or talk.begins(said.words, locale, ENDS) is not None
    takes_words = parked.takes == "words"
    refuses = takes_words and "no" in lists and not state.is_spoken_to_since(parked)
    if not ends and not refuses:
        return None
    offered = state.offers_of(parked)
    if choosing.slot_of(said.words, offered, state.reader) is not None:
        return None
    values = {each["value"] for each in offered if isinstance(each.get("value"), str)}
    if "no" in lists and ("no" in values or SKIP in values):
        return None
    return state.take_if_there(Stops(parked.id, takes_words, said=said), said)


def stops_indeed(parked: Any, said: UserMessage, state: State) -> Meaning | None:
    """Return that the question is stopped, where words stop it a second time; None else."""
    if parked.handler != Stops.name or talk.lists(said.words, state.reader.locale).isdisjoint(ENDS):
        return None
    return state.stopped(Stops.from_json(parked.args).question)


# --- answering -----------------------------------------------------------------------------------


def given(parked: Any, said: UserMessage, state: State) -> Given:
    """Return what somebody said as what answers a question."""
    return Given(parked.question, said, shown=state.options_shown(parked, said.words))


def is_answer_to_doubt(parked: Any, said: UserMessage, state: State) -> bool:
    """Whether words answer what asks about earlier ones."""
    lists = talk.lists(said.words, state.reader.locale)
    return not lists.isdisjoint(("yes", "no")) or state.slot_of_question(said.words) is not None


def answer(parked: Any, said: UserMessage, state: State) -> Meaning:
    """Return what words mean while a question is open. Where somebody has spoken to their writer since, they
    may be for that one: a question that takes any words does not take them without asking, and one with
    choices takes only what is exactly one of them. A file for which it waits is for the question."""
    asks_for_whom = parked.handler == Unasked.name
    answers = given(parked, said, state)
    if said.content is not None or asks_for_whom or not state.is_spoken_to_since(parked):
        return Answer(parked, answers, said)
    slot = state.slot_of_question(said.words)
    if slot is not None and (parked.takes == "choice" or not said.words.isdecimal()):
        return Answer(parked, answers, said)
    if parked.takes == "choice":
        return Answer(parked, replace(answers, exactly=True), said, talking=True)
    return state.take(Unasked(parked.id, said=said), said)


def otherwise(refused: Answer, said: UserMessage, state: State) -> Meaning | None:
    """Return what words mean that the open question does not take; None where they are only no answer. Where
    it asks what other words mean, they belong to those, and it is asked of all of them; but for a mere yes or
    no, which is no part of them."""
    if state.is_need(said.words):
        return state.take(InNeed(said=said), said)
    called = state.router.revive(refused.parked)
    step = called[1] if called is not None else None
    if isinstance(step, Answerable) and step.said and not refused.parked.answers:
        if not said.media and talk.lists(said.words, state.reader.locale) & {"yes", "no"}:
            return None
        heard = {**refused.parked.heard, **messages([said])}
        return state.take(step.answered(together(step.said, said), replied=step.replied), said, heard)
    if said.words and not said.media and not said.forwarded:
        other = letters.chosen(said, state) or commands.named(said, state) or commands.wish(said, state)
        if other is not None:
            return other
    return state.take(Unasked(said=said), said) if refused.talking else None
