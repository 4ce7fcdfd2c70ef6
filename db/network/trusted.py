"""Those to whom a network gives what is reported."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.models import Network, Person, TrustedPerson


def of(db: Session, network_id: int) -> Sequence[TrustedPerson]:
    """Return those who were asked to be trusted persons of a network, in this order."""
    asked = select(TrustedPerson).where(TrustedPerson.network_id == network_id)
    return db.scalars(asked.options(joinedload(TrustedPerson.person)).order_by(TrustedPerson.id)).all()


def agreed(db: Session, network_id: int) -> list[Person]:
    """Return the trusted persons of a network, those who were asked first first."""
    return [each.person for each in of(db, network_id) if each.agreed_at is not None]


def find(db: Session, network: Network, person: Person) -> TrustedPerson | None:
    """Return a person as one who was asked to be trusted in a network; None where they were not."""
    return db.scalar(
        select(TrustedPerson).where(
            TrustedPerson.network_id == network.id, TrustedPerson.person_id == person.id
        )
    )


def is_one(db: Session, person: Person) -> bool:
    """Whether somebody is a trusted person of any network, or was asked to be one."""
    found = select(TrustedPerson.id).where(TrustedPerson.person_id == person.id).limit(1)
    return db.scalar(found) is not None


def ask(
    db: Session, network: Network, person: Person, now: datetime, *, agrees: bool = False
) -> TrustedPerson:
    """Add somebody who is asked to be a trusted person, or who `agrees` already."""
    asked = TrustedPerson(
        network_id=network.id, person_id=person.id, asked_at=now, agreed_at=now if agrees else None
    )
    db.add(asked)
    db.flush()
    return asked


def agree(asked: TrustedPerson, now: datetime) -> None:
    """Note that somebody agrees to be a trusted person."""
    asked.agreed_at = now


def remove(db: Session, asked: TrustedPerson) -> None:
    """Delete somebody from the trusted persons."""
    db.delete(asked)
    db.flush()
