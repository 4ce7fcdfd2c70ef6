"""In which language words are written that the bot does not have: by the script, its own letters, and a few
words that everybody uses. The lists are in `i18n/words/languages.toml`."""

import unicodedata
from collections import Counter
from functools import cache
from typing import NamedTuple

import i18n
from bot.reading.phrases import APOSTROPHES, WORD

LONGEST = 60
"""Words that are read."""
SCRIPTS = (
    *(
        "ARABIC",
        "CYRILLIC",
        "GREEK",
        "HEBREW",
        "ARMENIAN",
        "GEORGIAN",
        "ETHIOPIC",
        "DEVANAGARI",
        "BENGALI",
        "TAMIL",
    ),
    *("THAI", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "GURMUKHI", "KHMER", "MYANMAR", "LAO", "SINHALA"),
)
"""All but the Latin one, as Unicode names them."""


class Language(NamedTuple):
    """How a language is known: its script where that is not the Latin one, letters of its own, and words."""

    script: str
    letters: frozenset[str]
    words: frozenset[str]


def language(words: str) -> str | None:
    """Return the locale code of a language in which words are surely written and that the bot does not have;
    where only the script is sure, the most spoken one of it. None for a language of ours, and for all that
    may be one."""
    text = unicodedata.normalize("NFC", words.translate(APOSTROPHES)).casefold()
    tokens = WORD.findall(text)[:LONGEST]
    script = _script("".join(tokens))
    if script is None:
        return _by_words(tokens, "", text) if tokens else None
    found = _by_words(tokens, script, text) or next(
        (code for code, known in _languages().items() if known.script == script), None
    )
    return found if found not in i18n.available() else None


def likely(words: str, otherwise: str) -> str:
    """Return the language in which words are most likely written, ours or another one; `otherwise` where
    nothing in them tells."""
    text = unicodedata.normalize("NFC", words.translate(APOSTROPHES)).casefold()
    tokens = WORD.findall(text)[:LONGEST]
    score = _score(tokens, _script("".join(tokens)) or "", text)
    best = max((score[code], code == otherwise, code) for code in score) if score else (0, True, otherwise)
    return best[2] if best[0] else otherwise


def says(code: str) -> str | None:
    """Return the sentence of a language by which the bot tells which languages it has."""
    sentence: str | None = i18n.languages()[code].get("says")
    return sentence


def _script(letters: str) -> str | None:
    """Return the script, other than the Latin one, in which most of the letters are written."""
    counts = Counter(unicodedata.name(letter, "?").split()[0] for letter in letters if letter.isalpha())
    script, count = counts.most_common(1)[0] if counts else ("LATIN", 0)
    return script if script in SCRIPTS and count > 1 else None


def _by_words(tokens: list[str], script: str, text: str) -> str | None:
    """Return the language of a script of which most is found: its letters and its words. It has to stand out
    from all others, those of ours among them."""
    score = _score(tokens, script, text)
    (best, most), (_next, second) = [*score.most_common(2), ("", 0), ("", 0)][:2]
    enough = most > second and (script != "" or most >= min(4, 1 + len(tokens)))
    return best if enough and most > 0 and best not in i18n.available() else None


def _score(tokens: list[str], script: str, text: str) -> Counter[str]:
    """Return how much of each language of a script is found: its letters and its words."""
    score: Counter[str] = Counter()
    for code, known in _languages().items():
        if known.script == script:
            hits = len(known.words.intersection(tokens))
            score[code] = 2 * hits + sum(letter in text for letter in known.letters)
    return score


@cache
def _languages() -> dict[str, Language]:
    return {
        code: Language(
            known.get("script", ""), frozenset(known.get("letters", "")), frozenset(known["words"].split())
        )
        for code, known in i18n.languages().items()
    }
