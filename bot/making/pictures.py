"""Pictures that the program draws."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import segno
from sqlalchemy.orm import Session

from bot.installation import Installation
from bot.making.recipes import Recipe
from bot.markup import plain
from bot.message import Made
from bot.support.lettering import Page, letters
from bot.text import AnyText, Reader, from_json, render, to_json

WIDTH, MARGIN = 720, 40
"""Points: the width of a picture, and what stays white at its edges. Printed it is a postcard."""


class Qr(Recipe):
    """A QR code of `content`, such as a link, for the eye and for paper; `description` is for those who
    cannot see it.

    file:  what its file is called
    above: words over it, such as what it is for
    code:  digits and capitals in large letters below it
    below: lines below that, such as what to do with it
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

    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Draw it for a reader, large enough to print: error correction M, quiet zone of 4 modules. Words
        with letters that cannot be drawn are left out: the message says them too."""

        def words(text: AnyText) -> str:
            return plain(render(text, reader))

        usual, large = letters()
        page = Page(WIDTH)
        page.space(MARGIN)
        if self.above is not None:
            page.words(words(self.above), usual)
        code = segno.make(self.content, error="m", micro=False)
        drawn = io.StringIO()
        code.save(drawn, kind="txt", border=4)
        modules = [[int(each) for each in line] for line in drawn.getvalue().split()]
        page.squares(modules, max(8, (WIDTH - 2 * MARGIN) // len(modules)))
        if self.code:
            page.words(self.code, large)
            page.space(MARGIN // 2)
        for each in self.below:
            page.words(words(each), usual)
        page.space(MARGIN)
        return Made(page.png(), self.file, words(self.description))
