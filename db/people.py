"""People and their accounts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Executable, Integer, Row, and_, bindparam, func, select, update
from sqlalchemy.orm import Session, joinedload

from db.models import Conversation, Identity, Member, Network, Person

Account = tuple[str, str]
"""A messenger, and who somebody is there."""
WROTE_GRAIN = timedelta(minutes=1)
"""How finely it is remembered when somebody last wrote; a row a message would be too much."""


@dataclass(slots=True)
class Known:
    """What every turn has to know of the one who acts: their account, what they chose, and where they are a
    member. Plain values, because most turns need no more."""

    identity_id: int
    person_id: int
    messenger: str
    account: str
    chat: str
    hint: str | None  # the language of their app
    reachable: bool
    last_wrote_at: datetime
    menu: str
    language: str | None
    time_zone: str | None
    member_id: int | None
    role: str | None
    network_languages: list[str] | None
    network_time_zone: str | None


class Sign(NamedTuple):
    """What somebody who writes shows: their private chat, and the language of their app, if it tells."""

    chat: str
    language: str | None


class Reached(NamedTuple):
    """Where somebody is reached. Plain values, because there may be many."""

    person_id: int
    messenger: str
    chat: str
    last_wrote_at: datetime


# Built once: putting a statement together costs more than running it.
FIND = (
    select(Identity)
    .where(Identity.messenger == bindparam("messenger"), Identity.account == bindparam("account"))
    .options(joinedload(Identity.person))
)
# By column, because for pairs SQLite would walk through all accounts. Where a name is there on another one of
# these messengers too, that one is found as well, which does no harm.
ONE_OF_THEM = and_(
    Identity.messenger.in_(bindparam("messengers", expanding=True)),
    Identity.account.in_(bindparam("names", expanding=True)),
)
KNOWN: Executable = (  # with so many columns their types would not be told anyway
    select(
        Identity.id.label("identity_id"),
        Identity.person_id,
        Identity.messenger,
        Identity.account,
        Identity.chat,
        Identity.language.label("hint"),
        Identity.reachable,
        Identity.last_wrote_at,
        Identity.menu,
        Person.language,
        Person.time_zone,
        Member.id.label("member_id"),
        Member.role,
        Network.languages.label("network_languages"),
        Network.time_zone.label("network_time_zone"),
        *(column for column in Conversation.__table__.c if column.name != "person_id"),
    )
    .join(Person, Person.id == Identity.person_id)
    .outerjoin(
        Member,
        and_(
            Member.person_id == Person.id,
            Member.network_id == func.coalesce(bindparam("network_id", type_=Integer), Person.network_id),
            Member.state == "active",
        ),
    )
    .outerjoin(Network, Network.id == Member.network_id)
    .outerjoin(Conversation, Conversation.person_id == Person.id)
    .where(ONE_OF_THEM)
    .order_by(Conversation.id.desc())
)
FIELDS = len(fields(Known))
REACH = (
    select(Identity.person_id, Identity.messenger, Identity.chat, Identity.last_wrote_at)
    .where(Identity.person_id.in_(bindparam("people", expanding=True)), Identity.reachable)
    .order_by(Identity.last_wrote_at, Identity.id)
)
HEARD = update(Identity).where(Identity.id == bindparam("identity_id"))
LOCK = (
    select(Person.id)
    .join(Identity)
    .where(ONE_OF_THEM)
    .order_by(Person.id)
    .with_for_update(of=Person, key_share=True)
)


def lock(db: Session, accounts: Collection[Account]) -> None:
    """Have turns of the people behind these accounts wait, in other processes too, until this transaction
    ends. To be called before anything is read for them: what a statement reads is as old as
    the beginning of the statement, also where it had to wait. Always in the same order, so that two who lock
    several never wait for each other. Others may still write to them: that does not change who they are.
    """
    connection = db.connection()
    if accounts and connection.dialect.name != "sqlite":  # SQLite has one writer anyway
        connection.execute(LOCK, _named(accounts))


def _named(accounts: Collection[Account]) -> dict[str, list[str]]:
    return {
        "messengers": list({messenger for messenger, _ in accounts}),
        "names": [name for _, name in accounts],
    }


def known(
    db: Session, accounts: Collection[Account], network_id: int | None = None
) -> dict[Account, tuple[Known, list[Row[Any]]]]:
    """Who acts from these accounts, without who never wrote; and their parked handlers, the open one first.
    They are taken as members of this network, else of the one they are active in."""
    if not accounts:
        return {}
    found: dict[Account, tuple[Known, list[Row[Any]]]] = {}
    for row in db.connection().execute(KNOWN, {**_named(accounts), "network_id": network_id}):
        who = Known(*row[:FIELDS])
        _, parked = found.setdefault((who.messenger, who.account), (who, []))
        if row.id is not None:
            parked.append(row)
    if network_id is not None:
        found |= known(db, [account for account, (who, _) in found.items() if who.member_id is None])
    return found


def find(db: Session, messenger: str, account: str) -> Identity | None:
    """The identity of an account, if it ever wrote."""
    return db.scalar(FIND, {"messenger": messenger, "account": account})


def identity(db: Session, identity_id: int) -> Identity:
    """An account that there is, with its person."""
    return db.get_one(Identity, identity_id, options=[joinedload(Identity.person)])


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


def heard(db: Session, who: Iterable[tuple[Known, Sign]], now: datetime) -> None:
    """Somebody gave a sign: this is where they are now, and they can be reached."""
    changed = []
    for known, sign in who:
        language = sign.language or known.hint
        stale = now - known.last_wrote_at >= WROTE_GRAIN
        if stale or not known.reachable or (known.chat, known.hint) != (sign.chat, language):
            known.reachable, known.chat, known.hint = True, sign.chat, language
            known.last_wrote_at = now if stale else known.last_wrote_at
            changed.append(
                {
                    "identity_id": known.identity_id,
                    "reachable": True,
                    "chat": sign.chat,
                    "language": language,
                    "last_wrote_at": known.last_wrote_at,
                }
            )
    if changed:
        db.connection().execute(HEARD, changed)


def has_menu(db: Session, who: Known, menu: str) -> None:
    """What their chat's own menu of commands is made for now."""
    db.connection().execute(HEARD, {"identity_id": who.identity_id, "menu": menu})


def reach(db: Session, person_ids: list[int]) -> dict[int, Reached]:
    """Where each of these people is reached: the reachable account they last wrote from. Who cannot be
    reached is left out."""
    found: dict[int, Reached] = {}
    for start in range(0, len(person_ids), 500):  # SQLite takes a limited number of values at once
        rows = db.execute(REACH, {"people": person_ids[start : start + 500]})
        found |= {row.person_id: Reached(*row) for row in rows}
    return found


def left(db: Session, identity: Identity, now: datetime) -> None:
    """Note that an account cannot be written to any more."""
    if identity.reachable:
        identity.reachable, identity.left_at = False, now
    db.flush()


def is_paused(person: Person, now: datetime) -> bool:
    """Whether they asked to be left alone now."""
    return person.paused_at is not None and (person.paused_until is None or person.paused_until > now)


def account_of(db: Session, messenger: str, chat: str) -> str | None:
    """Whose private chat this is."""
    return db.scalar(select(Identity.account).where(Identity.messenger == messenger, Identity.chat == chat))
