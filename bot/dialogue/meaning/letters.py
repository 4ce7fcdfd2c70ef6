"""What words mean as an answer to letters with choices that are no question: requests, check-ins, follow-ups.

The newest comes first, but not only the very last message counts. A number belongs to the newest, or to a
scale. What is exactly a label is pressed; what says the same in other words is asked about, unless the step
takes words and shows what it understood. Where somebody has spoken to their writer since, only a reply
chooses. Words that fit a letter and an announcement after it are asked about: they may be for whoever wrote
that.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.delivery import offers
from bot.dialogue.meaning import choosing
from bot.dialogue.meaning.meanings import Call, Meaning
from bot.dialogue.meaning.state import State
from bot.handler import Answerable
from bot.reading import talk, typed
from bot.user_message import UserMessage
from db.network import invitations

WAITS = timedelta(days=3)
"""How long a letter waits for an answer in words that are no reply to it."""
OF_NEWS = timedelta(days=1)
"""How long an announcement alone waits for a yes or no."""
TO_ANYTHING = frozenset({"yes", "no", "later", "dont_know", "help_offer"})
"""The lists of words that answer an announcement as well as a request."""
SHORT = 200
"""Characters of words that may be an answer in a few of them."""


def chosen(said: UserMessage, state: State) -> Meaning | None:
    """Return what the whole of some words chooses; None for nothing."""
    rows = state.letters()
    if typed.number(said.words) is not None:
        return _numbered(rows, said, state)
    for row in rows:
        if (slot := state.slot_typed(said.words, row.offers)) is not None:
            return state.chosen(row, slot, said)
    if len(said.words) > SHORT or not rows:
        return None
    lists = talk.lists(said.words, state.reader.locale)
    for row in rows if lists else []:
        if (slot := _slot_of(lists, row.offers)) is not None:
            named = choosing.names(said.words, row.offers[slot], state.reader)
            return in_words(row, slot, said, state, None if named else _news_after(row, lists, state))
    for row in rows:
        if (slot := choosing.slot_of_slip(said.words, row.offers, state.reader)) is not None:
            return state.asks_whether(row, slot, said)
    return None


def _numbered(rows: Sequence[Any], said: UserMessage, state: State) -> Meaning | None:
    """Return what a number chooses: of the newest letter, else of one whose labels are numbers, such as a
    scale. Where a question is open, it stands below the letters, and the number was for that."""
    for row in rows if not state.parked else ():
        slot = (
            state.slot_typed(said.words, row.offers)
            if row is rows[0]
            else choosing.slot_of_label(said.words, row.offers, state.reader)
        )
        if slot is not None:
            return state.chosen(row, slot, said)
    return None


def begun(said: UserMessage, state: State) -> Meaning | None:
    """Return what words choose that begin like an answer and go on: "Yes, in 4b". The rest of it may be the
    answer to a letter that waits for words. None for nothing."""
    rows = state.letters() if len(said.words) <= SHORT else []
    among = {name for row in rows for each in row.offers for name in each.get("means", ())}
    found = talk.begins(said.words, state.reader.locale, among) if among else None
    if found is None:
        return None
    name, rest = found
    lists = {name} | talk.lists(rest, state.reader.locale)
    for row in rows:
        if (slot := _slot_of({name}, row.offers)) is not None:
            slot = slot if (other := _slot_of(lists - {name}, row.offers)) is None else other
            also = _news_after(row, lists, state)
            if rest and lists == {name} and (call := _in_answer(row, said, state)) is not None:
                return call if also is None else state.asks_whether(row, None, said, also)
            return in_words(row, slot, said, state, also)
    return None


def to_news(said: UserMessage, state: State) -> Call | None:
    """Return that they are asked whether a yes or no answers an announcement, where nothing else waits for
    one; None for other words."""
    news = [row for row in state.news() if state.now - row.made_at < OF_NEWS]
    if not news or len(said.words) > SHORT or state.is_in_conversation():
        return None
    locale = state.reader.locale
    lists = talk.lists(said.words, locale)
    if lists.isdisjoint(TO_ANYTHING) and talk.begins(said.words, locale, ("yes", "no")) is None:
        return None
    return state.asks_whether(news[0], None, said)


def longer(said: UserMessage, state: State) -> Call | None:
    """Return where words lead that are none of the choices of a letter which waits for an answer in words;
    None where no such letter is fresh, or they are talking with somebody."""
    is_other = typed.number(said.words) is not None or invitations.looks_like_code(said.words)
    if state.is_in_conversation() or is_other:
        return None
    for row in [row for row in state.letters() if state.now - row.made_at < WAITS]:
        if (call := _in_answer(row, said, state)) is not None:
            also = _news_after(row, frozenset(), state)
            return call if also is None else state.asks_whether(row, None, said, also)
    return None


def replied(row: Any, said: UserMessage, state: State) -> Meaning | None:
    """Return what words in answer to a letter choose of it in other words than its labels; None for nothing,
    or where it takes such answers as they are."""
    if said.media or not said.words or len(said.words) > SHORT:
        return None
    if (slot := choosing.slot_of_slip(said.words, row.offers, state.reader)) is not None:
        return state.asks_whether(row, slot, said)
    if state.takes_answers(row):
        return None
    slot = _slot_of(talk.lists(said.words, state.reader.locale), row.offers)
    return in_words(row, slot, said, state) if slot is not None else None


def in_words(row: Any, slot: int, said: UserMessage, state: State, also: Any = None) -> Meaning:
    """Return what it means to choose an offer in other words than its label: its step takes them and shows
    what it understood, else it is asked about; `also` is another letter that they may answer."""
    called = state.router.read(row.offers[slot])
    step = called[1] if called is not None else None
    if isinstance(step, Answerable) and not step.only_replies and not state.is_in_conversation():
        return state.chosen(row, slot, said, step.answered(said))
    return state.asks_whether(row, slot, said, also)


def _news_after(row: Any, lists: Collection[str], state: State) -> Any:
    """Return the newest announcement after a letter, where words of these lists may answer it; None else."""
    if not TO_ANYTHING.issuperset(lists):
        return None
    later = (each for each in state.news() if each.id > row.id)
    return next((each for each in later if state.now - each.made_at < WAITS), None)


def _in_answer(row: Any, said: UserMessage, state: State) -> Call | None:
    """Return where words lead that answer a letter and are no reply to it; None where it takes none."""
    call = state.leads(row.on_reply, said)
    if call is None or call.what.only_replies or state.is_in_conversation():
        return None
    return call if call.what.fits(said.words, state.reader.locale) else None


def _slot_of(lists: frozenset[str] | set[str], offered: Sequence[Mapping[str, Any]]) -> int | None:
    """Return which of the offers means words of these lists: of several the one that prefers them."""
    found = [
        (names.index(name), slot)
        for slot, each in enumerate(offered)
        if (names := list(offers.means(each)))
        for name in lists
        if name in names
    ]
    return min(found)[1] if found else None
