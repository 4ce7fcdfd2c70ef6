"""The database: what the migrations make is what the models say, a newer one is refused, and what is wrong
with an address is said without what is secret in it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.command import check
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import store
from db.models import Base
from tests.around import free_port
from tests.conftest import each_kind
from tests.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which nothing is; once of each kind."""
    with each_kind(request, tmp_path, empty=True) as url:
        yield url


def test_the_migrations_make_what_the_models_say(empty: str) -> None:
    engine = store.connect(empty)
    store.migrate(engine)
    store.migrate(engine)
    with engine.connect() as connection:
        check(store.alembic_config(connection))
    engine.dispose()


def test_the_files_of_the_migrations_are_called_by_their_versions() -> None:
    known = {script.revision for script in ScriptDirectory(str(store.MIGRATIONS)).walk_revisions()}
    assert store.versions() == known


def test_alembic_is_loaded_only_where_the_shape_has_to_change(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ours.db"
    with store.opened(url):
        pass
    start = f"import sys; from db import store\nwith store.opened({url!r}): print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=True).stdout
    assert "alembic" not in loaded.split()


def test_programs_that_start_together_migrate_once(empty: str) -> None:
    def start(_: int) -> None:
        engine = store.connect(empty)
        store.migrate(engine)
        engine.dispose()

    with ThreadPoolExecutor(8) as several:
        list(several.map(start, range(8)))
    engine = store.connect(empty)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [("0001",)]
    engine.dispose()


def test_a_newer_database_is_refused_with_a_sentence(database: str) -> None:
    engine = store.connect(database)
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


def test_postgresql_keeps_every_commit_on_disk_however_it_is_set_up(postgres: Postgres) -> None:
    with postgres.database() as url:
        for setting, used in (("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")):
            name = url.rpartition("/")[2]
            postgres.execute(f"ALTER DATABASE {name} SET synchronous_commit = {setting}")
            engine = store.connect(url)
            with engine.connect() as connection:
                assert connection.execute(text("SHOW synchronous_commit")).scalar() == used
                assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
            engine.dispose()


def test_a_database_is_described_without_who_opens_it(database: str) -> None:
    engine = store.connect(database)
    said = store.described(engine)
    assert said.startswith(("SQLite 3.", "PostgreSQL 18."))
    assert "ours" not in said
    engine.dispose()


def test_what_is_wrong_with_the_address_is_said_without_the_password(
    postgres: Postgres, tmp_path: Path
) -> None:
    there = postgres.address("").removeprefix("postgresql://ours@").removesuffix("/")
    for address, why in (
        (f"postgresql+psycopg://ours:s3cret@127.0.0.1:{free_port()}/x", "nobody answers there"),
        (f"postgresql+psycopg://ours:s3cret@{there}/nothing", "there is no database of this name"),
        (f"postgresql+psycopg://s3cret:s3cret@{there}/postgres", "this user is not let in"),
        (f"postgresql+psycopg://ours:s3cret@{there}/postgres?sslmode=require", "it cannot be opened"),
        (f"sqlite:///{tmp_path}/no/folder", "it cannot be opened"),
    ):
        engine = store.connect(address)
        with pytest.raises(store.Unavailable) as unavailable:
            store.migrate(engine)
        assert str(unavailable.value).endswith(f"is not reached: {why}.")
        assert "s3cret" not in str(unavailable.value)
        assert unavailable.value.__cause__ is None
        engine.dispose()
    with pytest.raises(store.Unavailable) as unavailable:
        store.connect("postgresql+psycopg://ours:s3cret@host:port/x")
    assert "s3cret" not in str(unavailable.value)


def test_a_wrong_password_is_said_to_be_one(postgres: Postgres) -> None:
    with postgres.asking_for_passwords():
        engine = store.connect(postgres.url("postgres").replace("ours@", "ours:s3cret@"))
        with pytest.raises(store.Unavailable, match="the password is not accepted") as unavailable:
            store.migrate(engine)
    assert "s3cret" not in str(unavailable.value)
    engine.dispose()


# --- whose fault it is ---------------------------------------------------------------------------


def test_what_a_database_refuses_does_not_make_it_away(database: str) -> None:
    engine = store.connect(database)
    store.migrate(engine)
    for statement in (
        "SELECT nothing FROM people",
        "INSERT INTO people (id) VALUES (1)",
        "SELECT FROM WHERE",
        "SELECT * FROM no_such_table",
    ):
        with pytest.raises(DBAPIError) as refused, engine.begin() as connection:
            connection.execute(text(statement))
        assert not store.is_away(refused.value), statement
    assert not store.is_away(OSError("the disk is full"))
    engine.dispose()


def test_a_value_that_is_too_large_for_postgresql_does_not_make_it_away(postgres: Postgres) -> None:
    with postgres.database(like="migrated") as url:
        engine = store.connect(url)
        # Of random letters, because it would be made small otherwise.
        many = "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 1000) n)"
        for value in (many, "repeat('x', 1 << 30)"):
            with pytest.raises(DBAPIError) as refused, engine.begin() as connection:
                connection.execute(text(f"INSERT INTO seen VALUES ({value}, now())"))
            assert not store.is_away(refused.value)
        engine.dispose()


def test_a_sqlite_file_that_another_writes_to_is_away(tmp_path: Path) -> None:
    engine = store.connect(f"sqlite:///{tmp_path}/db")
    other = store.connect(f"sqlite:///{tmp_path}/db")
    with engine.begin(), other.connect() as connection:
        connection.connection.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(DBAPIError) as busy:
            connection.execute(text("SELECT 1"))
    assert store.is_away(busy.value)
    engine.dispose()
    other.dispose()


def test_a_lost_connection_is_away_and_the_next_one_works(postgres: Postgres) -> None:
    with postgres.database(like="migrated") as url:
        engine = store.connect(url)
        with pytest.raises(DBAPIError) as lost, engine.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert store.has_lost_its_line(lost.value)
        assert store.is_away(lost.value)
        with engine.begin() as connection:
            assert connection.execute(Base.metadata.tables["seen"].select()).all() == []
        engine.dispose()


def test_two_that_stand_in_each_other_s_way_are_not_away(postgres: Postgres) -> None:
    """PostgreSQL lets one of them go on, and the other may try again."""
    with postgres.database() as url:
        engine = store.connect(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE things (id int PRIMARY KEY, n int)"))
            connection.execute(text("INSERT INTO things VALUES (1, 0), (2, 0)"))
        take = text("UPDATE things SET n = n + 1 WHERE id = :id")
        met = threading.Barrier(2)

        def both(first: int, second: int) -> Exception | None:
            try:
                with engine.begin() as connection:
                    connection.execute(take, {"id": first})
                    met.wait()
                    connection.execute(take, {"id": second})
            except DBAPIError as error:
                return error
            return None

        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(both, (1, 2), (2, 1)))
        (refused,) = [error for error in ended if error is not None]
        assert not store.is_away(refused)
        engine.dispose()
