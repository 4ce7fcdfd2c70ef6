"""Relays: who talks to whom, never what."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from db.models import Network, Person, Relay

# Built once: putting a statement together costs more than running it.
OPEN = (
    select(Relay)
    .where(
        or_(Relay.asker_id == bindparam("one"), Relay.helper_id == bindparam("one")),
        Relay.closed_at.is_(None),
    )
    .order_by(func.coalesce(Relay.last_words_at, Relay.opened_at).desc(), Relay.id.desc())
)


def open_(
    db: Session,
    network: Network,
    *,
    request_id: int | None,
    asker: Person,
    helper: Person,
    asker_named: bool,
    now: datetime,
) -> Relay:
    """Begin a relay between two people."""
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
    """A person's open relays, the one with the latest words first."""
    return db.scalars(OPEN, {"one": person_id}).all()


def closed_since(db: Session, person_id: int, since: datetime) -> Relay | None:
    """The relay of a person that was closed last, if it was after `since`."""
    return db.scalar(
        select(Relay)
        .where(or_(Relay.asker_id == person_id, Relay.helper_id == person_id), Relay.closed_at >= since)
        .order_by(Relay.closed_at.desc(), Relay.id.desc())
        .limit(1)
    )


def of_request(db: Session, request_id: int) -> Relay | None:
    """The open relay of a help request."""
    return db.scalar(select(Relay).where(Relay.request_id == request_id, Relay.closed_at.is_(None)))
