"""Who is one person now, and who they were."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from db.models import Exclusion, Member, MemberTopic, Merge, Network, Person, PersonLanguage, Tally
from db.old import Forgotten, Old

UNDONE_IN = timedelta(days=1)
"""How long two can be taken apart again."""
# Built once: putting a statement together costs more than running it.
OWN, THEIRS = aliased(Member), aliased(Member)
MERGED_INTO = (
    select(THEIRS.id, OWN.id)
    .join(Merge, Merge.other_id == THEIRS.person_id)
    .join(OWN, (OWN.person_id == Merge.person_id) & (OWN.network_id == THEIRS.network_id))
    .where(THEIRS.id.in_(bindparam("members", expanding=True)))
)


class Hindrance(NamedTuple):
    """Why two cannot become one: in this network one of them was removed, or their place is held."""

    network: Network
    held: bool


def merged_into(db: Session, member_ids: Collection[int]) -> dict[int, int]:
    """Return, for those of these memberships that have become one with another, which that is."""
    return {row[0]: row[1] for row in db.execute(MERGED_INTO, {"members": list(member_ids)})}


def latest(db: Session, person: Person) -> Merge | None:
    """Return how somebody last became one with another account; None where they never did."""
    found = select(Merge).where(Merge.person_id == person.id).options(joinedload(Merge.other))
    return db.scalar(found.order_by(Merge.id.desc()).limit(1))


def between(db: Session, person_id: int, other_id: int) -> Merge | None:
    """Return how these two became one; None where they are two."""
    return db.scalar(select(Merge).where(Merge.person_id == person_id, Merge.other_id == other_id))


def can_be_undone(merge: Merge, now: datetime) -> bool:
    """Whether two can still be taken apart again."""
    return merge.moved is not None and now - merge.at < UNDONE_IN


def hindrance(db: Session, person: Person, other: Person) -> Hindrance | None:
    """Return why two people cannot become one; None where they can."""
    mine = db.scalars(
        select(Member)
        .where(Member.person_id.in_([person.id, other.id]), Member.state != "merged")
        .options(joinedload(Member.network))
        .order_by(Member.id)
    ).all()
    for network_id in dict.fromkeys(each.network_id for each in mine):
        here = [each for each in mine if each.network_id == network_id]
        states = {each.state for each in here}
        if "removed" in states and states & {"active", "resting"}:
            return Hindrance(here[0].network, held=False)
        if len(here) > 1 and any(each.is_held for each in here):
            return Hindrance(here[0].network, held=True)
    return None


def end_undo(db: Session, merge: Merge) -> None:
    """Delete what is needed to take two apart, and what was the other one's alone: from then on they stay
    one. Their name is kept for a while, to be found when they want to be forgotten."""
    merge.moved = merge.changed = None
    places = select(Member.id).where(Member.person_id == merge.other_id)
    for kind, theirs in (
        (PersonLanguage, PersonLanguage.person_id == merge.other_id),
        (Tally, Tally.person_id == merge.other_id),
        (Exclusion, (Exclusion.person_id == merge.other_id) | (Exclusion.other_id == merge.other_id)),
        (MemberTopic, MemberTopic.member_id.in_(places)),
    ):
        db.execute(delete(kind).where(theirs))
    db.execute(
        update(Person)
        .where(Person.id == merge.other_id)
        .values(language=None, time_zone=None, place=None, network_id=None)
    )
    db.execute(update(Member).where(Member.person_id == merge.other_id).values(ended_because=None))
    db.flush()


def forget_names(db: Session, old: Old) -> Forgotten:
    """Delete what people were called on another messenger who have been one for too long: nothing that was
    sent under that name is kept any more."""
    rows = old.rows(db, Merge.at, Merge.id, Merge.other_id)
    if not rows:  # as in most nights
        return old.forgotten(0, rows)
    named = Person.id.in_([row.other_id for row in rows]), Person.name != ""
    gone = db.connection().execute(update(Person).where(*named).values(name=""))
    theirs = Member.person_id.in_([row.other_id for row in rows]), Member.folded != ""
    db.connection().execute(update(Member).where(*theirs).values(folded=""))
    return old.forgotten(gone.rowcount, rows)
