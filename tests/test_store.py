"""The database: what the migrations make is what the models say, and a newer one is refused."""

from pathlib import Path

import pytest
from alembic.command import check
from sqlalchemy import text

from db import store


def test_the_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    engine = store.connect(f"sqlite:///{tmp_path}/db")
    store.migrate(engine)
    store.migrate(engine)
    check(store.alembic_config(engine))
    engine.dispose()


def test_a_newer_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    engine = store.connect(f"sqlite:///{tmp_path}/db")
    store.migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(store.DatabaseTooNew, match="used by a newer program"):
        store.migrate(engine)
    engine.dispose()


def test_sqlite_keeps_every_commit_on_disk_and_foreign_keys_on(tmp_path: Path) -> None:
    engine = store.connect(f"sqlite:///{tmp_path}/db")
    with engine.connect() as connection:
        values = {
            pragma: connection.execute(text(f"PRAGMA {pragma}")).scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    engine.dispose()
