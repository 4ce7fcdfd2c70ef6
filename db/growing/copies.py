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
    copy = Copy(network_id=network.id, origin_id=origin.id, part=part, taken=value, taken_at=now)
    db.add(copy)
    db.flush()
    return copy


def of_origin(db: Session, origin_id: int, after: int, limit: int) -> Sequence[Copy]:
    """Return up to `limit` of what others took of a network, in order; those that come after one (its id)."""
    found = select(Copy).where(Copy.origin_id == origin_id, Copy.id > after)
    return db.scalars(found.order_by(Copy.id).limit(limit)).all()


def is_copied(db: Session, origin_id: int) -> bool:
    """Whether others took something of a network."""
    return db.scalar(select(Copy.id).where(Copy.origin_id == origin_id).limit(1)) is not None


def settle(copy: Copy, value: Any, now: datetime) -> None:
    """Keep that a network knows what a part is like there now, whether it took it or not."""
    copy.taken, copy.taken_at = value, now


def is_followed(db: Session, origin_id: int) -> bool:
    """Whether a network began like this one whose card everybody may see."""
    followers = PUBLIC.with_only_columns(Network.id).where(Network.like_id == origin_id)
    return db.scalar(followers.limit(1)) is not None
