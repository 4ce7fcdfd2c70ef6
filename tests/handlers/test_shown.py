"""What somebody is shown before they confirm it is what is stored then, and what everybody sees."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.message import Words
from bot.program import cast, demo
from db.engine import turns
from db.help import schedules
from db.help.schedules import Rhythm
from db.models import Network
from db.network import networks
from db.network.networks import Facts
from tests.rights.world import NETWORKS, World
from tests.support.aio import on_loop

FOUND = """
Ola: /found
Ola: [Go on]
Ola: Shelter for women
Ola: The address is not public.
Ola: [Only members]
Ola: [Change something]
Ola: [Languages]
Ola: [Deutsch]
Ola: [Done: 1 chosen]
Ola: [Change something]
Ola: [Place]
Ola: Ludwigshafen
Ola: [Change something]
Ola: [Who sees the profile]
Ola: [{who}]
"""
PLAN = """
Mia: /schedule
Mia: [Differently]
Mia: [Thursday]
Mia: 17:30
Mia: [Every 2 weeks]
Mia: Do you feel supported?
Mia: [From 1 to 5]
Mia: [No more questions]
"""
PEOPLE = (*demo.CAST, "@ Ola, operator on telegram, en", "@ Eva, stranger on telegram, en")


async def played(database: str, *parts: str) -> list[str]:
    """What is shown at the end of each of these parts of a conversation, the last message of it."""
    page: list[str] = []
    shown: list[str] = []
    async with demo.Stage(database, page.append) as terminal:
        for part in parts:
            await terminal.play(part.strip().splitlines(), PEOPLE if not shown else ())
            last = max(n for n, line in enumerate(page) if line.startswith("    > "))
            shown.append("\n".join(line[4:].lstrip("|> ") for line in page[last:] if line.startswith("    ")))
    return shown


def facts_in(shown: str, *names: str) -> Sequence[str]:
    """The lines of a message that say these facts."""
    return [line for line in shown.splitlines() if line.removeprefix("Ola: ").startswith(names)]


@pytest.mark.parametrize("who", ["Everybody", "Only members"])
@on_loop
async def test_a_founder_reads_who_may_see_the_card_and_it_is_so(database: str, who: str) -> None:
    preview, _founded, known, card, stranger = await played(
        database, FOUND.format(who=who), "Ola: [Start it]", "Ola: /network", "Ola: /card", "Eva: /card"
    )
    names = "Name", "Purpose", "Languages", "Place", "Time zone", "Profile"
    said = [line.removeprefix("Ola: ") for line in facts_in(preview, *names)]
    assert len(said) == len(names)
    assert said == [line.removeprefix("Ola: ") for line in facts_in(known, *names)]
    is_public = who == "Everybody"
    assert ("Profile: everyone can see it" in said) == is_public
    assert ("Only members can see this profile." in card) != is_public
    assert ("Shelter for women" in stranger) == is_public
    with turns.opened(database) as sessions, sessions.begin() as db:
        kept = networks.by_name(db, "Shelter for women")
        assert kept is not None
        assert Facts.of(kept) == Facts(
            name="Shelter for women",
            purpose="The address is not public.",
            languages=["de"],
            time_zone="Europe/Berlin",
            place="Ludwigshafen",
            public=is_public,
        )


def test_a_network_of_the_command_line_says_who_sees_its_card(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "{database}"\n[telegram]\ntoken = "1:TEST"\n')
    assert main(["--config", str(config), "found", "Alster Mentors"]) == 0
    assert "Only members see its profile so far" in capsys.readouterr().out
    with turns.opened(database) as sessions, sessions.begin() as db:
        kept = networks.by_name(db, "Alster Mentors")
        assert kept is not None and not kept.public


@pytest.mark.parametrize("is_public", [True, False])
def test_a_card_without_a_link_says_who_may_see_it(tmp_path: Path, is_public: bool) -> None:
    """As where there is only a messenger whose links carry nothing."""
    world = World(f"sqlite:///{tmp_path}/db")
    with world.sessions() as db:
        db.get_one(Network, world.ids["network A"]).public = is_public
        db.flush()
        world.acts(db, "ana", Words("/card"))
        world.acts(db, "str", Words("/card"))
        member, stranger = (each.words for each in world.heard(db, 0)[-2:])
    world.database.dispose()
    assert ("Everybody may see this card: whoever writes /card to me finds it." in member) == is_public
    assert ("Only members can see this profile." in member) != is_public
    assert (NETWORKS["A"] in stranger) == is_public


@on_loop
async def test_a_rhythm_is_planned_as_it_was_shown(database: str) -> None:
    preview, planned, again = await played(database, PLAN, "Mia: [Plan it like this]", "Mia: /schedule")
    rhythm = "Every 2 weeks on Thursday at 17:30, local time."
    assert rhythm in preview and rhythm in again
    assert "Do you feel supported? (1–5)" in preview and "Do you feel supported? (1–5)" in again
    first = preview.partition("The next dates: ")[2].partition(", ")[0]
    assert first in planned
    with turns.opened(database) as sessions, sessions.begin() as db:
        network = networks.by_name(db, cast.NETWORK)
        assert network is not None
        kept = schedules.of(db, network.id)
        assert kept is not None
        shown = Rhythm.of(kept)
    assert (shown.weekday, shown.every_weeks, shown.questions) == (3, 2, ["Do you feel supported?"])
    assert shown.at.isoformat("minutes") == "17:30"
    assert f"{shown.starts_on:%B} {shown.starts_on.day}" == first
