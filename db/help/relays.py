"""Relays: who talks to whom, never what."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from db.engine.actors import newest_words
from db.models import Network, Person, Relay, Side

# Built once: putting a statement together costs more than running it.
OPEN = (
    select(Relay)
    .where(
        or_(Relay.asker_id == bindparam("one"), Relay.helper_id == bindparam("one")),
        Relay.closed_at.is_(None),
    )
    .order_by(func.coalesce(Relay.last_words_at, Relay.opened_at).desc(), Relay.id.desc())
)


NEWEST = select(newest_words(bindparam("one", type_=Integer)))


def open_relay(
    db: Session,
    network: Network,
    *,
    request_id: int | None,
    asker: Person,
    helper: Person,
    asker_named: bool,
    now: datetime,
) -> Relay:
    """Add a relay between two people."""
    relay = Relay(
        network=network,
        request_id=request_id,
        asker=asker,
        helper=helper,
        asker_named=asker_named,
        opened_at=now,
    )
    db.add(relay)
    db.flush()
    return relay


def open_of(db: Session, person_id: int) -> Sequence[Relay]:
    """Return a person's open relays, the one with the latest words first."""
    return db.scalars(OPEN, {"one": person_id}).all()


def latest_of(db: Session, person_id: int, limit: int) -> Sequence[Relay]:
    """Return a person's relays, open or closed, the one with the latest words first."""
    return db.scalars(
        select(Relay)
        .where(or_(Relay.asker_id == person_id, Relay.helper_id == person_id))
        .options(joinedload(Relay.asker), joinedload(Relay.helper), joinedload(Relay.request))
        .order_by(func.coalesce(Relay.last_words_at, Relay.opened_at).desc(), Relay.id.desc())
        .limit(limit)
    ).all()


def newest_letter(db: Session, person_id: int) -> int | None:
    """Return the newest letter of a person's open relays; None where none is open."""
    return db.scalar(NEWEST, {"one": person_id})


def open_in(db: Session, network: Network, person: Person) -> Sequence[Relay]:
    """Return a person's open relays in one network."""
    return [relay for relay in open_of(db, person.id) if relay.network_id == network.id]


def closed_since(db: Session, person_id: int, since: datetime) -> Relay | None:
    """Return the relay of a person that was closed last, if that was after `since`, or is to be told
    later."""
    return db.scalar(
        select(Relay)
        .where(or_(Relay.asker_id == person_id, Relay.helper_id == person_id), Relay.closed_at >= since)
        .order_by(Relay.closed_at.desc(), Relay.id.desc())
        .limit(1)
    )


def named_between(db: Session, network_id: int, one: Person, other: Person) -> Relay | None:
    """Return the open relay of a network in which two people talk by name. One in which either of them was
    promised to stay without a name is left out: the two must not meet in it as somebody known."""
    return next(
        (
            relay
            for relay in open_of(db, one.id)
            if relay.network_id == network_id
            and relay.asker_named
            and other.id in (relay.asker_id, relay.helper_id)
        ),
        None,
    )


def shows_name(relay: Relay, person: Person) -> bool:
    """Whether the other side may know who this is."""
    return relay.asker_named or person.id == relay.helper_id


def note_words(relay: Relay, person: Person, now: datetime) -> None:
    """Note that a person has said something in a relay."""
    relay.last_words_at = now
    if side(relay, person) == "asker":
        relay.asker_words_at = now
    else:
        relay.helper_words_at = now


def last_words_of(relay: Relay, person: Person) -> datetime | None:
    """Return when one of the two wrote last; None where they have not."""
    return relay.asker_words_at if side(relay, person) == "asker" else relay.helper_words_at


def via(relay: Relay, person: Person) -> str | None:
    """Return on which messenger a person wants to read a relay; None for where they are written to anyway."""
    return relay.asker_via if side(relay, person) == "asker" else relay.helper_via


def go_on_with(relay: Relay, person: Person, messenger: str) -> None:
    """Keep on which messenger a person wants to read a relay from now on."""
    if side(relay, person) == "asker":
        relay.asker_via = messenger
    else:
        relay.helper_via = messenger


def side(relay: Relay, person: Person) -> Side:
    """Return which of the two a person is."""
    return "asker" if relay.asker_id == person.id else "helper"


def note_letter(relay: Relay, letter_id: int) -> None:
    """Keep the last letter of a relay: with words, or that said "write here"."""
    relay.last_letter = letter_id


def settle(relay: Relay, until: datetime) -> None:
    """Note that all is settled in a relay: words are still carried `until` then."""
    relay.ends_at = until


def go_on(relay: Relay) -> None:
    """Note that two people go on talking in a relay in which all was settled, or which was closed."""
    relay.ends_at = relay.closed_at = relay.ended_by = None


def end(db: Session, relay: Relay, at: datetime, by: Side | None = None) -> None:
    """End a relay: nothing is carried from now on. Where `at` is still to come, the helper hears it then.
    `by` is which of the two wanted it."""
    relay.closed_at, relay.ended_by = at, by
    db.flush()


def ended_by_other(
    db: Session, network: Network, person: Person, other: Person, since: datetime
) -> datetime | None:
    """Return when another person last ended a conversation by name with this one in a network, if that was
    after `since`."""
    return db.scalar(
        select(Relay.closed_at)
        .where(
            Relay.network_id == network.id,
            or_(
                and_(Relay.asker_id == other.id, Relay.helper_id == person.id, Relay.ended_by == "asker"),
                and_(Relay.helper_id == other.id, Relay.asker_id == person.id, Relay.ended_by == "helper"),
            ),
            Relay.asker_named,
            Relay.closed_at > since,
        )
        .order_by(Relay.closed_at.desc())
        .limit(1)
    )


def of_request(db: Session, request_id: int) -> Relay | None:
    """Return the open relay of a help request."""
    return db.scalar(select(Relay).where(Relay.request_id == request_id, Relay.closed_at.is_(None)))
