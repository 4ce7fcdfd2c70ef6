"""Days are understood as people type them, asked about where they can be meant in two ways, and refused
with a sentence."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import Doubtful, Unclear
from bot.reading import dates

TODAY = date(2026, 3, 2)  # a Monday
MIDWEEK = date(2026, 3, 4)

RIGHT = {
    "en": """
        today, tonight: 2 March
        tomorrow, tomorow, Tomorrow!, until tomorrow evening: 3 March
        the day after tomorrow, day after tomorrow, in 2 days, 2d: 4 March
        3 days, in 3 days, three days, ٣ days, I am ill until Thursday, thurs: 5 March
        Friday, on friday, until Friday please, this Friday, next Friday, FRI, fridays: 6 March
        at the weekend, the weekend: 7 March
        Sunday 8 March, Sun 8 March: 8 March
        in a week, next week, a week, 1 week, Monday next week, back on Monday the 9th, monday, week: 9 March
        over the weekend, after the weekend: 9 March
        a week from Thursday, Thursday week, Thursday in a week, thursday next week: 12 March
        Friday the 13th, Friday 13th: 13 March
        15 March, March 15th, 15/3, 15.3., 15/03/2026, 2026-03-15, the 15th, 15/3/26, March 15: 15 March
        until the 15th, up to 15 March: 15 March
        2 weeks, two weeks, a fortnight, in 14 days, Monday in 2 weeks, the week after next: 16 March
        10 working days, 10 business days, a couple of weeks, fortnight, in two weeks time: 16 March
        on holiday for 2 weeks - please no questions: 16 March
        2 weeks and 3 days: 19 March
        until the 20th: 20 March
        three weeks starting tomorrow: 24 March
        end of the month, end of March, month end, the last day of March, the end of this month: 31 March
        first of April, 1st of April, next month, beginning of April, April: 1 April
        a month, 1 month: 2 April
        Easter, until Easter: 5 April
        first Monday in April: 6 April
        after Easter: 7 April
        mid-April, the middle of April, 15th of next month: 15 April
        last Friday in March: 27 March
        half a year, 6 months: 2 September
        Christmas, 25.12.: 25 December
    """,
    "de": """
        heute, heute Abend: 2 March
        morgen, morgen früh, Morgen!, bis morgen abend: 3 March
        übermorgen, uebermorgen, ubermorgen, übermrogen: 4 March
        in 3 Tagen, drei Tage, bis Donnerstag krank, Do, ich bin bis donnerstag krank: 5 March
        Freitag, am Freitag, bis Freitag, nächsten Freitag, kommenden Freitag, Fr, so bis Freitag: 6 March
        am Wochenende, bis zum Wochenende: 7 March
        Sonntag - 8. März, So., So: 8 March
        in einer Woche, ne woche, nächste Woche, heute in einer Woche, nach dem Wochenende: 9 March
        Donnerstag in einer Woche, Donnerstag nächster Woche, nächste Woche Donnerstag: 12 March
        15. März, 15. MÄRZ, 15.3., 15.03.2026, am 15., 15. Marz, bis zum 15ten, fünfzehnter März: 15 March
        zwei Wochen, in 14 Tagen, vierzehn Tage, Montag in zwei Wochen, übernächste Woche: 16 March
        10 Arbeitstage, zehn Arbeitstage: 16 March
        bis einschließlich 20.3: 20 March
        drei wochen urlaub ab morgen 🏖️ bin dann mal weg: 24 March
        Ende des Monats, Ende März, bis Monatsende: 31 March
        erster April, 1. April, nächsten Monat, Anfang April: 1 April
        in einem Monat: 2 April
        bis Ostern: 5 April
        nach Ostern: 7 April
        Mitte April: 15 April
        ein halbes Jahr, sechs Monate: 2 September
        7.12., 7. Dezember, 07.12.2026: 7 December
        Weihnachten: 25 December
    """,
}
"""Words: the day. What is meant stands behind the colon, as English has it."""


def rows() -> list[tuple[str, str, date]]:
    found = []
    for locale, table in RIGHT.items():
        for line in filter(None, map(str.strip, table.splitlines())):
            words, _colon, meant = line.rpartition(":")
            for each in words.split(", "):
                found.append((locale, each, dates.day(meant, date(2026, 3, 1), "en")))
    return found


@pytest.mark.parametrize(("locale", "words", "meant"), rows())
def test_a_day_is_understood(locale: str, words: str, meant: date) -> None:
    assert dates.day(words, TODAY, locale) == meant


@pytest.mark.parametrize(
    ("locale", "words", "days"),
    [
        ("en", "Sunday 7 December", ["2026-12-06", "2026-12-07"]),  # a Monday
        ("de", "Sonntag, 7. Dezember", ["2026-12-06", "2026-12-07"]),
        ("en", "12/7", ["2026-07-12", "2026-12-07"]),
        ("en", "12/7/2027", ["2027-07-12", "2027-12-07"]),
        ("en", "Monday in 2 weeks", ["2026-03-16", "2026-03-23"]),
        ("en", "3-4 weeks", ["2026-03-25", "2026-04-01"]),
        ("en", "monday or tuesday", ["2026-03-09", "2026-03-10"]),
        ("en", "end of next week", ["2026-03-13", "2026-03-15"]),
        ("en", "next weekend", ["2026-03-07", "2026-03-14"]),
        ("en", "3", ["2026-03-07", "2026-04-03"]),
        ("en", "not until Friday", ["2026-03-06"]),
        ("en", "until Thursday because of my knee", ["2026-03-05"]),
        ("en", "before Easter", ["2026-04-05"]),
        ("en", "until friday 6 pm", ["2026-03-06"]),
        ("de", "nicht vor Freitag", ["2026-03-06"]),
        ("de", "zwei oder drei Wochen", ["2026-03-18", "2026-03-25"]),
    ],
)
def test_what_can_mean_something_else_is_asked(locale: str, words: str, days: list[str]) -> None:
    with pytest.raises(Doubtful) as doubtful:
        dates.day(words, MIDWEEK, locale)
    assert list(doubtful.value.choices) == days


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", words)
        for words in (
            "",
            "hello",
            "soon",
            "I don't know yet",
            "31 February",
            "29 Feb",
            "0.0.",
            "I may be gone",
        )
    ]
    + [("en", words) for words in ("a few days", "9999999999 days", "2026-13-01", "word " * 100)]
    + [("de", words) for words in ("keine Ahnung", "bald", "ein paar Tage", "bis zu den Sommerferien")],
)
def test_what_is_no_day_is_said(locale: str, words: str) -> None:
    with pytest.raises(Unclear) as unclear:
        dates.day(words, TODAY, locale)
    assert not isinstance(unclear.value, Doubtful)


def test_a_day_that_cannot_be_meant_is_no_choice() -> None:
    def check(day: date) -> None:
        if day.month == 7:
            raise Unclear(dates.NOTHING)

    with pytest.raises(Doubtful) as doubtful:
        dates.day("12/7", TODAY, "en")
    left = dates.possible(doubtful.value, check)
    assert isinstance(left, Doubtful) and list(left.choices) == ["2026-12-07"]


@pytest.mark.parametrize(
    ("words", "is_vague"),
    [
        ("a few days", True),
        ("a few weeks", True),
        ("2 weeks", False),
        ("", False),
        ("a few days " * 30, False),
    ],
)
def test_who_says_only_about_how_long_is_vague(words: str, is_vague: bool) -> None:
    assert dates.is_vague(words, "en") == is_vague


@given(st.text(), st.sampled_from(["en", "de"]))
def test_whatever_is_typed_is_a_day_or_unclear(words: str, locale: str) -> None:
    try:
        dates.day(words, TODAY, locale)
    except Unclear as unclear:
        assert unclear.text.msgid


PIECES = [
    "2",
    "3.",
    "12/7",
    "weeks",
    "next",
    "Friday",
    "end of",
    "month",
    "after",
    "from",
    "or",
    "Easter",
    "the",
]


@example(["Easter", "2"])
@given(st.lists(st.sampled_from(PIECES), max_size=7))
def test_whatever_words_of_time_say_together_is_a_day_or_unclear(words: list[str]) -> None:
    try:
        assert dates.day(" ".join(words), TODAY, "en") >= date(2025, 1, 1)
    except Unclear as unclear:
        assert unclear.text.msgid
