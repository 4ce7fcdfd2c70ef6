"""Names of languages, as people type them in any language of ours and in each itself."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bot.reading.phrases import split

FILE = Path(__file__).with_name("language_names.tsv")
"""Their names: a list, because Babel would load all that it knows of a hundred languages to tell them."""

SPOKEN = (
    *("en", "de", "ar", "fa", "tr", "ku", "ckb", "uk", "ru", "pl", "ro", "bg", "fr", "es", "pt", "it", "sq"),
    *("sr", "hr", "bs", "mk", "el", "ti", "am", "so", "ur", "ps", "zh", "vi", "th", "bn", "hi", "pa", "ta"),
    *("sw", "ka", "hy", "az", "nl", "cs", "sk", "sl", "hu", "lt", "lv", "et", "fi", "sv", "da", "nb", "he"),
    *("ja", "ko", "id", "tl", "lo", "km", "my", "ne", "si", "uz", "kk", "ky", "tg", "tk", "mn", "ha", "yo"),
    *("ig", "rw", "ln", "ff", "wo", "mg", "om", "ca", "eu", "gl", "is", "ga", "mt", "be", "ug", "bo", "ml"),
    *("te", "mr", "gu", "kn"),
)
"""Languages whose names are known."""
ALSO = {
    "fa": "persian persisch farsi dari",
    "ku": "kurdish kurdisch kurmanji kurmancî",
    "ckb": "sorani",
    "ps": "pashto paschtu",
    "zh": "mandarin",
    "ti": "tigrinya tigrigna",
}
"""Other names of them."""


@cache
def all_names() -> Mapping[str, str]:
    """Return the languages by their names, as these are compared."""
    found = {plain(name): code for code, names in ALSO.items() for name in names.split()}
    for line in FILE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, _, names = line.partition("\t")
            for name in names.split("|"):
                found.setdefault(name, code)
    return found


@cache
def single() -> tuple[str, ...]:
    """Return the names that are one word."""
    return tuple(name for name in all_names() if name and " " not in name)


def named(words: str) -> str | None:
    """Return the language that words name; None for none, or for several."""
    tokens = plain(words).split()
    found = {all_names()[token] for token in tokens if token in all_names()}
    return found.pop() if len(found) == 1 else None


def all_named(words: str) -> list[str]:
    """Return the languages that words name, in their order."""
    names = all_names()
    return list(dict.fromkeys(names[token] for token in plain(words).split() if token in names))


def plain(words: str) -> str:
    """Return words as they are compared."""
    return " ".join(split(words))
