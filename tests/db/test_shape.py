"""The shape of the database: what the migrations make is what the models say, and what is released stays as
it is."""

import re
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.command import check
from alembic.script import ScriptDirectory
from sqlalchemy import text

from db import faults, shape, store
from db.engine import turns
from db.migrations.__main__ import write
from db.models import Base


def test_the_migrations_make_what_the_models_say(empty: str) -> None:
    with store.connected(empty) as engine:
        shape.migrate(engine)
        shape.migrate(engine)
        with engine.connect() as connection:
            check(shape.alembic_config(connection))


def test_the_files_of_the_migrations_are_called_by_their_versions() -> None:
    known = {script.revision for script in ScriptDirectory(str(shape.MIGRATIONS)).walk_revisions()}
    assert shape.versions() == known


def test_alembic_is_loaded_only_where_the_shape_has_to_change(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ours.db"
    with turns.opened(url):
        pass
    start = f"import sys; from db.engine import turns\nwith turns.opened({url!r}): print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=True).stdout
    assert "alembic" not in loaded.split()


def test_programs_that_start_together_migrate_once(empty: str) -> None:
    def start(_: int) -> None:
        with store.connected(empty) as engine:
            shape.migrate(engine)

    with ThreadPoolExecutor(8) as several:
        list(several.map(start, range(8)))
    with store.connected(empty) as engine:
        with engine.connect() as connection:
            made = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
        assert made == [shape.newest()]


def test_a_newer_database_is_refused_with_a_sentence(database: str) -> None:
    with store.connected(database) as engine:
        shape.migrate(engine)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(faults.DatabaseTooNew, match="used by a newer program"):
            shape.migrate(engine)


def test_a_migration_makes_the_same_for_ever() -> None:
    """So it imports nothing of ours, which may be different later."""
    for path in (shape.MIGRATIONS / "versions").glob("*.py"):
        imported = re.findall(r"^(?:from|import) (\w+)", path.read_text("utf-8"), re.M)
        assert set(imported) - sys.stdlib_module_names <= {"alembic", "sqlalchemy"}, path.name


def test_a_new_migration_makes_what_the_models_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest one is taken away and written anew."""
    newest = shape.newest()
    folder = shutil.copytree(shape.MIGRATIONS, tmp_path / "migrations")
    monkeypatch.setattr(shape, "MIGRATIONS", folder)
    (last,) = (folder / "versions").glob(f"{newest}_*.py")
    last.unlink()
    assert write("What it has to make").name == f"{newest}_what_it_has_to_make.py"
    with store.connected(f"sqlite:///{tmp_path}/db") as engine:
        shape.migrate(engine)
        with engine.connect() as connection:
            check(shape.alembic_config(connection))


def test_no_number_is_used_again(migrated: Path) -> None:
    """Buttons and timers keep numbers of rows that may be gone: SQLite would give them to new ones."""
    with closing(sqlite3.connect(migrated)) as file:
        made = dict(file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    numbered = [table.name for table in Base.metadata.sorted_tables if "id" in table.c]
    assert [name for name in numbered if "AUTOINCREMENT" not in made[name]] == []
