"""Charts: figures as a picture, for those who see faster than they read. The message beside a chart says the
same in words, so it goes alone where nobody can paint the chart, or its reader wants no pictures."""

from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from json import dumps
from time import monotonic
from typing import Any, ClassVar

from bot.making.recipes import Drawing
from bot.making.sheets import Row, Sheet, Stone
from bot.message import Made
from bot.text import AnyText, Reader, from_json, to_json

FEWEST_MEMBERS, FEWEST_VALUES = 5, 3
"""With fewer members a picture shows single people, and fewer values are read faster than looked at."""
MOST = 8
"""Bars in a picture, at most."""

SIGNS, LONGEST = "▓▒░", 10
"""A bar in words: how its parts are told apart, the last one also what is still empty, and its length."""
HOUR, KEPT = 3600, 20
"""For how many seconds a painted chart is kept, and how many of them: one letter has many readers."""


class Chart(Drawing):
    """What all charts have: `description` says what is to be seen to those who cannot see it."""

    says_the_same: ClassVar[bool] = True

    file: str
    title: AnyText
    description: AnyText

    @abstractmethod
    def paint(self, sheet: Sheet) -> None:
        """Paint it below its title."""

    def draw(self, reader: Reader) -> Made:
        """Paint it for a reader, or return the same one again within an hour."""
        key = sha256(dumps([self.name, self.to_json(), reader.locale, reader.time_zone]).encode()).digest()
        found, at = _PAINTED.get(key, (None, 0.0))
        if found is None or monotonic() - at > HOUR:
            sheet = Sheet(reader)
            self.paint(sheet)
            found = sheet.made(self.file, self.description)
            _PAINTED.pop(key, None)
            _PAINTED[key] = found, monotonic()
            if len(_PAINTED) > KEPT:
                _PAINTED.popitem(last=False)
        return found


_PAINTED: OrderedDict[bytes, tuple[Made, float]] = OrderedDict()


class Bars(Chart):
    """Bars below each other. `note` stands below the title, and `legend` names the parts of all bars."""

    rows: Sequence[Row]
    note: AnyText | None = None
    legend: Sequence[AnyText] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter."""
        return {
            "file": self.file,
            "title": to_json(self.title),
            "description": to_json(self.description),
            "rows": [
                {
                    "number": _packed(row.number),
                    "parts": list(row.parts),
                    "of": row.of,
                    "label": _packed(row.label),
                }
                for row in self.rows
            ],
            "note": _packed(self.note),
            "legend": [to_json(each) for each in self.legend],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Bars":
        """Return what `to_json` packed."""
        return cls(
            stored["file"],
            from_json(stored["title"]),
            from_json(stored["description"]),
            [
                Row(_read(each["number"]), each["parts"], each["of"], _read(each["label"]))
                for each in stored["rows"]
            ],
            _read(stored["note"]),
            [from_json(each) for each in stored["legend"]],
        )

    def paint(self, sheet: Sheet) -> None:
        """Paint the bars."""
        sheet.head(self.title, self.note)
        sheet.bars(self.rows)
        sheet.legend(self.legend)


class Road(Chart):
    """Stones on a road, each filled as far as one has come; `here` is the place of the one where one is now,
    None behind the last, and `following` the next step."""

    stones: Sequence[Stone]
    here: int | None = None
    following: AnyText | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter."""
        return {
            "file": self.file,
            "title": to_json(self.title),
            "description": to_json(self.description),
            "stones": [
                {"label": to_json(each.label), "number": to_json(each.number), "met": each.met, "of": each.of}
                for each in self.stones
            ],
            "here": self.here,
            "following": _packed(self.following),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Road":
        """Return what `to_json` packed."""
        return cls(
            stored["file"],
            from_json(stored["title"]),
            from_json(stored["description"]),
            [
                Stone(from_json(each["label"]), from_json(each["number"]), each["met"], each["of"])
                for each in stored["stones"]
            ],
            stored["here"],
            _read(stored["following"]),
        )

    def paint(self, sheet: Sheet) -> None:
        """Paint the road."""
        sheet.head(self.title, self.following)
        sheet.road(self.stones, self.here)


def in_words(parts: Sequence[int], of: int) -> str:
    """Return a bar as signs, which stand behind its number: so it is heard first where signs are read out."""
    ends = [LONGEST * sum(parts[: n + 1]) // of for n in range(len(parts))] if of else [0]
    signs = "".join(sign * (end - begin) for sign, begin, end in zip(SIGNS, [0, *ends], ends, strict=False))
    return signs[:LONGEST].ljust(LONGEST, SIGNS[-1])


def _packed(text: AnyText | None) -> Any:
    return None if text is None else to_json(text)


def _read(stored: Any) -> AnyText | None:
    return None if stored is None else from_json(stored)
