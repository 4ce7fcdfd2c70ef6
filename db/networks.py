"""Networks and their numbers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

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


def found(
    db: Session,
    *,
    name: str,
    purpose: str,
    languages: list[str],
    time_zone: str,
    place: str,
    confirmed: bool,
    now: datetime,
) -> Network:
    """A new network; one that is not `confirmed` waits for an operator."""
    network = Network(
        name=name,
        purpose=purpose,
        languages=languages,
        time_zone=time_zone,
        place=place,
        founded_at=now,
        confirmed_at=now if confirmed else None,
    )
    db.add(network)
    db.flush()
    return network


def by_name(db: Session, name: str) -> Network | None:
    """The network of that name, however it is capitalised."""
    wanted = name.casefold()
    return next((n for n in db.scalars(select(Network)) if n.name.casefold() == wanted), None)


def public(db: Session) -> Sequence[Network]:
    """Networks whose card everybody may see, by name."""
    return db.scalars(
        select(Network)
        .where(Network.public, Network.confirmed_at.is_not(None))
        .order_by(Network.name, Network.id)
    ).all()


def in_links(network: Network) -> str:
    """A network in a link: `card_n5`. Not a bare number, which would be that of a line in a list."""
    return f"n{network.id}"


def waiting(db: Session) -> list[Network]:
    """Networks that wait for an operator's confirmation, oldest first."""
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
    """Who founded a network that waits."""
    return db.scalar(
        select(Person).join(Member).where(Member.network_id == network.id, Member.state == "founding")
    )


def proposed_by(db: Session, person: Person) -> Network | None:
    """The network that a person has founded and that waits."""
    return db.scalar(
        select(Network).join(Member).where(Member.person_id == person.id, Member.state == "founding")
    )


def confirm(db: Session, network: Network, now: datetime) -> bool:
    """Let a network that waits begin; False when another operator was faster."""
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
    """Forget a network that waits; False when it was confirmed meanwhile."""
    dropped = (
        db.connection()
        .execute(delete(Network).where(Network.id == network.id, Network.confirmed_at.is_(None)))
        .rowcount
    )
    return bool(dropped)


def sizes(db: Session) -> Sequence[tuple[Network, int]]:
    """The confirmed networks and how many members each has, by name."""
    rows = db.execute(
        select(Network, func.count(Member.id))
        .outerjoin(Member, and_(Member.network_id == Network.id, Member.state == "active"))
        .where(Network.confirmed_at.is_not(None))
        .group_by(Network.id)
        .order_by(func.lower(Network.name), Network.id)
    )
    return [(row[0], row[1]) for row in rows]


def span(network: Network, key: str) -> timedelta:
    """One of the network's own numbers of HOURS."""
    return timedelta(hours=network.numbers.get(key, HOURS[key]))


def activate(person: Person, network: Network | None) -> None:
    """Which network a person speaks in from now on."""
    person.network_id = network.id if network else None
