"""Times of day and quiet hours are understood as people type them, and refused with a sentence."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import i18n
from bot import Doubtful, Unclear
from bot.reading.when import times

RIGHT = {
    "en": {
        "18:00": "18, 18:00, 6 pm, 6pm, 6 p.m., 18h, 6 in the evening, at 6 pm please, at six in the evening",
        "18:30": "at 18.30, 1830, 18h30, 6:30 p.m., around 18:30, half past six pm",
        "18:45": "quarter to seven in the evening, 18:45",
        "06:30": "half past six",
        "07:00": "7 in the morning, 7 am, seven o'clock",
        "12:00": "noon, 12PM, at twelve, midday",
        "00:00": "midnight, 24:00, 12 am, 0:00",
        "06:50": "ten to seven",
        "06:10": "ten past six",
        "23:00": "11 at night",
        "02:00": "2 at night",
    },
    "de": {
        "18:00": "18 Uhr, um 18 Uhr, gegen 18 Uhr, 6 Uhr abends, abends um sechs, so gegen 18 Uhr",
        "18:30": "18 Uhr 30, 18.30 Uhr, halb sieben abends",
        "06:30": "halb sieben",
        "06:15": "viertel nach sechs",
        "06:45": "dreiviertel sieben, viertel vor sieben",
        "12:00": "mittags, zwölf, um 12",
        "00:00": "Mitternacht, 24 Uhr, 0 Uhr",
        "09:00": "9, um neun, 9 Uhr morgens",
        "15:00": "drei Uhr nachmittags",
    },
    "it": {"18:00": "alle 18, alle sei di sera", "06:30": "alle sei e mezza", "12:00": "mezzogiorno"},
    "fr": {"18:30": "18h30, à 18 h 30", "12:00": "à midi", "19:00": "sept heures du soir"},
    "es": {"06:30": "a las seis y media", "19:00": "a las siete de la tarde"},
    "pl": {"18:00": "o osiemnastej", "18:30": "o 18:30, o osiemnastej trzydzieści"},
    "uk": {"18:00": "о шостій вечора", "18:30": "о 18:30"},
    "el": {"18:00": "6 το απόγευμα", "21:00": "στις εννέα το βράδυ"},
    "tr": {"06:30": "altı buçuk", "18:30": "saat 18:30", "19:00": "akşam yedi"},
    "ar": {"18:00": "الساعة 6 مساء", "05:30": "الساعة الخامسة والنصف"},
    "fa": {"18:00": "ساعت ۶ عصر", "06:30": "شش و نیم"},
}


@pytest.mark.parametrize(
    ("locale", "words", "meant"),
    [
        (locale, each, meant)
        for locale, table in RIGHT.items()
        for meant, words in table.items()
        for each in words.split(", ")
    ],
)
def test_a_time_is_understood(locale: str, words: str, meant: str) -> None:
    assert times.clock(words, locale).isoformat("minutes") == meant


def test_a_language_with_a_list_of_its_own_needs_no_hours() -> None:
    assert i18n.hours().keys() & i18n.with_words() == set()


def test_the_half_of_the_day_that_is_possible_is_meant() -> None:
    by_day = time(8), time(21)
    assert times.clock("half past six", "en", by_day) == time(18, 30)
    assert times.clock("halb sieben", "de", by_day) == time(18, 30)
    assert times.clock("9", "en", by_day) == time(9)
    assert times.clock("3 am", "en", by_day) == time(3)


@pytest.mark.parametrize(
    "words", ["", "25", "18:60", "18 days", "99999", "soon", "in the evening", "18 am", "x" * 200]
)
def test_what_is_no_time_is_said(words: str) -> None:
    with pytest.raises(Unclear):
        times.clock(words, "en")


def test_what_is_left_over_is_asked() -> None:
    with pytest.raises(Doubtful) as doubtful:
        times.clock("not before 9", "en")
    assert list(doubtful.value.choices) == ["09:00"]


@pytest.mark.parametrize(
    ("locale", "words", "meant"),
    [
        ("en", "from 10 pm to 7", ("22:00", "07:00")),
        ("en", "10 to 7", ("22:00", "07:00")),
        ("en", "22:00-07:00", ("22:00", "07:00")),
        ("en", "between half past nine and quarter to seven", ("21:30", "06:45")),
        ("en", "noon until 2 pm", ("12:00", "14:00")),
        ("de", "22 bis 7 Uhr", ("22:00", "07:00")),
        ("de", "von abends um zehn bis morgens um sieben", ("22:00", "07:00")),
    ],
)
def test_quiet_hours_are_two_times(locale: str, words: str, meant: tuple[str, str]) -> None:
    hours = times.hours(words, locale)
    assert hours is not None
    assert tuple(each.isoformat("minutes") for each in hours) == meant


@pytest.mark.parametrize(("locale", "words"), [("en", "never"), ("de", "nie"), ("de", "keine")])
def test_no_hours_are_quiet(locale: str, words: str) -> None:
    assert times.hours(words, locale) is None


@pytest.mark.parametrize("words", ["", "10", "10 to", "when I sleep", "from 25 to 7"])
def test_what_is_not_two_times_is_said(words: str) -> None:
    with pytest.raises(Unclear):
        times.hours(words, "en")


@given(st.text(), st.sampled_from(["en", "de"]))
def test_whatever_is_typed_is_a_time_or_unclear(words: str, locale: str) -> None:
    for understand in (times.clock, times.hours):
        try:
            understand(words, locale)
        except Unclear as unclear:
            assert unclear.text.msgid
