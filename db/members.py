"""Members of a network."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from db.models import Identity, Member, MemberTopic, Network, Person, PersonLanguage

COORDINATORS = ("meta_mentor", "deputy")
CONTACT_GRAIN = timedelta(hours=1)
"""How finely it is remembered when a human answered somebody."""
# Built once: putting a statement together costs more than running it.
IN_SEVERAL = (
    select(Member.person_id)
    .where(Member.person_id.in_(bindparam("people", expanding=True)), Member.state == "active")
    .group_by(Member.person_id)
    .having(func.count() > 1)
)


def of(db: Session, network: Network, person: Person) -> Member | None:
    """A person's membership in a network, ended ones too."""
    return db.scalar(select(Member).where(Member.network_id == network.id, Member.person_id == person.id))


def membership(db: Session, member_id: int) -> Member:
    """A membership that there is, with its network."""
    return db.get_one(Member, member_id, options=[joinedload(Member.network)])


def join(
    db: Session,
    network: Network,
    person: Person,
    *,
    label: str,
    role: str = "member",
    invitation_id: int | None = None,
    now: datetime,
) -> Member:
    """Make a person a member, or again one, and the network their active one."""
    member = of(db, network, person)
    if member is None:
        member = Member(network=network, person=person, label=label, joined_at=now)
        db.add(member)
    member.role, member.label, member.state = role, label, "active"
    member.invitation_id, member.joined_at = invitation_id, now
    member.ended_at = member.ended_because = None
    person.network_id = network.id
    db.flush()
    return member


def end(db: Session, member: Member, *, state: str, because: str | None, now: datetime) -> None:
    """End a membership: "left" or "removed". Another of theirs becomes the active one, if there is any."""
    member.state, member.ended_at, member.ended_because = state, now, because
    member.role = "member"
    db.flush()
    if member.person.network_id == member.network_id:
        others = memberships(db, member.person)
        member.person.network_id = others[0].network_id if others else None


def memberships(db: Session, person: Person) -> Sequence[Member]:
    """Where a person is a member, the latest first."""
    return db.scalars(
        select(Member)
        .where(Member.person_id == person.id, Member.state == "active")
        .order_by(Member.joined_at.desc(), Member.id.desc())
    ).all()


def is_one(db: Session, messenger: str, account: str) -> bool:
    """Whether an account is somebody's who is in a network."""
    found = db.scalar(
        select(Member.id)
        .join(Identity, Identity.person_id == Member.person_id)
        .where(Identity.messenger == messenger, Identity.account == account, Member.state == "active")
        .limit(1)
    )
    return found is not None


def in_several(db: Session, person_ids: Sequence[int]) -> set[int]:
    """Those of the people who are in more than one network."""
    return set(db.scalars(IN_SEVERAL, {"people": person_ids}))


def active(db: Session, network: Network) -> Sequence[Member]:
    """The members of a network, by name."""
    return db.scalars(
        select(Member)
        .join(Member.person)
        .options(contains_eager(Member.person))
        .where(Member.network_id == network.id, Member.state == "active")
        .order_by(func.lower(Person.name), Member.id)
    ).all()


def coordinators(db: Session, network_id: int) -> Sequence[Member]:
    """Meta-mentors, then deputies."""
    return db.scalars(
        select(Member)
        .where(Member.network_id == network_id, Member.state == "active", Member.role.in_(COORDINATORS))
        .order_by(Member.role.desc(), Member.id)
    ).all()


def needed(db: Session, member: Member) -> bool:
    """Whether a network with other members would be without a meta-mentor if this one went."""
    others = [other for other in active(db, member.network) if other.id != member.id]
    return (
        member.role == "meta_mentor" and bool(others) and all(other.role != "meta_mentor" for other in others)
    )


def in_contact(db: Session, network_id: int, person: Person, now: datetime) -> None:
    """The words of a human have reached a member."""
    db.connection().execute(
        update(Member)
        .where(
            Member.network_id == network_id,
            Member.person_id == person.id,
            or_(Member.last_contact_at.is_(None), Member.last_contact_at < now - CONTACT_GRAIN),
        )
        .values(last_contact_at=now)
    )


def find(db: Session, network: Network, words: str) -> Sequence[Member]:
    """Members whose name contains the words, by name."""
    wanted = words.casefold()
    return [member for member in active(db, network) if wanted in member.person.name.casefold()]


def set_topics(db: Session, member: Member, topics: Iterable[str]) -> None:
    """What a member can help with."""
    member.topics = []
    db.flush()
    member.topics = [MemberTopic(topic=topic) for topic in topics]


def set_languages(db: Session, person: Person, languages: Iterable[str]) -> None:
    """In which languages a person can help."""
    person.languages = []
    db.flush()
    person.languages = [PersonLanguage(language=language) for language in languages]
