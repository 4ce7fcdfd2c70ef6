"""Numbers are understood in digits and words, and inside a sentence."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import Doubtful, Unclear
from bot.reading.when import numbers

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("locale", "words", "meant"),
    [
        ("en", "2", 2),
        ("en", "two", 2),
        ("en", "2 people", 2),
        ("en", "just one person please", 1),
        ("en", "a person", 1),
        ("en", "a dozen", 12),
        ("en", "twenty-five", 25),
        ("de", "zwei", 2),
        ("de", "zwei Personen", 2),
        ("de", "so ungefähr zehn", 10),
        ("de", "fünfundzwanzig Leute", 25),
        ("de", "einen Menschen", 1),
        ("de", "two", 2),
    ],
)
def test_a_number_is_understood(locale: str, words: str, meant: int) -> None:
    assert numbers.number(words, 50, locale) == meant


@pytest.mark.parametrize(
    ("locale", "words"),
    [("de", "eine Handvoll"), ("de", "viele"), ("de", "anderthalb")]
    + [("en", words) for words in ("", "0", "51", "10 or 12", "-2", "1.5", "½", "half", "none", "2" * 300)],
)
def test_what_is_no_number_is_said(locale: str, words: str) -> None:
    with pytest.raises(Unclear):
        numbers.number(words, 50, locale)


def test_what_is_left_over_is_asked() -> None:
    with pytest.raises(Doubtful) as doubtful:
        numbers.number("not 3", 50, "en")
    assert list(doubtful.value.choices) == ["3"]


@pytest.mark.parametrize(
    ("locale", "words", "meant"),
    [
        ("en", "60", 60),
        ("en", "three weeks", 21),
        ("en", "a month", 31),
        ("de", "60 Tage", 60),
        ("de", "drei Wochen", 21),
        ("de", "bis Ostern", 34),
    ],
)
def test_days_are_counted(locale: str, words: str, meant: int) -> None:
    assert numbers.days(words, 365, TODAY, locale) == meant


@pytest.mark.parametrize("words", ["", "two years", "hello", "today"])
def test_what_is_no_number_of_days_is_said(words: str) -> None:
    with pytest.raises(Unclear):
        numbers.days(words, 365, TODAY, "en")


def test_days_that_may_be_two_are_asked() -> None:
    with pytest.raises(Doubtful) as doubtful:
        numbers.days("2 or 3 weeks", 365, TODAY, "en")
    assert list(doubtful.value.choices) == ["14", "21"]


@given(st.text())
def test_whatever_is_typed_is_a_number_or_unclear(words: str) -> None:
    try:
        assert 1 <= numbers.days(words, 50, TODAY, "de") <= 50
    except Unclear as unclear:
        assert unclear.text.msgid
