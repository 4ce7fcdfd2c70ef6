"""Agreements: their versions and wordings, and when one is in force."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Agreement, AgreementState, Member, Network, Person, Wording, chain

QUORUM = 60
"""Percent of the members who have to sign."""
IS_ACTIVE = Member.state == "active"


def latest(db: Session, network_id: int) -> Agreement | None:
    """Return the version that is to be signed now: the newest that was not missed; None where there is
    none."""
    there = select(Agreement).where(
        Agreement.network_id == network_id, Agreement.state.in_(("proposed", "in_force"))
    )
    return db.scalar(there.order_by(Agreement.version.desc()).limit(1))


def in_force(db: Session, network_id: int) -> Agreement | None:
    """Return the version that is in force; None where there is none."""
    there = Agreement.network_id == network_id, Agreement.state == "in_force"
    return db.scalar(select(Agreement).where(*there))


def newest(db: Session, network_id: int) -> Agreement | None:
    """Return the version that was sent last, also one that was missed."""
    there = select(Agreement).where(Agreement.network_id == network_id)
    return db.scalar(there.order_by(Agreement.version.desc()).limit(1))


def wording(db: Session, agreement: Agreement) -> Wording:
    """Return how a version reads now."""
    found = select(Wording).where(Wording.agreement_id == agreement.id)
    return db.scalars(found.order_by(Wording.id.desc()).limit(1)).one()


def send(
    db: Session,
    network: Network,
    texts: Mapping[str, Any],
    *,
    by: Person,
    why: str,
    holds_from: date,
    review_on: date,
    now: datetime,
) -> Agreement:
    """Add the next version, which the members sign from now on. Another one that is still proposed is
    replaced by it."""
    before, open_ = newest(db, network.id), latest(db, network.id)
    if open_ is not None and open_.state == "proposed":
        end(open_, "replaced", now)
    agreement = Agreement(
        network_id=network.id,
        version=before.version + 1 if before is not None else 1,
        why=why,
        holds_from=holds_from,
        review_on=review_on,
        made_by_id=by.id,
        sent_at=now,
        needed=needed(db, network.id),
    )
    db.add(agreement)
    db.flush()
    word(db, agreement, texts, by=by, now=now)
    return agreement


def word(
    db: Session, agreement: Agreement, texts: Mapping[str, Any], *, by: Person, now: datetime
) -> Wording:
    """Add a wording of a version."""
    last = select(Wording.digest).where(Wording.network_id == agreement.network_id)
    made = Wording(
        network_id=agreement.network_id,
        agreement_id=agreement.id,
        version=agreement.version,
        texts=dict(texts),
        made_by_id=by.id,
        at=now,
        previous=db.scalar(last.order_by(Wording.id.desc()).limit(1)) or chain.BEGINNING,
    )
    made.digest = chain.digest(made.previous, made.facts())
    db.add(made)
    db.flush()
    return made


def needed(db: Session, network_id: int) -> int:
    """Return how many members have to sign now so that a version holds."""
    return -(-members(db, network_id) * QUORUM // 100)


def members(db: Session, network_id: int) -> int:
    """Return how many members there are."""
    here = Member.network_id == network_id, IS_ACTIVE
    return db.scalar(select(func.count()).select_from(Member).where(*here)) or 0


def note_needed(agreement: Agreement, needed: int) -> None:
    """Keep how many have to sign, as it is now."""
    agreement.needed = needed


def agree(agreement: Agreement, now: datetime) -> None:
    """Note that enough have signed."""
    agreement.agreed_at = now


def put_in_force(db: Session, agreement: Agreement, now: datetime) -> None:
    """Let a version hold, in the place of the one before."""
    before = in_force(db, agreement.network_id)
    if before is not None:
        end(before, "replaced", now)
    agreement.state, agreement.in_force_at = "in_force", now
    db.flush()


def end(agreement: Agreement, state: AgreementState, now: datetime) -> None:
    """Note that a version is missed or replaced."""
    agreement.state, agreement.ended_at = state, now


def note_reminded(agreement: Agreement, now: datetime) -> None:
    """Note that those who coordinate have had the others reminded."""
    agreement.reminded_at = now


def note_review(agreement: Agreement, on: date) -> None:
    """Keep when a version is looked at again."""
    agreement.review_on = on


def is_overdue(agreement: Agreement, now: datetime, after: timedelta) -> bool:
    """Whether a version was sent this long ago."""
    return now - agreement.sent_at >= after
