"""Codes in what people type: found with anything around them, and no word is taken for one."""

import hashlib
from typing import Any

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


def test_a_code_that_is_right_costs_its_hash_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often somebody types it: what it costs, all others wait for."""
    hashed: list[bytes] = []
    slow = hashlib.scrypt

    def counted(code: bytes, **how: Any) -> bytes:
        hashed.append(code)
        return slow(code, **how)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    invitations.hash_of.cache_clear()
    assert len({invitations.hash_of("7KQ2M9XD") for _ in range(50)}) == 1
    assert invitations.hash_of("7KQ2M9XE") != invitations.hash_of("7KQ2M9XD")
    assert hashed == [b"7KQ2M9XD", b"7KQ2M9XE"]
