"""Who is asked for help next: those who fit, the best first."""

import random
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from db import people
from db.engine import turns
from db.help import candidates, help_requests
from db.models import Asked, HelpRequest, Member, MemberTopic, Network, PersonLanguage
from db.network import exclusions

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
TOPIC, OTHER = "papers", "work"
MEMBERS = 120


def somebody(db: Session, network: Network, number: int, dice: random.Random) -> Member:
    """A member who knows, speaks, helps and was asked whatever the dice say."""
    identity = people.meet(
        db, "telegram", f"p{number}", chat=f"p{number}", name="Ana", language=None, now=NOW
    )
    person = identity.person
    person.place = dice.choice([None, "Mannheim", "Ulm"])
    spoken = dice.sample(["ar", "de", "fa"], dice.randrange(3))
    person.languages = [PersonLanguage(language=each) for each in spoken]
    person.load = dice.randrange(3)
    member = Member(network=network, person=person, label="experienced", joined_at=NOW)
    member.topics = [MemberTopic(topic=each) for each in dice.sample([TOPIC, OTHER], dice.randrange(3))]
    member.last_asked_at = dice.choice([None, NOW - timedelta(days=dice.randrange(4))])
    db.add(member)
    db.flush()
    return member


def help_another(db: Session, asker: Member, member: Member) -> None:
    another = help_requests.open_request(db, asker, topic=TOPIC, need="", anonymous=False, now=NOW)
    assert help_requests.take(db, another, member, NOW)


def order(asker: Member, member: Member, helping: Collection[Member]) -> tuple[object, ...]:
    """What is compared, the smaller the better."""
    wanted, spoken = ({row.language for row in each.person.languages} for each in (asker, member))
    language = 0 if not wanted or wanted & spoken else 1 if not spoken else 2
    near = asker.person.place in (None, member.person.place)
    named = [row.topic for row in member.topics]
    topic = 0 if TOPIC in named else 1 if not named else 2
    return (topic, language, not near, member in helping, *unasked(member))


def unasked(member: Member) -> tuple[object, ...]:
    return (member.last_asked_at is not None, member.last_asked_at or NOW, member.id)


@pytest.mark.parametrize("compared", [MEMBERS, 9], ids=["all", "a few"])
def test_the_best_is_asked_first(database: str, compared: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "COMPARED", compared)
    dice = random.Random(5)
    with turns.opened(database) as sessions, sessions() as db:
        network = Network(name="Neckar Mentors", time_zone="Europe/Berlin", founded_at=NOW)
        crowd = [somebody(db, network, number, dice) for number in range(MEMBERS)]
        helping = [member for member in crowd[::2] if member.person.load > 1]
        for member in helping:
            help_another(db, crowd[1], member)
        for asker in crowd[:20]:
            request = help_requests.open_request(db, asker, topic=TOPIC, need="", anonymous=False, now=NOW)
            fits = [each for each in crowd if each is not asker and each.person.load]
            knowing = [each for each in fits if TOPIC in [row.topic for row in each.topics]]
            others = [each for each in fits if each not in knowing]
            seen = [each for side in (knowing, others) for each in sorted(side, key=unasked)[:compared]]
            expected = sorted(seen, key=lambda member: order(asker, member, helping))
            found = candidates.fitting(db, request, NOW, 50)
            assert [each.id for each in found] == [each.id for each in expected[:50]]


def pauses(db: Session, _request: HelpRequest, member: Member) -> None:
    member.person.paused_at, member.person.paused_until = NOW, NOW + timedelta(days=1)


def is_gone(db: Session, _request: HelpRequest, member: Member) -> None:
    people.left(db, member.person.identities[0], NOW)


def was_asked(db: Session, request: HelpRequest, member: Member) -> None:
    db.add(Asked(request_id=request.id, member_id=member.id, at=NOW))


def keeps_away(db: Session, request: HelpRequest, member: Member) -> None:
    exclusions.keep_apart(db, member.person, request.asker.person, named=False, now=NOW)


def is_kept_away(db: Session, request: HelpRequest, member: Member) -> None:
    exclusions.keep_apart(db, request.asker.person, member.person, named=True, now=NOW)


def helps_already(db: Session, request: HelpRequest, member: Member) -> None:
    help_another(db, request.asker, member)


def has_left(db: Session, _request: HelpRequest, member: Member) -> None:
    member.state = "left"


@pytest.mark.parametrize(
    "happens", [pauses, is_gone, was_asked, keeps_away, is_kept_away, helps_already, has_left]
)
def test_who_cannot_help_is_passed_over(
    database: str, happens: Callable[[Session, HelpRequest, Member], None]
) -> None:
    dice = random.Random(5)
    with turns.opened(database) as sessions, sessions() as db:
        network = Network(name="Neckar Mentors", time_zone="Europe/Berlin", founded_at=NOW)
        asker, first, second = (somebody(db, network, number, dice) for number in range(3))
        first.person.load = second.person.load = 1
        request = help_requests.open_request(db, asker, topic=TOPIC, need="", anonymous=False, now=NOW)
        assert {each.id for each in candidates.fitting(db, request, NOW, 50)} == {first.id, second.id}
        happens(db, request, first)
        db.flush()
        assert [each.id for each in candidates.fitting(db, request, NOW, 50)] == [second.id]
