"""Goals: what a network wants to reach, who keeps each, and how far it is."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from db.models import Goal, GoalHelper, GoalKind, GoalState, GoalWord, Member, Network, Person

MOST = 5
"""Open goals: more is none."""


def open_of(db: Session, network_id: int) -> Sequence[Goal]:
    """Return the open goals of a network, those first that are due first."""
    there = select(Goal).where(Goal.network_id == network_id, Goal.state == "open")
    return db.scalars(there.options(joinedload(Goal.keeper)).order_by(Goal.until, Goal.id)).all()


def show(network: Network, shown: bool) -> None:
    """Keep whether strangers read the goals of a network on its card."""
    network.shows_goals = shown


def make(
    db: Session, network: Network, title: str, *, kind: GoalKind, target: int, until: date, now: datetime
) -> Goal:
    """Add a goal, which looks for a keeper."""
    goal = Goal(
        network_id=network.id, title=title, kind=kind, target=target, until=until, keeper_id=None, made_at=now
    )
    db.add(goal)
    db.flush()
    return goal


def keep(goal: Goal, keeper: Person | None) -> None:
    """Give a goal to its keeper; None: it looks for one."""
    goal.keeper_id, goal.silent = keeper.id if keeper is not None else None, 0


def keeper(db: Session, goal: Goal) -> Person | None:
    """Return who keeps a goal and is still a member; None where it looks for somebody."""
    if goal.keeper is None:
        return None
    here = Member.network_id == goal.network_id, Member.person_id == goal.keeper_id, Member.state == "active"
    return goal.keeper if db.scalar(select(Member.id).where(*here)) is not None else None


def tell(db: Session, goal: Goal, by: Person, value: int, words: str, now: datetime) -> None:
    """Keep what a keeper tells."""
    db.add(GoalWord(goal_id=goal.id, person_id=by.id, value=value, words=words, at=now))
    goal.value, goal.silent = value, 0
    db.flush()


def note_helper(db: Session, goal: Goal, person: Person, now: datetime) -> None:
    """Keep that a member offered their help with a goal."""
    if db.get(GoalHelper, (goal.id, person.id)) is None:
        db.add(GoalHelper(goal_id=goal.id, person_id=person.id, at=now))
        db.flush()


def helpers(db: Session, goal: Goal) -> Sequence[Person]:
    """Return who helped with a goal and is still a member: those who offered it or kept it, but for its
    keeper."""
    offered = select(GoalHelper.person_id).where(GoalHelper.goal_id == goal.id)
    told = select(GoalWord.person_id).where(GoalWord.goal_id == goal.id)
    here = Member.network_id == goal.network_id, Member.state == "active"
    found = select(Person).join(Member).where(*here, Person.id.in_(offered.union(told)))
    return db.scalars(found.where(Person.id.is_distinct_from(goal.keeper_id)).order_by(Person.id)).all()


def nothing_new(goal: Goal) -> int:
    """Count that there is nothing new; return how often in a row."""
    goal.silent += 1
    return goal.silent


def count(goal: Goal, value: int) -> None:
    """Keep what was counted."""
    goal.value = value


def last_word(db: Session, goal: Goal) -> GoalWord | None:
    """Return what a keeper told last."""
    told = select(GoalWord).where(GoalWord.goal_id == goal.id)
    return db.scalar(told.order_by(GoalWord.id.desc()).limit(1))


def end(goal: Goal, state: GoalState) -> None:
    """Note that a goal is reached, or rests."""
    goal.state = state


def move(goal: Goal, until: date) -> None:
    """Give a goal another day."""
    goal.until = until


def is_set(db: Session, network_id: int) -> bool:
    """Whether a network has a goal that is open, or has reached one."""
    there = select(Goal.id).where(Goal.network_id == network_id, Goal.state.in_(("open", "reached")))
    return db.scalar(there.limit(1)) is not None


def silent_ones(db: Session, network_id: int, since: datetime) -> int:
    """Return how many open goals there are of which nobody has told anything since a time, but for those that
    the program counts itself."""
    told = select(GoalWord.id).where(GoalWord.goal_id == Goal.id, GoalWord.at >= since)
    there = Goal.network_id == network_id, Goal.state == "open", Goal.made_at < since
    asked = Goal.kind.in_(("number", "yes_no"))
    return db.scalar(select(func.count()).select_from(Goal).where(*there, asked, ~told.exists())) or 0


def has_moved(db: Session, network_id: int, since: datetime) -> bool:
    """Whether a keeper has told something of a goal of a network since a time."""
    told = select(GoalWord.id).join(Goal).where(Goal.network_id == network_id, GoalWord.at >= since)
    return db.scalar(told.limit(1)) is not None
