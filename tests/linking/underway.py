"""Two people with rows in every table, as the program on its messengers knows them: with accounts that write,
and with conversations that go on. What they had is told apart from what came while others wrote."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import delete, or_, tuple_, update
from sqlalchemy.orm import Session

from db import people, seal, store
from db.engine import turns
from db.help import relays
from db.models import Base, HelpRequest, Identity, Member, Network, Person, Relay, sealed
from db.network import members
from tests.linking.everything import Everything, Rows, rows

Account = tuple[str, str]
"""A messenger, and an account there."""

UNDER_WAY = {
    *("letters", "deliveries", "parts", "copies", "conversations", "timers", "seen", "dead_letters", "used"),
    *("remembered", "tallies", "link_codes", "wrong_codes", "merges"),
}
"""Tables of what a program is about to do. Rows in them that are made up would be sent, called and asked."""
WRITTEN = {
    "relays": {"last_words_at", "last_letter", "asker_words_at", "helper_words_at"},
    "identities": {"last_wrote_at", "menu", "told_at"},
    "members": {"last_contact_at"},
}
"""What changes because somebody has written."""


@contextmanager
def looking(database: str, config: Path) -> Iterator[Session]:
    """A look into the database of programs with this config; what is written in it stays."""
    with store.connected(database) as engine:
        key = seal.Key("", config.with_name("mentornet.key")).words()
        assert key is not None, "the first start made it"
        sealed.give(engine, sealed.Seal(key))
        with turns.sessions(engine).begin() as db:
            yield db


def fill(db: Session, one: Account, other: Account, *writers: Account) -> Everything:
    """Give two accounts that have met the program rows in every table: two people who are in one network, and
    each in one of their own. Two writers write to them, the first to the one, the second to the other, in
    conversations that are open."""
    there = {name: set(found) for name, found in rows(db).items()}
    filled = Everything(db)
    _take_back(db, there)
    network = db.get_one(Member, filled.places[0]).network
    db.get_one(Member, filled.places[1]).role = "deputy"
    for person_id, account in ((filled.one, one), (filled.other, other)):
        _is(db, db.get_one(Person, person_id), account, network)
    _goes_on(db, filled)
    now = datetime.now(UTC)
    for account, person_id in zip(writers, (filled.one, filled.other), strict=True):
        (writer,) = people.behind(db, [account])
        people.consent(writer, now)
        members.join(db, network, writer, label="experienced", role="member", now=now)
        read_by = db.get_one(Person, person_id)
        relays.open_relay(
            db, network, request_id=None, asker=writer, helper=read_by, asker_named=True, now=now
        )
    db.flush()
    return filled


def _take_back(db: Session, there: Mapping[str, set[tuple[Any, ...]]]) -> None:
    """Delete what was made up of what a program is about to do."""
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in UNDER_WAY:
            key = tuple_(*table.primary_key)
            made = rows(db)[table.name].keys() - there[table.name]
            db.execute(delete(table).where(key.in_(made)))


def _is(db: Session, person: Person, account: Account, network: Network) -> None:
    """Let an account be this person's, who is awake and in this network."""
    db.execute(delete(Identity).where(Identity.person_id == person.id))
    (stranger,) = people.behind(db, [account])
    db.execute(update(Identity).where(Identity.person_id == stranger.id).values(person_id=person.id))
    people.consent(person, datetime.now(UTC))
    person.language, person.time_zone, person.network_id = "en", "UTC", network.id
    person.quiet_from = person.quiet_to = time(0)
    person.quiet_days, person.paused_at, person.paused_until, person.preferred = 0, None, None, None


def _goes_on(db: Session, filled: Everything) -> None:
    """Let the conversations and questions of both be open."""
    both = [filled.one, filled.other]
    theirs = or_(Relay.asker_id.in_(both), Relay.helper_id.in_(both))
    db.execute(update(Relay).where(theirs).values(closed_at=None, ends_at=None))
    asked = HelpRequest.asker_id.in_(filled.places)
    db.execute(update(HelpRequest).where(asked).values(state="open", closed_at=None))


def counts(found: Rows) -> dict[str, int]:
    """Return how many rows there are, but for what is under way."""
    return {table: len(there) for table, there in found.items() if table not in UNDER_WAY}


def unlike(before: Rows, after: Rows) -> dict[str, list[tuple[Any, Any]]]:
    """Return which rows of before are no longer as they were, by table, but for what changes because somebody
    has written; and which are new where nothing was to come."""
    found: dict[str, list[tuple[Any, Any]]] = {}
    for table in before.keys() - UNDER_WAY:
        for key in {*before[table], *after[table]}:
            was, now = (_calm(table, each[table].get(key)) for each in (before, after))
            if was != now:
                found.setdefault(table, []).append((was, now))
    return found


def _calm(table: str, row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    written = WRITTEN.get(table, set())
    return row and {name: value for name, value in row.items() if name not in written}
