"""Who asks without a name is not pointed at: what a coordinator sees is the same whoever it was."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from db import people
from db.engine import turns
from db.help import help_requests, pulse, relays
from db.help.digests import tells_nobody
from db.models import HelpRequest, Member, Network
from db.network import members, networks
from tests.support.stage import play

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ASKERS = ("Ana", "Bo", "Cy", "Di")
EVERYBODY = """\
@ Ana, member on telegram, en
@ Bo, member on matrix, en
@ Cy, member on telegram, de, Asia/Tokyo, helps with school
@ Di, member on telegram, en, helps with work
@ Mia, meta-mentor on telegram, en, helps with papers, speaks en and de
"""
LOOKS = (
    "/pulse",
    "[One by one]",
    "[Later]",
    "[Later]",
    *(f"/members {name.lower()}" for name in (*ASKERS, "mia")),
    "/members",
    "/log",
    "/requests",
)

ANSWERED = """\
{asker}: {ask}ask papers I think of giving up
{asker}: [{send}]
{asker}: [{send}]
Mia: [I can help]
Mia: What happened?
{asker}: It is too much
+ 6 hours
Mia: (answers "The person who asked: It is too much") Tell me more
"""
CLOSED = """\
{asker}: {ask}close
{asker}: [{solved}]
+ 4 days
"""
WAITING = """\
{asker}: {ask}ask papers I think of giving up
{asker}: [{send}]
{asker}: [{send}]
"""
BLOCKED = f"""\
{WAITING}Mia: [I can help]
{{asker}}: (blocks the bot)
Mia: Are you there?
+ 1 day
"""
WORDS = {
    "en": {"send": "Send it without my name", "solved": "Yes, it is settled"},
    "de": {"send": "Ohne meinen Namen abschicken", "solved": "Ja, sie ist geklärt"},
}


def seen(story: str, asker: str, database: str, *, before: str = "+ 35 days") -> list[str]:
    """All that Mia reads while and after a story happens in which somebody asks without a name."""
    words = WORDS["de" if asker == "Cy" else "en"]
    told = story.format(asker=asker, ask="!" if asker == "Bo" else "/", **words)
    looks = "".join(f"Mia: {look}\n" for look in LOOKS)
    played = play(f"{EVERYBODY}{before}\n{looks}{told}{looks}", database)
    return re.findall(r"^    [>~] Mia: .*(?:\n    \|.*)*", played, re.MULTILINE)


@pytest.fixture
def each_on_its_own(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A database for each who could be the asker."""
    return {asker: f"sqlite:///{tmp_path_factory.mktemp(asker)}/db" for asker in ASKERS}


@pytest.mark.parametrize(
    "story",
    [WAITING, ANSWERED, ANSWERED + CLOSED, BLOCKED],
    ids=["waits", "answered", "closed", "blocked"],
)
@pytest.mark.parametrize("before", ["+ 1 hour", "+ 35 days"], ids=["new here", "here for long"])
def test_a_coordinator_sees_the_same_whoever_asked(
    story: str, before: str, each_on_its_own: dict[str, str]
) -> None:
    views = {
        asker: seen(story, asker, database, before=before) for asker, database in each_on_its_own.items()
    }
    assert any("I think of giving up" in each for each in views["Ana"])
    assert len(views["Ana"]) > 2 * len(LOOKS), "both looks, and what came in between"
    for asker in ASKERS:
        assert views[asker] == views["Ana"], asker


@pytest.mark.parametrize("before", ["+ 1 hour", "+ 35 days"], ids=["new here", "here for long"])
@pytest.mark.parametrize("asked", ["Ana", "Bo"])
def test_a_coordinator_who_asks_somebody_sees_the_same_whoever_asked(
    before: str, asked: str, each_on_its_own: dict[str, str]
) -> None:
    story = f"""\
{WAITING}Mia: /pulse
Mia: [One by one]
Mia: [Ask somebody]
Mia: {asked}
Mia: [Who else is waiting]
+ 2 hours
Mia: /pulse
Mia: [One by one]
Mia: [Ask somebody]
Mia: /cancel
"""
    views = {
        asker: seen(story, asker, database, before=before) for asker, database in each_on_its_own.items()
    }
    assert any(f"I have asked {asked}." in each for each in views["Ana"])
    for asker in ASKERS:
        assert views[asker] == views["Ana"], asker


# --- look-ups keep what was promised -------------------------------------------------------------


def network_of(db: Session, *names: str) -> tuple[Network, list[Member]]:
    name = " ".join(["Neckar Mentors", *names])  # no two networks have one name
    facts = networks.Facts(name, "", ["en"], "Europe/Berlin", "", public=True)
    network = networks.found(db, facts, confirmed=True, now=NOW)
    joined = []
    for each in names:
        person = people.meet(db, "telegram", each, chat=each, name=each, language=None, now=NOW).person
        joined.append(members.join(db, network, person, label="experienced", now=NOW))
    return network, joined


@pytest.mark.parametrize("swapped", [False, True], ids=["asked by Ana", "asked by Bo"])
def test_a_conversation_without_a_name_is_none_between_two_who_know_each_other(
    database: str, swapped: bool
) -> None:
    with turns.opened(database) as sessions, sessions() as db:
        network, (ana, bo) = network_of(db, "Ana", "Bo")
        asker, helper = (bo.person, ana.person) if swapped else (ana.person, bo.person)
        another, _ = network_of(db)
        for where, named in ((network, False), (another, True)):
            relays.open_relay(
                db, where, request_id=None, asker=asker, helper=helper, asker_named=named, now=NOW
            )
        assert relays.named_between(db, network.id, ana.person, bo.person) is None
        by_name = relays.open_relay(
            db, network, request_id=None, asker=asker, helper=helper, asker_named=True, now=NOW
        )
        for one, other in ((ana, bo), (bo, ana)):
            assert relays.named_between(db, network.id, one.person, other.person) == by_name


@pytest.mark.parametrize("first", [False, True], ids=["first by name", "first without"])
@pytest.mark.parametrize("spared", [False, True], ids=["", "not to coordinators"])
def test_the_button_of_a_request_finds_no_newer_one_that_promised_something_else(
    database: str, first: bool, spared: bool
) -> None:
    with turns.opened(database) as sessions, sessions() as db:
        _, (ana,) = network_of(db, "Ana")

        def asks(anonymous: bool, *, without_coordinators: bool = False) -> int:
            return help_requests.open_request(
                db,
                ana,
                topic="work",
                need="Who knows a lawyer?",
                anonymous=anonymous,
                without_coordinators=without_coordinators,
                now=NOW,
            ).id

        old = db.get_one(HelpRequest, asks(first))
        help_requests.close(db, old, "withdrawn", NOW)
        asks(first, without_coordinators=True) if spared else asks(not first)
        assert help_requests.again(db, old) is None
        same = asks(first)
        found = help_requests.again(db, old)
        assert found is not None
        assert found.id == same


def test_what_is_over_is_seen_by_those_who_coordinate_at_its_time(database: str) -> None:
    with turns.opened(database) as sessions, sessions() as db:
        network, (ana,) = network_of(db, "Ana")
        request = help_requests.open_request(db, ana, topic="work", need="", anonymous=True, now=NOW)
        help_requests.close(db, request, "withdrawn", NOW + timedelta(hours=9))
        helper = network_of(db, "Bo")[1][0]
        assert not help_requests.take(db, request, helper, NOW), "for whoever could help it is over at once"
        assert pulse.unanswered(db, network, NOW + timedelta(hours=8), apart=()).at(1) is request
        assert pulse.unanswered(db, network, NOW + timedelta(hours=9), apart=()).many == 0


# --- moods ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((3, 2, 1), True),
        ((0, 4, 2), True),
        ((2, 2, 1), False),  # five: without the one who reads it four
        ((6, 0, 0), False),  # all the same
        ((5, 1, 0), False),  # whoever is the one knows it of all others
        ((0, 1, 99), False),
        ((0, 2, 99), True),
        ((0, 0, 0), False),
    ],
)
def test_answers_are_shown_where_no_reader_learns_what_another_said(
    numbers: tuple[int, int, int], shown: bool
) -> None:
    assert tells_nobody(numbers) is shown
