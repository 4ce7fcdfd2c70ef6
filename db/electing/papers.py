"""Papers of a vote: they are made for all who may vote, before the first votes; nobody gets one later."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from db.models import Member, Vote, VotePaper
from db.network import members
from db.old import Forgotten, Old

VOTES_AFTER = timedelta(days=30)
"""Who has been here for so long may vote: accounts that are made for a vote do not tilt it."""


def make(db: Session, vote: Vote, after: int, most: int, now: datetime) -> tuple[Sequence[int], int | None]:
    """Make papers for the next members who may vote, of those that come after a member (by id). Return their
    people (by id), and after which member to go on; None where these were all."""
    since = func.coalesce(Member.here_since, Member.joined_at)
    here = Member.network_id == vote.network_id, members.IS_ACTIVE, Member.id > after
    page = db.execute(
        select(Member.id, Member.person_id, (since <= now - VOTES_AFTER).label("may"))
        .where(*here)
        .order_by(Member.id)
        .limit(most)
    ).all()
    voters = [row for row in page if row.may]
    if voters:
        rows = [{"vote_id": vote.id, "member_id": row.id} for row in voters]
        db.connection().execute(insert(VotePaper), rows)
        vote.electorate += len(voters)
    db.flush()
    return [row.person_id for row in voters], page[-1].id if len(page) == most else None


def of(db: Session, vote: Vote, member: Member) -> VotePaper | None:
    """Return the paper of a member; None where they may not vote."""
    mine = VotePaper.vote_id == vote.id, VotePaper.member_id == member.id
    return db.scalar(select(VotePaper).where(*mine))


def choose(paper: VotePaper, choice: str, now: datetime) -> None:
    """Keep what somebody votes, in the place of what they chose before."""
    paper.choice, paper.at = {"choice": choice}, now


def count(db: Session, vote: Vote, after: int, most: int) -> int | None:
    """Count the next papers, of those that come after one (by id). Return after which to go on; None where
    these were all. Of two who have become one, one paper counts."""
    page = db.execute(
        select(VotePaper.id, VotePaper.choice, Member.state)
        .join(Member, Member.id == VotePaper.member_id)
        .where(VotePaper.vote_id == vote.id, VotePaper.id > after)
        .order_by(VotePaper.id)
        .limit(most)
    ).all()
    found = Counter(row.choice["choice"] for row in page if row.choice and row.state != "merged")
    vote.counts = dict(Counter(vote.counts) + found)
    db.flush()
    return int(page[-1].id) if len(page) == most else None


def forget(db: Session, old: Old) -> Forgotten:
    """Delete the papers of votes that ended too long ago; what was counted stays."""
    rows = old.rows(db, Vote.ended_at, VotePaper.id, where=(VotePaper.vote_id == Vote.id,))
    if rows:
        these = VotePaper.id.in_([row.key for row in rows])
        db.connection().execute(delete(VotePaper).where(these))
    return old.forgotten(len(rows), rows)
