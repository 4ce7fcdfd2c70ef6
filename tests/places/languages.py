"""The list of names of languages, from CLDR, by Babel: in our languages, and in each itself."""

from babel import Locale, UnknownLocaleError

import i18n
from bot.reading.language_names import SPOKEN, plain

HEAD = """\
# Languages, and their names in those in which people write to us and in each itself, as they are compared.
# From CLDR, by Babel. Written by `make places`.
"""


def written() -> str:
    """Return what stands in the file."""
    return HEAD + "".join(f"{code}\t{'|'.join(_names(code))}\n" for code in SPOKEN)


def _names(code: str) -> list[str]:
    names = (_name(code, shown_in) for shown_in in dict.fromkeys((*i18n.with_words(), code)))
    return list(dict.fromkeys(plain(name) for name in names if name is not None))


def _name(code: str, shown_in: str) -> str | None:
    try:
        return Locale.parse(shown_in).languages.get(code)
    except (UnknownLocaleError, ValueError):
        return None
