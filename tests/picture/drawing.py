"""Phones with chats, as SVG: text and shapes only, so that it is sharp everywhere and git shows what changed.

A browser chooses the font, so how wide words are is reckoned, a little too wide rather than too narrow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from tests.picture.scene import PHONES, Later, Phone, Said, Scene

WIDTH, GAP, EDGE = 376, 28, 12
"""Pixels: of a phone, between two, and around them."""
BEZEL, HEAD, CORNER = 9, 58, 34
SIZE, LINE, SMALL = 15, 20, 12.5
"""Of the words in a bubble, from line to line, and of what stands beside them."""
PAD_X, PAD_Y, APART, NEAR = 13, 9, 9, 4
"""Around the words in a bubble; between two messages, and between a message and its buttons."""
BUBBLE, MARGIN, ROW = 272, 12, 34
"""The widest bubble, from its side of the screen, and the height of a button."""

EM = {**dict.fromkeys("ijl.,:;'|!", 0.28), **dict.fromkeys("frt()[] /-1I“”", 0.36)}
EM |= {**dict.fromkeys("mwMW%@", 0.88), **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ", 0.7)}
"""How wide letters are, as a part of their size; all others are `COMMON`."""
COMMON = 0.6

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SHEET = f"""
text {{ font-family: {FONT}; font-size: {SIZE}px; fill: #16202a }}
.case {{ fill: #1f2733; stroke: #8493a5; stroke-width: 1.5px }}
.owner {{ font-weight: 600; fill: #ffffff }}
.app {{ font-size: {SMALL}px; fill: #ffffff; fill-opacity: .82 }}
.later {{ font-size: {SMALL}px; fill: #ffffff; text-anchor: middle }}
.face, .button, .chip {{ text-anchor: middle }}
.face {{ font-weight: 600; fill: #ffffff }}
.button {{ font-size: 14px; font-weight: 500 }}
.chip {{ font-size: 13px; font-weight: 600 }}
"""


@dataclass(frozen=True)
class Look:
    """The colours of a messenger, and whether its buttons are digits below a numbered list."""

    name: str
    head: str
    wall: str
    theirs: str
    own: str
    button: str
    chosen: str
    pill: str
    numbers: bool


LOOKS = {
    "telegram": Look(
        "Telegram", "#2b6fa8", "#d5e3ee", "#ffffff", "#e1fbc9", "#ffffff", "#2b6fa8", "#6f8ba3", False
    ),
    "matrix": Look(
        "Matrix", "#0b7a68", "#f4f6f8", "#ffffff", "#d6f3ea", "#e3e8ed", "#0b7a68", "#7b8794", True
    ),
}


def picture(scene: Scene) -> str:
    """Return the SVG of a scene: a phone for each of `PHONES`, all as high as the longest chat."""
    chats = [_Chat(phone, LOOKS[phone.messenger]) for phone in PHONES]
    for happens in scene:
        for chat in chats:
            chat.add(happens)
    room = max(chat.height for chat in chats) + 2 * APART
    high = room + HEAD + 2 * BEZEL + 18
    across = len(chats) * WIDTH + (len(chats) - 1) * GAP + 2 * EDGE
    phones = "\n".join(
        chat.drawn(EDGE + at * (WIDTH + GAP), EDGE, high, room) for at, chat in enumerate(chats)
    )
    names = " and ".join(f"{phone.owner} on {LOOKS[phone.messenger].name}" for phone in PHONES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {high + 2 * EDGE}" '
        f'width="{across}" height="{high + 2 * EDGE}" role="img">\n'
        f"<title>What {names} see of one request for help</title>\n"
        f"<style>{SHEET}</style>\n{phones}\n</svg>\n"
    )


class _Chat:
    """What is on the screen of one phone, from its top downwards."""

    def __init__(self, phone: Phone, look: Look) -> None:
        self.phone, self.look = phone, look
        self.height = 0.0
        self.shapes: list[str] = []
        self.inner = WIDTH - 2 * BEZEL

    def add(self, happens: Said | Later) -> None:
        """Add what happens below the rest, where it is on this phone."""
        if isinstance(happens, Later):
            if self.shapes:
                self._later(happens)
        elif happens.whom == self.phone.owner:
            self._bubble(happens)

    def _later(self, later: Later) -> None:
        words, middle = f"{later.span} later", self.inner / 2
        wide = _wide(words, SMALL) + 24
        self.shapes += [
            _box(middle - wide / 2, self.height + 4, wide, 24, 12, self.look.pill),
            _text(words, middle, self.height + 20.5, "later"),
        ]
        self.height += 32 + APART

    def _bubble(self, said: Said) -> None:
        numbered = said.buttons and self.look.numbers
        labels = [label for row in said.buttons for label in row]
        text = said.text
        if numbered:
            text += "\n\n" + "\n".join(f"{number}. {label}" for number, label in enumerate(labels, 1))
        lines = list(_wrapped(text))
        wide = max(_wide(line) for line in lines) + 2 * PAD_X
        if said.buttons and not numbered:
            wide = BUBBLE
        high = LINE * len(lines) + 2 * PAD_Y - 3
        left = self.inner - MARGIN - wide if said.own else MARGIN
        self.shapes.append(
            _box(left, self.height, wide, high, 15, self.look.own if said.own else self.look.theirs, "shade")
        )
        for at, line in enumerate(lines):
            if line:
                self.shapes.append(_text(line, left + PAD_X, self.height + PAD_Y + 13 + at * LINE, ""))
        self.height += high
        if numbered:
            self._digits(left, labels, said.pressed)
        else:
            for row in said.buttons:
                self._row(left, wide, row, said.pressed)
        self.height += APART

    def _row(self, left: float, wide: float, labels: list[str], pressed: str) -> None:
        each = (wide - NEAR * (len(labels) - 1)) / len(labels)
        self.height += NEAR
        for at, label in enumerate(labels):
            self._button(left + at * (each + NEAR), each, ROW, 9, label, label == pressed, "button")
        self.height += ROW

    def _digits(self, left: float, labels: list[str], pressed: str) -> None:
        self.height += NEAR
        for at, label in enumerate(labels):
            self._button(left + at * 50, 44, 26, 13, str(at + 1), label == pressed, "chip")
        self.height += 26

    def _button(
        self, left: float, wide: float, high: float, corner: float, label: str, chosen: bool, kind: str
    ) -> None:
        fill = self.look.chosen if chosen else self.look.button
        self.shapes.append(_box(left, self.height, wide, high, corner, fill))
        colour = "#ffffff" if chosen else self.look.chosen
        self.shapes.append(
            _text(label, left + wide / 2, self.height + high / 2 + 5, kind, f' style="fill: {colour}"')
        )

    def drawn(self, left: float, top: float, high: float, room: float) -> str:
        """Return the phone with its chat, whose newest message stands at the bottom."""
        look, inner = self.look, self.inner
        screen = high - 2 * BEZEL
        clip = f"screen-{self.phone.owner.lower()}"
        glass = f'<rect width="{inner}" height="{_n(screen)}" rx="{CORNER}"/>'
        above = HEAD + room - APART - self.height
        return "\n".join(
            [
                f'<g transform="translate({left} {top})">',
                f'<rect class="case" width="{WIDTH}" height="{_n(high)}" rx="{CORNER + BEZEL}"/>',
                f'<clipPath id="{clip}">{glass}</clipPath>',
                f'<g transform="translate({BEZEL} {BEZEL})" clip-path="url(#{clip})">',
                _box(0, 0, inner, screen, 0, look.wall),
                _box(0, 0, inner, HEAD, 0, look.head),
                f'<circle cx="36" cy="{HEAD / 2}" r="18" fill="#ffffff" fill-opacity=".22"/>',
                _text(self.phone.owner[0], 36, HEAD / 2 + 5, "face"),
                _text(f"{self.phone.owner}’s phone", 66, HEAD / 2 - 4, "owner"),
                _text(f"mentorNET on {look.name}", 66, HEAD / 2 + 15, "app"),
                f'<g transform="translate(0 {_n(above)})">',
                *self.shapes,
                "</g>",
                _box(inner / 2 - 60, screen - 13, 120, 4, 2, look.pill),
                "</g></g>",
            ]
        )


def _wrapped(text: str) -> Iterator[str]:
    """Yield the lines of a bubble, none wider than it."""
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and _wide(longer) > BUBBLE - 2 * PAD_X:
                yield line
                longer = word
            line = longer
        yield line


def _wide(words: str, size: float = SIZE) -> float:
    return size * sum(EM.get(letter, COMMON) for letter in words)


def _box(x: float, y: float, wide: float, high: float, corner: float, fill: str, kind: str = "") -> str:
    edge = ' stroke="#16202a" stroke-opacity=".09"' if kind else ""
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}" rx="{_n(corner)}" '
        f'fill="{fill}"{edge}/>'
    )


def _text(words: str, x: float, y: float, kind: str, more: str = "") -> str:
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{_n(x)}" y="{_n(y)}"{kind}{more}>{escape(words, quote=False)}</text>'


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
