"""Offices: where networks are found."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db.models import Network, Office


@dataclass(frozen=True, slots=True)
class Place:
    """How a network is reached, where and when, and whether its card shows that; "" for what it has not."""

    contact: str = ""
    place: str = ""
    hours: str = ""
    public: bool = False


def of(db: Session, network_id: int) -> Place | None:
    """Return where a network is found; all is "" where it said that it has no office, None where it said
    nothing."""
    kept = db.get(Office, network_id)
    return Place(kept.contact, kept.place, kept.hours, kept.public) if kept is not None else None


def keep(db: Session, network: Network, office: Place, now: datetime) -> None:
    """Keep where a network is found."""
    kept = db.get(Office, network.id)
    if kept is None:
        kept = Office(network_id=network.id)
        db.add(kept)
    kept.contact, kept.place, kept.hours, kept.public = (
        office.contact,
        office.place,
        office.hours,
        office.public,
    )
    kept.at = now
    db.flush()
