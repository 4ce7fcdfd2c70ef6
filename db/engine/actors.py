"""Who acts in a turn: an account, who is behind it, where they are a member, and what waits for them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnExpressionArgument,
    Executable,
    Integer,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from db.engine import conversations
from db.models import Conversation, Identity, Item, Member, Network, Person, Relay, Room
from db.models.indexed import any_row

Account = tuple[str, str]
"""A messenger, and who somebody is there."""

WROTE_GRAIN = timedelta(minutes=1)
"""How finely `last_wrote_at` is kept; to write it for every message would be too much."""


@dataclass(slots=True)
class ActorRow:
    """What every turn knows of the one who acts: their account, what they chose, and where they are a member.
    Plain values, because most turns need no more."""

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
    network_id: int | None
    role: str | None
    network_languages: list[str] | None
    network_time_zone: str | None
    elsewhere: bool  # whether they are a member of other networks too
    has_rooms: bool  # whether the bot may write in a room of this one
    has_cards: bool  # whether something that was found out is written down there, or shared with all
    consent_version: int | None  # of what they agreed to


class Activity(NamedTuple):
    """What a message shows of its sender: their private chat, and the language of their app, if it tells."""

    chat: str
    language: str | None


def newest_words(person_id: ColumnExpressionArgument[int]) -> ScalarSelect[int | None]:
    """Return, as part of a statement, the newest letter of a person's open relays, in either direction; NULL
    where none is open."""
    of_theirs = or_(Relay.asker_id == person_id, Relay.helper_id == person_id)
    found = select(func.max(Relay.last_letter)).where(of_theirs, Relay.closed_at.is_(None))
    return found.correlate_except(Relay).scalar_subquery()


# Built once: putting a statement together costs more than running it.
# By column, because for pairs SQLite would walk through all accounts. Where a name is there on another one of
# these messengers too, that one is found as well, which does no harm.
ONE_OF_THEM = and_(
    Identity.messenger.in_(bindparam("messengers", expanding=True)),
    Identity.account.in_(bindparam("names", expanding=True)),
)

OTHER = aliased(Member)
ELSEWHERE = exists().where(
    OTHER.person_id == Member.person_id, OTHER.id != Member.id, OTHER.state == "active"
)
HAS_ROOMS = any_row(Room, Room.network_id == Member.network_id, Room.silenced.is_(False))
HAS_CARDS = or_(
    any_row(Item, Item.network_id == Member.network_id, Item.kind == "card"),
    any_row(Item, Item.shared, Item.kind == "card"),
)

KNOWN: Executable = (  # mypy knows the types of ten columns at most
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
        Member.network_id.label("active_in"),
        Member.role,
        Network.languages.label("network_languages"),
        Network.time_zone.label("network_time_zone"),
        ELSEWHERE.label("elsewhere"),
        HAS_ROOMS.label("has_rooms"),
        HAS_CARDS.label("has_cards"),
        Person.consent_version,
        *(column for column in Conversation.__table__.c if column.name != "person_id"),
        conversations.HAS_MEMBER,
        case((Conversation.id.is_not(None), newest_words(Person.id))).label("newest_words"),
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

FIELDS = len(fields(ActorRow))

MEMBERSHIP = (
    select(Member.id, Member.role, Network.languages, Network.time_zone, ELSEWHERE, HAS_ROOMS, HAS_CARDS)
    .join(Network, Network.id == Member.network_id)
    .where(
        Member.person_id == bindparam("person"),
        Member.network_id == bindparam("network"),
        Member.state == "active",
    )
)

HEARD = update(Identity).where(Identity.id == bindparam("identity_id"))

LOCK = (
    select(Person.id)
    .join(Identity)
    .where(ONE_OF_THEM)
    .order_by(Person.id)
    .with_for_update(of=Person, key_share=True)
)


def lock(db: Session, accounts: Collection[Account]) -> set[int] | None:
    """Lock the people behind these accounts until this transaction ends: their turns in other programs wait.
    Return who they were (by id) before it had to wait: an account may be somebody else's by then. None where
    nobody has to be locked.

    Call this before anything is read for them: what a statement reads is as old as its beginning, also where
    it had to wait. The order is always the same, so that two programs never wait for each other. Others may
    still write to these people: that does not change who they are.
    """
    connection = db.connection()
    if not accounts or connection.dialect.name == "sqlite":  # SQLite has one writer anyway
        return None
    return set(connection.scalars(LOCK, _named(accounts)))


def _named(accounts: Collection[Account]) -> dict[str, list[str]]:
    return {
        "messengers": list({messenger for messenger, _ in accounts}),
        "names": [name for _, name in accounts],
    }


def known(
    db: Session, accounts: Collection[Account], network_id: int | None = None
) -> dict[Account, tuple[ActorRow, list[Row[Any]]]]:
    """Return who acts from each of these accounts, and their parked handlers, the open one first, each with
    the `newest_words` of their conversations. An account that never wrote is left out. People are taken as
    members of this network, else of the one they are active in."""
    if not accounts:
        return {}
    found: dict[Account, tuple[ActorRow, list[Row[Any]]]] = {}
    for row in db.connection().execute(KNOWN, {**_named(accounts), "network_id": network_id}):
        who = ActorRow(*row[:FIELDS])
        _, parked = found.setdefault((who.messenger, who.account), (who, []))
        if row.id is not None:
            parked.append(row)
    if network_id is not None:
        found |= known(db, [account for account, (who, _) in found.items() if who.member_id is None])
    return found


def in_network(db: Session, known: ActorRow, network_id: int | None) -> ActorRow:
    """Return who acts as a member of this network, whichever they are active in. Where they are no member of
    it, or it is None, they have no membership."""
    there = None
    if network_id is not None:
        keys = {"person": known.person_id, "network": network_id}
        there = db.connection().execute(MEMBERSHIP, keys).first()
    member_id, role, languages, time_zone, elsewhere, has_rooms, has_cards = there or (None,) * 7
    return replace(
        known,
        member_id=member_id,
        network_id=network_id if there else None,
        role=role,
        network_languages=languages,
        network_time_zone=time_zone,
        elsewhere=bool(elsewhere),
        has_rooms=bool(has_rooms),
        has_cards=bool(has_cards),
    )


def record_activity(db: Session, who: Iterable[tuple[ActorRow, Activity]], now: datetime) -> None:
    """Keep where people are who wrote just now, and that they can be reached. Rows that would not change are
    left alone."""
    changed = []
    for known, activity in who:
        language = activity.language or known.hint
        stale = now - known.last_wrote_at >= WROTE_GRAIN
        if stale or not known.reachable or (known.chat, known.hint) != (activity.chat, language):
            known.reachable, known.chat, known.hint = True, activity.chat, language
            known.last_wrote_at = now if stale else known.last_wrote_at
            changed.append(
                {
                    "identity_id": known.identity_id,
                    "reachable": True,
                    "chat": activity.chat,
                    "language": language,
                    "last_wrote_at": known.last_wrote_at,
                }
            )
    if changed:
        db.connection().execute(HEARD, changed)


def has_menu(db: Session, who: ActorRow, menu: str) -> None:
    """Keep what the menu of commands in somebody's chat is made for."""
    db.connection().execute(HEARD, {"identity_id": who.identity_id, "menu": menu})
