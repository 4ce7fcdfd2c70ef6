"""Votes, whatever the members do meanwhile: they come and go, are removed, rest, are forgotten, come back,
and become one with another account. Who may vote is fixed with the first letter, nobody votes twice, the
count is true, and the papers go."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db import store
from db.electing import papers, votes
from db.engine import turns
from db.linking import merges, merging, undoing
from db.models import EndState, Member, Network, Person, Vote, VotePaper
from db.network import members, networks
from db.network.networks import Facts
from db.old import Old

BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
OPENED = BEGIN + timedelta(days=40)
CHOICES = ("yes", "no", "concern", "any")


@pytest.fixture
def db(database: str) -> Iterator[Session]:
    with store.connected(database) as engine, turns.sessions(engine)() as session:
        yield session


class Life:
    """A network in which a vote goes on, and what is true of it: `people` are all who live, `chose` is what
    each of those who may vote has chosen last (None: nothing so far)."""

    def __init__(self, db: Session, seed: int) -> None:
        self.db, self.rng, self.now = db, random.Random(seed), OPENED
        facts = Facts(f"Network {seed}", "", ["en"], "UTC", "", public=False)
        self.network = networks.found(db, facts, confirmed=True, now=BEGIN)
        self.people = [self._comes(BEGIN) for _ in range(self.rng.randint(3, 9))]
        self.late = [self._comes(OPENED - timedelta(days=1)) for _ in range(self.rng.randint(0, 3))]
        self.vote = votes.begin(db, self.network, "election", OPENED)
        votes.open_until(self.vote, OPENED + timedelta(days=7))
        place: int | None = 0
        while place is not None:
            _voters, place = papers.make(db, self.vote, place, 3, OPENED)
        self.chose: dict[int, str | None] = {each.id: None for each in self.people}
        self.size = len(self.chose)
        self.people += self.late

    def _comes(self, at: datetime) -> Person:
        person = Person(name="Ana", created_at=at, consent_at=at, consent_version=2)
        self.db.add(person)
        self.db.flush()
        members.join(self.db, self.network, person, label="graduate", now=at)
        return person

    def member(self, person: Person) -> Member | None:
        return members.of(self.db, self.network, person)

    # --- what happens ------------------------------------------------------------------------------

    def joins(self) -> None:
        self.people.append(self._comes(self.now))

    def votes(self) -> None:
        person = self.rng.choice(self.people)
        member = self.member(person)
        if member is None or member.state != "active":
            return
        paper = papers.of(self.db, self.vote, member)
        assert (paper is not None) == (person.id in self.chose)
        if paper is not None:
            choice = self.rng.choice(CHOICES)
            papers.choose(paper, choice, self.now)
            self.chose[person.id] = choice

    def leaves(self) -> None:
        member = self.member(self.rng.choice(self.people))
        if member is not None and member.state == "active":
            state: EndState = self.rng.choice(("left", "removed"))
            members.end(self.db, member, state=state, because=None, now=self.now)

    def rests(self) -> None:
        member = self.member(self.rng.choice(self.people))
        if member is not None and member.state == "active":
            members.rest(self.db, member)
        elif member is not None and member.state == "resting":
            members.end_rest(member)

    def comes_back(self) -> None:
        person = self.rng.choice(self.people)
        member = self.member(person)
        if member is None or member.ended_at is not None:
            members.join(self.db, self.network, person, label="graduate", now=self.now)

    def is_forgotten(self) -> None:
        if len(self.people) > 2:
            person = self.people.pop(self.rng.randrange(len(self.people)))
            self.chose.pop(person.id, None)
            self.db.flush()
            self.db.execute(delete(Person).where(Person.id == person.id))
            self.db.expire_all()

    def become_one(self) -> None:
        if len(self.people) < 2:
            return
        one, other = self.rng.sample(self.people, 2)
        if merges.hindrance(self.db, one, other) is not None:
            return
        had = dict(self.chose)
        merge = merging.merge(self.db, one, other, self.now)
        if self.rng.random() < 0.3:
            undoing.take_apart(self.db, merge)
            assert self.chose == had
            return
        self.people.remove(other)
        if other.id in self.chose:
            theirs = self.chose.pop(other.id)
            self.chose[one.id] = self.chose.get(one.id) or theirs

    # --- what has to be true -----------------------------------------------------------------------

    def look(self) -> None:
        """Nobody has got a paper, and nobody alive has two."""
        theirs = select(VotePaper.member_id).where(VotePaper.vote_id == self.vote.id)
        here = Member.id.in_(theirs), Member.state != "merged"
        owners = self.db.scalars(select(Member.person_id).where(*here)).all()
        assert sorted(owners) == sorted(self.chose)
        assert self.vote.electorate == self.size

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self.now += timedelta(hours=1)
            weighed = {self.votes: 9, self.joins: 2, self.leaves: 2, self.rests: 2, self.comes_back: 3}
            weighed |= {self.is_forgotten: 2, self.become_one: 1}
            self.rng.choices([*weighed], [*weighed.values()])[0]()
            self.db.flush()
            self.look()

    def count(self) -> None:
        """Whatever happened, what was voted last is what is counted, once."""
        votes.turn(self.vote, "counting")
        place: int | None = 0
        while place is not None:
            place = papers.count(self.db, self.vote, place, self.rng.randint(1, 5))
        assert self.vote.counts == dict(Counter(each for each in self.chose.values() if each is not None))
        assert votes.voted(self.vote) <= self.size
        votes.end(self.vote, "failed", self.now)
        self.db.flush()

    def papers_go(self) -> None:
        """Only after their time, all of them, and the counts stay."""
        counts, left = self.vote.counts, self.papers_left()
        for days, there in ((13, left), (15, 0)):
            before = self.now + timedelta(days=days - 14)
            place, is_all = None, False
            while not is_all:
                gone = papers.forget(self.db, Old(before, place, 4))
                place, is_all = gone.place, gone.all
            assert self.papers_left() == there
        self.db.expire_all()
        assert self.db.get_one(Vote, self.vote.id).counts == counts

    def papers_left(self) -> int:
        mine = select(func.count()).where(VotePaper.vote_id == self.vote.id)
        return self.db.scalar(mine) or 0


@pytest.mark.parametrize("many", [pytest.param(50, id="50"), pytest.param(10_000, marks=pytest.mark.soak)])
def test_whatever_happens_the_vote_is_true(db: Session, many: int) -> None:
    seed = random.randrange(10**6)
    for each in range(many):
        life = Life(db, seed + each)
        try:
            life.live(12)
            life.count()
            life.papers_go()
        except AssertionError as error:
            raise AssertionError(f"the sequence with the seed {seed + each}: {error}") from error
        db.execute(delete(Network).where(Network.id == life.network.id))
        db.commit()
