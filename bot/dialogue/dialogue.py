"""Dialogues: how a handler parks, and goes on when it is called again with one more answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from bot.delivery.letters import Content
from bot.delivery.offers import Button
from bot.dialogue.interruptions import Misused, Parked
from bot.dialogue.meaning import understanding
from bot.dialogue.questions import (
    BROUGHT,
    DONE,
    MEANT,
    MISSED,
    SKIP,
    Given,
    Question,
    asks_for_number,
    holds,
    named_in,
    offers,
    takes_rest,
)
from bot.reading import choices, talk
from bot.reading.unclear import Explained, Unclear
from bot.text import AnyText, Reader, _, to_json
from bot.user_message import UserMessage, unpacked

GONE = _("That choice is gone. Please choose again.")
CHANGED = _("Something has changed since I asked you, so I have not used your answer.")


@dataclass(slots=True)
class Said:
    """Something for the one who acts, kept until the turn is through; `instead` of the message whose button
    was pressed, if one was."""

    text: AnyText
    buttons: Sequence[Button] = ()
    content: Content = field(default_factory=Content)
    instead: bool = False

    @property
    def ends_a_message(self) -> bool:
        """Whether nothing that is said later can stand below it in the same message."""
        return bool(self.buttons or self.content.get("file") or self.content.get("carries"))


@dataclass
class Dialogue:
    """The state of one parked handler: everything that is kept, and all of it is JSON."""

    answers: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)  # settled without asking, by name
    rest: str = ""  # written after the command, not used yet
    rest_for: Sequence[str] | None = None  # the questions that it may answer; None: any
    sub: str = ""  # the question whose choices are sub-commands: words that are none of them are not used
    ticked: list[Any] = field(default_factory=list)
    messages: dict[str, Any] = field(default_factory=dict)  # message → the question it answers, its words
    given: Given | None = None
    reader: Reader = field(default_factory=Reader)  # whose labels are understood when typed
    said: list[Said] = field(default_factory=list)  # since the last answered question
    edit_in_place: bool = False  # the open question only changed its ticks: edit it, do not ask anew
    language: str = ""  # chosen in it, and not kept yet
    refused: UserMessage | None = None  # what was written and is no answer
    reached: set[str] = field(default_factory=set)  # the questions of this run
    outdated: bool = False  # what was given answers what is no longer so

    def answer(self, question: Question) -> Any:
        """Return the answer to `question`, if there is one that still holds. Raises Parked where there is
        none, and Misused where a question of this name was asked in this run already."""
        self._once(question)
        return self._answer(question)

    def _once(self, question: Question) -> None:
        if question.name in self.reached:
            raise Misused(
                f"the question “{question.name}” is asked twice in one run: its answer is the first one's"
            )
        self.reached.add(question.name)

    def _answer(self, question: Question) -> Any:
        if question.name in self.answers:
            value = self.answers[question.name]
            if holds(question, value):
                self.said.clear()  # already heard
                return value
            del self.answers[question.name]
        if self.given is not None and self.given.question == question.name:
            given, self.given = self.given, None
            try:
                value = self._take(question, given)
            except Unclear as unclear:
                self._not_taken(question, unclear, given.said)
            self._remember(question, given.said)
        elif self.rest and self.given is None and takes_rest(question, self.rest_for, self.sub):
            try:
                value = self._take_first_words(question)
            except Unclear as unclear:
                self.rest = ""
                self._not_taken(question, unclear)
        else:
            if self.given is not None:
                self.said.append(Said(CHANGED))
            raise Parked(question)
        self.answers[question.name], self.ticked = value, []
        self.said.clear()
        return value

    def shown(self, name: str, value: Any) -> bool:
        """Make what people are shown now, as JSON, a condition of the answers that follow. Return whether it
        is no longer what it was when they answered: then those answers are gone, and that is said."""
        before, self.kept[name] = self.kept.get(name, value), value
        later = [question for question in self.answers if question not in self.reached]
        if before == value or (self.given is None and not later):
            return False
        for question in later:
            del self.answers[question]
        self.given, self.outdated = None, True
        self.said.append(Said(CHANGED))
        return True

    def unused(self, asked: str) -> str:
        """Return the words after the command that no question takes any more, now that this one is asked and
        has not taken them; forget them then."""
        is_kept = self.rest_for is None or {*self.rest_for} - {asked, *self.answers}
        if is_kept and asked != self.sub:
            return ""
        left, self.rest = self.rest, ""
        return left

    def unused_at_last(self) -> str:
        """Return the words after the command that no question has taken; none where the command has said why
        it did not ask what they might answer."""
        is_asked = not self.rest_for or not self.reached.isdisjoint(self.rest_for)
        return self.rest if is_asked else ""

    def pick(self, question: Question) -> Any:
        """Return the answer like `answer`, but take an only option without a question: it stays the answer
        when there are others by then. The value may be one that is no longer there; None where there is no
        option at all."""
        self._once(question)
        if question.name in self.answers or question.name in self.kept:
            self.said.clear()
            return self.answers.get(question.name, self.kept.get(question.name))
        given = self.given
        if given is not None and given.question == question.name:
            if (choice := given.choice()) is not None and choice not in question.options:
                self.given = None
                return choice
        elif len(question.options) <= 1:
            self.kept[question.name] = next(iter(question.options), None)
            return self.kept[question.name]
        return self._answer(question)

    def _remember(self, question: Question, said: UserMessage | None) -> None:
        """Keep which message answered a question last, with those that it was joined to; none where it was
        pressed."""
        if said is not None and self.messages.get(said.message, ("", ""))[0] == question.name:
            return
        others = self.messages.items()
        self.messages = {message: about for message, about in others if about[0] != question.name}
        if said is not None and said.message:
            self.messages[said.message] = [question.name, said.words]

    def _not_taken(self, question: Question, unclear: Unclear, said: UserMessage | None = None) -> NoReturn:
        """Refuse words, never twice in the same way; an edit may still make an answer of them."""
        text = unclear.text
        self.refused = None if isinstance(unclear, Explained) else said
        if self.refused is not None:
            self._remember(question, said)
            name, times, before = self.kept.get(MISSED, ("", 0, None))
            times = 1 + (times if name == question.name else 0)
            if times > 1 and to_json(text) == before:
                text = _("I still cannot tell what you mean.")
            self.kept[MISSED] = [question.name, times, to_json(text)]
        self.said.append(Said(text))
        raise Parked(question) from None

    def misses(self, question: Question) -> int:
        """Return how often in a row a question was answered by what it does not take."""
        name, times, _text = self.kept.get(MISSED, ("", 0, None))
        return times if name == question.name and self.refused is not None else 0

    def _take(self, question: Question, given: Given) -> Any:
        if given.said is None:
            return self._pressed(question, given.value)
        if given.said.media and not question.whole:
            raise Unclear(_("Please answer this in words."))
        words = given.said.words
        if question.why is not None and "why" in talk.lists(words, self.reader.locale):
            raise Explained(question.why)
        if (pressed := self._typed_below(question, given, words)) is not None:
            return self._pressed(question, pressed)
        exactly = given.exactly or question.parse is not None
        if question.options and (value := self._option(question, words, exactly, given.shown)) is not None:
            return [value] if question.many else value
        if (value := self._by_lists(question, words)) is not None:
            return self._pressed(question, value) if value == SKIP else value
        if question.many:
            return self._typed_many(question, given, words, exactly)
        if question.parse is None and question.options and not question.whole:
            if len(named := named_in(question, words)) == 1:
                return named[0]
            raise self._not_one(question, words)
        understanding.check_length(question, given.said)
        if question.accepts is not None:
            return understanding.sent(question.accepts, given.said)
        if question.whole:
            media = unpacked(self.kept.pop(BROUGHT, ())) + given.said.media
            return replace(given.said, media=media).to_json()
        return question.parse(words) if question.parse else words

    def _pressed(self, question: Question, value: Any) -> Any:
        if value == SKIP:
            return None
        if not question.many:
            if not holds(question, value):
                raise Unclear(GONE)
            return value
        ticked = [option for option in self.ticked if option in question.options]
        if value == DONE:
            return ticked
        self.ticked = [o for o in ticked if o != value] if value in ticked else [*ticked, value]
        self.edit_in_place = True
        raise Parked(question)

    def _typed_below(self, question: Question, given: Given, words: str) -> Any:
        """Return what is typed, by its number or its label, of the buttons below the options: the end of a
        choice of several, and skipping; None for neither."""
        below = offers(question, self.ticked)[len(question.options) :]
        if not asks_for_number(question) and given.choice() in [value for _text, value in below]:
            return given.choice()
        return next((value for text, value in below if choices.is_label(words, text, self.reader)), None)

    def _by_lists(self, question: Question, words: str) -> Any:
        """Return what words answer that are on a list, or that say yes to what was asked last; None else."""
        name, meant = self.kept.get(MEANT, ("", None))
        locale, is_there = self.reader.locale, name == question.name and meant in question.options
        if is_there and understanding.says_yes(question, words, locale):
            return meant
        return understanding.by_lists(question, words, locale)

    def _not_one(self, question: Question, words: str) -> Unclear:
        """Return how words are refused that are none of the choices: with the one that was probably meant."""
        meant = understanding.probable(question, words, self.reader)
        if meant is None:
            return Unclear(_("Please choose one of these. Tap it, or type its number or its words."))
        self.kept[MEANT] = [question.name, meant]
        return Unclear(_("Do you mean “{choice}”?", choice=question.options[meant]))

    def _typed_many(self, question: Question, given: Given, words: str, exactly: bool) -> list[Any]:
        inside, left = understanding.within(words, question.options, self.reader)
        if inside and not left:
            return inside
        found, missed = [], ""
        for part in understanding.parts(words):
            value = self._option(question, part, exactly, given.shown)
            if value is None:
                missed = missed or part
            elif value not in found:
                found.append(value)
        if found and not missed:
            return found
        if named := named_in(question, words):
            return named
        if inside or found:
            self.ticked = list(dict.fromkeys([*self.ticked, *found, *inside]))
            raise Unclear(_("I have ticked what I understood. Is that right? Change it, or choose “Done”."))
        raise understanding.not_found(missed)

    def _take_first_words(self, question: Question) -> Any:
        """Return what words after the command answer: the first question they fit, or all of a free one."""
        if question.options and question.parse is None:
            words = self.rest.split()
            for length in range(len(words), 0, -1):
                if (value := self._option(question, " ".join(words[:length]))) is not None:
                    self.rest = " ".join(words[length:])
                    return [value] if question.many else value
            if named := named_in(question, words[0]):
                self.rest = " ".join(words[1:])
                return named if question.many else named[0]
            if not question.whole:
                raise Parked(question)
        left, self.rest = self.rest, ""
        if asks_for_number(question):
            left, _space, self.rest = left.partition(" ")
        return self._take(question, Given(question.name, UserMessage(left)))

    def _option(
        self, question: Question, words: str, exactly: bool = False, shown: Sequence[Any] = ()
    ) -> Any | None:
        """Return the option that was typed. A number is that of the options as they were `shown`, else as
        they are; where a number is asked for, one that is typed is meant as it stands."""
        numbered = [] if asks_for_number(question) else shown or list(question.options)
        value = choices.option(words, question.options, self.reader, exactly=exactly, numbered=numbered)
        if value is not None and value not in question.options:
            raise Unclear(GONE)
        return value
