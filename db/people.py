"""People and their accounts."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from db.models import Identity, Member, Person

WROTE_GRAIN = timedelta(minutes=1)
"""How finely it is remembered when somebody last wrote; a row a message would be too much."""

# Built once: putting a statement together costs more than running it.
FIND = (
    select(Identity)
    .where(Identity.messenger == bindparam("messenger"), Identity.account == bindparam("account"))
    .options(joinedload(Identity.person))
)
MEMBERSHIP = (
    select(Member)
    .where(
        Member.person_id == bindparam("person_id"),
        Member.network_id == bindparam("network_id"),
        Member.state == "active",
    )
    .options(joinedload(Member.network))
)


def find(db: Session, messenger: str, account: str) -> Identity | None:
    """The identity of an account, if it ever wrote."""
    return db.scalar(FIND, {"messenger": messenger, "account": account})


def behind(db: Session, accounts: Iterable[tuple[str, str]]) -> list[Person]:
    """The people behind accounts (messenger, account) that have ever written, each once."""
    found = [find(db, messenger, account) for messenger, account in accounts]
    return list({each.person_id: each.person for each in found if each is not None}.values())


def meet(
    db: Session, messenger: str, account: str, *, chat: str, name: str, language: str | None, now: datetime
) -> Identity:
    """A new person behind an account that is new to us."""
    person = Person(name=name, created_at=now)
    identity = Identity(
        person=person, messenger=messenger, account=account, chat=chat, language=language, last_wrote_at=now
    )
    db.add(identity)
    db.flush()
    return identity


def heard(identity: Identity, *, chat: str, language: str | None, now: datetime) -> None:
    """Somebody wrote: this is where they are now, and they can be reached."""
    if not identity.reachable:
        identity.reachable = True
    if identity.chat != chat:
        identity.chat = chat
    if language and identity.language != language:
        identity.language = language
    if now - identity.last_wrote_at >= WROTE_GRAIN:
        identity.last_wrote_at = now


def reach(db: Session, person_ids: list[int]) -> dict[int, Identity]:
    """Where each of these people is reached: the reachable account they last wrote from. Who cannot be
    reached is left out."""
    found: dict[int, Identity] = {}
    for start in range(0, len(person_ids), 500):  # SQLite takes a limited number of values at once
        rows = db.scalars(
            select(Identity)
            .where(Identity.person_id.in_(person_ids[start : start + 500]), Identity.reachable)
            .order_by(Identity.last_wrote_at, Identity.id)
        )
        found |= {identity.person_id: identity for identity in rows}
    return found


def left(db: Session, identity: Identity, now: datetime) -> None:
    """Note that an account cannot be written to any more."""
    if identity.reachable:
        identity.reachable, identity.left_at = False, now
    db.flush()


def is_paused(person: Person, now: datetime) -> bool:
    """Whether they asked to be left alone now."""
    return person.paused_at is not None and (person.paused_until is None or person.paused_until > now)


def membership(db: Session, person: Person) -> Member | None:
    """Their membership in the network they are active in."""
    if person.network_id is None:
        return None
    return db.scalar(MEMBERSHIP, {"person_id": person.id, "network_id": person.network_id})


def account_of(db: Session, messenger: str, chat: str) -> str | None:
    """Whose private chat this is."""
    return db.scalar(select(Identity.account).where(Identity.messenger == messenger, Identity.chat == chat))
