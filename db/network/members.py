"""Members of a network."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, contains_eager, joinedload

from db.models import (
    EndState,
    Identity,
    Label,
    Member,
    MemberRole,
    MemberTopic,
    Network,
    Person,
    PersonLanguage,
)
from db.network.exclusions import are_apart
from db.old import Forgotten, Old

COORDINATORS: tuple[MemberRole, ...] = ("meta_mentor", "deputy")
IS_ACTIVE = Member.state == "active"
COORDINATES = Member.role.in_(COORDINATORS)
HAS_NAME = Member.folded >= ""
IS_SOMEBODY = Member.person_id > 0
"""True of everybody: said where very many are counted, so that SQLite reads the index of their names, or of
who is there, only."""
MONDAY, NEVER = 0, -1
SHORT = timedelta(days=60)
"""Whoever was away for no longer than this is no newcomer when they come back."""
CONTACT_GRAIN = timedelta(hours=1)
"""How finely it is remembered when a human answered somebody."""
# Built once: putting a statement together costs more than running it.
IN_CONTACT = (
    update(Member)
    .where(
        Member.network_id == bindparam("network"),
        Member.person_id == bindparam("person"),
        or_(Member.last_contact_at.is_(None), Member.last_contact_at < bindparam("earlier")),
    )
    .values(last_contact_at=bindparam("now"))
)
IN_SEVERAL = (
    select(Member.person_id)
    .where(Member.person_id.in_(bindparam("people", expanding=True)), Member.state == "active")
    .group_by(Member.person_id)
    .having(func.count() > 1)
)
COORDINATORS_OF = (
    select(Member)
    .where(Member.network_id == bindparam("network"), Member.state == "active", COORDINATES)
    .options(joinedload(Member.person))
    .order_by(Member.role.desc(), Member.id)
)
ALL_COORDINATORS = (
    select(Member)
    .where(Member.state == "active", COORDINATES)
    .options(joinedload(Member.network), joinedload(Member.person))
)


def of(db: Session, network: Network, person: Person) -> Member | None:
    """Return a person's membership in a network, an ended one too."""
    return db.scalar(select(Member).where(Member.network_id == network.id, Member.person_id == person.id))


def latest(db: Session, person: Person) -> Member | None:
    """Return the membership of a person that began last, an ended one too."""
    mine = select(Member).where(Member.person_id == person.id)
    return db.scalar(mine.order_by(Member.joined_at.desc(), Member.id.desc()).limit(1))


def membership(db: Session, member_id: int) -> Member:
    """Return a membership that exists, with its network."""
    return db.get_one(Member, member_id, options=[joinedload(Member.network)])


def join(
    db: Session,
    network: Network,
    person: Person,
    *,
    label: Label,
    role: MemberRole = "member",
    invitation_id: int | None = None,
    turn_to: bool = True,
    now: datetime,
) -> Member:
    """Make a person a member, or a member again, and the network their active one: without `turn_to` only
    where they have none."""
    member = of(db, network, person)
    if member is None:
        member = Member(network=network, person=person, label=label, joined_at=now)
        db.add(member)
    was_away = member.ended_at is not None and now - member.ended_at <= SHORT
    member.here_since = member.came_at if was_away else None
    member.role, member.role_until = role, None
    member.label, member.state = label, "active"
    member.silence = member.silence_at = None
    member.invitation_id, member.joined_at = invitation_id, now
    member.ended_at = member.ended_because = None
    if turn_to or person.network_id is None:
        person.network_id = network.id
    db.flush()
    return member


def end(db: Session, member: Member, *, state: EndState, because: str | None, now: datetime) -> None:
    """End a membership. Another network of theirs becomes the active one, if there is any."""
    member.state, member.ended_at, member.ended_because = state, now, because
    give_role(member, "member")
    db.flush()
    _leave_active(db, member)


def rest(db: Session, member: Member) -> None:
    """Let a membership rest: nothing of it works, and its role waits. Another network of theirs becomes the
    active one, if there is any."""
    member.state = "resting"
    db.flush()
    _leave_active(db, member)


def end_rest(member: Member) -> None:
    """Let a membership that rests go on as it was."""
    member.state = "active"
    if member.person.network_id is None:
        member.person.network_id = member.network_id


def resting(db: Session, person_id: int, network_id: int | None = None) -> Member | None:
    """Return a membership of a person that rests, in this network or in any; None for none."""
    rests = select(Member).where(Member.person_id == person_id, Member.state == "resting")
    if network_id is not None:
        rests = rests.where(Member.network_id == network_id)
    return db.scalar(rests.options(joinedload(Member.network)).order_by(Member.id).limit(1))


def _leave_active(db: Session, member: Member) -> None:
    if member.person.network_id == member.network_id:
        others = memberships(db, member.person)
        member.person.network_id = others[0].network_id if others else None


def explain(member: Member, because: str) -> None:
    """Keep why somebody left, in their own words or one of the reasons that are offered."""
    member.ended_because = because


def forget_reasons(db: Session, old: Old) -> Forgotten:
    """Delete why memberships ended that ended too long ago."""
    how = update(Member).values(ended_because=None)
    return old.forget(db, how, Member.ended_at, Member.id, Member.ended_because.is_not(None))


def memberships(db: Session, person: Person) -> Sequence[Member]:
    """Return where a person is a member, the latest first."""
    return db.scalars(
        select(Member)
        .where(Member.person_id == person.id, Member.state == "active")
        .order_by(Member.joined_at.desc(), Member.id.desc())
    ).all()


def is_one(db: Session, messenger: str, account: str) -> bool:
    """Whether an account belongs to a member of any network."""
    found = db.scalar(
        select(Member.id)
        .join(Identity, Identity.person_id == Member.person_id)
        .where(Identity.messenger == messenger, Identity.account == account, Member.state == "active")
        .limit(1)
    )
    return found is not None


def in_several(db: Session, person_ids: Sequence[int]) -> set[int]:
    """Return those of the people who are in more than one network."""
    return set(db.scalars(IN_SEVERAL, {"people": person_ids}))


def is_alone(db: Session, member: Member) -> bool:
    """Whether a member is the only one in their network."""
    others = Member.network_id == member.network_id, IS_ACTIVE, Member.id != member.id
    return not db.scalar(select(exists().where(*others)))


def coordinators(db: Session, network_id: int) -> Sequence[Member]:
    """Return those who coordinate a network: meta-mentors, then deputies."""
    return db.scalars(COORDINATORS_OF, {"network": network_id}).all()


def all_coordinators(db: Session) -> Sequence[Member]:
    """Return those who coordinate a network, of all networks."""
    # Sorted here: in order of its numbers, SQLite would read the whole table.
    return sorted(db.scalars(ALL_COORDINATORS), key=lambda member: member.id)


def morning(member: Member) -> int:
    """Return on which weekday a member hears in the morning who waits; NEVER for none."""
    if member.morning is not None:
        return member.morning
    return MONDAY if member.role == "meta_mentor" else NEVER


def set_morning(member: Member, weekday: int) -> None:
    """Keep on which weekday a member hears in the morning who waits, or that it is NEVER."""
    member.morning = weekday


def within_reach(network_id: int, now: datetime, *, since: datetime | None = None) -> Select[Member]:
    """Select members who can be written to, or could be `since` then, and have not asked for a pause."""
    return (
        select(Member)
        .join(Member.person)
        .where(
            Member.network_id == network_id,
            IS_ACTIVE,
            exists().where(
                Identity.person_id == Person.id, Identity.reachable | (Identity.left_at > (since or now))
            ),
            or_(Person.paused_at.is_(None), Person.paused_until <= now),
        )
    )


def others_within_reach(
    db: Session, member: Member, now: datetime, limit: int, *, without: Collection[MemberRole] = ()
) -> Sequence[Member]:
    """Return up to `limit` others in a member's network who can be written to now, without those in some
    roles."""
    others = within_reach(member.network_id, now).where(Member.id != member.id, Member.role.not_in(without))
    first = others.order_by(Member.person_id).limit(limit)
    return db.scalars(first.options(contains_eager(Member.person))).all()


def to_be_woken(db: Session, member: Member, now: datetime, *, without: Collection[int]) -> Member | None:
    """Return another in a member's network who may be woken for what is urgent and can be written to now: one
    who coordinates, else anybody; None for nobody. Left out are some people (by their ids), and whoever is
    excluded by either side."""
    able = (
        within_reach(member.network_id, now)
        .where(Person.wake_if_urgent, Member.id != member.id)
        .where(Person.id.not_in(without), ~are_apart(Person.id, member.person_id))
        .options(contains_eager(Member.person))
    )
    leading = able.where(COORDINATES).order_by(Member.role.desc(), Member.id)
    return db.scalar(leading.limit(1)) or db.scalar(able.order_by(Member.person_id).limit(1))


def needed(db: Session, member: Member) -> bool:
    """Whether a network with other members would be without a meta-mentor if this one went."""
    if member.role != "meta_mentor" or is_alone(db, member):
        return False
    there = coordinators(db, member.network_id)
    return all(other.id == member.id or other.role != "meta_mentor" for other in there)


def in_contact(db: Session, whom: Iterable[tuple[int, int]], now: datetime) -> None:
    """Note that a human has answered these members, each given by network and person, and knew them by name.

    What reaches somebody who asked without a name does not count: a date that moves, or a name that goes from
    a list, would tell who asked. So somebody with no other answers is written to as if they had none.
    """
    earlier = now - CONTACT_GRAIN
    rows = [
        {"network": network_id, "person": person_id, "earlier": earlier, "now": now}
        for network_id, person_id in sorted(set(whom))  # in one order, so that no two wait for each other
    ]
    if rows:
        db.connection().execute(IN_CONTACT, rows)


def give_role(member: Member, role: MemberRole, *, until: datetime | None = None) -> None:
    """Give a member a role, which ends by itself where it says `until` when; "member" takes back the one they
    had."""
    member.role, member.role_until, member.offered_role = role, until, None


def offer_role(member: Member, role: MemberRole | None) -> None:
    """Keep which role a member was asked to take; None for none any more."""
    member.offered_role = role


def set_topics(db: Session, member: Member, topics: Iterable[str]) -> None:
    """Keep what a member can help with."""
    member.topics = []
    db.flush()
    member.topics = [MemberTopic(topic=topic) for topic in topics]


def languages(db: Session, network: Network) -> set[str]:
    """Return the languages in which members of a network can help, or read."""
    there = Member.network_id == network.id, Member.state == "active"
    helped = select(PersonLanguage.language).join(Member, Member.person_id == PersonLanguage.person_id)
    return set(db.scalars(helped.where(*there)))
