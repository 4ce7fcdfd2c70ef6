"""Networks: founded, confirmed, looked up."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from db.models import Member, Network, Person
from db.models.indexed import folded

PUBLIC = select(Network).where(Network.public, Network.confirmed_at.is_not(None))
DIGITS = 9
"""How many a number of a network may have: longer ones do not fit its column."""


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
    """Return the network of that name, however it is written."""
    return db.scalar(select(Network).where(Network.folded == folded(name)))


def public(db: Session, limit: int) -> Sequence[Network]:
    """Return up to `limit` networks whose card everybody may see, by name."""
    return db.scalars(PUBLIC.order_by(Network.name, Network.id).limit(limit)).all()


def near(db: Session, words: str, limit: int, after: int | None = None) -> Sequence[Network]:
    """Return up to `limit` networks whose card everybody may see and in whose place or name a word begins so,
    by name; with `after` those that come after this one (its id). Networks are few: they are looked at one by
    one, so that no accent and no capital counts."""
    facts = PUBLIC.with_only_columns(Network.id, Network.place, Network.name)
    known = db.execute(facts.order_by(Network.name, Network.id))
    wanted = f" {folded(words)}".rstrip()
    ids = [id_ for id_, place, name in known if wanted in f" {folded(place)} {folded(name)}"]
    first = ids.index(after) + 1 if after in ids else 0
    shown = ids[first : first + limit]
    there = {each.id: each for each in db.scalars(select(Network).where(Network.id.in_(shown)))}
    return [there[each] for each in shown]


def size(db: Session, network: Network, most: int) -> int:
    """Return how many members a network has; `most` where they are that many or more."""
    there = select(Member.id).where(Member.network_id == network.id, Member.state == "active")
    return db.scalar(select(func.count()).select_from(there.limit(most).subquery())) or 0


def called(db: Session, words: str, limit: int) -> Sequence[Network]:
    """Return the network whose card everybody may see and that is called so; where none is, up to `limit` of
    those whose name contains the words."""
    wanted = folded(words)
    exactly = db.scalars(PUBLIC.where(Network.folded == wanted)).all()
    if exactly or not wanted:
        return exactly
    containing = PUBLIC.where(Network.folded.contains(wanted))
    return db.scalars(containing.order_by(Network.name, Network.id).limit(limit)).all()


def linked(db: Session, link: str) -> Network | None:
    """Return the network whose card everybody may see and that stands so in a link; None for none."""
    return db.scalar(PUBLIC.where(Network.id == int(link[1:]))) if is_link(link) else None


def is_link(words: str) -> bool:
    """Whether words name a network as it stands in a link."""
    number = words.removeprefix("n")
    return words != number and number.isdecimal() and len(number) <= DIGITS


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


def ask_applicants(network: Network, questions: list[str] | None) -> None:
    """Keep what a network asks those who apply; None for what is usual."""
    network.questions = questions


def let_vouch(network: Network, allowed: bool) -> None:
    """Keep whether members of a network vouch for those who apply."""
    network.vouching = allowed


def waiting(db: Session, limit: int, after: int | None = None) -> Sequence[Network]:
    """Return up to `limit` networks that wait for an operator's confirmation, the oldest first; with `after`
    those that came after this one (its id)."""
    first = _waiting(after).order_by(Network.founded_at, Network.id).limit(limit)
    return db.scalars(first).all()


def count_waiting(db: Session, after: int | None = None) -> int:
    """Return how many networks wait for an operator's confirmation; with `after` of those that came after
    this one (its id)."""
    return db.scalar(_waiting(after).with_only_columns(func.count())) or 0


def newest_waiting(db: Session) -> Network | None:
    """Return the network that came last of those that wait for an operator's confirmation; None for none."""
    return db.scalar(_waiting(None).order_by(Network.founded_at.desc(), Network.id.desc()).limit(1))


def _waiting(after: int | None) -> Select[Network]:
    waits = select(Network).where(Network.confirmed_at.is_(None))
    return waits if after is None else waits.where(Network.id > after)


def waits(db: Session, network_id: int) -> Network | None:
    """Return a network that waits for an operator's confirmation; None where it does not."""
    return db.scalar(select(Network).where(Network.id == network_id, Network.confirmed_at.is_(None)))


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


def count(db: Session) -> int:
    """Return how many networks are confirmed."""
    return db.scalar(select(func.count()).where(Network.confirmed_at.is_not(None))) or 0


def confirmed(db: Session, limit: int, after: int) -> Sequence[int]:
    """Return up to `limit` confirmed networks, by id; those that come after one."""
    found = select(Network.id).where(Network.confirmed_at.is_not(None), Network.id > after)
    return db.scalars(found.order_by(Network.id).limit(limit)).all()


def sizes(db: Session, limit: int, most: int, after: Network | None = None) -> Sequence[tuple[Network, int]]:
    """Return up to `limit` confirmed networks and how many members each has, `most` where they are that many
    or more, by name; with `after` those that come after this one."""
    there = select(Member.id).where(Member.network_id == Network.id, Member.state == "active")
    some = there.correlate(Network).limit(most).subquery()
    size = select(func.count()).select_from(some).scalar_subquery()
    found = select(Network, size).where(Network.confirmed_at.is_not(None))
    if after is not None:
        found = found.where(tuple_(Network.folded, Network.id) > tuple_(after.folded, after.id))
    rows = db.execute(found.order_by(Network.folded, Network.id).limit(limit))
    return [(row[0], row[1]) for row in rows]


def activate(person: Person, network: Network | None) -> None:
    """Keep which network a person speaks in from now on."""
    person.network_id = network.id if network else None
