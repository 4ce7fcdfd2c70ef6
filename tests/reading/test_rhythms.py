"""How often, and on which weekday, something comes again is understood as people say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.when import rhythms


@pytest.mark.parametrize(
    ("locale", "words", "meant"),
    [
        ("en", "every 2 weeks on Monday at 9", (2, 0, "on at 9")),
        ("en", "monthly", (4, None, "")),
        ("en", "every other week", (2, None, "")),
        ("en", "once a quarter, wednesdays", (12, 2, "")),
        ("en", "every three weeks", (3, None, "")),
        ("en", "on tuesdays please", (None, 1, "on  please")),
        ("en", "tuesday or friday", (None, None, "or")),
        ("en", "hello", (None, None, "hello")),
        ("de", "monatlich, dienstags, halb sieben", (4, 1, ",  halb sieben")),
        ("de", "alle vier Wochen", (4, None, "")),
        ("de", "alle 14 Tage", (2, None, "")),
        ("de", "jede Woche donnerstags um 18 Uhr", (1, 3, "um 18 Uhr")),
        ("de", "every week", (1, None, "")),
    ],
)
def test_a_rhythm_is_understood(locale: str, words: str, meant: tuple[int | None, int | None, str]) -> None:
    weeks, weekday, rest = rhythms.read(words, locale)
    assert (weeks, weekday, rest.split()) == (*meant[:2], meant[2].strip(", ").split())


@given(st.text())
def test_any_words_can_be_read(words: str) -> None:
    assert len(rhythms.read(words, "de").rest) <= 4 * rhythms.LONGEST
