"""Whether the amount of what comes to somebody is right for them: asked, answered, and counted in fives."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from db.models import Amount, Fit, Member, Network
from db.old import Forgotten, Old

TOGETHER = 5
"""Answers that are counted together: whoever compares two counts knows nobody's answer."""
COUNTED = ("right", "less", "more")
SAID = Amount.says.is_not(None), Amount.says.in_(COUNTED)


def asked_since(db: Session, member_ids: Sequence[int], moment: datetime) -> set[int]:
    """Return those of the members (ids) who were asked since a moment."""
    asked = select(Amount.member_id).where(Amount.member_id.in_(member_ids), Amount.asked_at >= moment)
    return set(db.scalars(asked))


def ask(db: Session, asked: Sequence[Member], now: datetime) -> None:
    """Note that members are asked."""
    rows = [{"network_id": each.network_id, "member_id": each.id, "asked_at": now} for each in asked]
    if rows:
        db.execute(insert(Amount), rows)


def answer(db: Session, member: Member, says: Fit, now: datetime) -> None:
    """Keep what a member says to the latest question; a later answer takes the place of an earlier one."""
    mine = select(func.max(Amount.id)).where(Amount.member_id == member.id).scalar_subquery()
    db.execute(update(Amount).where(Amount.id == mine).values(says=says, answered_at=now))


def figures(db: Session, network: Network, since: datetime) -> tuple[int, int]:
    """Return how many of how many said since a moment that the amount is right: of the first answers, in
    whole fives, so that no single one can be told from the figures before and after it."""
    said = (Amount.network_id == network.id, *SAID, Amount.answered_at >= since)
    all_ = db.scalar(select(func.count()).where(*said)) or 0
    several = all_ - all_ % TOGETHER
    if not several:
        return 0, 0
    first = select(Amount.says).where(*said).order_by(Amount.answered_at, Amount.id).limit(several).subquery()
    return db.scalar(select(func.count()).where(first.c.says == "right")) or 0, several


def forget(db: Session, old: Old) -> Forgotten:
    """Delete what was asked before a time."""
    return old.forget(db, delete(Amount), Amount.asked_at, Amount.id)
