"""How often something happened when members looked for something; never what it was."""

from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models import Looked, LookedFor, Network


def count(db: Session, network: Network, what: Looked, topic: str, today: date) -> None:
    """Count that it happened once more this month."""
    key = {"network_id": network.id, "month": today.replace(day=1), "what": what, "topic": topic}
    one_more = update(LookedFor).filter_by(**key).values(n=LookedFor.n + 1)
    if not db.connection().execute(one_more).rowcount:
        db.add(LookedFor(**key, n=1))
        db.flush()


def by_month(db: Session, network_id: int, what: Looked, since: date) -> dict[date, int]:
    """Return how often it happened in each month since that of a day, by its first day."""
    there = (
        LookedFor.network_id == network_id,
        LookedFor.what == what,
        LookedFor.month >= since.replace(day=1),
    )
    found = select(LookedFor.month, func.sum(LookedFor.n)).where(*there).group_by(LookedFor.month)
    return {month: int(n) for month, n in db.connection().execute(found)}


def by_topic(db: Session, network_id: int, what: Looked, since: date) -> dict[str, int]:
    """Return how often it happened since the month of a day, by topic, the most often first."""
    there = (
        LookedFor.network_id == network_id,
        LookedFor.what == what,
        LookedFor.month >= since.replace(day=1),
    )
    often = func.sum(LookedFor.n)
    found = select(LookedFor.topic, often).where(*there).group_by(LookedFor.topic)
    return {
        topic: int(n) for topic, n in db.connection().execute(found.order_by(often.desc(), LookedFor.topic))
    }
