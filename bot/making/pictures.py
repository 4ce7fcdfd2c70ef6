"""Pictures that the program draws."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.making.painting import BOLD, Page, height_of
from bot.making.recipes import Drawing
from bot.markup import plain
from bot.message import Made
from bot.text import AnyText, Reader, from_json, render, to_json

WIDTH, HIGHEST, MARGIN = 1080, 2160, 80
"""Points: the width of a picture and its height at most, as apps show it on a phone, and the space at its
edges."""
GAP = 10
"""Points between the lines of a paragraph."""
TITLE, CODE, USUAL = 60, 112, 42
"""Points: the size of letters. On a phone 360 pixels wide, 36 are as large as 12 in a letter."""


class Qr(Drawing):
    """A QR code of `content`, such as a link, for the eye and for paper; `description` is for those who
    cannot see it. With words around it, it is an invitation card.

    file:  what its file is called
    above: words over it, such as what it is for
    code:  digits and capitals in large letters below it
    below: paragraphs below that, such as what to do with it
    """

    content: str
    description: AnyText
    file: str = "qr.png"
    above: AnyText | None = None
    code: str = ""
    below: Sequence[AnyText] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter."""
        stored: dict[str, Any] = {
            "content": self.content,
            "description": to_json(self.description),
            "file": self.file,
            "code": self.code,
            "below": [to_json(each) for each in self.below],
        }
        return stored if self.above is None else stored | {"above": to_json(self.above)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Qr":
        """Return what `to_json` packed."""
        return cls(
            stored["content"],
            from_json(stored["description"]),
            stored["file"],
            from_json(stored["above"]) if "above" in stored else None,
            stored["code"],
            [from_json(each) for each in stored["below"]],
        )

    def draw(self, reader: Reader) -> Made:
        """Draw it for a reader, large enough to print. Words with letters that cannot be drawn are left out,
        and a paragraph for which there is no room: the message says them too."""

        def words(text: AnyText) -> str:
            return plain(render(text, reader))

        page, top, width = Page(WIDTH, HIGHEST), MARGIN, WIDTH - 2 * MARGIN
        if self.above is not None:
            at = MARGIN, top - MARGIN // 4
            top += page.words(words(self.above), at, width, TITLE, weight=BOLD, lines=3, centred=True)
        most = width if self.above is None and not self.below else 680
        top += MARGIN // 4
        side = page.qr(self.content, WIDTH // 2, top, most)
        top += side + MARGIN // 2
        if self.code:
            top += page.words(self.code, (MARGIN, top), width, CODE, weight=BOLD, lines=1, centred=True)
            top += MARGIN // 4
        for paragraph in filter(None, (words(each).splitlines() for each in self.below)):
            high = sum(height_of(line, width, USUAL) + GAP for line in paragraph)
            if top + high > HIGHEST - MARGIN // 2:
                break
            for line in paragraph:
                top += page.words(line, (MARGIN, top), width, USUAL, centred=True) + GAP
            top += MARGIN // 4
        return Made(page.png(min(top + MARGIN // 2, HIGHEST)), self.file, words(self.description))
