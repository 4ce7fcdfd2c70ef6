"""Signatures: who has agreed to a version, and who has not."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, contains_eager

from db.agreeing.agreements import IS_ACTIVE
from db.help.queues import Queue
from db.models import Agreement, Member, NotYet, Person, Signature, Wording, chain


def sign(db: Session, wording: Wording, person: Person, *, language: str, now: datetime) -> Signature:
    """Add a person's signature, after the last one in the network, which is locked."""
    agreement = wording.agreement
    last = select(Signature.digest).where(Signature.network_id == agreement.network_id)
    signature = Signature(
        network_id=agreement.network_id,
        agreement_id=agreement.id,
        wording_id=wording.id,
        wording_digest=wording.digest,
        person_id=person.id,
        signer=person.id,
        language=language,
        at=now.replace(microsecond=0),
        previous=db.scalar(last.order_by(Signature.id.desc()).limit(1)) or chain.BEGINNING,
    )
    signature.digest = chain.digest(signature.previous, signature.facts())
    db.add(signature)
    agreement.signed += 1
    said = db.get(NotYet, (agreement.id, person.id))
    if said is not None:
        db.delete(said)
    db.flush()
    return signature


def of(db: Session, agreement: Agreement, person: Person) -> Signature | None:
    """Return a person's signature below a version."""
    mine = Signature.agreement_id == agreement.id, Signature.person_id == person.id
    return db.scalar(select(Signature).where(*mine))


def last_of(db: Session, network_id: int, person: Person) -> Signature | None:
    """Return what a person has signed last in a network."""
    mine = select(Signature).where(Signature.network_id == network_id, Signature.person_id == person.id)
    return db.scalar(mine.order_by(Signature.id.desc()).limit(1))


def not_yet(db: Session, agreement: Agreement, person: Person, now: datetime) -> None:
    """Keep that a person does not want to sign a version so far."""
    if db.get(NotYet, (agreement.id, person.id)) is None:
        db.add(NotYet(agreement_id=agreement.id, person_id=person.id, at=now))
        db.flush()


def said_not_yet(db: Session, agreement: Agreement, person: Person) -> datetime | None:
    """Return when a person said so; None where they have not."""
    said = db.get(NotYet, (agreement.id, person.id))
    return said.at if said is not None else None


def _signed(agreement: Agreement) -> ColumnElement[bool]:
    return exists().where(Signature.agreement_id == agreement.id, Signature.person_id == Member.person_id)


def count(db: Session, agreement: Agreement) -> int:
    """Return how many of the members have signed a version."""
    here = Member.network_id == agreement.network_id, IS_ACTIVE, _signed(agreement)
    return db.scalar(select(func.count()).select_from(Member).where(*here)) or 0


def unsigned_of(db: Session, agreement: Agreement, person_ids: Sequence[int]) -> list[int]:
    """Return those of these people who have not signed a version, in their order."""
    theirs = Signature.agreement_id == agreement.id, Signature.person_id.in_(person_ids)
    signed = set(db.scalars(select(Signature.person_id).where(*theirs)))
    return [each for each in person_ids if each not in signed]


def _unsigned(agreement: Agreement) -> Select[Member]:
    return (
        select(Member)
        .join(Member.person)
        .where(Member.network_id == agreement.network_id, IS_ACTIVE, ~_signed(agreement))
        .options(contains_eager(Member.person))
    )


def unsigned(db: Session, agreement: Agreement, limit: int, after: Member | None = None) -> Sequence[Member]:
    """Return up to `limit` members who have not signed a version, by name; with `after` those after this
    one."""
    there = _unsigned(agreement)
    if after is not None:
        there = there.where(
            (Member.folded > after.folded) | ((Member.folded == after.folded) & (Member.id > after.id))
        )
    return db.scalars(there.order_by(Member.folded, Member.id).limit(limit)).all()


def owing(db: Session, agreement: Agreement) -> Queue[Member]:
    """Return the members who have not signed a version and were here when it was sent, the longest first."""
    found = _unsigned(agreement).where(Member.joined_at <= agreement.sent_at)
    return Queue(db, found, Member.id, (Member.joined_at, Member.id), Member.id)
