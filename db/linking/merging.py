"""Two people become one: rows move as the rules say, and what is needed to take them apart again is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select, update
from sqlalchemy.orm import Session, aliased

from db.linking import changes, codes, uniting
from db.linking.references import MEMBERS, PEOPLE, Reference, all_to
from db.linking.rules import TAKES, everything
from db.models import Member, Merge, Person

Changes = list[dict[str, Any]]


def lock(db: Session, other: Person) -> None:
    """Lock a person and their memberships, so that no other program refers to one of them while they become
    somebody else: whoever has just done so is waited for."""
    db.flush()
    for kind, whose in ((Person, Person.id), (Member, Member.person_id)):
        db.execute(select(kind).where(whose == other.id).order_by(kind.id).with_for_update(of=kind)).all()
    db.expire_all()


def merge(db: Session, person: Person, other: Person, now: datetime) -> Merge:
    """Let all that belongs to the other one belong to a person: from then on they are one. Both rows stay: on
    that of the other stands who they were, and what would be there twice."""
    lock(db, other)
    codes.withdraw(db, person, other)
    changed = uniting.end_between(db, person, other, now)
    moved = [_move(db, each, other.id, person.id) for each in all_to(PEOPLE) if _moves(each)]
    changed += _unite_rows(db, PEOPLE, other.id, person.id)
    for own, theirs in shared(db, person, other):
        moved += [_move(db, each, theirs.id, own.id) for each in all_to(MEMBERS) if _moves(each)]
        changed += _unite_rows(db, MEMBERS, theirs.id, own.id)
        changed += uniting.memberships(db, own, theirs)
    changed += uniting.people(db, person, other)
    made = Merge(
        person_id=person.id,
        other_id=other.id,
        at=now,
        moved=[each for each in moved if each is not None],
        changed=changed,
    )
    db.add(made)
    db.flush()
    db.expire_all()
    return made


def gather(db: Session, merge: Merge) -> None:
    """Move what others have still brought to who somebody was, in turns that had begun before."""
    assert merge.moved is not None, "it was a moment ago"
    late = [_move(db, each, merge.other_id, merge.person_id) for each in all_to(PEOPLE) if _moves(each)]
    for own, theirs in shared(db, merge.person, merge.other):
        late += [_move(db, each, theirs.id, own.id) for each in all_to(MEMBERS) if _moves(each)]
    if found := [each for each in late if each is not None]:
        merge.moved = [*merge.moved, *found]
    db.flush()
    db.expire_all()


def shared(db: Session, person: Person, other: Person) -> Sequence[tuple[Member, Member]]:
    """Return both memberships in each network in which both are, or were."""
    theirs = aliased(Member)
    found = select(Member, theirs).join(theirs, theirs.network_id == Member.network_id)
    both = found.where(Member.person_id == person.id, theirs.person_id == other.id)
    return [(row[0], row[1]) for row in db.execute(both.order_by(Member.network_id))]


def _moves(reference: Reference) -> bool:
    return everything()[reference.name].rows == "move"


def _move(db: Session, reference: Reference, old: int, new: int) -> dict[str, Any] | None:
    """Let rows refer to another one, where they can. Return which these were, as JSON; None for none."""
    line, column = db.connection(), reference.column
    alone = reference.stands_alone(new, line.dialect.name)
    moving = update(reference.table).where(column == old, alone).values({column.name: new})
    key = reference.key or [column]
    rows = line.execute(moving.returning(*key)).all()
    keys = [list(row) if reference.key else [] for row in rows]
    return {"of": reference.name, "was": old, "is": new, "keys": keys} if keys else None


def _unite_rows(db: Session, to: str, old: int, new: int) -> Changes:
    """Let rows take something over from those which stay, because they would be there twice."""
    found: Changes = []
    for reference in all_to(to):
        rule = everything()[reference.name]
        if rule.twice == "united":
            for row in _twice(db, reference, list(rule.takes), old, new):
                found += _unite(db, reference, rule.takes, row, new)
    return found


def _twice(db: Session, reference: Reference, columns: list[str], old: int, new: int) -> Sequence[Row[Any]]:
    own, theirs = reference.table, reference.table.alias()
    same = [own.c[name] == theirs.c[name] for once in reference.once for name in once.columns]
    shown = [own.c[name].label(f"own_{name}") for name in columns]
    other = [theirs.c[name].label(f"other_{name}") for name in columns]
    keys = [each.label(f"key_{each.name}") for each in reference.key]
    beside = own.join(theirs, and_(theirs.c[reference.column.name] == old, *same))
    both = select(*shown, *other, *keys).select_from(beside)
    return db.connection().execute(both.where(own.c[reference.column.name] == new)).all()


def _unite(db: Session, reference: Reference, takes: Any, row: Row[Any], new: int) -> Changes:
    values = row._mapping
    was = {name: values[f"own_{name}"] for name in takes}
    now = {name: TAKES[how](was[name], values[f"other_{name}"]) for name, how in takes.items()}
    key = {each.name: values[f"key_{each.name}"] for each in reference.key}
    if len(key) < len(reference.table.primary_key):
        key[reference.column.name] = new
    sums = [name for name, how in takes.items() if how == "sum"]
    made = changes.change(db, reference.table, key, was, now, sums=sums)
    return [made] if made is not None else []
