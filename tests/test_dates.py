"""Days and times are understood as people type them, and refused with a sentence."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import Unclear
from handlers import dates

TODAY = date(2026, 3, 2)  # a Monday


@pytest.mark.parametrize(
    ("words", "locale", "meant"),
    [
        ("until 1 March", "en", date(2027, 3, 1)),
        ("2 March", "en", date(2026, 3, 2)),
        ("March 15, 2027", "en", date(2027, 3, 15)),
        ("1st of April", "en", date(2026, 4, 1)),
        ("Monday, 9 March", "en", date(2026, 3, 9)),
        ("15.3.", "en", date(2026, 3, 15)),
        ("15/3/26", "en", date(2026, 3, 15)),
        ("2026-03-01", "en", date(2026, 3, 1)),
        ("tomorrow", "en", date(2026, 3, 3)),
        ("Friday", "en", date(2026, 3, 6)),
        ("monday", "en", date(2026, 3, 9)),
        ("in 3 days", "en", date(2026, 3, 5)),
        ("٣ days", "en", date(2026, 3, 5)),
        ("2 weeks", "en", date(2026, 3, 16)),
        ("1 month", "en", date(2026, 4, 1)),
        ("bis 1. April", "de", date(2026, 4, 1)),
        ("15. MÄRZ", "de", date(2026, 3, 15)),
        ("15. Marz", "de", date(2026, 3, 15)),
        ("in 3 Tagen", "de", date(2026, 3, 5)),
        ("Freitag", "de", date(2026, 3, 6)),
        ("2 weeks", "de", date(2026, 3, 16)),
    ],
)
def test_a_day_is_understood(words: str, locale: str, meant: date) -> None:
    assert dates.day(words, TODAY, locale) == meant


@pytest.mark.parametrize(
    "words",
    ["", "3", "hello", "two weeks", "1 and 2 March", "31 February", "29 Feb", "0.0.", "9999999999 days"],
)
def test_what_is_no_day_is_said(words: str) -> None:
    with pytest.raises(Unclear):
        dates.day(words, TODAY, "en")


@pytest.mark.parametrize(
    ("words", "locale", "meant"),
    [
        ("18", "en", time(18)),
        ("18:00", "en", time(18)),
        ("at 18.30", "en", time(18, 30)),
        ("1830", "en", time(18, 30)),
        ("18h30", "en", time(18, 30)),
        ("6 pm", "en", time(18)),
        ("6:30 p.m.", "en", time(18, 30)),
        ("12 am", "en", time(0)),
        ("12PM", "en", time(12)),
        ("um 18 Uhr", "de", time(18)),
        ("9", "de", time(9)),
    ],
)
def test_a_time_is_understood(words: str, locale: str, meant: time) -> None:
    assert dates.clock(words, locale) == meant


@pytest.mark.parametrize("words", ["", "25", "18:60", "noon", "18 days", "-6", "99999"])
def test_what_is_no_time_is_said(words: str) -> None:
    with pytest.raises(Unclear):
        dates.clock(words, "en")


@given(st.text())
def test_whatever_is_typed_is_a_day_or_unclear(words: str) -> None:
    for understand in (lambda: dates.day(words, TODAY, "de"), lambda: dates.clock(words, "de")):
        try:
            understand()
        except Unclear as unclear:
            assert unclear.text.msgid
