"""House markup for a page, which builds its elements itself: so no markup of anybody's is ever read as HTML
there."""

from html.parser import HTMLParser
from typing import Any

Node = str | list[Any]
"""Words, or what is marked: a tag, an address ("" for none), and the nodes inside."""


def tree(markup: str) -> list[Node]:
    """Return house markup as nodes, for JSON."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.nodes


class _Reader(HTMLParser):
    """Reads markup into `nodes`; what is open stands in a pile, with the whole at its bottom."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[Node] = []
        self._open: list[list[Node]] = [self.nodes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what is marked."""
        inside: list[Node] = []
        self._open[-1].append([tag, dict(attrs).get("href") or "", inside])
        self._open.append(inside)

    def handle_endtag(self, tag: str) -> None:
        """Close the newest that is open: house markup is well nested."""
        if len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take words."""
        self._open[-1].append(data)
