"""What another network shares with all is known again: nobody adds it a second time unknowingly."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from db import store
from db.directory import lists, organisations
from db.models import Network, Organisation, Person
from db.network import networks

NOW = datetime(2027, 5, 1, 9, tzinfo=UTC)
CARITAS: dict[str, Any] = {"name": "Caritas", "city": "Heidelberg", "phones": ["+496221409010"]}
RENAMED: dict[str, Any] = {"name": "Migration service", "city": "Heidelberg", "phones": ["+496221409010"]}


def _network(db: Session, name: str) -> Network:
    facts = networks.Facts(name, "", ["de"], "Europe/Berlin", "Heidelberg", public=True)
    return networks.found(db, facts, confirmed=True, now=NOW)


def _fates(db: Session, network: Network, *rows: dict[str, Any]) -> list[str]:
    """Return what becomes of rows that somebody brings a network."""
    sent = lists.keep(db, network, [{}] * len(rows), by=None, locale="en", is_guessed=False, now=NOW)
    unread = lists.unread(db, sent)
    lists.read(db, sent, {each.id: row for each, row in zip(unread, rows, strict=True)})
    return [each.fate for each in sorted(unread, key=lambda each: each.line)]


def test_what_others_share_is_known_again(database: str) -> None:
    with store.connected(database) as engine, Session(engine) as db:
        neckar, rhine = _network(db, "Neckar Mentors"), _network(db, "Rhine Mentors")
        mia = Person(name="Mia", created_at=NOW)
        db.add(mia)
        db.flush()
        theirs = organisations.add(db, neckar, CARITAS, by=mia, every=timedelta(days=365), now=NOW)

        def known(facts: dict[str, Any]) -> tuple[Organisation | None, bool]:
            return organisations.known(db, rhine.id, facts)

        assert known(CARITAS) == (None, False), "what is not shared is nobody else's concern"
        assert _fates(db, rhine, CARITAS) == ["new"]
        theirs.shared = True
        db.flush()
        assert known(CARITAS) == (theirs, True)
        assert known(RENAMED) == (theirs, False)
        assert known({"name": "Diakonie", "city": "Heidelberg"}) == (None, False)
        assert _fates(db, rhine, CARITAS, RENAMED, {"name": "Diakonie"}) == ["alike", "alike", "new"]
        assert _fates(db, neckar, CARITAS) == ["same"]
        ours = organisations.add(db, rhine, CARITAS, by=mia, every=timedelta(days=365), now=NOW)
        assert known(CARITAS) == (ours, True), "one's own comes first"
        theirs.do_not_list = True
        db.flush()
        assert _fates(db, rhine, RENAMED) == ["alike"]
