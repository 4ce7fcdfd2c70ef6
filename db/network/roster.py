"""The members of a network by name: how many there are, page by page, and whoever is looked for."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import get_args

from sqlalchemy import (
    ColumnElement,
    Select,
    exists,
    false,
    func,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from db.models import Identity, Label, Member, Network, Person
from db.models.indexed import any_row, folded
from db.network import members
from db.network.members import HAS_NAME, IS_ACTIVE, IS_SOMEBODY

MOST = 500
"""So many of one kind are counted where it is only told: of more it is known that they are more."""
LABELS: tuple[Label, ...] = get_args(Label)


def here(db: Session, network: Network, person_id: int) -> Person | None:
    """Return a person who is a member of a network; None for anybody else."""
    in_it = Member.network_id == network.id, Member.person_id == person_id, Member.state == "active"
    return db.scalar(select(Person).join(Member).where(*in_it))


def count(db: Session, network: Network) -> int:
    """Return how many members a network has."""
    counted = select(func.count()).select_from(Member).where(Member.network_id == network.id, IS_ACTIVE)
    return db.scalar(counted.where(IS_SOMEBODY)) or 0


def came_since(db: Session, network: Network, moment: datetime) -> tuple[int, int]:
    """Return how many members came since a moment, and how many of them a human has answered by name."""
    came = Member.network_id == network.id, IS_ACTIVE, Member.role == "member", Member.joined_at > moment
    heard = func.count(Member.last_contact_at)
    row = db.execute(select(func.count(), heard).where(*came)).one()
    return row[0], row[1]


def count_by_label(db: Session, network: Network, but: Member | None = None) -> Counter[Label]:
    """Return how many members of a network came in each way, one of them left out, `MOST` + 1 for all that
    are more."""
    here = Member.network_id == network.id, IS_ACTIVE, Member.id != (but.id if but is not None else 0)
    ways = (
        select(Member.label, Member.id).where(*here, Member.label == label).limit(MOST + 1).subquery()
        for label in LABELS
    )
    some = union_all(*(select(way.c.label) for way in ways)).subquery()
    counted = select(some.c.label, func.count()).group_by(some.c.label)
    return Counter({row[0]: row[1] for row in db.execute(counted)})


def count_paused(db: Session, network: Network, now: datetime) -> int:
    """Return how many members of a network are on a break, `MOST` + 1 for all that are more."""
    paused = _of(network, pausing(now)).limit(MOST + 1).subquery()
    return db.scalar(select(func.count()).select_from(paused)) or 0


def pausing(now: datetime) -> Select[int]:
    """Select the people who are on a break."""
    ends_later = or_(Person.paused_until.is_(None), Person.paused_until > now)
    return select(Person.id).where(Person.paused_at.is_not(None), ends_later)


def _of(network: Network, people: Select[int]) -> Select[int]:
    """Select those of these people (few) who are members of a network, each looked up."""
    theirs = Member.person_id == people.selected_columns[0]
    return people.where(any_row(Member, Member.network_id == network.id, IS_ACTIVE, theirs))


def count_lost(db: Session, network: Network) -> int:
    """Return how many members of a network cannot be reached, `MOST` + 1 for all that are more."""
    unheard = _of(network, lost()).distinct().limit(MOST + 1).subquery()
    return db.scalar(select(func.count()).select_from(unheard)) or 0


def lost(*others: ColumnElement[bool]) -> Select[int]:
    """Select the people of whom `others` is true and who cannot be reached: found from the few accounts that
    cannot."""
    reached = aliased(Identity)
    is_reached = exists().where(reached.person_id == Identity.person_id, reached.reachable)
    return select(Identity.person_id).where(~Identity.reachable, ~is_reached, *others)


def count_askable(db: Session, network: Network, now: datetime) -> tuple[int, int]:
    """Return how many members of a network can be reached and are on no break, and how many are or cannot,
    `MOST` + 1 for all that are more."""
    askable = members.within_reach(network.id, now).with_only_columns(Member.id).limit(MOST + 1).subquery()
    unheard = lost(Identity.person_id.not_in(pausing(now))).distinct()
    away = union_all(_of(network, pausing(now)), _of(network, unheard)).limit(MOST + 1).subquery()
    asked, others = (db.scalar(select(func.count()).select_from(found)) or 0 for found in (askable, away))
    return asked, others


def count_called(db: Session, network: Network, words: str) -> int:
    """Return how many members of a network have a name that contains the words, `MOST` + 1 for all that are
    more."""
    some = _called(network, words).where(HAS_NAME).with_only_columns(Member.id).limit(MOST + 1)
    return db.scalar(select(func.count()).select_from(some.subquery())) or 0


def page(
    db: Session, network: Network, limit: int, *, words: str = "", after: Member | None = None
) -> Sequence[Member]:
    """Return up to `limit` members of a network by name: those whose name contains the words, all for none;
    with `after` those that come after this one, who may have left."""
    found = _called(network, words) if words else _called(network)
    if after is not None:
        last = folded(after.person.name), after.id
        found = found.where(tuple_(Member.folded, Member.id) > tuple_(*last))
    return _by_name(db, found, limit)


def resting(db: Session, network: Network, words: str, limit: int) -> Sequence[Member]:
    """Return up to `limit` members of a network whose membership rests and whose name contains the words, by
    name. None where the words hold no letter."""
    return _by_name(db, _resting(network, words), limit)


def count_resting(db: Session, network: Network, words: str) -> int:
    """Return of how many members whose membership rests the name contains the words."""
    return db.scalar(_resting(network, words).with_only_columns(func.count())) or 0


def count_silent(db: Session, network: Network) -> int:
    """Return how many memberships in a network rest because nothing is heard from their people."""
    rests = Member.state == "resting", Member.silence.is_not(None)
    return db.scalar(select(func.count()).where(Member.network_id == network.id, *rests)) or 0


def _resting(network: Network, words: str) -> Select[Member]:
    rests = Member.network_id == network.id, Member.state == "resting"
    return select(Member).where(*rests, _name_contains(words))


def called(
    db: Session, network: Network, words: str, limit: int, *, without: Collection[int]
) -> Sequence[Member]:
    """Return up to `limit` members of a network who are called so; where nobody is, those whose name contains
    the words. Some people (by their ids) are left out."""
    others = Member.person_id.not_in(without)
    whole, part = _exactly(network, words), _called(network, words)
    return _by_name(db, whole.where(others), limit) or _by_name(db, part.where(others), limit)


def of_whole_name(db: Session, network: Network, words: str) -> Member | None:
    """Return the only member whose whole name the words are; None where there are several. None as well where
    they are a single word, or fit somebody whose membership rests: then others may be meant too."""
    if " " not in folded(words) or resting(db, network, words, 1):
        return None
    found = _by_name(db, _exactly(network, words), 2)
    return found[0] if len(found) == 1 else None


def _exactly(network: Network, words: str) -> Select[Member]:
    return _called(network).where(Member.folded == folded(words))


def _called(network: Network, words: str | None = None) -> Select[Member]:
    """Select members of a network, with `words` those whose name contains them: none where these hold no
    letter."""
    found = select(Member).where(Member.network_id == network.id, IS_ACTIVE)
    if words is None:
        return found
    return found.where(_name_contains(words))


def _name_contains(words: str) -> ColumnElement[bool]:
    return Member.folded.contains(wanted) if (wanted := folded(words)) else false()


def _by_name(db: Session, found: Select[Member], limit: int) -> Sequence[Member]:
    """Return the first of these members, with what tells two of one name apart."""
    with_them = joinedload(Member.person), selectinload(Member.topics)
    # Their numbers first: PostgreSQL would look at each row, where it takes names from an index alone.
    some = found.with_only_columns(Member.id).order_by(Member.folded, Member.id).limit(limit).subquery()
    first = select(Member).join(some, some.c.id == Member.id)
    return db.scalars(first.options(*with_them).order_by(Member.folded, Member.id)).all()
