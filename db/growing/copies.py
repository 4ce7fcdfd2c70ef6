"""Networks that began like another one: what they took from it, and what has changed there since."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Copy, Network
from db.network.networks import PUBLIC


def begin_like(network: Network, origin: Network) -> None:
    """Keep which network one began like."""
    network.like_id = origin.id


def take(db: Session, network: Network, origin: Network, part: str, value: Any, now: datetime) -> Copy:
    """Keep what a network took of another one: a part, as it was there."""
    copy = Copy(network_id=network.id, origin_id=origin.id, part=part, taken=value, taken_at=now, heard=value)
    db.add(copy)
    db.flush()
    return copy


def of_part(db: Session, network_id: int, part: str) -> Copy | None:
    """Return what a network took over of a kind; None where it took nothing."""
    return db.scalar(select(Copy).where(Copy.network_id == network_id, Copy.part == part))


def of_origin(db: Session, origin_id: int, after: int, limit: int) -> Sequence[Copy]:
    """Return up to `limit` of what others took of a network, in order; those that come after one (its id)."""
    found = select(Copy).where(Copy.origin_id == origin_id, Copy.id > after)
    return db.scalars(found.order_by(Copy.id).limit(limit)).all()


def is_copied(db: Session, origin_id: int) -> bool:
    """Whether others took something of a network."""
    return db.scalar(select(Copy.id).where(Copy.origin_id == origin_id).limit(1)) is not None


def take_again(copy: Copy, value: Any, now: datetime) -> None:
    """Keep that a network took over what a part is like there now."""
    copy.taken, copy.taken_at, copy.heard = value, now, value


def note_heard(copy: Copy, value: Any) -> None:
    """Keep that a network has heard what a part is like there now."""
    copy.heard = value


def is_followed(db: Session, origin_id: int) -> bool:
    """Whether a network began like this one whose card everybody may see."""
    followers = PUBLIC.with_only_columns(Network.id).where(Network.like_id == origin_id)
    return db.scalar(followers.limit(1)) is not None
