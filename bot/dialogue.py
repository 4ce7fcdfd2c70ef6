"""Questions: how a handler asks, parks, and goes on when it is called again with one more answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.markup import clean
from bot.note import Note
from bot.text import AnyText, Reader, Text, _, _n, render


class Unclear(Exception):
    """An answer that cannot be taken; `text` says why and how to say it. The question is asked again."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


class Parked(BaseException):
    """The handler has to wait for an answer. No `except Exception` may catch it."""

    def __init__(self, question: "Question") -> None:
        super().__init__(question.name)
        self.question = question


class Instead(BaseException):
    """Another handler is meant: this one's run is undone, and that one called from its top."""

    def __init__(self, handler: Callable[..., None], args: tuple[Any, ...], words: str) -> None:
        super().__init__()
        self.handler = handler
        self.args = args
        self.words = words


@dataclass(slots=True)
class Question:
    """One question. With `options` (value → label) it has buttons; `many` lets several be chosen;
    `skip` is the label for giving no answer. `parse` turns words into an answer (JSON) or raises Unclear.
    With `note` the answer is a Note as JSON, and may be a voice note, a picture or a file."""

    name: str
    text: AnyText
    options: Mapping[str, AnyText] = field(default_factory=dict)
    many: bool = False
    skip: AnyText | None = None
    parse: Callable[[str], Any] | None = None
    note: bool = False
    max_length: int = 1000


@dataclass(slots=True)
class Given:
    """What somebody just answered: a note, or the value on a button."""

    question: str
    note: Note | None = None
    value: Any = None


@dataclass(slots=True)
class Said:
    """Something for the one who acts, kept until the turn is through. `buttons` are letters.Button."""

    text: AnyText
    buttons: Sequence[Any] = ()
    picture: Any = None
    forget: bool = False


DONE = "\x00done"
"""The value of the button that ends a choice of several."""
SKIP = "\x00skip"
PUNCTUATION = str.maketrans("", "", ',.;:!?¡¿„“”"')


@dataclass
class Dialogue:
    """The state of one parked handler: everything that is kept, and all of it is JSON."""

    answers: dict[str, Any] = field(default_factory=dict)
    words: str = ""  # written after the command, not used yet
    draft: list[Any] = field(default_factory=list)
    given: Given | None = None
    reader: Reader = field(default_factory=Reader)  # whose labels are understood when typed
    said: list[Said] = field(default_factory=list)  # since the last answered question
    redraw: bool = False  # the open question only changed its ticks: edit it, do not ask anew
    language: str = ""  # chosen in it, and not kept yet

    def answer(self, question: Question) -> Any:
        """The answer to `question`, if there is one that still holds; else `Parked`."""
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
                self.said.append(Said(unclear.text))
                raise Parked(question) from None
        elif self.words and self.given is None:
            try:
                value = self._take_first_words(question)
            except Unclear as unclear:
                self.said.append(Said(unclear.text))
                raise Parked(question) from None
        else:
            raise Parked(question)
        self.answers[question.name] = value
        self.draft = []
        self.said.clear()
        return value

    def _take(self, question: Question, given: Given) -> Any:
        if given.note is None:
            return self._pressed(question, given.value)
        if given.note.media and not question.note:
            raise Unclear(_("Please answer this in words."))
        words = given.note.words
        if (pressed := self._typed_below(question, words)) is not None:
            return self._pressed(question, pressed)
        if question.many:
            return self._typed_many(question, words)
        if question.options and (value := self._option(question, words)) is not None:
            return value
        if question.parse is None and question.options:
            raise Unclear(_("Please choose one of these. Tap it, or type its number or its words."))
        if not words and not given.note.media:
            raise Unclear(_("That was empty."))
        if len(words) > question.max_length:
            raise Unclear(
                _(
                    "That is too long: {length} characters, and {limit} fit. Can you say it shorter?",
                    length=len(words),
                    limit=question.max_length,
                )
            )
        if question.note:
            return given.note.to_json()
        return question.parse(words) if question.parse else words

    def _pressed(self, question: Question, value: Any) -> Any:
        if value == SKIP:
            return None
        if not question.many:
            if not holds(question, value):
                raise Unclear(_("That choice is gone. Please choose again."))
            return value
        ticked = [option for option in self.draft if option in question.options]
        if value == DONE:
            return ticked
        self.draft = [o for o in ticked if o != value] if value in ticked else [*ticked, value]
        self.redraw = True
        raise Parked(question)

    def _typed_below(self, question: Question, words: str) -> Any:
        """What is typed, by its number or its label, of the buttons below the options: the end of a choice
        of several, and skipping; None for neither."""
        above, counts = len(question.options), not _asks_for_number(question)
        for number, (text, value) in enumerate(offers(question, self.draft)[above:], above + 1):
            if (counts and words == str(number)) or _same(words, text, self.reader):
                return value
        return None

    def _typed_many(self, question: Question, words: str) -> list[Any]:
        found = []
        for part in words.replace(";", ",").replace("\n", ",").split(","):
            if part.strip():
                value = self._option(question, part)
                if value is None:
                    raise Unclear(
                        _(
                            "I do not find “{words}” here. Tap what fits, or type it with commas in between.",
                            words=part.strip()[:40],
                        )
                    )
                if value not in found:
                    found.append(value)
        if not found:
            raise Unclear(_("That was empty."))
        return found

    def _take_first_words(self, question: Question) -> Any:
        """Words after the command answer the first question they fit; a free question takes them all."""
        if question.options and question.parse is None:
            words = self.words.split()
            for length in range(len(words), 0, -1):
                if (value := self._option(question, " ".join(words[:length]))) is not None:
                    self.words = " ".join(words[length:])
                    return [value] if question.many else value
            raise Parked(question)
        left, self.words = self.words, ""
        if _asks_for_number(question):
            left, _space, self.words = left.partition(" ")
        return self._take(question, Given(question.name, Note(left)))

    def _option(self, question: Question, words: str) -> Any | None:
        """The option that was typed: its number, its label in the reader's language or in English, its
        value, or an unmistakable beginning of the label. Where a number is asked for, one that is typed
        is meant as it stands."""
        typed = _plain(words)
        if typed.isdecimal() and 1 <= int(typed) <= len(question.options) and not _asks_for_number(question):
            return list(question.options)[int(typed) - 1]
        names: list[tuple[Any, set[str]]] = []
        for value, text in question.options.items():
            called = {_plain(value), _label(text, self.reader), _label(text, Reader())}
            if typed in called:
                return value
            names.append((value, called))
        begins = [value for value, called in names if any(_begins(name, typed) for name in called)]
        return begins[0] if len(begins) == 1 else None


def _asks_for_number(question: Question) -> bool:
    """Whether words are parsed, and what is suggested are numbers."""
    return question.parse is not None and question.options != {} and all(map(str.isdecimal, question.options))


def holds(question: Question, value: Any) -> bool:
    """Whether an answer is one that the question still offers."""
    if value is None:
        return question.skip is not None
    if not question.options or question.parse is not None:
        return True
    if question.many:
        return isinstance(value, list) and all(item in question.options for item in value)
    return isinstance(value, str) and value in question.options


def offers(question: Question, draft: list[Any]) -> list[tuple[AnyText, Any]]:
    """The buttons of a question: label and value, ticked ones marked."""
    buttons: list[tuple[AnyText, Any]] = [
        (_("✓ {choice}", choice=label) if value in draft else label, value)
        for value, label in question.options.items()
    ]
    if question.many and draft:
        buttons.append((_n("Done: {n} chosen", "Done: {n} chosen", len(draft)), DONE))
    if question.skip is not None and not draft:
        buttons.append((question.skip, SKIP))
    return buttons


def _label(text: AnyText, reader: Reader) -> str:
    return _plain(clean(render(text, reader).unescape()))


def _same(words: str, text: AnyText, reader: Reader) -> bool:
    return _plain(words) in (_label(text, reader), _label(text, Reader()))


def _plain(words: str) -> str:
    """Words as they are compared: without capitals and punctuation."""
    return " ".join(words.casefold().translate(PUNCTUATION).split())


def _begins(label: str, typed: str) -> bool:
    """Whether a label begins with what was typed: with whole words ("yes"), or three letters of one."""
    return (
        label.startswith(typed) and bool(typed) and (len(typed) >= 3 or label[len(typed) :].startswith(" "))
    )
