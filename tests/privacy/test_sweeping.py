"""What was deleted is swept out of the database's files, while a program works on it."""

import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from db import files
from db.engine import turns
from db.engine.leases import Leases
from db.models import Letter
from db.privacy import sweeping

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
MARK = "zqxMARK"


def write(db: Session, many: int) -> None:
    body = {"text": MARK * 50}
    db.add_all(Letter(made_at=NOW, body=body, offers=[], media=[]) for _ in range(many))


def size(db: Session) -> int:
    """Bytes of a table."""
    return int(db.execute(text("SELECT pg_relation_size('letters')")).scalar_one())


def test_what_was_deleted_is_gone_from_the_files(database: str) -> None:
    """On SQLite from all of them; on PostgreSQL the rows are dead no longer, which their table shows."""
    with turns.opened(database) as sessions:
        engine = sessions.kw["bind"]
        path = files.path_of(engine.url)
        with sessions.begin() as db:
            write(db, 200)
        with sessions.begin() as db:
            db.execute(delete(Letter))
        if path is not None:
            assert any(MARK.encode() in each.read_bytes() for each in files.all_of(path)), "in the log"
            sweeping.sweep(engine)
            assert not any(MARK.encode() in each.read_bytes() for each in files.all_of(path))
            return
        with sessions() as db:
            assert size(db) > 0
        sweeping.sweep(engine)
        with sessions() as db:
            assert size(db) == 0


def test_it_is_swept_beside_others_who_work(database: str) -> None:
    with turns.opened(database) as sessions:
        with sessions.begin() as db:
            write(db, 1)
        leases = Leases(sessions.kw["bind"])
        with sessions.begin() as db:
            assert leases.take(db, "clock")
        sweeping.sweep(sessions.kw["bind"])
        assert leases.held == {"clock"}, "who sweeps takes no lease away"
        with sessions.begin() as db:
            write(db, 1)
            assert db.query(Letter).count() == 2


# --- pages --------------------------------------------------------------------------------------------


def number(path: Path, pragma: str) -> int:
    with closing(files.opened(path, "ro")) as connection:
        return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


@pytest.mark.parametrize("made", ["now", "before"])
def test_a_file_gives_back_its_free_pages_bit_by_bit(tmp_path: Path, made: str) -> None:
    """Also one that a program made which could not do so: from its next start on."""
    path = tmp_path / "mentornet.db"
    url = f"sqlite:///{path}"
    with turns.opened(url) as sessions, sessions.begin() as db:
        write(db, 4000)
    if made == "before":
        with closing(files.opened(path, "rw")) as connection:
            connection.execute("PRAGMA auto_vacuum=NONE")
            connection.execute("VACUUM")
        assert number(path, "auto_vacuum") == 0
    with turns.opened(url) as sessions:
        assert number(path, "auto_vacuum") == files.INCREMENTAL
        with sessions.begin() as db:
            assert db.query(Letter).count() == 4000
            db.execute(delete(Letter))
        sweeping.sweep(sessions.kw["bind"])
        large = path.stat().st_size
        assert number(path, "freelist_count") <= number(path, "page_count") // files.FREE_PART
        with sessions.begin() as db:
            write(db, 4000)
        sweeping.sweep(sessions.kw["bind"])
        assert path.stat().st_size > 2 * large, "it had been small"


def test_others_write_while_pages_are_given_back(tmp_path: Path) -> None:
    with turns.opened(f"sqlite:///{tmp_path}/mentornet.db") as sessions:
        with sessions.begin() as db:
            write(db, 4000)
        with sessions.begin() as db:
            db.execute(delete(Letter))
        swept = threading.Thread(target=sweeping.sweep, args=[sessions.kw["bind"]])
        swept.start()
        between = 0
        while swept.is_alive():
            with sessions.begin() as db:
                write(db, 1)
            between += 1
        swept.join()
        assert between > 5
        with sessions() as db:
            assert db.query(Letter).count() == between
