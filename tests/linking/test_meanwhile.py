"""What happens between the day's two ends: two became one, something came, and they are taken apart again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from db import people, store
from db.engine import turns
from db.help import help_requests, relays
from db.linking import merging, undoing, unlinking
from db.models import HelpRequest, Member, MemberRole, Merge, Network, Person
from db.network import exclusions, members, networks, reports
from db.network.networks import Facts
from db.old import Old
from db.privacy import forgetting, mine, strangers

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def db(database: str) -> Iterator[Session]:
    with store.connected(database) as engine, turns.sessions(engine)() as session:
        yield session


class Two:
    """Ana on Telegram, and Ana M on Matrix; Bo is somebody else. All are in one network, and Ana M alone in
    another one."""

    def __init__(self, db: Session, role: MemberRole = "member", other_role: MemberRole = "deputy") -> None:
        self.db = db
        self.network, self.alone = (self._network(name) for name in ("Neckar", "Alster"))
        self.ana, self.other, self.bo = (
            people.meet(db, on, name, chat=name, name=name, language="en", now=NOW).person
            for name, on in (("Ana", "telegram"), ("Ana M", "matrix"), ("Bo", "telegram"))
        )
        self.member = self.joins(self.ana, self.network, role)
        self.place = self.joins(self.other, self.network, other_role)
        self.joins(self.bo, self.network)
        self.joins(self.other, self.alone)

    def _network(self, name: str) -> Network:
        facts = Facts(name, "", ["en"], "UTC", "", public=False)
        return networks.found(self.db, facts, confirmed=True, now=NOW)

    def joins(self, person: Person, network: Network, role: MemberRole = "member") -> Member:
        people.consent(person, NOW)
        return members.join(self.db, network, person, label="experienced", role=role, now=NOW)

    def asks(self, member: Member) -> HelpRequest:
        return help_requests.open_request(
            self.db, member, topic="papers", need="A form", anonymous=False, posting=None, now=LATER
        )

    def become_one(self) -> Merge:
        return merging.merge(self.db, self.ana, self.other, NOW)


def test_who_lost_a_role_meanwhile_does_not_get_it_back(db: Session) -> None:
    two = Two(db)
    merge = two.become_one()
    assert two.member.role == "deputy"
    members.give_role(two.member, "member")
    undoing.take_apart(db, merge)
    assert (two.member.role, two.place.role) == ("member", "member")


def test_a_role_that_stayed_goes_back(db: Session) -> None:
    two = Two(db)
    undoing.take_apart(db, two.become_one())
    assert (two.member.role, two.place.role) == ("member", "deputy")


def test_who_was_removed_meanwhile_stays_so_with_both(db: Session) -> None:
    two = Two(db)
    merge = two.become_one()
    members.end(db, two.member, state="removed", because="x", now=LATER)
    undoing.take_apart(db, merge)
    assert (two.member.state, two.place.state) == ("removed", "removed")
    assert two.place.ended_at == LATER


def test_what_came_meanwhile_stays_unless_it_belongs_to_what_goes_back(db: Session) -> None:
    two = Two(db)
    theirs = two.asks(two.place)
    merge = two.become_one()
    new = two.asks(two.member)
    about = [
        relays.open_relay(
            db,
            two.network,
            request_id=request.id,
            asker=two.ana,
            helper=two.bo,
            asker_named=True,
            now=LATER,
        )
        for request in (theirs, new)
    ]
    alone = members.of(db, two.alone, two.ana)
    assert alone is not None, "the place moved as it is"
    there = two.asks(alone)
    undoing.take_apart(db, merge)
    assert (theirs.asker_id, new.asker_id) == (two.place.id, two.member.id)
    assert [relay.asker_id for relay in about] == [two.other.id, two.ana.id]
    assert there.asker.person_id == two.other.id


def test_nobody_is_in_a_network_that_is_only_the_others(db: Session) -> None:
    two = Two(db)
    merge = two.become_one()
    two.ana.network_id = two.alone.id
    db.flush()
    undoing.take_apart(db, merge)
    assert (two.ana.network_id, two.other.network_id) == (two.network.id, two.alone.id)


def test_the_longer_break_and_the_older_consent_count(db: Session) -> None:
    two = Two(db)
    people.pause(db, two.ana, NOW + timedelta(days=2), NOW)
    people.pause(db, two.other, NOW + timedelta(days=9), NOW)
    two.other.consent_version = 1
    db.flush()
    merge = two.become_one()
    assert two.ana.paused_until == NOW + timedelta(days=9)
    assert two.ana.consent_version == 1
    undoing.take_apart(db, merge)
    assert two.ana.paused_until == NOW + timedelta(days=2)
    assert two.ana.consent_version == people.CONSENT


def test_who_is_kept_apart_from_one_is_kept_apart_from_both(db: Session) -> None:
    two = Two(db)
    exclusions.keep_apart(db, two.bo, two.other, named=True, now=NOW)
    merge = two.become_one()
    assert two.ana.id in exclusions.apart_from(db, two.bo.id)
    assert [they.name for _row, they in exclusions.of(db, two.bo)] == ["Ana"]
    undoing.take_apart(db, merge)
    assert exclusions.apart_from(db, two.bo.id) == {two.other.id}


def test_a_report_is_still_theirs(db: Session) -> None:
    two = Two(db)
    report = reports.send(
        db,
        two.network,
        "4F7K",
        category="other",
        naming="named",
        reporter=two.other,
        about=reports.signed(two.bo),
        said={},
        due_at=LATER,
        now=NOW,
    )
    two.become_one()
    assert reports.known(db, report.reporter) is two.ana
    assert reports.of(db, two.ana) == [report]
    assert reports.accused(db, two.network.id, two.ana) == {two.bo.id}


def test_who_is_forgotten_is_forgotten_as_who_they_were_as_well(db: Session) -> None:
    two = Two(db)
    two.become_one()
    both = [*people.besides(db, two.ana.id), two.ana.id]
    assert len(both) == 2
    assert "Ana M" in str([*mine.rows(db, two.ana.id)])
    forgetting.forget_at_once(db, both)
    assert [db.get(Person, each) for each in both] == [None, None]
    assert db.get(Merge, 1) is None


def test_who_somebody_was_is_no_stranger(db: Session) -> None:
    """A row without consent and without an account stays, as long as it can be undone."""
    two = Two(db)
    stranger = people.meet(db, "matrix", "new", chat="new", name="N", language=None, now=NOW).person
    merge = merging.merge(db, two.bo, stranger, NOW)
    strangers.forget_all(db, Old(NOW + timedelta(days=99), None, 50), [])
    assert undoing.take_apart(db, merge) is stranger


def test_an_account_that_is_taken_off_is_a_strangers(db: Session) -> None:
    two = Two(db)
    two.become_one()
    people.prefer(two.ana, "matrix")
    off = next(each for each in two.ana.identities if each.messenger == "matrix")
    anew = unlinking.take_off(db, off, NOW)
    assert people.reach(db, [two.ana.id])[two.ana.id].messenger == "telegram"
    assert two.ana.preferred is None
    assert anew.consent_at is None and not members.memberships(db, anew)


def test_where_somebody_is_written_to(db: Session) -> None:
    """On the messenger that they prefer, else where they last wrote; where that is out of reach, on the
    other one; and what goes by a certain messenger, there."""
    two = Two(db)
    two.become_one()
    telegram, matrix = sorted(two.ana.identities, key=lambda each: each.messenger, reverse=True)

    def where(via: str | None = None) -> str:
        db.flush()
        found = people.reach(db, [two.ana.id], via)[two.ana.id].messenger
        account = people.account(two.ana)
        assert via is not None or (account is not None and account.messenger == found), "one order for both"
        return found

    matrix.last_wrote_at = LATER
    assert where() == "matrix"
    people.prefer(two.ana, "telegram")
    assert where() == "telegram"
    assert where("matrix") == "matrix"
    people.left(db, telegram, LATER)
    assert where() == "matrix"


def test_who_became_one_a_moment_ago_is_reached_as_that_one(db: Session) -> None:
    """Somebody may have begun to write to them before, in another program."""
    two = Two(db)
    two.become_one()
    db.flush()
    assert people.reach(db, [two.other.id])[two.other.id].person_id == two.ana.id
