"""Votes: how they begin and end, and who stands in them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from db import people
from db.models import Candidate, Member, Network, Vote, VoteKind, VoteState
from db.network import members
from db.old import Forgotten, Old

GOING_ON: tuple[VoteState, ...] = ("standing", "open", "counting", "tied")
STANDS_AFTER = timedelta(days=60)
"""Who has been here for so long may stand."""
QUORUM, QUORUM_OF_RECALL, CONCERNS = 30, 50, 20
"""Percent: of those who may vote so many have to, and fewer of them have a serious concern."""
FEWEST = 3


def in_network(db: Session, network_id: int) -> Vote | None:
    """Return the vote that goes on in a network; None for none."""
    return db.scalar(select(Vote).where(Vote.network_id == network_id, Vote.state.in_(GOING_ON)))


def begin(db: Session, network: Network, kind: VoteKind, now: datetime) -> Vote:
    """Begin a vote: people can stand for it."""
    made = Vote(network_id=network.id, kind=kind, state="standing", opened_at=now, counts={})
    db.add(made)
    db.flush()
    return made


def turn(vote: Vote, state: VoteState) -> None:
    """Note how a vote stands now."""
    vote.state = state


def open_until(vote: Vote, closes_at: datetime) -> None:
    """Let members vote until then."""
    vote.state, vote.closes_at = "open", closes_at


def end(vote: Vote, state: VoteState, now: datetime, *, seed: int | None = None) -> None:
    """Note how a vote ended; `seed` is by which the lot was drawn."""
    vote.state, vote.ended_at, vote.seed = state, now, seed


def appoint(vote: Vote, member: Member | None) -> None:
    """Keep who is asked to coordinate for some time, where a vote has failed."""
    vote.appointed_id = member.id if member is not None else None


def last_recall(db: Session, member: Member) -> Vote | None:
    """Return the vote in which the members were last asked about a meta-mentor; None where they never
    were."""
    about = select(Vote).join(Candidate).where(Vote.kind == "recall", Candidate.member_id == member.id)
    return db.scalar(about.order_by(Vote.id.desc()).limit(1))


# --- candidates ------------------------------------------------------------------------------------


def may_stand(db: Session, member: Member, now: datetime) -> bool:
    """Whether a member has been here for long enough, and was removed nowhere else."""
    elsewhere = select(Member.id).where(Member.person_id == member.person_id, Member.state == "removed")
    return member.came_at <= now - STANDS_AFTER and db.scalar(elsewhere.limit(1)) is None


def candidate(db: Session, vote: Vote, member: Member) -> Candidate | None:
    """Return a member as one who stands, was suggested, or has withdrawn; None for anybody else."""
    here = Candidate.vote_id == vote.id, Candidate.member_id == member.id
    return db.scalar(select(Candidate).where(*here))


def suggest(db: Session, vote: Vote, member: Member) -> Candidate:
    """Add a member who is asked whether they would stand."""
    made = Candidate(vote_id=vote.id, member_id=member.id)
    db.add(made)
    db.flush()
    return made


def stand(db: Session, vote: Vote, member: Member, sentence: str, now: datetime) -> Candidate:
    """Let a member stand, with a sentence of theirs."""
    each = candidate(db, vote, member) or suggest(db, vote, member)
    each.sentence, each.stands_at, each.withdrawn_at = sentence, now, None
    db.flush()
    return each


def withdraw(each: Candidate, now: datetime) -> None:
    """Let a candidate stand no longer."""
    each.withdrawn_at = now


def say_together(each: Candidate, together: bool) -> None:
    """Keep whether a candidate would share the role."""
    each.together = together


def standing(db: Session, vote: Vote) -> Sequence[Candidate]:
    """Return those who stand and are members now, the first to do so first."""
    found = (
        select(Candidate)
        .join(Candidate.member)
        .where(
            Candidate.vote_id == vote.id,
            Candidate.stands_at.is_not(None),
            Candidate.withdrawn_at.is_(None),
            members.IS_ACTIVE,
        )
        .options(joinedload(Candidate.member).joinedload(Member.person))
    )
    return db.scalars(found.order_by(Candidate.stands_at, Candidate.id)).all()


def as_of_today(db: Session, vote: Vote) -> Mapping[str, int]:
    """Return, for each who ever stood in a vote (by id, as a choice), who that is today (by id): two who have
    become one are one candidate."""
    all_ = db.scalars(
        select(Candidate).where(Candidate.vote_id == vote.id).options(joinedload(Candidate.member))
    ).all()
    by_person = {each.member.person_id: each.id for each in all_}
    merged = people.merged_into(db, [*by_person])
    today = {each.id: merged.get(each.member.person_id, each.member.person_id) for each in all_}
    return {str(own): by_person.get(person, own) for own, person in today.items()}


def forget(db: Session, old: Old) -> Forgotten:
    """Delete votes that ended too long ago, with who stood in them."""
    return old.forget(db, delete(Vote), Vote.ended_at, Vote.id)


# --- the result ------------------------------------------------------------------------------------


def voted(vote: Vote) -> int:
    """Return how many have voted."""
    return int(sum(vote.counts.values()))


def has_quorum(vote: Vote) -> bool:
    """Whether enough have voted, and few enough of them have a serious concern."""
    return _enough(vote, QUORUM) and _few_concerns(vote)


def _enough(vote: Vote, percent: int) -> bool:
    return voted(vote) >= FEWEST and voted(vote) * 100 >= vote.electorate * percent


def _few_concerns(vote: Vote) -> bool:
    return bool(vote.counts.get("concern", 0) * 100 < voted(vote) * CONCERNS)


def goes_on(vote: Vote) -> bool:
    """Whether somebody goes on coordinating of whom the members were asked: where too few have voted, or as
    many for them as against, with few concerns."""
    if not _enough(vote, QUORUM_OF_RECALL):
        return True
    against = vote.counts.get("no", 0) + vote.counts.get("concern", 0)
    return bool(vote.counts.get("yes", 0) >= against) and _few_concerns(vote)


def first(db: Session, vote: Vote) -> list[Candidate]:
    """Return the candidates with the most votes; none where nobody is chosen. Of one who stands alone more
    have to say yes than no."""
    there, counts = standing(db, vote), vote.counts
    today, sums = as_of_today(db, vote), dict.fromkeys((each.id for each in there), 0)
    for choice, many in counts.items():
        if (whose := today.get(choice)) in sums:
            sums[whose] += many
    most, anybody = max(sums.values(), default=0), counts.get("any", 0)
    if len(there) == 1:
        return [*there] if most + anybody + counts.get("yes", 0) > counts.get("no", 0) else []
    return [each for each in there if most + anybody > 0 and sums[each.id] == most]
