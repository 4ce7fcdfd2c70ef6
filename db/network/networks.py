"""Networks and their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from db.models import Member, Network, Person

HOURS = {
    "silence_hours": 2,  # waking hours until the next peer is asked
    "widen_hours": 6,
    "hand_over_hours": 24,
    "last_question_hours": 14 * 24,
    "follow_up_hours": 3 * 24,
    "relay_silence_hours": 30 * 24,
    "reminder_hours": 3 * 24,
    "invitation_hours": 30 * 24,
}
"""Spans that a network can set for itself, with their defaults (product.md, "Asking peers for help")."""
PEERS_BEFORE_WIDENING = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a network, also about one that is yet to be founded: what is shown of it is what is
    kept."""

    name: str
    purpose: str
    languages: Sequence[str]
    time_zone: str
    place: str
    public: bool  # whether strangers may see its card

    @classmethod
    def of(cls, network: Network) -> "Facts":
        """Return those of a network that exists."""
        return cls(**{field.name: getattr(network, field.name) for field in fields(cls)})


def found(db: Session, facts: Facts, *, confirmed: bool, now: datetime) -> Network:
    """Add a network; one that is not `confirmed` waits for an operator."""
    network = Network(
        **{field.name: getattr(facts, field.name) for field in fields(facts)},
        founded_at=now,
        confirmed_at=now if confirmed else None,
    )
    db.add(network)
    db.flush()
    return network


def name_of(db: Session, network_id: int) -> str:
    """Return what a network is called; "" where there is none."""
    return db.scalar(select(Network.name).where(Network.id == network_id)) or ""


def by_name(db: Session, name: str) -> Network | None:
    """Return the network of that name, however it is capitalised."""
    wanted = name.casefold()
    return next((n for n in db.scalars(select(Network)) if n.name.casefold() == wanted), None)


def public(db: Session) -> Sequence[Network]:
    """Return networks whose card everybody may see, by name."""
    return db.scalars(
        select(Network)
        .where(Network.public, Network.confirmed_at.is_not(None))
        .order_by(Network.name, Network.id)
    ).all()


def in_links(network: Network) -> str:
    """Return a network as it stands in a link: `card_n5`. A bare number would be that of a line in a list."""
    return f"n{network.id}"


def card(network: Network) -> str:
    """Return what a link to its card carries; "" where strangers may not see it."""
    return f"card_{in_links(network)}" if network.public else ""


def change(network: Network, fact: str, value: Any) -> None:
    """Change one of the fields of Facts."""
    assert fact in {field.name for field in fields(Facts)}, "a fact is a field of Facts"
    setattr(network, fact, value)


def waiting(db: Session) -> list[Network]:
    """Return networks that wait for an operator's confirmation, the oldest first."""
    return list(
        db.scalars(
            select(Network).where(Network.confirmed_at.is_(None)).order_by(Network.founded_at, Network.id)
        )
    )


def propose(db: Session, network: Network, founder: Person, now: datetime) -> None:
    """Keep who founded a network that waits: a meta-mentor to be, and no member until it is confirmed."""
    db.add(
        Member(
            network=network,
            person=founder,
            role="meta_mentor",
            label="organisation",
            state="founding",
            joined_at=now,
        )
    )
    db.flush()


def founder(db: Session, network: Network) -> Person | None:
    """Return who founded a network that waits."""
    return db.scalar(
        select(Person).join(Member).where(Member.network_id == network.id, Member.state == "founding")
    )


def proposed_by(db: Session, person: Person) -> Network | None:
    """Return the network that a person has founded and that waits."""
    return db.scalar(
        select(Network).join(Member).where(Member.person_id == person.id, Member.state == "founding")
    )


def confirm(db: Session, network: Network, now: datetime) -> bool:
    """Let a network that waits begin; return False where another operator was faster."""
    confirmed = (
        db.connection()
        .execute(
            update(Network)
            .where(Network.id == network.id, Network.confirmed_at.is_(None))
            .values(confirmed_at=now)
        )
        .rowcount
    )
    db.refresh(network)
    return bool(confirmed)


def drop(db: Session, network: Network) -> bool:
    """Delete a network that waits; return False where it was confirmed meanwhile."""
    dropped = (
        db.connection()
        .execute(delete(Network).where(Network.id == network.id, Network.confirmed_at.is_(None)))
        .rowcount
    )
    return bool(dropped)


def sizes(db: Session) -> Sequence[tuple[Network, int]]:
    """Return the confirmed networks and how many members each has, by name."""
    rows = db.execute(
        select(Network, func.count(Member.id))
        .outerjoin(Member, and_(Member.network_id == Network.id, Member.state == "active"))
        .where(Network.confirmed_at.is_not(None))
        .group_by(Network.id)
        .order_by(func.lower(Network.name), Network.id)
    )
    return [(row[0], row[1]) for row in rows]


def span(network: Network, key: str) -> timedelta:
    """Return one of the network's own numbers of HOURS."""
    return timedelta(hours=network.numbers.get(key, HOURS[key]))


def activate(person: Person, network: Network | None) -> None:
    """Keep which network a person speaks in from now on."""
    person.network_id = network.id if network else None
