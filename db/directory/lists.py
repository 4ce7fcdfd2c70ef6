"""Lists of organisations that somebody has sent: read some rows at a time, decided about, and taken in some
rows at a time. What is in the directory by then decides what becomes of a row, so nothing comes in twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from db.bulk import inserted
from db.directory import likeness
from db.directory.likeness import Mark
from db.directory.organisations import LISTS, WORDS
from db.leading import journal
from db.models import Fate, Network, Organisation, OrganisationList, OrganisationRow, Person
from db.models.indexed import folded
from db.old import Forgotten, Old

MOST = 1000
"""Rows of a list."""
AT_ONCE = 50
"""Rows that are read, or taken in, in one turn."""
SEEN = 3
"""Names that are shown where it is not sure how letters are written."""
NAMED = 5
"""Entries that are named where rows look like them."""


def keep(
    db: Session,
    network: Network,
    rows: Sequence[Mapping[str, str]],
    *,
    by: Person | None,
    locale: str,
    is_guessed: bool,
    now: datetime,
) -> OrganisationList:
    """Keep the cells of a list, in the place of one that the same person has sent before."""
    if by is not None:
        db.execute(delete(OrganisationList).where(OrganisationList.sent_by_id == by.id))
    sent = OrganisationList(
        network_id=network.id,
        sent_by_id=by.id if by is not None else None,
        locale=locale,
        at=now,
        is_guessed=is_guessed,
    )
    db.add(sent)
    db.flush()
    inserted(
        db.connection(),
        OrganisationRow,
        [{"list_id": sent.id, "line": n, "facts": dict(row)} for n, row in enumerate(rows, 1)],
    )
    return sent


def of(db: Session, list_id: int) -> OrganisationList | None:
    """Return a list; None where it is decided about."""
    return db.get(OrganisationList, list_id, options=[joinedload(OrganisationList.network)])


def unread(db: Session, sent: OrganisationList) -> Sequence[OrganisationRow]:
    """Return the next rows that are not read yet."""
    return _rows(db, sent, ["unread"])


def _rows(db: Session, sent: OrganisationList, fates: Sequence[str]) -> Sequence[OrganisationRow]:
    there = OrganisationRow.list_id == sent.id, OrganisationRow.fate.in_(fates)
    in_order = OrganisationRow.fate, OrganisationRow.line
    return db.scalars(select(OrganisationRow).where(*there).order_by(*in_order).limit(AT_ONCE)).all()


def read(db: Session, sent: OrganisationList, facts: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep what rows (by id) say of organisations, and what becomes of each."""
    rows = [each for each in unread(db, sent) if each.id in facts]
    known = _Known(db, sent.network_id, [facts[row.id] for row in rows])
    earlier = _names_before(db, sent, rows)
    for row in rows:
        said = dict(facts[row.id])
        row.facts = said
        row.fate, row.organisation_id = known.fate(said)
        if row.fate != "nameless":
            names = {value for kind, value in likeness.marks(said) if kind == likeness.NAME}
            row.fate = "twice" if names & earlier else row.fate
            earlier |= names
    db.flush()


def _names_before(db: Session, sent: OrganisationList, rows: Sequence[OrganisationRow]) -> set[str]:
    """Return the marks of the names that stand in the list before these rows."""
    first = min((row.line for row in rows), default=0)
    before = select(OrganisationRow.facts).where(
        OrganisationRow.list_id == sent.id, OrganisationRow.line < first, OrganisationRow.fate != "nameless"
    )
    return {_name(facts) for facts in db.scalars(before)}


class _Known:
    """What is in the directory of what some rows say, and what other networks share of it."""

    def __init__(self, db: Session, network_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
        named = [row for row in rows if row.get("name")]
        uids = {row["uid"] for row in named if row.get("uid")}
        marks = {each for row in named for each in likeness.marks(row)}
        self._bearers = likeness.borne(db, network_id, marks)
        self._elsewhere = likeness.borne_elsewhere(db, network_id, marks)
        borne = (*self._bearers.values(), *self._elsewhere.values())
        ids = {id_ for several in borne for id_ in several}
        there = select(Organisation).where(Organisation.network_id == network_id)
        these = select(Organisation).where(Organisation.id.in_(sorted(ids)))
        self._by_id = {each.id: each for each in (db.scalars(these) if ids else ())}
        self._by_uid = {
            each.uid: each
            for each in (db.scalars(there.where(Organisation.uid.in_(sorted(uids)))) if uids else ())
        }

    def entry(self, facts: Mapping[str, Any]) -> tuple[Organisation | None, bool]:
        """Return the entry that a row is about, or looks like; and whether it is surely that one."""
        if (by_uid := self._by_uid.get(facts.get("uid", ""))) is not None:
            return by_uid, True
        marks: list[Mark] = likeness.marks(facts)
        if (same := likeness.same(marks, self._bearers)) is not None:
            return self._by_id[same], True
        alike = likeness.alike(marks, self._bearers)
        for find in (likeness.same, likeness.alike) if alike is None else ():
            alike = find(marks, self._elsewhere) if alike is None else alike
        return (self._by_id[alike] if alike is not None else None), False

    def fate(self, facts: Mapping[str, Any]) -> tuple[Fate, int | None]:
        """Return what becomes of a row, and which entry (by id) it is about."""
        if not facts.get("name"):
            return "nameless", None
        entry, is_sure = self.entry(facts)
        if entry is None:
            return "new", None
        if entry.do_not_list:
            return "off", entry.id
        if not is_sure:
            return "alike", entry.id
        return ("changed" if changes(entry, facts) else "same"), entry.id


def changes(entry: Organisation, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row changes of an entry, by column; an empty cell changes nothing."""
    known = {column: facts[column] for column in (*WORDS, *LISTS, "status") if column in facts}
    different = {column: value for column, value in known.items() if getattr(entry, column) != value}
    if (at := facts.get("assured_at")) and datetime.fromisoformat(at).date() > entry.assured_at.date():
        different["assured_at"] = datetime.fromisoformat(at)
    return different


# --- deciding ------------------------------------------------------------------------------------


def counted(db: Session, sent: OrganisationList) -> Counter[Fate]:
    """Return what becomes of how many rows."""
    fates = select(OrganisationRow.fate, func.count()).where(OrganisationRow.list_id == sent.id)
    return Counter({row[0]: row[1] for row in db.execute(fates.group_by(OrganisationRow.fate))})


def names(db: Session, sent: OrganisationList, fate: Fate) -> Sequence[str]:
    """Return the names of the entries that some rows of this fate are about."""
    there = (
        select(Organisation.name)
        .join(OrganisationRow, OrganisationRow.organisation_id == Organisation.id)
        .where(OrganisationRow.list_id == sent.id, OrganisationRow.fate == fate)
    )
    return list(dict.fromkeys(db.scalars(there.order_by(OrganisationRow.line).limit(NAMED))))


def lines(db: Session, sent: OrganisationList, fate: Fate) -> Sequence[int]:
    """Return which rows, counted from 1, have this fate: some of them."""
    there = OrganisationRow.list_id == sent.id, OrganisationRow.fate == fate
    found = select(OrganisationRow.line).where(*there).order_by(OrganisationRow.line).limit(NAMED)
    return db.scalars(found).all()


def first_names(db: Session, sent: OrganisationList) -> Sequence[str]:
    """Return some names of a list, those first that are not written in English letters."""
    facts = select(OrganisationRow.facts).where(OrganisationRow.list_id == sent.id)
    names = [each["name"] for each in db.scalars(facts.order_by(OrganisationRow.line)) if each.get("name")]
    return sorted(names, key=str.isascii)[:SEEN]


def unread_phones(db: Session, sent: OrganisationList) -> int:
    """Return how many rows have a telephone number that could not be read, as far as they are taken in."""
    facts = select(OrganisationRow.facts).where(
        OrganisationRow.list_id == sent.id, OrganisationRow.fate.in_(("new", "changed"))
    )
    return sum(
        any(not number.startswith("+") for number in each.get("phones", ())) for each in db.scalars(facts)
    )


def decide(sent: OrganisationList, takes: Sequence[Fate]) -> bool:
    """Keep which rows are taken in; return whether that was still open."""
    if sent.takes:
        return False
    sent.takes = list(takes)
    return True


def decide_as_operator(db: Session, sent: OrganisationList, takes: Sequence[Fate], now: datetime) -> None:
    """Keep which rows are taken in of a list that came from the command line; the journal says so."""
    many = counted(db, sent)
    decide(sent, takes)
    new, changed = (many[fate] if fate in takes else 0 for fate in ("new", "changed"))
    journal.record(db, sent.network, "organisations.brought", by=None, now=now, new=new, changed=changed)


def drop(db: Session, sent: OrganisationList) -> None:
    """Delete a list that is done, or not wanted."""
    db.delete(sent)
    db.flush()


def take(
    db: Session, sent: OrganisationList, *, every: timedelta, now: datetime
) -> tuple[Sequence[Organisation], bool]:
    """Take in the next rows that are wanted; return the entries, and whether there may be more. Whether an
    entry has come or changed meanwhile is looked at anew; what only looks like one that has just come in
    stays new."""
    rows = _rows(db, sent, sent.takes)
    known = _Known(db, sent.network_id, [row.facts for row in rows])
    fresh: dict[str, dict[str, Any]] = {}
    changed: list[Organisation] = []
    for row in rows:
        fate, _id = known.fate(row.facts)
        if fate in ("new", "alike") and row.fate in ("new", "alike"):
            fresh.setdefault(_name(row.facts), _values(sent, row.facts, every=every, now=now))
        elif fate == "changed" and (entry := known.entry(row.facts)[0]) is not None:
            _change(entry, changes(entry, row.facts), every=every, now=now)
            changed.append(entry)
    ids = inserted(db.connection(), Organisation, [*fresh.values()])
    db.flush()
    marks = {id_: likeness.marks(facts) for id_, facts in zip(ids, fresh.values(), strict=True)}
    marks |= {each.id: likeness.marks(likeness.facts_of(each)) for each in changed}
    likeness.mark(db, sent.network_id, marks)
    done = update(OrganisationRow).where(OrganisationRow.id.in_([row.id for row in rows]))
    db.execute(done.values(fate="done"))
    came = db.scalars(select(Organisation).where(Organisation.id.in_(ids))).all() if ids else []
    return [*came, *changed], len(rows) == AT_ONCE


def _name(facts: Mapping[str, Any]) -> str:
    return f"{folded(facts['name'])}|{folded(facts.get('city', ''))}"


def _values(
    sent: OrganisationList, facts: Mapping[str, Any], *, every: timedelta, now: datetime
) -> dict[str, Any]:
    """Return a new entry, by its columns: all of them, since many are added by one statement."""
    assured = datetime.fromisoformat(facts["assured_at"]) if facts.get("assured_at") else now
    return {
        **{column: facts.get(column, "") for column in WORDS},
        **{column: facts.get(column, []) for column in LISTS},
        "status": facts.get("status", "active"),
        "network_id": sent.network_id,
        "uid": facts.get("uid") or str(uuid4()),
        "added_by_id": sent.sent_by_id,
        "added_at": now,
        "changed_at": now,
        "assured_at": assured,
        "check_at": max(assured + every, now),
        "folded_city": folded(facts.get("city", "")),
    }


def _change(entry: Organisation, different: Mapping[str, Any], *, every: timedelta, now: datetime) -> None:
    for column, value in different.items():
        setattr(entry, column, value)
    entry.folded_city, entry.changed_at = folded(entry.city), now
    if "assured_at" in different:
        entry.assured_by_id, entry.check_at = None, max(entry.assured_at + every, now)


def forget(db: Session, old: Old) -> Forgotten:
    """Delete lists that nobody decided about."""
    return old.forget(db, delete(OrganisationList), OrganisationList.at, OrganisationList.id)
