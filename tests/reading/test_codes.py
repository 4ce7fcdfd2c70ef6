"""Codes in what people type: found with anything around them, and no word is taken for one."""

import pytest

from db.network import invitations


@pytest.mark.parametrize(
    "words",
    [
        "B6N4-JC3H",
        "b6n4 jc3h",
        "B6N4JC3H.",
        "“B6N4-JC3H”",
        "Code: B6N4-JC3H",
        "Code:B6N4–JC3H",
        "Mein Code ist B6N4‑JC3H. Ist das so richtig?",
        "hallo ich bins, code B6N4 - JC3H 😊",
        "(b6n4—jc3h)",
        "https://t.me/mentornet_demo_bot?start=join_B6N4JC3H",
        "Invitation to Neckar Mentors  Code: B6N4-JC3H  Valid until April 1, 2026",
    ],
)
def test_a_code_is_found_with_anything_around_it(words: str) -> None:
    assert invitations.codes_in(words)[0] == "B6N4JC3H"


@pytest.mark.parametrize(
    "words",
    [
        "GUTENTAG",
        "Montag 12",
        "morgen 18",
        "12345678",
        "0176 2345 6789",
        "2026-2027",
        "seit 2022 kein Geld",
        "MORGEN FRUEH UM ZEHN",
        "Wer kann am 24. April übersetzen?",
        "B6N4-JC3H7",
        "",
    ],
)
def test_no_word_and_no_number_is_a_code(words: str) -> None:
    assert not invitations.codes_in(words)
    assert not invitations.looks_like_code(words)
    assert not invitations.is_dashed(words)


@pytest.mark.parametrize("words", ["O0II-1LLU", "b6n4-jc3o", "B6N4JC3O"])
def test_a_sign_that_no_code_has_is_seen(words: str) -> None:
    assert not invitations.codes_in(words)
    assert invitations.mistyped_in(words)
