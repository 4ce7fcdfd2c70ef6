"""Who is asked whether an entry is still right: whoever added it, whom it has helped, who lives near, and at
last those who coordinate; nobody more than a few times a month."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, false, func, select, union_all, update
from sqlalchemy.orm import Session

from db.bulk import batches
from db.directory.organisations import LISTED
from db.models import Member, Organisation, OrganisationWord, Person
from db.models.indexed import folded
from db.old import Forgotten, Old

MOST, MONTH = 3, timedelta(days=30)
"""How often somebody is asked about an entry within so many days."""
PATIENCE = timedelta(days=21)
"""After which silence the next one is asked."""
LATER = timedelta(days=7)
"""When it is looked again where all who could say it have been asked enough."""
REST = timedelta(days=90)
"""When everybody is asked anew where nobody could say it."""
NEAR = 20
"""People of a place who are thought of."""
ASKED = ("asked", "right", "changed", "gone", "unknown")
"""What those have said who were asked."""


def next_at(db: Session, network_id: int) -> datetime | None:
    """Return when somebody is next to be asked about an entry of a network; None for never."""
    waiting = select(func.min(Organisation.check_at)).where(Organisation.network_id == network_id, LISTED)
    return db.scalar(waiting)


def due(db: Session, network_id: int, now: datetime, limit: int) -> Sequence[Organisation]:
    """Return up to `limit` entries about which somebody is to be asked now, the longest due first."""
    waiting = select(Organisation).where(
        Organisation.network_id == network_id, LISTED, Organisation.check_at <= now
    )
    return db.scalars(waiting.order_by(Organisation.check_at, Organisation.id).limit(limit)).all()


def to_be_asked(
    db: Session, network_id: int, entries: Sequence[Organisation], coordinators: Sequence[int]
) -> Mapping[int, list[Person]]:
    """Return for each entry (by id) the members who can be asked about it, in order, without those who were
    asked since it was last right."""
    ids = [each.id for each in entries]
    said = db.execute(
        select(OrganisationWord.organisation_id, OrganisationWord.person_id, OrganisationWord.says)
        .where(OrganisationWord.organisation_id.in_(ids), OrganisationWord.settled == false())
        .order_by(OrganisationWord.id.desc())
    ).all()
    there = _near(db, network_id, {each.city for each in entries if each.city})
    found: dict[int, list[int]] = {}
    for each in entries:
        theirs = [row for row in said if row[0] == each.id]
        was_asked = {row[1] for row in theirs if row[2] in ASKED}
        helped = [row[1] for row in theirs if row[2] == "helped"]
        giver = [each.added_by_id] if each.added_by_id is not None else []
        order = dict.fromkeys((*giver, *helped, *there[folded(each.city)], *coordinators))
        found[each.id] = [person for person in order if person not in was_asked]
    everybody = {person for order in found.values() for person in order}
    here = _members(db, network_id, everybody)
    return {entry: [here[person] for person in order if person in here] for entry, order in found.items()}


def _near(db: Session, network_id: int, cities: Collection[str]) -> Mapping[str, list[int]]:
    """Return some members who live in each of these places, by its folded name."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    ways = [
        select(Person.id, Person.place)
        .join(Member, Member.person_id == Person.id)
        .where(
            Person.place.in_(sorted({city, city.lower(), city.title(), city.upper()})),
            Member.network_id == network_id,
            Member.state == "active",
        )
        .order_by(Person.id)
        .limit(NEAR)
        .subquery()
        for city in sorted(cities)
    ]
    for row in db.execute(union_all(*(select(way) for way in ways))) if ways else ():
        found[folded(row[1] or "")].append(row[0])
    return found


def _members(db: Session, network_id: int, person_ids: Collection[int]) -> Mapping[int, Person]:
    here: dict[int, Person] = {}
    for some in batches(sorted(person_ids)):
        in_it = Member.network_id == network_id, Member.state == "active", Member.person_id.in_(some)
        found = db.scalars(select(Person).join(Member, Member.person_id == Person.id).where(*in_it))
        here |= {each.id: each for each in found}
    return here


def asked_lately(db: Session, person_ids: Collection[int], now: datetime) -> Counter[int]:
    """Return how often each of these people was asked within a month, in all networks."""
    found: Counter[int] = Counter()
    for some in batches(sorted(person_ids)):
        counted = (
            select(OrganisationWord.person_id, func.count())
            .where(
                OrganisationWord.person_id.in_(some),
                OrganisationWord.at > now - MONTH,
                OrganisationWord.says.in_(("asked", "unknown")),
            )
            .group_by(OrganisationWord.person_id)
        )
        found.update({row[0]: row[1] for row in db.execute(counted)})
    return found


def ask(db: Session, organisation: Organisation, person_id: int, at: datetime) -> OrganisationWord:
    """Note that somebody is asked about an entry then; where they are silent, the next one is."""
    word = OrganisationWord(organisation_id=organisation.id, person_id=person_id, says="asked", at=at)
    db.add(word)
    organisation.check_at = at + PATIENCE
    return word


def look_later(organisation: Organisation, now: datetime) -> None:
    """Look again a little later: those who could say it have been asked enough."""
    organisation.check_at = now + LATER


def begin_anew(db: Session, organisation: Organisation, now: datetime) -> None:
    """Let everybody be asked anew after a while: nobody could say it."""
    organisation.check_at = now + REST
    those = OrganisationWord.organisation_id == organisation.id, OrganisationWord.says.in_(ASKED)
    db.execute(update(OrganisationWord).where(*those).values(settled=True))


def does_not_know(organisation: Organisation, word: OrganisationWord, now: datetime) -> None:
    """Note that somebody does not know it: the next one is asked."""
    word.says, organisation.check_at = "unknown", now


def open_word(db: Session, organisation: Organisation, person: Person) -> OrganisationWord | None:
    """Return the question about an entry that somebody has not answered; None where there is none, or they
    could not say it."""
    asked = select(OrganisationWord).where(
        OrganisationWord.organisation_id == organisation.id,
        OrganisationWord.person_id == person.id,
        OrganisationWord.says.in_(("asked", "unknown")),
        OrganisationWord.settled == false(),
    )
    return db.scalar(asked.order_by(OrganisationWord.id.desc()).limit(1))


def word(db: Session, word_id: int) -> OrganisationWord | None:
    """Return a question about an entry, with its person."""
    return db.get(OrganisationWord, word_id)


def forget(db: Session, old: Old) -> Forgotten:
    """Delete what was said of entries too long ago."""
    return old.forget(db, delete(OrganisationWord), OrganisationWord.at, OrganisationWord.id)
