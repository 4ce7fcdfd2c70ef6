"""What was typed, compared: a number however it is written, words without capitals and signs."""

import re
import unicodedata

NUMBER = re.compile(r"(?:#|nr|no|nummer|number)?[ .:]*(\d{1,4})[ .):]*")
DIGIT = re.compile(r"\d")
SIGNS = re.compile(r"[\W_]+")
KEYCAP = dict.fromkeys([0xFE0F, 0x20E3])
"""What makes an emoji of a digit."""
SHORTEST = 5
"""Letters of a label in which a slip is seen: "hell" is not "help"."""
LONG = 9
"""Letters of one in which there may be two."""


def number(words: str) -> int | None:
    """Return the number that the words are and nothing else: "2", "2.", "2)", "#2", "2️⃣", "Nr. 2"; None for
    other words."""
    if not DIGIT.search(words):
        return None
    found = NUMBER.fullmatch(unicodedata.normalize("NFKC", words.translate(KEYCAP)).strip().casefold())
    return int(found[1]) if found is not None else None


def bare(words: str) -> str:
    """Return words as they are compared: without capitals, signs and emoji; only signs stay as they are."""
    folded = unicodedata.normalize("NFC", words).casefold()
    return " ".join(SIGNS.sub(_but_accents, folded).split()) or " ".join(folded.split())


def _but_accents(signs: re.Match[str]) -> str:
    """Return accents that belong to the letter before them as they are, and a space for all other signs."""
    found = signs[0]
    if found.isascii() or not any(map(unicodedata.combining, found)):
        return " "
    return "".join(c if unicodedata.combining(c) else " " for c in found)


def is_slip(typed: str, meant: str) -> bool:
    """Whether words, both `bare`, are others with one slip, or two where they are long: a letter that is
    missing, too many or another one, or two neighbours that changed places. The first letter is right."""
    if typed == meant or not typed or not meant or typed[0] != meant[0] or len(meant) < SHORTEST:
        return False
    most = 1 if len(meant) < LONG else 2
    return abs(len(typed) - len(meant)) <= most and _distance(typed, meant) <= most


def is_part(said: str, label: str) -> bool:
    """Whether words, both `bare`, are the beginning of a label or stand in it, as whole words."""
    return label.startswith(said) or f" {said} " in f" {label} "


def _distance(one: str, other: str) -> int:
    """Return how many slips lie between two words."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
