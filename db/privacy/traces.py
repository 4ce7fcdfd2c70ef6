"""What tells of a person outside of their own rows: where it is looked for, and how it is taken out."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func
from sqlalchemy.orm import InstrumentedAttribute

from db.models import Letter
from db.models.sealed import Seal, Secret, Secrets, opened

TAKEN_OUT = "…"
"""What stands in the place of a name."""
LONG, SHOWN = 12, 40
"""Characters: from when on words are nobody else's by chance, and how many of them every list shows."""
WORD = re.compile(r"\w+")
GAP = re.compile(r"\\[nrt]")
"""How the end of a line, or a gap, stands in JSON."""


@dataclass(frozen=True)
class Traces:
    """What tells of a person outside of their own rows: their words in letters, the name that others see ("":
    that stays), their private chats, their accounts, and what they asked: its words, and where its files lie.
    With `arrived`, of the words that they carried only those that have arrived are meant."""

    person_id: int
    name: str = ""
    chats: Sequence[tuple[str, str]] = ()
    accounts: Sequence[str] = ()
    asked: Sequence[str] = ()
    arrived: bool = False

    @property
    def places(self) -> list[str]:
        """Return what the names of messages begin with that they sent."""
        return [f"{messenger} {chat} " for messenger, chat in self.chats]

    def wrote(self, letter: Letter) -> bool:
        """Whether a letter carries their words."""
        is_author = letter.author is not None and letter.author["person"] == self.person_id
        return is_author or (letter.carries or "").startswith(tuple(self.places))

    def hides(self, value: Any) -> Any:
        """Return a JSON value in which neither their name stands, whoever wrote it, nor what they asked. What
        was secret stays so."""
        match value:
            case str() if any(_is_in(value, each) for each in self.asked):
                return TAKEN_OUT
            case str() if self._named is not None:
                return self._named.sub(TAKEN_OUT, value)
            case list():
                each_hidden = [self.hides(each) for each in value]
                return Secrets(each_hidden) if isinstance(value, Secrets) else each_hidden
            case dict():
                hidden = {key: self.hides(each) for key, each in value.items()}
                return Secret(hidden) if isinstance(value, Secret) else hidden
        return value

    @cached_property
    def _named(self) -> re.Pattern[str] | None:
        return re.compile(rf"(?<!\w){re.escape(self.name)}(?!\w)") if self.name else None

    @cached_property
    def marks(self) -> Sequence[str]:
        """Return what a stored text holds, one of these at least, that tells of them."""
        said = [self.name, *(_beginning(each) for each in self.asked)]
        accounts = [f'"admit":{_as_json(each)}' for each in self.accounts]
        written = [_in_a_line(_as_json(each)[1:-1]) for each in said if each]
        return [*written, *accounts, *self.places, f'"person":{self.person_id},']


def together(*columns: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """Return all that is stored in these columns of a row, as one text."""
    first, *others = (func.coalesce(cast(each, Text), "") for each in columns)
    return reduce(lambda before, after: before.concat("\n").concat(after), others, first)


def looked_for(everybody: Iterable[Traces], seal: Seal | None) -> Callable[[str], list[Traces]]:
    """Return what tells of which of these people a stored text may speak, also where it is sealed. It takes
    not much longer for a thousand people than for one: of each mark one word is looked up, and only where
    that is there, the mark itself. Raises WrongKey."""
    marks = [(mark, _whole_words(mark, of), of) for of in everybody for mark in of.marks]
    often = Counter(word[:LONG] for _mark, words, _of in marks for word in set(words))
    by_word: defaultdict[str, list[tuple[str, Traces]]] = defaultdict(list)
    wordless: list[tuple[str, Traces]] = []
    for mark, words, of in marks:
        there = min(words, key=lambda word: (often[word[:LONG]], -len(word)), default=None)
        (by_word[there[:LONG]] if there is not None else wordless).append((mark, of))

    def may_be_of(stored: str) -> list[Traces]:
        in_a_line = _in_a_line(opened(stored, seal))
        words = {word[:LONG] for word in WORD.findall(in_a_line)}
        near = [*wordless, *(each for word in words & by_word.keys() for each in by_word[word])]
        return list({of.person_id: of for mark, of in near if mark in in_a_line}.values())

    return may_be_of


def _whole_words(mark: str, of: Traces) -> list[str]:
    """Return the words of a mark by which it is found: a question may be cut within its last one."""
    *words, last = WORD.findall(mark) or [""]
    is_cut = mark.endswith(last) and mark != _in_a_line(_as_json(of.name)[1:-1])
    return words if is_cut and len(last) < LONG else [*words, last]


def _is_in(value: str, asked: str) -> bool:
    """Whether a stored text is what somebody asked, or its beginning, as lists show it. A few letters are
    looked for only where they stand alone."""
    in_a_line = " ".join(value.split())
    return in_a_line == asked if len(asked) < LONG else _beginning(asked) in in_a_line


def _beginning(asked: str) -> str:
    """Return by what a question is looked for: its first words, which are in one line."""
    return asked[:SHOWN].rstrip()


def _in_a_line(stored: str) -> str:
    """Return stored JSON as it is compared, with every gap a space."""
    return " ".join(GAP.sub(" ", stored).split())


def _as_json(words: str) -> str:
    """Return words as they stand in a column of JSON."""
    return json.dumps(words, ensure_ascii=False)
