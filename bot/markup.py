"""House markup: the subset of HTML that Telegram and Matrix share (`b i code pre a blockquote`).

One source gives the rich and the plain form, and long text is split at the same place in both.
"""

import html
import re
import unicodedata

import regex
from markupsafe import Markup, escape

_MARK = r"<(?P<close>/?)(?P<tag>[a-z]+)(?P<rest>[^>]*)>|&#?\w+;|"
_TOKEN = re.compile(_MARK + ".", re.DOTALL)  # a tag or a character
_PIECE = re.compile(_MARK + "[^<&]+|.", re.DOTALL)  # a tag or some characters
_HREF = re.compile(r'href="([^"]*)"')
# Characters that turn the direction of what follows; people's words may not carry them (Unicode UAX #9).
_DIRECTION = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_ISOLATE, _END = "\u2068", "\u2069"


def units(text: str) -> int:
    """Length in UTF-16 code units, as Telegram and Matrix clients count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """What a person wrote, without control characters, lone surrogates and marks that turn the direction
    of the text around it. Line breaks stay; white space at the ends goes."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").translate(_DIRECTION)
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def quote(text: str, *, isolate: bool = False) -> Markup:
    """A value for a sentence: escaped, and shut off from the direction of the sentence where the sentence
    runs from right to left (`isolate`) or the value itself does."""
    safe = escape(clean(text))
    turns = isolate or (
        not text.isascii() and any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text)
    )
    return Markup(_ISOLATE) + safe + Markup(_END) if turns else safe


def plain(markup: str) -> str:
    """The bare text; a link shows its address behind its words."""
    out: list[str] = []
    href = ""
    for token in _PIECE.finditer(markup):
        if tag := token["tag"]:
            if tag == "a" and not token["close"]:
                found = _HREF.search(token["rest"])
                href = html.unescape(found[1]) if found else ""
            elif tag == "a" and href and not "".join(out).endswith(href):
                out.append(f" ({href})")
        else:
            out.append(html.unescape(token[0]))
    return "".join(out)


def split(markup: str, limit: int) -> list[Markup]:
    """Cut `markup` into parts of at most `limit` UTF-16 units of text each, between paragraphs where that
    is possible, else lines, else words, else anywhere. Tags are closed at a cut and opened again after it.
    """
    if len(markup) <= limit // 2 and plain(markup).strip():  # it fits, whatever is in it
        return [Markup(markup.strip("\n "))]
    parts: list[Markup] = []
    tokens = list(_TOKEN.finditer(markup))
    open_tags: list[re.Match[str]] = []
    start = 0
    while start < len(tokens):
        end = _cut(tokens, start, limit)
        opening = "".join(tag[0] for tag in open_tags)
        body = []
        for token in tokens[start:end]:
            body.append(token[0])
            if token["tag"]:
                if token["close"]:
                    open_tags.pop()
                else:
                    open_tags.append(token)
        closing = "".join(f"</{tag['tag']}>" for tag in reversed(open_tags))
        text = opening + "".join(body).strip("\n ") + closing
        if plain(text).strip():
            parts.append(Markup(text))
        start = end
    return parts or [Markup("")]


def _cut(tokens: list[re.Match[str]], start: int, limit: int) -> int:
    """The index after the last token of the part that begins at `start`."""
    used = 0
    best: dict[str, int] = {}
    written = ""
    for index in range(start, len(tokens)):
        token = tokens[index]
        if not token["tag"]:
            char = html.unescape(token[0])
            used += units(char)
            if used > limit:
                at_words = best.get("paragraph") or best.get("line") or best.get("word")
                return at_words or _between_graphemes(tokens, start, index)
            written = (written + char)[-2:]
            # A cut that leaves a tiny part behind helps nobody: only from the middle on.
            if used > limit // 2:
                if written == "\n\n":
                    best["paragraph"] = index + 1
                elif char == "\n":
                    best["line"] = index + 1
                elif char == " ":
                    best["word"] = index + 1
    return len(tokens)


def _between_graphemes(tokens: list[re.Match[str]], start: int, index: int) -> int:
    """The last index up to `index` at which a character begins as people see it: an emoji that is put
    together is one. Where one alone is too long, it is cut after all."""
    chars = [each for each in range(start, min(index + 2, len(tokens))) if not tokens[each]["tag"]]
    text = "".join(html.unescape(tokens[each][0]) for each in chars)
    begins = [chars[found.start()] for found in regex.finditer(r"\X", text)]
    return max((each for each in begins if start < each <= index), default=max(index, start + 1))
