"""Invented people for the terminal: who is there when a conversation begins, and in which network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from db import people
from db.models import MemberRole, Network
from db.network import members, networks
from db.network.networks import Facts

NETWORK = "Neckar Mentors"


def lines(messengers: Sequence[str]) -> tuple[str, ...]:
    """Return who is there in the demo, as a script has it: most on the first of these messengers, one on the
    second, if there is one."""
    most, other = messengers[0], messengers[1 % len(messengers)]
    return (
        f"@ Ana, member on {most}, en, helps with papers and school, speaks en and ar",
        f"@ Bo, member on {other}, de, helps with papers and work, speaks de and en",
        f"@ Cy, member on {most}, en, helps with papers and housing, speaks en and uk",
        f"@ Mia, meta-mentor on {most}, en, helps with work, speaks en and de",
    )


@dataclass(frozen=True)
class Character:
    """Somebody invented. `role` is that of a member, "" for somebody the bot has never met."""

    name: str
    messenger: str
    account: str
    language: str
    role: MemberRole | Literal[""]
    time_zone: str | None
    topics: tuple[str, ...]
    speaks: tuple[str, ...]


def enter(db: Session, character: Character, *, time_zone: str, now: datetime) -> None:
    """Make somebody known to the bot, as if they had joined a while ago."""
    if not character.role:
        return
    network = networks.by_name(db, NETWORK) or _found(db, NETWORK, time_zone, now)
    identity = people.meet(
        db,
        character.messenger,
        character.account,
        chat=character.account,
        name=character.name,
        language=character.language,
        now=now,
    )
    person = identity.person
    people.consent(person, now)
    people.note_told(identity, now)
    people.set_time_zone(person, character.time_zone)
    member = members.join(db, network, person, label="experienced", role=character.role, now=now)
    members.set_topics(db, member, character.topics)
    people.set_languages(db, person, character.speaks or (character.language,))


def found(db: Session, names: Sequence[str], *, time_zone: str, now: datetime) -> None:
    """Begin other networks, which show themselves to everybody."""
    for name in names:
        _found(db, name, time_zone, now)


def _found(db: Session, name: str, time_zone: str, now: datetime) -> Network:
    facts = Facts(
        name=name,
        purpose="Mentors in Heidelberg who help each other.",
        languages=["en"],
        time_zone=time_zone,
        place="Heidelberg",
        public=True,
    )
    return networks.found(db, facts, confirmed=True, now=now)
