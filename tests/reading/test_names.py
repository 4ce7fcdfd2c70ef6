"""Names are what can be seen in one line, and no sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import Doubtful, Unclear
from bot.reading import names
from db.models.indexed import folded


@pytest.mark.parametrize(
    "words",
    (
        *(
            "Rosa",
            "rosa",
            "Zoë",
            "Nguyễn Thị Minh",
            "O’Neil",
            "محمد",
            "علی‌رضا",
            "Ελένη",
            "Žofia-Maria",
            "Анна",
        ),
        *(
            "Анна",
            "李",
            "Dr. Ali (B)",
            "İpek",
            "नमिता",
            "שרה",
            "Jo",
            "Will",
            "J.R.",
            "Anna M.",
            "Frau Müller",
            "Jörg Weiß",
        ),
        "Hans-Peter von der Heide",
    ),
)
def test_a_name_is_kept_as_it_is(words: str) -> None:
    assert names.name(words, "de") == words


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Rosa 🌹", "Rosa"),
        ("Rosa :)", "Rosa"),
        (" Rosa\n", "Rosa"),
        ("Mi\u200ba", "Mia"),
        ("Mia\u202eaiM", "MiaaiM"),
        ("Zoe\u0308", "Zoë"),
        ("Bo!", "Bo"),
    ],
)
def test_what_cannot_be_seen_is_left_out(words: str, meant: str) -> None:
    assert names.name(words, "en") == meant


@pytest.mark.parametrize(
    ("locale", "words", "meant"),
    [
        ("en", "my name is Zoë", "Zoë"),
        ("en", "Im Rosa :)", "Rosa"),
        ("en", "call me Rosa please everybody do", "Rosa"),
        ("en", "hello, I am Bo and I live here", "Bo"),
        ("en", "<b>Bo</b>", "Bo"),
        ("de", "Ich heiße Renate Müller", "Renate Müller"),
        ("de", "Also ich bin die Rosa, Jahrgang 48", "Rosa"),
        ("de", "Rosa, ohne Nachname bitte", "Rosa"),
        ("de", "nenn mich Rosi", "Rosi"),
        ("en", "Salam", "Salam"),
        ("de", "ich bin der Karl aus Heidelberg", "Karl"),
    ],
)
def test_what_is_said_in_more_words_is_asked(locale: str, words: str, meant: str) -> None:
    with pytest.raises(Doubtful) as doubtful:
        names.name(words, locale)
    assert list(doubtful.value.choices) == [meant]


@pytest.mark.parametrize("words", ["yes", "ok", "stop", "Hi", "why do you need that", "is that needed?"])
def test_a_sentence_is_no_name_in_english(words: str) -> None:
    with pytest.raises(Unclear) as unclear:
        names.name(words, "en")
    assert unclear.value.text == names.ASK


@pytest.mark.parametrize(
    "words", ["ja", "nein", "muss das sein?", "lieber nicht sagen", "Ja, in der 4b", "geht dich nichts an"]
)
def test_a_sentence_is_no_name_in_german(words: str) -> None:
    with pytest.raises(Unclear) as unclear:
        names.name(words, "de")
    assert unclear.value.text == names.ASK


@pytest.mark.parametrize(
    "words",
    (
        *("", "...", "👍👍", "\u200b\u200b", "\u2800\u2800", "\u3164", "\u115f", "\U000e0041\U000e0042"),
        *("A" + "\u0301" * 40, "x" * 61, "Mia (Meta-mentor)", "Bo\nDeputy: Bo"),
    ),
)
def test_what_is_no_name_is_said(words: str) -> None:
    with pytest.raises(Unclear) as unclear:
        names.name(words, "en")
    assert not isinstance(unclear.value, Doubtful)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("Zoë", "zoe"),
            ("Zoe\u0308", "Zoë"),
            ("İpek", "ipek"),
            ("Łukasz", "lukasz"),
            ("Straße", "strasse"),
        ),
        *(("Øyvind", "oyvind"), ("أحمد", "احمد"), ("علی‌رضا", "علي رضا"), ("O’Neil", "oneil")),
        ("Žofia-Maria", "zofia maria"),
    ],
)
def test_a_name_is_found_without_accents(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(st.text())
def test_whatever_is_typed_is_a_name_or_unclear(words: str) -> None:
    try:
        found = names.name(words, "de")
    except Unclear as unclear:
        assert unclear.text.msgid
    else:
        assert found and found == names.shown(found)
