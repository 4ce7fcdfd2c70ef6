"""Cards to print and cut: one for each person who is invited, ten on a page of A4."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bot.making.painting import BOLD, Page, pdf
from bot.making.recipes import Drawing
from bot.markup import plain
from bot.message import Made
from bot.text import AnyText, Reader, from_json, render, to_json

DOTS = 300
"""Points in an inch."""
A4 = 2480, 3508
"""Points: 210 and 297 mm."""
ACROSS, DOWN = 2, 5
WIDTH, HEIGHT = A4[0] // ACROSS, A4[1] // DOWN
SIDE, MARGIN = 500, 56
"""Points: a QR code and its quiet zone, 42 mm, and the space at the edge of a card, which no printer leaves
white by itself."""
NAME, CODE, USUAL = 54, 84, 42
"""Points: the size of letters, 13, 20 and 10 as printers count them. At arm's length 10 is easily read."""


class Card(NamedTuple):
    """What stands on a card: whom it is for, the code, and what its QR code leads to."""

    name: str
    code: str
    content: str


class Cards(Drawing):
    """A sheet of cards. `description` says what it is, `above` stands on each card, and `below` what to do
    with it, in paragraphs."""

    file: str
    description: AnyText
    above: AnyText
    below: AnyText
    cards: Sequence[Sequence[str]]

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter."""
        return {
            "file": self.file,
            "description": to_json(self.description),
            "above": to_json(self.above),
            "below": to_json(self.below),
            "cards": [list(each) for each in self.cards],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Cards":
        """Return what `to_json` packed, now or in an earlier release, which packed more."""
        description, above, below = (from_json(stored[name]) for name in ("description", "above", "below"))
        return cls(stored["file"], description, above, below, stored["cards"])

    def draw(self, reader: Reader) -> Made:
        """Draw the pages for a reader."""
        above = plain(render(self.above, reader))
        below = plain(render(self.below, reader)).splitlines()
        pages: list[Page] = []
        for n, each in enumerate(self.cards):
            place = n % (ACROSS * DOWN)
            if place == 0:
                pages.append(_page())
            corner = place % ACROSS * WIDTH, place // ACROSS * HEIGHT
            _draw(pages[-1], corner, Card(*each), above, below)
        title = plain(render(self.description, reader))
        return Made(pdf(pages, dots_per_inch=DOTS, title=title), self.file, title, "application/pdf")


def _page() -> Page:
    """Return a page with the lines along which it is cut."""
    page = Page(*A4, for_print=True)
    for n in range(1, ACROSS):
        page.cut((n * WIDTH, 0), (n * WIDTH, A4[1]))
    for n in range(1, DOWN):
        page.cut((0, n * HEIGHT), (A4[0], n * HEIGHT))
    return page


def _draw(page: Page, corner: tuple[int, int], card: Card, above: str, below: Sequence[str]) -> None:
    """Draw a card: the QR code at the left, the words beside it."""
    left, top = corner
    page.qr(card.content, left + (MARGIN + SIDE) // 2, top + (HEIGHT - SIDE) // 2, SIDE)
    left += MARGIN // 2 + SIDE
    width = WIDTH - MARGIN - MARGIN // 2 - SIDE
    top += MARGIN
    top += page.words(card.name, (left, top), width, NAME, weight=BOLD, lines=2)
    top += page.words(above, (left, top), width, USUAL, lines=2) + MARGIN // 4
    top += page.words(card.code, (left, top), width, CODE, weight=BOLD, lines=1) + MARGIN // 4
    for each in below:
        top += page.words(each, (left, top), width, USUAL, lines=3) + MARGIN // 8
