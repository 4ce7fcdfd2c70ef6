"""How long something takes is understood in digits and words, and inside a sentence."""

from contextlib import suppress
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import Doubtful, Unclear
from bot.reading.when import spans
from bot.text import Reader, render

HOUR, DAY = 60, 1440


@pytest.mark.parametrize(
    ("locale", "words", "unit", "meant"),
    [
        ("en", "2", "hour", 2 * HOUR),
        ("en", "1.5", "hour", 90),
        ("en", "1,5", "hour", 90),
        ("en", "90 minutes", "hour", 90),
        ("en", "90min", "hour", 90),
        ("en", "half an hour", "hour", 30),
        ("en", "one and a half hours", "hour", 90),
        ("en", "1 hour and 30 minutes", "hour", 90),
        ("en", "1h30", "hour", 90),
        ("en", "an hour", "hour", HOUR),
        ("en", "after 4 hours please", "hour", 4 * HOUR),
        ("en", "2 days", "hour", 2 * DAY),
        ("en", "14", "day", 14 * DAY),
        ("en", "two weeks", "day", 14 * DAY),
        ("en", "a month", "day", 30 * DAY),
        ("en", "36 hours", "day", 36 * HOUR),
        ("de", "1,5", "hour", 90),
        ("de", "anderthalb Stunden", "hour", 90),
        ("de", "eine halbe Stunde", "hour", 30),
        ("de", "nach 90 Minuten", "hour", 90),
        ("de", "lieber 4 std bitte", "hour", 4 * HOUR),
        ("de", "zwei Tage", "hour", 2 * DAY),
        ("de", "drei Wochen", "day", 21 * DAY),
        ("de", "4 hours", "hour", 4 * HOUR),
    ],
)
def test_a_span_is_understood(locale: str, words: str, unit: Literal["hour", "day"], meant: int) -> None:
    assert spans.minutes(words, unit, locale) == meant


@pytest.mark.parametrize(
    "words",
    [
        "",
        "soon",
        "0",
        "-2",
        "2-3 hours",
        "1,000",
        "1:30",
        "2 3",
        "hours",
        "1 day 3",
        "0.001",
        "½ ⅓",
        "2 / 3",
        "4" * 200,
    ],
)
def test_what_is_no_span_is_said(words: str) -> None:
    with pytest.raises(Unclear) as unclear:
        spans.minutes(words, "hour", "en")
    assert not isinstance(unclear.value, Doubtful)
    assert unclear.value.text == spans.TYPE["hour"]


def test_what_is_left_over_is_asked() -> None:
    with pytest.raises(Doubtful) as doubtful:
        spans.minutes("not 3 hours", "hour", "en")
    assert list(doubtful.value.choices) == [str(3 * HOUR)]


@given(st.integers(1, 41 * DAY), st.sampled_from(["en", "de"]))
def test_what_is_said_is_understood(minutes: int, locale: str) -> None:
    assert spans.minutes(str(render(spans.said(minutes), Reader(locale))), "hour", locale) == minutes


@given(st.text(max_size=120), st.sampled_from(["hour", "day"]), st.sampled_from(["en", "de"]))
def test_nothing_breaks_it(words: str, unit: Literal["hour", "day"], locale: str) -> None:
    with suppress(Unclear):
        assert spans.minutes(words, unit, locale) >= 1
