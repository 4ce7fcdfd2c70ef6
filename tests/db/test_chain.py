"""A chain of digests: its text is the same for ever, and each change of an entry shows in all that follow."""

import subprocess
from pathlib import Path

import pytest

from db.models import chain

FACTS: list[dict[str, chain.Fact]] = [
    {"who": 1, "words": "„Grüße“"},
    {"who": 2, "words": ""},
    {"who": None, "words": "x", "signed": True, "read": ["de", "en"]},
]


def digests(entries: list[dict[str, chain.Fact]]) -> list[str]:
    found = [chain.BEGINNING]
    for facts in entries:
        found.append(chain.digest(found[-1], facts))
    return found[1:]


def test_the_text_of_an_entry_is_the_same_whatever_the_order_of_its_facts() -> None:
    assert chain.entry("", {"b": 2, "a": "ü"}) == '{"a":"ü","b":2,"previous":""}'
    assert chain.digest("", {"b": 2, "a": "ü"}) == chain.digest("", {"a": "ü", "b": 2})


def test_what_is_stored_today_is_verified_for_ever() -> None:
    assert digests(FACTS)[-1] == "f3d2a6a97b2f15b4cf95399df8a1f8217cf7bcc15953d34a47a77acb318fbc25"


def test_a_change_shows_in_all_that_follow_and_in_nothing_before() -> None:
    changed = [FACTS[0], {**FACTS[1], "words": "."}, FACTS[2]]
    same = [a == b for a, b in zip(digests(FACTS), digests(changed), strict=True)]
    assert same == [True, False, False]


def test_an_entry_cannot_say_what_stood_before_it() -> None:
    with pytest.raises(ValueError, match="previous"):
        chain.digest("", {"previous": "x"})


def test_sha256sum_tells_the_same(tmp_path: Path) -> None:
    file = tmp_path / "entry.json"
    file.write_bytes(chain.entry("", FACTS[0]).encode())
    told = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout
    assert told.split()[0] == digests(FACTS)[0]
