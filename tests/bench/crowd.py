"""The members whom a database is filled with before it is measured: many, fast."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.engine import turns
from db.models import Base, Identity, Member, MemberTopic, Network, Person, PersonLanguage
from handlers.vocabulary import TOPICS
from tests.support.around import where_it_is_day

FIRST = 1001
"""The account of the first member; the others follow."""
SPOKEN = ("en", "de", "ar", "uk", "tr", "fa", "fr", "so", "ti", "es")
SLICE = 10_000
"""Members that are stored together."""
Rows = dict[type[Base], list[dict[str, Any]]]


def sqlite(folder: Path) -> str:
    """The address of the database in a folder."""
    return f"sqlite:///{folder}/bench.db"


def fill(
    url: str,
    members: int,
    *,
    networks: int = 1,
    now: datetime | None = None,
    time_zone: str | None = None,
    address: Callable[[int], tuple[str, str, str]] | None = None,
    more: Callable[[Session], None] = lambda db: None,
) -> None:
    """A new database with so many members, the first of each network its meta-mentor. They joined a day
    before `now`, and live where it is day, unless a time zone says where. `address` tells the messenger,
    account and chat of the n-th, `more` stores what else is there."""
    joined = (now or datetime.now(UTC)) - timedelta(days=1)
    zone = time_zone or where_it_is_day()
    where = address or (lambda n: ("telegram", str(FIRST + n), str(FIRST + n)))
    with turns.opened(url) as sessions, sessions.begin() as db:
        named = {"languages": ["en"], "time_zone": zone, "founded_at": joined, "confirmed_at": joined}
        db.execute(insert(Network), [{"id": n + 1, "name": f"Network {n}", **named} for n in range(networks)])
        for start in range(0, members, SLICE):
            for table, rows in _rows(
                range(start, min(start + SLICE, members)), networks, joined, where
            ).items():
                db.connection().execute(insert(table), rows)  # the ORM would look at each of them
        more(db)


def _rows(
    numbers: range, networks: int, joined: datetime, address: Callable[[int], tuple[str, str, str]]
) -> Rows:
    """What is stored of the members with these numbers. Each speaks two languages and knows two topics."""
    topics = list(TOPICS)
    people, identities, members, spoken, known = _columns(5)
    for n in numbers:
        id_, network = n + 1, n % networks + 1
        messenger, account, chat = address(n)
        people.append(
            {"id": id_, "name": "Ana", "language": "en", "created_at": joined, "network_id": network}
        )
        identities.append(
            {"id": id_, "person_id": id_, "messenger": messenger, "account": account, "chat": chat}
            | {"language": "en", "last_wrote_at": joined}
        )
        role = "meta_mentor" if n < networks else "member"
        members.append(
            {"id": id_, "network_id": network, "person_id": id_, "role": role, "label": "experienced"}
            | {"joined_at": joined, "folded": "ana"}
        )
        for shift in (0, 1):
            language = SPOKEN[(n // networks + shift) % len(SPOKEN)]
            topic = topics[(n // networks + 3 * shift) % len(topics)]
            spoken.append({"person_id": id_, "language": language})
            known.append({"member_id": id_, "topic": topic})
    return {Person: people, Identity: identities, Member: members, PersonLanguage: spoken, MemberTopic: known}


def _columns(many: int) -> Iterator[list[dict[str, Any]]]:
    return ([] for _ in range(many))
