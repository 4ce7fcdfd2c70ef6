"""The numbers for people in need: each with its source; those of a country; the operator's own."""

import asyncio
import itertools
import re
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from bot.program import demo
from bot.program.config import HelpLine
from handlers.protecting import emergency
from tests.support.ready import ready
from tests.support.stage import play

NUMBERS = tomllib.loads(emergency.FILE.read_text("utf-8"))["numbers"]
ANA = "@ Ana, member on telegram, en"
EVERYWHERE = "112: when somebody is in danger now, in the EU and in many other countries"
ALONE = {"emergency", "police"}
"""What needs no name: everybody knows who answers."""
SHORT = 6
"""Digits of the longest numbers that are short ones."""


@pytest.mark.parametrize("each", NUMBERS, ids=lambda each: f"{each['countries'][0]} {each['for']}")
def test_a_number_says_what_it_is_for_who_says_so_and_when_somebody_looked(each: dict[str, object]) -> None:
    assert each.keys() <= {"countries", "for", "name", "numbers", "hours", "source", "checked_on"}
    assert each["for"] in emergency.WHAT
    assert each.get("hours", "always") == "always"
    assert ("name" in each) == (each["for"] not in ALONE)
    assert re.fullmatch(r".+: .*\w\.\w.*", str(each["source"])), "an organisation, and its public page"
    assert isinstance(each["checked_on"], date)
    for list_, pattern in (("countries", "[A-Z]{2}"), ("numbers", r"\d[\d ]+")):
        found = each[list_]
        assert isinstance(found, list)
        assert found
        assert all(re.fullmatch(pattern, one) for one in found)


@pytest.mark.parametrize("each", NUMBERS, ids=lambda each: f"{each['countries'][0]} {each['for']}")
def test_a_number_can_be_called_where_it_stands(each: dict[str, Any]) -> None:
    """Google keeps the numbers of every country. Of short ones it knows those for emergencies."""
    for country, number in itertools.product(each["countries"], each["numbers"]):
        digits = number.replace(" ", "")
        if each["for"] in ALONE:
            assert phonenumbers.is_emergency_number(digits, country), (country, number)
        elif len(digits) > SHORT:
            assert phonenumbers.is_possible_number(phonenumbers.parse(digits, country)), (country, number)


def test_a_line_to_talk_to_is_no_number_for_emergencies() -> None:
    assert not phonenumbers.is_emergency_number("116123", "DE")


def test_a_country_that_is_there_has_numbers_for_emergencies() -> None:
    for there in emergency.by_country().values():
        assert [line.what for line in there].count("emergency") == 1


def test_the_countries_of_the_networks_and_their_neighbours_are_there() -> None:
    asked = "DE AT BE CH CZ DK FR LU NL PL GB IE IT SI GR AL BG MK TR CY SK UA LT"
    assert set(asked.split()) <= set(emergency.by_country())


def test_every_kind_of_need_has_numbers_that_fit() -> None:
    fitting = {what for fitting in emergency.FITTING.values() for what in fitting}
    assert fitting | {"emergency", "child"} == set(emergency.WHAT)


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Berlin", "DE"),
        ("Asia/Nicosia", "CY"),
        ("Europe/Nicosia", "CY"),  # another name of it
        ("Europe/Kyiv", "UA"),
        ("UTC", ""),
    ],
)
def test_a_time_zone_has_a_country(zone: str, country: str) -> None:
    assert emergency.country_of(zone) == country


@pytest.mark.parametrize(
    ("zone", "number", "in_danger"),
    [
        ("Europe/Berlin", "0800 1110111, 0800 1110222, 116 123: somebody to talk to, day and night", "112"),
        ("Europe/Vienna", "142: somebody to talk to", "112"),
        ("Europe/London", "116 123: somebody to talk to, day and night (Samaritans)", "999, 112"),
        ("Europe/Athens", "1018: somebody to talk to", "112"),
        ("Europe/Warsaw", "116 123: somebody to talk to (Kryzysowy Telefon Zaufania)", "112"),
        ("Asia/Nicosia", "What you write is serious", "112, 199"),
    ],
)
def test_the_numbers_are_those_of_the_country_in_which_somebody_lives(
    zone: str, number: str, in_danger: str, tmp_path: Path
) -> None:
    said = play(f"{ANA}, {zone}\nAna: i want to die\n", f"sqlite:///{tmp_path}/db")
    assert number in said
    assert f"{in_danger}: when somebody is in danger now" in said


def test_a_country_without_lines_has_112(tmp_path: Path) -> None:
    said = play(f"{ANA}, America/Lima\nAna: i want to die\n", f"sqlite:///{tmp_path}/db")
    assert EVERYWHERE in said
    assert "116 123" not in said


def play_with(lines: tuple[HelpLine, ...], script: str, folder: Path) -> str:
    """The transcript of a script where the operator has set these lines."""
    said: list[str] = []

    async def playing() -> None:
        stage = demo.Stage(ready(f"sqlite:///{folder}/db"), said.append)
        stage.app.engine.installation = replace(stage.app.installation, help_lines=lines)
        async with stage as terminal:
            await terminal.play(script.splitlines(), ())

    asyncio.run(playing())
    return "\n".join(said)


NIGHT_LINE = HelpLine(name="Night line", number="06221 123456", hours="19 to 7", country="DE")
FOR_ALL = HelpLine(name="Our own", number="0800 1")


def test_what_the_operator_has_set_comes_before_the_lines_of_the_program(tmp_path: Path) -> None:
    said = play_with((NIGHT_LINE, FOR_ALL), f"{ANA}\nAna: i want to die", tmp_path)
    ours, also_ours, known = (
        said.index(line)
        for line in ("06221 123456: Night line, 19 to 7", "0800 1: Our own", "0800 1110111, 0800 1110222")
    )
    assert ours < also_ours < known


def test_a_line_of_another_country_is_not_shown(tmp_path: Path) -> None:
    said = play_with((NIGHT_LINE, FOR_ALL), f"{ANA}, Europe/Vienna\nAna: i want to die", tmp_path)
    assert "Night line" not in said
    assert "0800 1: Our own" in said


def test_a_line_takes_the_place_of_one_of_the_same_name(tmp_path: Path) -> None:
    new = HelpLine(name="TelefonSeelsorge", number="0800 9", country="DE")
    said = play_with((new,), f"{ANA}\nAna: i want to die", tmp_path)
    assert "0800 9: TelefonSeelsorge" in said
    assert "1110111" not in said


# --- what operators look up ----------------------------------------------------------------------

CHECKED = min(each["checked_on"] for each in NUMBERS)
ZONES = ["Europe/Berlin", "Asia/Nicosia", "UTC"]


def test_operators_are_asked_for_a_number_where_there_is_nobody_to_talk_to() -> None:
    asked = "There is no number for people in Cyprus who need somebody: put one into help_lines.lines."
    assert list(emergency.to_look_up([], ZONES, CHECKED)) == [(False, asked)]
    assert list(emergency.to_look_up([FOR_ALL], ZONES, CHECKED)) == []
    assert list(emergency.to_look_up([NIGHT_LINE], ZONES, CHECKED)) == [(False, asked)]


def test_operators_are_told_what_nobody_has_looked_up_for_a_year() -> None:
    later = CHECKED + emergency.OLD + timedelta(days=1)
    new = HelpLine(name="TelefonSeelsorge", number="0800 9", country="DE")
    assert list(emergency.to_look_up([], ["Europe/Berlin"], CHECKED + emergency.OLD)) == []
    told = [sentence for _fine, sentence in emergency.to_look_up([new], ["Europe/Berlin"], later)]
    assert (
        f"Nobody has looked up 116 111 (Nummer gegen Kummer, Germany) since {CHECKED}: is it still right?"
        in told
    )
    assert not any("TelefonSeelsorge" in sentence for sentence in told)
