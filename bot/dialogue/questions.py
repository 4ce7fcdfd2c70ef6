"""Questions: what a handler can ask, and which answers hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.delivery import asked
from bot.message import Media
from bot.reading import typed
from bot.text import AnyText, Text, _, _n
from bot.user_message import SentFile, UserMessage

DONE = "\x00done"
"""The value of the button that ends a choice of several."""
SKIP = "\x00skip"
CANCEL = "\x00cancel"
"""The value of the button that stops a question which was not understood twice."""

MISSED = "\0missed"
"""What is kept of answers that were none: the question, how many in a row, and what was said to the last."""
MEANT = "\0meant"
"""What is kept of the option that was probably meant: its question and its value."""
BROUGHT = "\0brought"
"""What is kept of the files that came with a command: they belong to the first answer that may have some."""


@dataclass(frozen=True, slots=True)
class Accepts:
    """Which files answer a question: those whose names end so, of at most this many bytes, that `check` does
    not raise Unclear for. `otherwise` is said to anything else but pasted words, which are checked too."""

    kinds: Sequence[str]
    most: int
    otherwise: Text
    check: Callable[[SentFile | str], object]

    def takes(self, media: Media) -> bool:
        """Whether a file answers it, as far as can be known before it is there."""
        return _is_of(media, self.kinds, self.most)


@dataclass(slots=True)
class Question:
    """One question. With `options` (value → label) it has buttons; `many` lets several be chosen;
    `skip` is the label for giving no answer. `parse` turns words into an answer (JSON) or raises Unclear;
    `reads` returns the options that words name which are no label, and may raise it too.
    With `whole` the answer is a UserMessage as JSON, and may be a voice note, a picture or a file; or one of
    the options, where there are some. With `accepts` it is one with the bytes of its file, or with words.
    `why` says why it is asked, to whoever asks that back."""

    name: str
    text: AnyText
    options: Mapping[str, AnyText] = field(default_factory=dict)
    many: bool = False
    skip: AnyText | None = None
    parse: Callable[[str], Any] | None = None
    reads: Callable[[str], Sequence[str]] | None = None
    whole: bool = False
    accepts: Accepts | None = None
    max_length: int = 1000
    why: Text | None = None


@dataclass(slots=True)
class Given:
    """What somebody just answered: a message, or the value on a button. With `exactly`, words are a choice
    only where they are its number or its whole label. A number means the option that stood at that place
    where the question was `shown`."""

    question: str
    said: UserMessage | None = None
    value: Any = None
    exactly: bool = False
    shown: Sequence[Any] = ()

    def choice(self) -> Any:
        """Return the value that was pressed, or whose number was typed; None for other words."""
        if self.said is None:
            return self.value
        number = typed.number(self.said.words) or 0
        return self.shown[number - 1] if 1 <= number <= len(self.shown) else None


def kept_of(question: Question) -> dict[str, Any]:
    """Return what is kept of a question besides its answers: which files it waits for."""
    wanted = question.accepts
    return {asked.FILE: [question.name, list(wanted.kinds), wanted.most]} if wanted is not None else {}


def awaited(parked: Any, media: Media) -> int | None:
    """Return how many bytes a file may have for which an open question waits; None where it waits for no such
    file."""
    name, kinds, most = parked.kept.get(asked.FILE, ("", (), 0))
    return most if name == parked.question and _is_of(media, kinds, most) else None


def _is_of(media: Media, kinds: Sequence[str], most: int) -> bool:
    """Whether a file is a document with one of these endings, and says that it is no larger."""
    is_kind = media.kind == "document" and media.name.lower().endswith(tuple(kinds))
    return is_kind and (media.size or 0) <= most


def named_in(question: Question, words: str) -> list[Any]:
    """Return the options that words name which are no label."""
    named = question.reads(words) if question.reads is not None else ()
    return [value for value in question.options if value in named]


def takes_rest(question: Question, rest_for: Sequence[str] | None, sub: str) -> bool:
    """Return whether words after a command may answer a question: those of `rest_for`, where there are any,
    and the one whose choices are sub-commands."""
    return rest_for is None or question.name == sub or question.name in rest_for


def asks_for_number(question: Question) -> bool:
    """Whether words are parsed, and what is suggested are numbers."""
    return question.parse is not None and question.options != {} and all(map(str.isdecimal, question.options))


def takes(question: Question) -> str:
    """Return what answers a question: "choice" for one of its own, "words" for others."""
    return "words" if question.whole or question.parse is not None or not question.options else "choice"


def holds(question: Question, value: Any) -> bool:
    """Whether an answer is one that the question still offers."""
    if value is None:
        return question.skip is not None
    if not question.options or question.parse is not None or (question.whole and isinstance(value, dict)):
        return True
    if question.many:
        return isinstance(value, list) and all(item in question.options for item in value)
    return isinstance(value, str) and value in question.options


def offers(question: Question, ticked: list[Any]) -> list[tuple[AnyText, Any]]:
    """Return the buttons of a question: label and value, ticked ones marked."""
    buttons: list[tuple[AnyText, Any]] = [
        (_("✓ {choice}", choice=label) if value in ticked else label, value)
        for value, label in question.options.items()
    ]
    if question.many and ticked:
        buttons.append((_n("Done: {n} chosen", "Done: {n} chosen", len(ticked)), DONE))
    if question.skip is not None and not ticked:
        buttons.append((question.skip, SKIP))
    return buttons
