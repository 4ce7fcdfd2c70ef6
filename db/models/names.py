"""Names as they are looked for: what is stored beside a name, so that an index finds it."""

import unicodedata

ALIKE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h"}
    | {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None}
    | {"\u200c": " ", "\u200d": None}
    | dict.fromkeys("'’‘ʼ`´′")
)
"""Letters that people type for one another; None for what they leave out."""


def folded(name: str) -> str:
    """Return a name as it is looked for: without capitals, accents and signs, however it was composed. How it
    is done never changes without a migration: it is stored."""
    bare = unicodedata.normalize("NFKD", name.casefold().translate(ALIKE))
    plain = "".join(c for c in bare if not unicodedata.combining(c)).translate(ALIKE)
    return " ".join("".join(c if _is_seen(c) else " " for c in plain).split())


def _is_seen(sign: str) -> bool:
    """Whether a sign is a letter or a digit."""
    return (kind := unicodedata.category(sign)).startswith("L") or kind == "Nd"
