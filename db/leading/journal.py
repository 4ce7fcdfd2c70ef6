"""The journal: who did what in a network, without contents. Each entry hangs on the one before, and where it
stands is kept month by month."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from db import holds, people
from db.models import JournalEntry, JournalMonth, Network, Person, chain
from db.old import Forgotten, Old

PAGE = 1000
"""Entries that are read at a time where all are looked at."""


class End(NamedTuple):
    """Where a journal ends: how many entries it has had, and the digest of the last."""

    number: int
    digest: str


NOTHING = End(0, chain.BEGINNING)


def record(
    db: Session,
    network: Network,
    act: str,
    *,
    by: Person | None,
    now: datetime,
    about: Person | None = None,
    **details: Any,
) -> None:
    """Record an act: a word such as "member.removed", and JSON values that hold no content. The network is
    locked, so that no two entries hang on the same one."""
    holds.lock_row(db, Network, network.id)
    before = end(db, network.id)
    entry = JournalEntry(
        network_id=network.id,
        by_id=by.id if by else None,
        about_id=about.id if about else None,
        act=act,
        details=details,
        at=now,
        number=before.number + 1,
        doer=by.id if by else None,
        concerned=about.id if about else None,
        previous=before.digest,
    )
    entry.digest = chain.digest(entry.previous, entry.facts())
    db.add(entry)
    first = now.astimezone(UTC).date().replace(day=1)
    month = db.get(JournalMonth, (network.id, first))
    if month is None:
        stands = {"number": entry.number, "digest": entry.digest}
        db.add(JournalMonth(network_id=network.id, first=first, entries=1, **stands))
    else:
        month.entries, month.number, month.digest = month.entries + 1, before.number + 1, entry.digest
    db.flush()


def end(db: Session, network_id: int) -> End:
    """Return where the journal of a network ends."""
    newest = select(JournalMonth.number, JournalMonth.digest).where(JournalMonth.network_id == network_id)
    row = db.execute(newest.order_by(JournalMonth.first.desc()).limit(1)).first()
    return End(row.number, row.digest) if row is not None else NOTHING


def month(db: Session, network_id: int, first: date) -> JournalMonth | None:
    """Return how the journal stood at the end of the month that begins then; None where nothing was
    written."""
    return db.get(JournalMonth, (network_id, first))


def latest(
    db: Session,
    network: Network,
    limit: int,
    before: int | None = None,
    acts: Collection[str] | None = None,
) -> Sequence[JournalEntry]:
    """Return the last acts, the newest first; with `before` those that come before this entry (its id), with
    `acts` only those of these names."""
    statement = select(JournalEntry).where(JournalEntry.network_id == network.id)
    if acts is not None:
        statement = statement.where(JournalEntry.act.in_(acts))
    if before is not None:
        statement = statement.where(JournalEntry.id < before)
    return db.scalars(statement.order_by(JournalEntry.id.desc()).limit(limit)).all()


def latest_about(db: Session, network: Network, person: Person, *acts: str) -> JournalEntry | None:
    """Return the last act of these names about a person, as far as it is kept."""
    found = select(JournalEntry).where(
        JournalEntry.network_id == network.id,
        JournalEntry.about_id.in_([person.id, *people.besides(db, person.id)]),
        JournalEntry.act.in_(acts),
    )
    return db.scalar(found.order_by(JournalEntry.id.desc()).limit(1))


def is_noted(db: Session, network: Network, act: str, *, by: Person, about: Person, since: datetime) -> bool:
    """Whether it is written down since then that somebody did this to another person."""
    there = select(JournalEntry.id).where(
        JournalEntry.about_id == about.id,
        JournalEntry.network_id == network.id,
        JournalEntry.by_id == by.id,
        JournalEntry.act == act,
        JournalEntry.at > since,
    )
    return db.scalar(there.limit(1)) is not None


def counts(db: Session, network: Network, since: datetime) -> Mapping[str, int]:
    """Return how often each act was done since then."""
    kept = select(JournalEntry.act, func.count()).where(
        JournalEntry.network_id == network.id, JournalEntry.at >= since
    )
    return {str(act): int(many) for act, many in db.execute(kept.group_by(JournalEntry.act))}


def forget(db: Session, old: Old) -> Forgotten:
    """Delete what is too old; how the months ended stays."""
    return old.forget(db, delete(JournalEntry), JournalEntry.at, JournalEntry.id)


# --- whether it fits together ----------------------------------------------------------------------


def first_misfit(db: Session, network_id: int) -> int | None:
    """Return the number after which the journal of a network does not fit together: an entry was changed, or
    one is gone, or its end is not where the months say; None where all is well."""
    numbered = JournalEntry.network_id == network_id, JournalEntry.number.is_not(None)
    rows = select(JournalEntry).where(*numbered).order_by(JournalEntry.id)
    months = {
        each.number: each.digest
        for each in db.scalars(select(JournalMonth).where(JournalMonth.network_id == network_id))
    }
    before: JournalEntry | None = None
    for entry in _pages(db, rows):
        hangs = before is None or entry.previous == before.digest
        follows = hangs and (before is None or entry.number == (before.number or 0) + 1)
        if not follows or not entry.fits or months.get(entry.number or 0, entry.digest) != entry.digest:
            return entry.number
        before = entry
    if before is not None and before.number != max(months, default=0):
        return (before.number or 0) + 1
    return None


def misfit_among(entries: Sequence[JournalEntry]) -> int | None:
    """Return the number of the oldest of these entries that does not say what was written, or does not hang
    on the one before it, where that is among them too; None where all do."""
    there = {each.number: each for each in entries if each.number is not None}
    for number, entry in sorted(there.items()):
        before = there.get(number - 1)
        if not entry.fits or (before is not None and entry.previous != before.digest):
            return number
    return None


def _pages(db: Session, rows: Select[JournalEntry]) -> Iterator[JournalEntry]:
    """Yield entries in order of their ids, some at a time."""
    after = 0
    while page := db.scalars(rows.where(JournalEntry.id > after).limit(PAGE)).all():
        yield from page
        after = page[-1].id


def misfits(db: Session) -> Iterator[tuple[str, int]]:
    """Yield the networks (by name) whose journal does not fit together, and since which entry."""
    for network_id, name in db.execute(select(Network.id, Network.name).order_by(Network.id)).all():
        number = first_misfit(db, network_id)
        db.expunge_all()
        if number is not None:
            yield name, number


def ends(db: Session) -> dict[str, End]:
    """Return where each journal ends, by the number of its network."""
    newest = select(JournalMonth.network_id, func.max(JournalMonth.number).label("number"))
    last = newest.group_by(JournalMonth.network_id).subquery()
    rows = select(JournalMonth.network_id, JournalMonth.number, JournalMonth.digest).join(
        last, (last.c.network_id == JournalMonth.network_id) & (last.c.number == JournalMonth.number)
    )
    return {str(row.network_id): End(row.number, row.digest) for row in db.execute(rows)}


def lacks(db: Session, network_id: int, was: End) -> bool:
    """Whether the journal of a network does not have the end that was kept outside the database."""
    there = select(JournalEntry.digest).where(
        JournalEntry.network_id == network_id, JournalEntry.number == was.number
    )
    return end(db, network_id).number < was.number or db.scalar(there) not in (None, was.digest)
