"""Personal data is seen however somebody writes it, and taken out whole; what is harmless is left alone."""

import re
import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

import i18n
from bot.reading.personal import file_names, guard
from handlers.protecting import emergency
from tests.personal_data import LANGUAGES, TODAY, Snippet, snippets

HERE = ("DE",)
PUBLIC = {
    "".join(filter(str.isdigit, n))
    for each in emergency.by_country().values()
    for line in each
    for n in line.numbers
}


def cleaned(words: str, today: date = TODAY) -> str:
    return guard.without(words, guard.findings(words, today, HERE, PUBLIC))


def kinds(words: str) -> list[str]:
    return [each.kind for each in guard.findings(words, TODAY, HERE, PUBLIC)]


# --- the corpus ----------------------------------------------------------------------------------


class Count:
    """How much of what has to be found is found whole, and how much of what is found has to be."""

    def __init__(self) -> None:
        self.marks = self.found = self.findings = self.right = 0
        self.wrong: list[str] = []

    def add(self, snippet: Snippet) -> None:
        words, marks = snippet
        findings = guard.findings(words, TODAY, HERE, PUBLIC)
        taken = {place for each in findings for place in range(each.start, each.end)}
        marked = {place for mark in marks for place in range(*mark)}
        missed = [words[slice(*mark)] for mark in marks if not signs(words, *mark) <= taken]
        harmless = [
            words[each.start : each.end]
            for each in findings
            if not signs(words, each.start, each.end) <= marked
        ]
        self.marks += len(marks)
        self.found += len(marks) - len(missed)
        self.findings += len(findings)
        self.right += len(findings) - len(harmless)
        self.wrong += [f"{words}: {', '.join(missed + harmless)}"] if missed or harmless else []

    def recall(self) -> float:
        return 100 * self.found / self.marks

    def precision(self) -> float:
        return 100 * self.right / self.findings

    def __str__(self) -> str:
        return (
            f"{self.recall():.1f} % found ({self.found} of {self.marks}), "
            f"{self.precision():.1f} % right ({self.right} of {self.findings})"
        )


def signs(words: str, start: int, end: int) -> set[int]:
    """Where the letters and digits of a part stand: what is between pieces may stay."""
    return {place for place in range(start, end) if words[place].isalnum()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_personal_is_found_in_each_language(language: str, tells: Callable[[str], None]) -> None:
    count = Count()
    for each in snippets(language):
        count.add(each)
    tells(f"Personal data, {language}: {count}")
    assert count.recall() >= 90, count.wrong
    assert count.precision() >= 85, count.wrong


def test_what_is_personal_is_found_in_all_languages(tells: Callable[[str], None]) -> None:
    count = Count()
    for language in LANGUAGES:
        for each in snippets(language):
            count.add(each)
    tells(f"Personal data, in all languages: {count}")
    assert count.recall() >= 95, count.wrong
    assert count.precision() >= 90, count.wrong


def test_the_corpus_is_large_enough_to_judge_by() -> None:
    every = [each for language in LANGUAGES for each in snippets(language)]
    assert len(every) >= 300
    assert sum(not each.marks for each in every) >= 120
    assert all(sum(not each.marks for each in snippets(language)) >= 10 for language in LANGUAGES)


def test_every_language_has_the_words_that_announce() -> None:
    assert set(i18n.personal()) == {"any", *LANGUAGES}
    for language in LANGUAGES:
        words = i18n.personal()[language]
        assert {"born", "number", "phone", "between", "law"} <= words.keys(), language
        assert words.keys() & {"street_before", "street_behind", "street_end"}, language


# --- each kind -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("born 3.4.1988, mail aziz@example.org", "born […], mail […]"),
        ("de89 3704 0044 0532 0130 00 please", "[…] please"),
        ("her IBAN is DE89 3704 0044 0532 0130 01", "her IBAN is […]"),
        ("0151 23456789 or 0171 1234567", "[…] or […]"),
        ("0151 23456789 0171 1234567", "[…]"),
        ("Steuer-ID 12 345 678 901", "Steuer-ID […]"),
        ("333 123 4567", "[…]"),
        ("0171.123.45.67", "[…]"),
        ("my insta is maria.p98", "my insta is […]"),
        ("mia at web dot de", "[…]"),
        ("mia (ät) web punkt de", "[…]"),
        ("mia {at} web {dot} de", "[…]"),
        ("Contact her at mia at web dot de", "Contact her at […]"),
        ("Her mail is mia at mentors dot org", "Her mail is […]"),
        ("Look at mentors dot org", "Look at mentors dot org"),
        ("We meet at the polka dot in Berlin", "We meet at the polka dot in Berlin"),
        ("um 10 bei Aldi, Punkt acht", "um 10 bei Aldi, Punkt acht"),
        ("he is on https://t.me/amina_k", "he is on […]"),
        ("Sonnenallee 45\n12045 Berlin", "[…]"),
        ("she lives in 89073 Ulm", "she lives in […]"),
        ("flat 3, 18 Harcourt Rd, SE15 4QX London", "[…]"),
        ("born on April 3, 1998", "born on […]"),
        ("born 05/23/1998", "born […]"),
        ("0171 1234567 eur", "[…] eur"),
        ("069 1234-1235", "[…]"),
        ("code 0171 1234567", "code […]"),
        ("Abs. 0171 1234567", "Abs. […]"),
        ("cap 333 1234567", "cap […]"),
        ("+380 (93) 123 45 67", "[…]"),
        ("ul. 3 Maja 15/8, 00-391 Warszawa", "[…]"),
        ("passport RR 1234567 of 2019", "passport […] of 2019"),
    ],
)
def test_each_piece_is_taken_out_whole(words: str, left: str) -> None:
    assert cleaned(words) == left


@pytest.mark.parametrize(
    "words",
    [
        "https://example.org/form?id=00123456789",
        "see example.org/a/1234567890 there",
        "The deadline is 15.01.2027",
        "the letter of 12.10.2026",
        "PLZ 01067-01069",
        "Wir sind @mentornet_bot, https://t.me/mentornet_bot?start=ask",
        "from 8.00-12.30, 14.00-17.00",
        "loi n° 2018-778 du 10 septembre 2018",
        "costs 1 250 000 zł or €12,345.67",
        "0800 1234567 is free of charge",
        "Ausbildungsplatz 2027, Kitaplatz 3 Jahre, Parkplatz 12",
        "room 2.14, page 9, point 4.2",
    ],
)
def test_what_is_harmless_is_left_alone(words: str) -> None:
    assert cleaned(words) == words


@pytest.mark.parametrize("piece", ["0171 1234567", "+48 601 234 567", "DE89 3704 0044 0532 0130 00"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_harmless_hides_nothing_beside_it(language: str, piece: str) -> None:
    for words, marks in snippets(language):
        if not marks:
            for both in (f"{words}, {piece}", f"{piece}, {words}", f"{words} {piece}"):
                left = cleaned(both)
                parts = re.findall(r"\d{3,}", piece)
                assert all(left.count(part) <= words.count(part) for part in parts), left


@pytest.mark.parametrize("country", sorted(emergency.by_country()))
def test_no_number_that_helps_is_taken_out(country: str) -> None:
    for line in emergency.by_country()[country]:
        for number in line.numbers:
            words = f"Call {number} ({line.name})"
            assert cleaned(words) == words


def test_a_day_to_come_is_nobodys_birth() -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert kinds(f"born {TODAY - timedelta(days=1):%d.%m.%Y}") == ["birth"]
    assert kinds(f"due to be born {tomorrow:%d.%m.%Y}") == []
    assert kinds(f"by {tomorrow:%d.%m.%Y}") == []
    assert kinds("arrived on 14.11.2022") == ["date"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_is_known_in_every_language(language: str) -> None:
    for month in range(1, 13):
        words = format_date(date(1998, month, 3), "long", language)
        assert cleaned(f"geb. {words}").startswith("geb. […]"), words


@pytest.mark.parametrize(
    "words",
    [
        "+49\u00a0171\u00a01234567",
        "+49‑171‑1234567",
        "+４９ １７１ １２３４５６７",
        "٠١٥١٢٣٤٥٦٧٨٩",
        "०१५१ २३४५६७८९",
        "0\u200b1\u200b5\u200b1 23456789",
        "0151\u2009–\u200923456789",
        "geboren 3. Ma\u0308rz 1998",
        "amina＠example.org",
    ],
)
def test_signs_that_look_different_count_as_what_they_are(words: str) -> None:
    left = cleaned(f"xx {words} yy")
    assert left in ("xx […] yy", "xx geboren […] yy")


@given(st.text(st.characters() | st.sampled_from("0123456789+-/.@ :")))
def test_findings_stand_in_order_and_apart(words: str) -> None:
    found = guard.findings(words, TODAY, HERE)
    ends = [0, *(each.end for each in found)]
    assert all(end <= each.start < each.end <= len(words) for end, each in zip(ends, found, strict=False))


@pytest.mark.parametrize(
    "piece",
    ["1 ", "12345 ", "a.", "a@", "Via ", "nr ", "de12 ", "3 Ab ", "geb. ", "12.", "St. 1 ", "§ ", "@a", "1-"],
)
def test_nobody_waits_for_what_nobody_should_send(piece: str) -> None:
    began = time.thread_time()
    guard.findings(piece * (4000 // len(piece)), TODAY, HERE)
    assert time.thread_time() - began < 1


# --- names of files ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20261130_101500.jpg",
        "IMG-20251129-WA0001.jpg",
        "PXL_20240230_101500123.jpg",
        "Screenshot_2024-11-30-10-15-22.png",
        "WhatsApp Image 2024-11-29 at 10.15.30.jpeg",
        "signal-2024-11-30-101500.jpg",
        "DSC_00012345.JPG",
        "scan0001234567.pdf",
        "doc_123456789.pdf",
        "Bescheid_12.10.2026.pdf",
        "list.pdf",
        "Anlage Kind 2025.pdf",
        "IMG_4711",
    ],
)
def test_names_that_programs_give_are_harmless(name: str) -> None:
    assert file_names.findings(name, TODAY, HERE) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Reisepass_C01X00T47.pdf", "number"),
        ("Geburtsurkunde_geb_03.04.1988.pdf", "birth"),
        ("Mietvertrag Sonnenallee 45.pdf", "address"),
        ("0171 1234567.jpg", "phone"),
        ("amina.k@example.org.vcf", "email"),
    ],
)
def test_names_that_people_give_are_looked_at(name: str, kind: str) -> None:
    assert [each.kind for each in file_names.findings(name, TODAY, HERE)] == [kind]
