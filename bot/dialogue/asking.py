"""How a handler asks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any, NoReturn, Protocol, TypeVar

from bot.delivery import asked
from bot.dialogue.acting import Acting
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.interruptions import AnswersOther, GoesOn, Redirect
from bot.dialogue.meaning import private
from bot.dialogue.questions import Accepts, Question
from bot.handler import Target
from bot.reading import dates, talk
from bot.reading.unclear import Doubt, Doubtful, Unclear, doubting
from bot.reading.when import numbers
from bot.text import AnyText, Text, _, from_json
from bot.user_message import SentFile, UserMessage
from db import shown
from db.engine import conversations


class Numbered(Protocol):
    """A stored row."""

    @property
    def id(self) -> int: ...


Picked = TypeVar("Picked", bound=Numbered)
YES, NO = "yes", "no"
NONE = frozenset({"no", "stop", "back", "nothing", "skip", "skip_or_answer", "later"})
"""The lists of words that want no answer taken."""


class Asking(Acting):
    """The ways to ask. Before its last question a handler may only read: whatever it wrote is rolled back
    when it asks."""

    # --- asking ----------------------------------------------------------------------------------

    def ask(
        self,
        name: str,
        text: AnyText,
        *,
        parse: Callable[[str], Any] | None = None,
        suggest: Mapping[str, AnyText] | None = None,
        skip: AnyText | None = None,
        max_length: int = 1000,
        why: Text | None = None,
    ) -> Any:
        """Ask for words; `parse` turns them into a JSON value or raises Unclear; where it is Doubtful, what
        was meant is asked. `suggest` (value → label) offers answers to tap. `why` says why it is asked, to
        whoever asks that back; so it does in the other ways to ask. Return None when skipped."""
        takes = doubting(parse) if parse is not None else str
        question = Question(name, text, suggest or {}, skip=skip, parse=takes, max_length=max_length, why=why)
        return _settled(self.dialogue, question)

    def ask_number(
        self,
        name: str,
        text: AnyText,
        *,
        most: int,
        suggest: Mapping[int, AnyText],
        days: bool = False,
        why: Text | None = None,
    ) -> int:
        """Ask for a whole number from 1 to `most`; with `days`, of days from today. `suggest` (number →
        label) offers some to tap."""
        offered = {str(number): label for number, label in suggest.items()}
        locale, today = self.reader.locale, self.today

        def typed(words: str) -> str:
            if days:
                return str(numbers.days(words, most, today, locale))
            return str(numbers.number(words, most, locale))

        return int(self.ask(name, text, parse=typed, suggest=offered, why=why))

    def ask_day(
        self,
        name: str,
        text: AnyText,
        *,
        suggest: Mapping[str, AnyText],
        check: Callable[[date], None],
        no: str = "",
        why: Text | None = None,
    ) -> date | str:
        """Ask for a day, as people type it where they live; `check` raises Unclear for one that cannot be
        meant. Return the day, or the value of a suggestion (value → label) that was taken; `no`, if it is
        given, for words that want none."""

        def typed(words: str) -> str:
            try:
                day = dates.day(words, self.today, self.reader.locale)
            except Doubtful as doubtful:
                raise dates.possible(doubtful, check) from None
            except Unclear:
                if no and talk.lists(words, self.reader.locale) & NONE:
                    return no
                raise
            check(day)
            return day.isoformat()

        answer = str(self.ask(name, text, parse=typed, suggest=suggest, why=why))
        return answer if answer in suggest or answer == no else date.fromisoformat(answer)

    def ask_message(self, name: str, text: AnyText, *, max_length: int = 1000) -> UserMessage:
        """Ask for words, a voice note, a picture or a file."""
        return UserMessage.from_json(
            self.dialogue.answer(Question(name, text, whole=True, max_length=max_length))
        )

    def ask_message_or(
        self,
        name: str,
        text: AnyText,
        options: Mapping[str, AnyText],
        *,
        max_length: int = 1000,
        why: Text | None = None,
    ) -> UserMessage | str:
        """Ask for a message like `ask_message`, or for one of `options` (value → label)."""
        question = Question(name, text, options, whole=True, max_length=max_length, why=why)
        answer = self.dialogue.answer(question)
        return answer if isinstance(answer, str) else UserMessage.from_json(answer)

    def ask_file(
        self,
        name: str,
        text: AnyText,
        *,
        kinds: Sequence[str],
        most: int,
        otherwise: Text,
        check: Callable[[SentFile | str], object] = lambda sent: None,
    ) -> SentFile | str:
        """Ask for a document whose name ends like one of `kinds` (".csv"), of at most `most` bytes, or for
        what is in it as words: return it, or the words. `check` raises Unclear for one that cannot be meant;
        to anything else `otherwise` is said. The bytes are kept with the answers of this dialogue and dropped
        with them; so is the text of its later questions, which may quote them."""
        accepts = Accepts(kinds, most, otherwise, check)
        question = Question(name, text, whole=True, accepts=accepts, max_length=most)
        return UserMessage.from_json(self.dialogue.answer(question)).sent()

    def brought(self, name: str) -> Any:
        """Return the answer to a question that is known already, because the button brought it along or it
        was asked before; None where there is none."""
        return self.dialogue.answers.get(name)

    def choose(
        self,
        name: str,
        text: AnyText,
        options: Mapping[str, AnyText],
        *,
        reads: Callable[[str], Sequence[str]] | None = None,
        skip: AnyText | None = None,
        why: Text | None = None,
    ) -> Any:
        """Ask for one of `options` (value → label); `reads` returns those that words name which are no label.
        Return None when skipped."""
        return self.dialogue.answer(Question(name, text, options, skip=skip, reads=reads, why=why))

    def choose_many(
        self,
        name: str,
        text: AnyText,
        options: Mapping[str, AnyText],
        *,
        reads: Callable[[str], Sequence[str]] | None = None,
        skip: AnyText | None = None,
        why: Text | None = None,
    ) -> list[str]:
        """Ask for some of `options`; `reads` as in `choose`. Return an empty list when skipped."""
        question = Question(name, text, options, many=True, skip=skip, reads=reads, why=why)
        return self.dialogue.answer(question) or []

    def confirm(
        self, name: str, text: AnyText, *, yes: AnyText, no: AnyText, why: Text | None = None
    ) -> bool:
        """Ask for yes or no, in the handler's own words."""
        return bool(self.choose(name, text, {"yes": yes, "no": no}, why=why) == "yes")

    def sure(self, text: AnyText, *, yes: AnyText, no: AnyText, otherwise: AnyText) -> bool:
        """Ask, as the last question, whether it is to be done. Say `otherwise` and return False where it is
        not."""
        is_sure = self.confirm("sure", text, yes=yes, no=no)
        if not is_sure:
            self.say(otherwise)
        return is_sure

    def pick(
        self,
        name: str,
        text: AnyText,
        rows: Sequence[Picked],
        label: Callable[[Picked], AnyText],
        *,
        gone: AnyText,
    ) -> Picked | None:
        """Ask for one of these rows where there are several: the only one is taken without a question, and
        stays the one that is meant when the handler runs again. Say `gone` and return None where the chosen
        one is no longer among them, or there is none."""
        options = {str(row.id): label(row) for row in rows}
        chosen = self.dialogue.pick(Question(name, text, options))
        found = next((row for row in rows if str(row.id) == chosen), None)
        if found is None:
            self.say(gone)
        return found

    def keep(self, name: str, value: Any) -> Any:
        """Return what was settled when this was first reached in a dialogue, as JSON: at first `value`, or
        what it returns. For what a question tells people, and holds when they answer."""
        kept = self.dialogue.kept
        if name not in kept:
            kept[name] = value() if callable(value) else value
        return kept[name]

    def shown(self, name: str, value: Any) -> bool:
        """Make what the next question shows, as JSON, a condition of its answer and of those that follow.
        Return whether it has changed since they answered: that is said, and the handler goes on to ask
        again."""
        return self.dialogue.shown(name, value)

    def question(self, conversation_id: int) -> AnyText | None:
        """Return what another open question of the one who acts asks; None where it is no longer open."""
        for parked in conversations.open_of(self.db, self.person.id):
            if parked.id == conversation_id:
                return asked.question(self.db, parked.letter_id)
        return None

    def let_wait(self) -> bool:
        """Do not ask the open question of the one who acts again below what is said now, nor later, until
        `come_back`. Return whether there is one: then something has to lead back to it."""
        is_open = bool(conversations.open_of(self.db, self.person.id))
        self.repeats = "not yet" if is_open else self.repeats
        return is_open

    def come_back(self) -> None:
        """Ask the question that was left to wait again, below what is said now."""
        self.repeats = "at last"

    def answer(self, conversation_id: int, said: UserMessage) -> NoReturn:
        """Give what was said to another question that is open."""
        raise AnswersOther(conversation_id, said)

    def take_offer(self, delivery_id: int, slot: int, said: UserMessage) -> NoReturn:
        """Choose an offer of an earlier letter to the one who acts, with what was said."""
        raise GoesOn(lambda state: state.offered(delivery_id, slot, said))

    def take_answer(self, delivery_id: int, said: UserMessage) -> NoReturn:
        """Answer an earlier letter to the one who acts with what was said."""
        raise GoesOn(lambda state: state.as_answer(delivery_id, said))

    def take_no_offer(self, delivery_id: int, said: UserMessage) -> NoReturn:
        """Go on with what was said as if this earlier letter and newer ones offered nothing."""
        raise GoesOn(lambda state: private.unasked(said, state, but=delivery_id))

    def offered(self, delivery_id: int, slot: int) -> tuple[AnyText | None, AnyText] | None:
        """Return what an earlier letter to the one who acts is about, and the label of one of its offers;
        None where that is no longer open."""
        row = self._shown(delivery_id)
        if row is None or row.closed or not 0 <= slot < len(row.offers):
            return None
        return from_json(row.about) if row.about else None, from_json(row.offers[slot]["label"])

    def about(self, delivery_id: int) -> AnyText | None:
        """Return what an earlier letter to the one who acts is about; None where it does not say so, or is no
        longer there."""
        row = self._shown(delivery_id)
        return from_json(row.about) if row is not None and row.about else None

    def _shown(self, delivery_id: int) -> Any:
        mine = self.identity
        return shown.pressed(self.db, mine.messenger, mine.chat, delivery_id=delivery_id, message="")

    def stop(self, conversation_id: int) -> NoReturn:
        """Stop another question that is open."""
        raise GoesOn(lambda state: state.stopped(conversation_id))

    def speak(self, locale: str) -> None:
        """Ask what follows in this language: who chose it reads it at once, also before it is kept."""
        self.reader = self.dialogue.reader = replace(self.reader, locale=locale)
        self.dialogue.language = locale

    def redirect(self, target: Target, *, rest: str = "") -> NoReturn:
        """Leave this to another handler, as if it had been called with these words."""
        raise Redirect(target, rest)


def _settled(dialogue: Dialogue, question: Question) -> Any:
    """Return the answer to a question; while it is a doubt, ask what is meant, or for another one."""
    answer = dialogue.answer(question)
    for number in count(1):
        doubt = Doubt.of(answer)
        if doubt is None:
            break
        offered: dict[str, AnyText] = {**doubt.choices, NO: _("None of these")}
        if len(doubt.choices) == 1:
            offered = {YES: _("Yes"), NO: _("No")}
        which = Question(f"{question.name}?{number}", doubt.text, offered, parse=question.parse)
        answer = dialogue.answer(which)
        if answer == YES and YES in offered:
            return next(iter(doubt.choices))
        if answer == NO:
            answer = dialogue.answer(replace(question, name=f"{question.name}!{number}"))
    return answer
