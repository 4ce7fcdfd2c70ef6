"""People and their accounts."""

from collections.abc import Collection, Iterable
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy import bindparam, delete, exists, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from db.models import Identity, Member, Person, Relay
from db.old import Forgotten, Old


class Reached(NamedTuple):
    """Where somebody is reached. Plain values, because there may be many."""

    person_id: int
    messenger: str
    chat: str
    last_wrote_at: datetime


CONSENT = 2
"""The version of what people are told is kept of them; whoever agreed to an earlier one is asked again."""
# Built once: putting a statement together costs more than running it.
FIND = (
    select(Identity)
    .where(Identity.messenger == bindparam("messenger"), Identity.account == bindparam("account"))
    .options(joinedload(Identity.person))
)

REACH = (
    select(Identity.person_id, Identity.messenger, Identity.chat, Identity.last_wrote_at)
    .where(Identity.person_id.in_(bindparam("people", expanding=True)), Identity.reachable)
    .order_by(Identity.last_wrote_at, Identity.id)
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


def reach(db: Session, person_ids: list[int]) -> dict[int, Reached]:
    """Return where each of these people is reached: the reachable account they last wrote from. Who cannot be
    reached is left out."""
    found: dict[int, Reached] = {}
    for start in range(0, len(person_ids), 500):  # SQLite takes a limited number of values at once
        rows = db.execute(REACH, {"people": person_ids[start : start + 500]})
        found |= {row.person_id: Reached(*row) for row in rows}
    return found


def account(person: Person) -> Identity | None:
    """Return the account by which a person is reached: the reachable one they last wrote from; None where
    they cannot be reached."""
    there = [each for each in person.identities if each.reachable]
    return max(there, key=lambda each: (each.last_wrote_at, each.id), default=None)


def note_told(account: Identity, now: datetime) -> None:
    """Note that a person knows that others can read along on the messenger of this account."""
    account.told_at = now


def forget_strangers(db: Session, old: Old, spared: Collection[tuple[str, str]] = ()) -> Forgotten:
    """Delete people who never agreed to anything and have written nothing since too long ago, with all that
    is theirs. Those stay who are in a network or found one, who talk with somebody, and whose account
    (messenger, account) is `spared`."""
    rows = old.rows(db, Person.created_at, Person.id, where=[Person.consent_at.is_(None)])
    gone = _delete_strangers(db, [row.key for row in rows], old.before, spared)
    return old.forgotten(gone, rows)


def forget_stranger(
    db: Session, person_id: int, silent_since: datetime, spared: Collection[tuple[str, str]] = ()
) -> None:
    """Delete one of them, who said no and has written nothing after `silent_since`."""
    _delete_strangers(db, [person_id], silent_since, spared)


def _delete_strangers(
    db: Session, person_ids: list[int], silent_since: datetime, spared: Collection[tuple[str, str]]
) -> int:
    theirs = exists().where(
        Identity.person_id == Person.id,
        or_(
            Identity.last_wrote_at > silent_since,
            tuple_(Identity.messenger, Identity.account).in_(list(spared)),
        ),
    )
    talks = exists().where(
        or_(Relay.asker_id == Person.id, Relay.helper_id == Person.id), Relay.closed_at.is_(None)
    )
    gone = delete(Person).where(
        Person.id.in_(person_ids),
        Person.consent_at.is_(None),
        ~exists().where(Member.person_id == Person.id),
        ~talks,
        ~theirs,
    )
    return db.connection().execute(gone).rowcount


def left(db: Session, identity: Identity, now: datetime) -> None:
    """Note that an account can no longer be written to."""
    if identity.reachable:
        identity.reachable, identity.left_at = False, now
    db.flush()


def come_back(identity: Identity) -> datetime | None:
    """Note that an account can be written to again; return since when it could not."""
    since, identity.left_at = identity.left_at, None
    return since


def rename(person: Person, name: str) -> None:
    """Keep what a person is called."""
    person.name = name


def set_language(person: Person, language: str) -> None:
    """Keep in which language a person reads (a locale such as "de")."""
    person.language = language


def set_place(person: Person, place: str | None) -> None:
    """Keep where a person lives, None where they do not want to say it."""
    person.place = place


def set_time_zone(person: Person, zone: str | None) -> None:
    """Keep the time zone a person lives in (a name of the IANA's), None where it is not known."""
    person.time_zone = zone


def allow_waking(person: Person, allowed: bool) -> None:
    """Keep whether a person may be woken for what is urgent."""
    person.wake_if_urgent = allowed


def set_quiet_hours(person: Person, start: time, end: time) -> None:
    """Keep from when to when (local times; equal: never) a person is not to be disturbed."""
    person.quiet_from, person.quiet_to = start, end


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


def account_of(db: Session, messenger: str, chat: str) -> str | None:
    """Return whose private chat this is; None for a chat we do not know."""
    return db.scalar(select(Identity.account).where(Identity.messenger == messenger, Identity.chat == chat))
