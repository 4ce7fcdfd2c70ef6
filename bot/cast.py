"""Invented people for the terminal: who is there when a conversation begins, and in which network."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db import members, networks, people

NETWORK = "Neckar Mentors"
SEED = (
    "@ Ana, member on telegram, en, helps with papers and school, speaks en and ar",
    "@ Bo, member on matrix, de, helps with papers and work, speaks de and en",
    "@ Cy, member on telegram, en, helps with papers and housing, speaks en and uk",
    "@ Mia, meta-mentor on telegram, en, helps with work, speaks en and de",
)
"""Who is there in the demo."""


@dataclass(frozen=True)
class Character:
    """Somebody invented. `role` is that of a member, "" for somebody the bot has never met."""

    name: str
    messenger: str
    account: str
    language: str
    role: str
    time_zone: str | None
    topics: tuple[str, ...]
    speaks: tuple[str, ...]


def enter(db: Session, character: Character, *, time_zone: str, now: datetime) -> None:
    """Make somebody known to the bot, as if they had joined a while ago."""
    if not character.role:
        return
    network = networks.by_name(db, NETWORK) or networks.found(
        db,
        name=NETWORK,
        purpose="Mentors in Heidelberg who help each other.",
        languages=["en"],
        time_zone=time_zone,
        place="Heidelberg",
        confirmed=True,
        now=now,
    )
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
    person.consent_version, person.consent_at = 1, now
    person.time_zone = character.time_zone
    member = members.join(db, network, person, label="experienced", role=character.role, now=now)
    members.set_topics(db, member, character.topics)
    members.set_languages(db, person, character.speaks or (character.language,))
