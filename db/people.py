"""People and their accounts."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from db.models import Identity, Merge, Person, PersonLanguage


class Reached(NamedTuple):
    """Where somebody is reached. Plain values, because there may be many."""

    person_id: int
    messenger: str
    chat: str


CONSENT = 2
"""The version of what people are told is kept of them; whoever agreed to an earlier one is asked again."""
# Built once: putting a statement together costs more than running it.
FIND = (
    select(Identity)
    .where(Identity.messenger == bindparam("messenger"), Identity.account == bindparam("account"))
    .options(joinedload(Identity.person))
)

BEST = (Identity.messenger == Person.preferred, Identity.last_wrote_at, Identity.id)
"""The order of somebody's accounts, the one by which they are reached last: that on the messenger which they
prefer, else the one they last wrote from. `account` has the same."""
REACH = (
    select(Identity.person_id, Identity.messenger, Identity.chat)
    .join(Person, Person.id == Identity.person_id)
    .where(Identity.person_id.in_(bindparam("people", expanding=True)), Identity.reachable)
    .order_by(Identity.messenger == bindparam("via"), *BEST)
)
KEPT = aliased(Person)
MERGED_INTO = select(Merge.other_id, Merge.person_id).where(
    Merge.other_id.in_(bindparam("people", expanding=True))
)
BESIDES = select(Merge.other_id).where(Merge.person_id == bindparam("person")).order_by(Merge.id)
HEARD = (
    select(Identity.person_id, func.max(Identity.last_wrote_at))
    .where(Identity.person_id.in_(bindparam("people", expanding=True)))
    .group_by(Identity.person_id)
)


def find(db: Session, messenger: str, account: str) -> Identity | None:
    """Return the identity of an account; None where it never wrote."""
    return db.scalar(FIND, {"messenger": messenger, "account": account})


def identity(db: Session, identity_id: int) -> Identity:
    """Return an account that exists, with its person."""
    return db.get_one(Identity, identity_id, options=[joinedload(Identity.person)])


def behind(db: Session, accounts: Iterable[tuple[str, str]]) -> list[Person]:
    """Return the people behind accounts (messenger, account) that have ever written, each only once."""
    found = [find(db, messenger, account) for messenger, account in accounts]
    return list({each.person_id: each.person for each in found if each is not None}.values())


def meet(
    db: Session, messenger: str, account: str, *, chat: str, name: str, language: str | None, now: datetime
) -> Identity:
    """Add a new person behind an account that is new to us."""
    person = Person(name=name, created_at=now)
    identity = Identity(
        person=person, messenger=messenger, account=account, chat=chat, language=language, last_wrote_at=now
    )
    db.add(identity)
    db.flush()
    return identity


def reach(db: Session, person_ids: Sequence[int], via: str | None = None) -> dict[int, Reached]:
    """Return where each of these people is reached: of the accounts that can be reached the one on the
    messenger that they prefer, else the one they last wrote from; before those the one on the messenger
    `via`, if there is one. Who became one with somebody a moment ago is reached as that one. Who cannot be
    reached is left out."""
    found = _reach(db, person_ids, via)
    if lost := [each for each in person_ids if each not in found]:
        now = merged_into(db, lost)
        there = _reach(db, [*now.values()], via) if now else {}
        found |= {each: there[whole] for each, whole in now.items() if whole in there}
    return found


def _reach(db: Session, person_ids: Sequence[int], via: str | None) -> dict[int, Reached]:
    found: dict[int, Reached] = {}
    for start in range(0, len(person_ids), 500):  # SQLite takes a limited number of values at once
        rows = db.execute(REACH, {"people": person_ids[start : start + 500], "via": via})
        found |= {row.person_id: Reached(*row) for row in rows}
    return found


def last_heard(db: Session, person_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when each of these people last wrote or tapped anything, on any messenger. Who has no account is
    left out."""
    found: dict[int, datetime] = {}
    for start in range(0, len(person_ids), 500):
        rows = db.execute(HEARD, {"people": person_ids[start : start + 500]})
        found |= {row[0]: row[1] for row in rows}
    return found


def account(person: Person) -> Identity | None:
    """Return the account by which a person is reached, as `reach` has it; None where they cannot be
    reached."""
    there = [each for each in person.identities if each.reachable]

    def order(each: Identity) -> tuple[bool, datetime, int]:
        return each.messenger == person.preferred, each.last_wrote_at, each.id

    return max(there, key=order, default=None)


def elsewhere(db: Session, messenger: str, chat: str) -> Reached | None:
    """Return where the owner of a private chat is reached on another messenger; None for nowhere."""
    owner = select(Identity.person_id).where(Identity.messenger == messenger, Identity.chat == chat)
    others = (
        select(Identity.person_id, Identity.messenger, Identity.chat)
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.person_id.in_(owner), Identity.reachable, Identity.messenger != messenger)
        .order_by(*BEST)
    )
    found = db.execute(others).all()
    return Reached(*found[-1]) if found else None


def merged_into(db: Session, person_ids: Collection[int]) -> dict[int, int]:
    """Return who those of these people are today who have become one with somebody: by the number of who they
    were, which old buttons and reports still hold."""
    return {row[0]: row[1] for row in db.execute(MERGED_INTO, {"people": list(person_ids)})}


def besides(db: Session, person_id: int) -> list[int]:
    """Return who somebody was besides (by id), on messengers that became theirs too."""
    return [*db.scalars(BESIDES, {"person": person_id})]


def note_told(account: Identity, now: datetime) -> None:
    """Note that a person knows that others can read along on the messenger of this account."""
    account.told_at = now


def left(db: Session, identity: Identity, now: datetime) -> None:
    """Note that an account can no longer be written to."""
    if identity.reachable:
        identity.reachable, identity.left_at = False, now
    db.flush()


def come_back(identity: Identity) -> datetime | None:
    """Note that an account can be written to again; return since when it could not."""
    since, identity.left_at = identity.left_at, None
    return since


def prefer(person: Person, messenger: str | None) -> None:
    """Keep on which messenger a person wants to be written to; None for where they last wrote."""
    person.preferred = messenger


def rename(person: Person, name: str) -> None:
    """Keep what a person is called."""
    person.name = name


def forget_name(person: Person) -> None:
    """Delete the name of somebody for whom nothing is left to do, and what they agreed to: they are a
    stranger again."""
    person.name, person.consent_version, person.consent_at = "", None, None


def set_language(person: Person, language: str) -> None:
    """Keep in which language a person reads (a locale such as "de")."""
    person.language = language


def set_languages(db: Session, person: Person, languages: Iterable[str]) -> None:
    """Keep in which languages a person can help."""
    person.languages = []
    db.flush()
    person.languages = [PersonLanguage(language=language) for language in languages]


def set_place(person: Person, place: str | None) -> None:
    """Keep where a person lives, None where they do not want to say it."""
    person.place = place


def set_time_zone(person: Person, zone: str | None) -> None:
    """Keep the time zone a person lives in (a name of the IANA's), None where it is not known."""
    person.time_zone = zone


def allow_waking(person: Person, allowed: bool) -> None:
    """Keep whether a person may be woken for what is urgent."""
    person.wake_if_urgent = allowed


def want_pictures(person: Person, wanted: bool) -> None:
    """Keep whether a person wants pictures beside figures that stand there in words."""
    person.pictures = wanted


def set_quiet_hours(person: Person, start: time, end: time) -> None:
    """Keep from when to when (local times; equal: never) a person is not to be disturbed."""
    person.quiet_from, person.quiet_to = start, end


def set_quiet_days(person: Person, days: Collection[int]) -> None:
    """Keep on which days of the week (Monday is 0) a person is not to be disturbed at all."""
    person.quiet_days = sum(1 << day for day in set(days))


def weekdays(bits: int) -> list[int]:
    """Return the days of the week (Monday is 0) of `Person.quiet_days`, in their order."""
    return [day for day in range(7) if bits >> day & 1]


ASK_GAPS = (7, 14)
"""How many days lie between two questions to somebody, unless they may be asked whenever it fits."""


def set_load(person: Person, most: int, gap_days: int) -> None:
    """Keep with how many requests at a time a person helps (0: they are not asked), and how many days lie
    between two of which they are asked."""
    person.load, person.ask_gap_days = most, gap_days


def consent(person: Person, now: datetime) -> None:
    """Keep that a person agreed to today's version of what is kept."""
    person.consent_version, person.consent_at = CONSENT, now


def agrees(person: Person) -> bool:
    """Whether a person agreed to today's version of what is kept."""
    return person.consent_version == CONSENT


def pause(db: Session, person: Person, until: datetime | None, now: datetime) -> None:
    """Begin a pause; with None it lasts until they end it."""
    person.paused_at, person.paused_until = now, until
    db.flush()  # who pauses is not asked again by what follows


def end_pause(person: Person) -> None:
    """End a pause."""
    person.paused_at = person.paused_until = None


def is_paused(person: Person, now: datetime) -> bool:
    """Whether somebody has asked to be left alone now."""
    return person.paused_at is not None and (person.paused_until is None or person.paused_until > now)


def name_of(db: Session, person_id: int) -> str:
    """Return what a person is called."""
    return db.get_one(Person, person_id).name


def names_of(db: Session, person_ids: Collection[int | None]) -> dict[int, str]:
    """Return what these people are called today, as far as it is kept; None stands for nobody."""
    ids = {person_id for person_id in person_ids if person_id is not None}
    found = (
        select(Person.id, KEPT.name)
        .outerjoin(Merge, Merge.other_id == Person.id)
        .join(KEPT, KEPT.id == func.coalesce(Merge.person_id, Person.id))
        .where(Person.id.in_(ids))
    )
    return {row[0]: row[1] for row in db.execute(found)}


def account_of(db: Session, messenger: str, chat: str) -> str | None:
    """Return whose private chat this is; None for a chat we do not know."""
    return db.scalar(select(Identity.account).where(Identity.messenger == messenger, Identity.chat == chat))


def languages_of(db: Session, person_ids: Sequence[int]) -> dict[int, str | None]:
    """Return in which language each of these people reads; None where they have not said so."""
    found = select(Person.id, Person.language).where(Person.id.in_(person_ids))
    return {row.id: row.language for row in db.execute(found)}
