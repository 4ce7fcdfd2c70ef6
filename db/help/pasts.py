"""What members did long ago: questions, conversations and check-ins whose rows are gone, of each how many."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Asked, HelpRequest, Member, Past, Relay
from db.old import Forgotten, Old

COUNTS = ("questions", "helped", "asked", "answers", "talks", "check_ins", "check_in_answers")
ADD = {
    kind: insert.on_conflict_do_update(
        index_elements=["member_id"],
        set_={name: Past.__table__.c[name] + insert.excluded[name] for name in COUNTS},
    )
    for kind, insert in (("sqlite", sqlite.insert(Past)), ("postgresql", postgresql.insert(Past)))
}

Counts = defaultdict[int, Counter[str]]
"""Members, by their numbers → what they did, and how often."""


def counts() -> Counts:
    """Return counts of nothing, to be filled."""
    return defaultdict(Counter)


def add(db: Session, done: Mapping[int, Counter[str]]) -> None:
    """Add to what members did, always in the same order: two who add do not wait for each other."""
    if done:
        connection = db.connection()
        rows = [{"member_id": each, **{name: done[each][name] for name in COUNTS}} for each in sorted(done)]
        connection.execute(ADD[connection.dialect.name], rows)


def let_go_requests(db: Session, old: Old) -> Forgotten:
    """Delete questions that were over before a time, with who was asked and the conversations about them: of
    each member it stays how often they did what. A question whose conversation went on for longer stays with
    it, and so does one that is not in the sums of its month yet."""
    goes_on = exists().where(
        Relay.request_id == HelpRequest.id, or_(Relay.closed_at.is_(None), Relay.closed_at >= old.before)
    )
    facts = HelpRequest.asker_id, HelpRequest.helper_id, HelpRequest.state
    where = [HelpRequest.counted, ~goes_on]
    rows = old.rows(db, HelpRequest.closed_at, HelpRequest.id, *facts, where=where)
    if rows:
        ids, done = [row.key for row in rows], counts()
        for row in rows:
            done[row.asker_id]["questions"] += 1
            if row.helper_id is not None and row.state == "solved":
                done[row.helper_id]["helped"] += 1
        for each in _asked(db, ids):
            done[each.member_id] += Counter(asked=each.asked, answers=each.answers)
        _count_talks(db, Relay.request_id.in_(ids), done)
        add(db, done)
        db.connection().execute(delete(HelpRequest).where(HelpRequest.id.in_(ids)))
    return old.forgotten(len(rows), rows)


def let_go_talks(db: Session, old: Old) -> Forgotten:
    """Delete conversations about no question that were over before a time: of each member it stays how many
    they had."""
    rows = old.rows(db, Relay.closed_at, Relay.id, where=[Relay.request_id.is_(None)])
    if rows:
        ids, done = [row.key for row in rows], counts()
        _count_talks(db, Relay.id.in_(ids), done)
        add(db, done)
        db.connection().execute(delete(Relay).where(Relay.id.in_(ids)))
    return old.forgotten(len(rows), rows)


def _asked(db: Session, request_ids: Sequence[int]) -> Sequence[Row[int, int, int]]:
    """Of each member who was asked: how often, and how often they answered."""
    times = func.count().label("asked"), func.count(Asked.answer).label("answers")
    asked = select(Asked.member_id, *times).where(Asked.request_id.in_(request_ids))
    return db.connection().execute(asked.group_by(Asked.member_id)).all()


def _count_talks(db: Session, which: ColumnElement[bool], done: Counts) -> None:
    """Count conversations for both who had them, as members of the network."""
    for side in (Relay.asker_id, Relay.helper_id):
        theirs = and_(Member.person_id == side, Member.network_id == Relay.network_id)
        had = select(Member.id, func.count().label("talks")).select_from(Relay).join(Member, theirs)
        for row in db.connection().execute(had.where(which).group_by(Member.id)):
            done[row.id]["talks"] += row.talks
