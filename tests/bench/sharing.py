"""What members of a network in the bench have put together: things on a shelf, organisations, votes."""

from datetime import datetime, timedelta

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from db.directory import organisations
from db.models import Candidate, Member, Network, Person, Vote, VotePaper
from tests.bench import searching

EACH = 50
"""Members, of whom one has given something to the shelf, and one added an organisation."""
PAGE = 20
"""There are so many in each, also among few: what fills a page of a list costs as much in both."""
YEAR = timedelta(days=365)
OVER = 8
"""Votes that are over, one each quarter."""


def fill(db: Session, now: datetime) -> None:
    """Fill the first network, whose members are there. Its last vote goes on, and everybody may vote."""
    network, person = db.get_one(Network, 1), db.get_one(Person, 1)
    here = select(Member.id).where(Member.network_id == 1, Member.state == "active")
    members = db.scalars(here.order_by(Member.id)).all()
    given = max(len(members) // EACH, PAGE)
    searching.fill(db, network, given)
    for n in range(given):
        facts = {
            "name": f"Office {n}",
            "city": "Heidelberg",
            "phones": [f"+49 6221 {n:06}"],
            "topics": ["papers"],
        }
        organisations.add(db, network, facts, by=person, every=YEAR, now=now - YEAR / 2)
    for n in range(OVER + 1):
        ended = now - n * YEAR / 4
        vote = Vote(
            network_id=1, kind="election", opened_at=ended - timedelta(days=14), electorate=len(members)
        )
        vote.state = "failed" if n else "open"
        vote.closes_at, vote.ended_at = ended, ended if n else None
        db.add(vote)
        db.flush()
        if not n:
            stands = {"vote": vote, "sentence": "I have the time.", "stands_at": vote.opened_at}
            db.add_all(Candidate(member_id=each, **stands) for each in members[1:3])
            papers = here.add_columns(literal(vote.id))
            db.execute(insert(VotePaper).from_select(["member_id", "vote_id"], papers))
            chosen = {"choice": {"choice": str(members[1])}, "at": vote.opened_at}
            db.execute(update(VotePaper).where(VotePaper.member_id % 2 == 0).values(**chosen))
