"""The journal hangs together: a letter that is changed shows, and an end that was cut off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db import shape, store
from db.engine import turns
from db.leading import ends, journal, proof
from db.models import JournalEntry, JournalMonth, Network, Person, chain
from db.network import networks
from db.network.networks import Facts
from db.old import Old

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
MONTH = timedelta(days=31)
FACTS = Facts("Neckar", purpose="", languages=["en"], time_zone="Europe/Berlin", place="", public=False)
WELL = [(True, "The journals fit together.")]


@pytest.fixture
def db(database: str) -> Iterator[Session]:
    """A network with five acts of two people, in three months."""
    with store.connected(database) as engine:
        shape.migrate(engine)
        with turns.sessions(engine)() as session:
            network = networks.found(session, FACTS, confirmed=True, now=NOW)
            ana, bo = Person(name="Ana", created_at=NOW), Person(name="Bo", created_at=NOW)
            session.add_all([ana, bo])
            session.flush()
            for at in range(5):
                when = NOW + at * MONTH / 2
                journal.record(session, network, "member.left", by=ana, about=bo, now=when, hours=[1, 0.5])
            session.commit()
            yield session


def found(db: Session, path: Path) -> list[tuple[bool, str]]:
    db.commit()
    engine = db.get_bind()
    return list(proof.findings(engine.engine, path))


def test_what_was_written_fits_together(db: Session, tmp_path: Path) -> None:
    assert found(db, tmp_path / "none") == WELL
    months = db.scalars(select(JournalMonth).order_by(JournalMonth.first)).all()
    assert [(each.entries, each.number) for each in months] == [(2, 2), (2, 4), (1, 5)]


@pytest.mark.parametrize("change", [{"act": "member.lefT"}, {"details": {"hours": [2, 0.5]}}, {"doer": 9}])
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_letter_is_found(
    db: Session, tmp_path: Path, change: dict[str, object], number: int
) -> None:
    db.execute(update(JournalEntry).where(JournalEntry.number == number).values(change))
    assert found(db, tmp_path / "none") == [
        (False, f"The journal of Neckar does not fit together since entry {number}.")
    ]


def test_somebody_else_put_into_it_is_found(db: Session, tmp_path: Path) -> None:
    entry = db.scalars(select(JournalEntry).where(JournalEntry.number == 2)).one()
    entry.by_id, entry.about_id = entry.about_id, entry.by_id
    assert found(db, tmp_path / "none") == [
        (False, "The journal of Neckar does not fit together since entry 2.")
    ]


def test_among_some_entries_the_first_that_does_not_fit_is_found(db: Session) -> None:
    entries = db.scalars(select(JournalEntry).order_by(JournalEntry.number.desc())).all()
    assert journal.misfit_among(entries) is None
    assert journal.misfit_among([entries[0], entries[3]]) is None, "others lie between them"
    entries[2].act = "member.removed"
    assert journal.misfit_among(entries) == 3
    assert journal.misfit_among(entries[:2]) is None
    entries[2].digest = chain.digest(entries[2].previous, entries[2].facts())
    assert journal.misfit_among(entries) == 4, "it no longer hangs on the one before"
    db.rollback()


def test_one_taken_out_is_found(db: Session, tmp_path: Path) -> None:
    db.execute(delete(JournalEntry).where(JournalEntry.number == 3))
    assert found(db, tmp_path / "none") == [
        (False, "The journal of Neckar does not fit together since entry 4.")
    ]


def test_an_end_that_is_cut_off_is_found(db: Session, tmp_path: Path) -> None:
    db.execute(delete(JournalEntry).where(JournalEntry.number == 5))
    assert found(db, tmp_path / "none") == [
        (False, "The journal of Neckar does not fit together since entry 5.")
    ]


def test_an_end_cut_off_with_its_months_is_found_by_the_file_outside(db: Session, tmp_path: Path) -> None:
    kept = tmp_path / "journals.json"
    ends.write(db, kept)
    assert found(db, kept) == WELL
    db.execute(delete(JournalEntry).where(JournalEntry.number == 5))
    db.execute(delete(JournalMonth).where(JournalMonth.number == 5))
    assert found(db, tmp_path / "none") == WELL
    lost = [(False, "The journal of Neckar had 5 entries and ends otherwise now: look at a backup.")]
    assert found(db, kept) == lost
    ends.write(db, kept)
    assert found(db, kept) == lost, "the file does not forget it"
    network = db.scalars(select(Network)).one()
    for _each in range(2):
        journal.record(db, network, "member.joined", by=None, now=NOW + 3 * MONTH)
    assert found(db, kept) == lost, "nor does it when others are written in the place of those"
    ends.write(db, kept, anew=True)
    assert found(db, kept) == WELL, "until a restore begins it anew"


def test_a_file_that_is_none_is_said(db: Session, tmp_path: Path) -> None:
    kept = tmp_path / "journals.json"
    kept.write_text("{")
    assert [well for well, _what in found(db, kept)] == [False]


def test_what_is_too_old_goes_and_how_the_month_ended_stays(db: Session, tmp_path: Path) -> None:
    kept = tmp_path / "journals.json"
    ends.write(db, kept)
    journal.forget(db, Old(NOW + MONTH + timedelta(hours=1), None, 50))
    assert [each.number for each in db.scalars(select(JournalEntry))] == [4, 5]
    assert len(db.scalars(select(JournalMonth)).all()) == 3
    assert found(db, kept) == WELL
    journal.forget(db, Old(NOW + 9 * MONTH, None, 50))
    journal.record(db, db.scalars(select(Network)).one(), "member.joined", by=None, now=NOW + 9 * MONTH)
    assert [each.number for each in db.scalars(select(JournalEntry))] == [6]
    assert found(db, kept) == WELL


def test_it_fits_together_when_somebody_is_forgotten(db: Session, tmp_path: Path) -> None:
    db.execute(update(JournalEntry).values(by_id=None))
    assert found(db, tmp_path / "none") == WELL
