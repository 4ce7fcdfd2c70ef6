"""The database: it keeps what it has confirmed, it is known whose fault an error is, and what is wrong with
an address is said without what is secret in it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import faults, shape, store
from db.models import Base
from tests.support.around import free_port
from tests.support.postgres import Postgres


def test_sqlite_keeps_every_commit_on_disk_and_foreign_keys_on(tmp_path: Path) -> None:
    with store.connected(f"sqlite:///{tmp_path}/db") as engine:
        with engine.connect() as connection:
            values = {
                pragma: connection.execute(text(f"PRAGMA {pragma}")).scalar()
                for pragma in ("journal_mode", "synchronous", "foreign_keys")
            }
        assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_what_is_deleted_is_gone_from_the_files_of_sqlite(tmp_path: Path) -> None:
    engine = store.connect(f"sqlite:///{tmp_path}/m.db")
    words = "WORDS" * 400

    def found() -> bool:
        return any(b"WORDS" in file.read_bytes() for file in tmp_path.glob("m.db*"))

    def run(statement: str, **values: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(statement), values)

    run("CREATE TABLE others (body TEXT)")
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)"
    run(f"{numbers} INSERT INTO others SELECT :body FROM n", body="x" * 3000)
    run("CREATE TABLE carried (body TEXT)")
    run("INSERT INTO carried VALUES (:words)", words=words)
    assert found()
    run("DELETE FROM carried")
    for letter in "abc":  # as much as the log of writes holds before it begins anew, and some more
        run("UPDATE others SET body = :body", body=letter * 3000)
    assert not found()
    engine.dispose()


def test_postgresql_keeps_every_commit_on_disk_however_it_is_set_up(postgres: Postgres) -> None:
    with postgres.database() as url:
        for setting, used in (("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")):
            name = url.rpartition("/")[2]
            postgres.execute(f"ALTER DATABASE {name} SET synchronous_commit = {setting}")
            with store.connected(url) as engine, engine.connect() as connection:
                assert connection.execute(text("SHOW synchronous_commit")).scalar() == used
                assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"


def test_a_database_is_described_without_who_opens_it(database: str) -> None:
    with store.connected(database) as engine:
        with store.reached(engine) as connection:
            said = store.described(connection)
        assert said.startswith(("SQLite 3.", "PostgreSQL 18."))
        assert "ours" not in said


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
        with store.connected(address) as engine:
            with pytest.raises(faults.Unavailable) as unavailable:
                shape.migrate(engine)
            assert str(unavailable.value).endswith(f"is not reached: {why}.")
            assert "s3cret" not in str(unavailable.value)
            assert unavailable.value.__cause__ is None
    with pytest.raises(faults.Unavailable) as unavailable:
        store.connect("postgresql+psycopg://ours:s3cret@host:port/x")
    assert "s3cret" not in str(unavailable.value)


def test_a_wrong_password_is_said_to_be_one(postgres: Postgres) -> None:
    with postgres.asking_for_passwords():
        address = postgres.url("postgres").replace("ours@", "ours:s3cret@")
        with (
            store.connected(address) as engine,
            pytest.raises(faults.Unavailable, match="the password is not accepted") as unavailable,
        ):
            shape.migrate(engine)
    assert "s3cret" not in str(unavailable.value)


# --- whose fault it is ---------------------------------------------------------------------------


def test_what_a_database_refuses_does_not_make_it_away(database: str) -> None:
    with store.connected(database) as engine:
        shape.migrate(engine)
        for statement in (
            "SELECT nothing FROM people",
            "INSERT INTO people (id) VALUES (1)",
            "SELECT FROM WHERE",
            "SELECT * FROM no_such_table",
        ):
            with pytest.raises(DBAPIError) as refused, engine.begin() as connection:
                connection.execute(text(statement))
            assert not faults.is_away(refused.value), statement
        assert not faults.is_away(OSError("the disk is full"))


def test_a_value_that_is_too_large_for_postgresql_does_not_make_it_away(postgres: Postgres) -> None:
    with postgres.database(like="migrated") as url, store.connected(url) as engine:
        # Of random letters, because it would be made small otherwise.
        many = "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 1000) n)"
        for value in (many, "repeat('x', 1 << 30)"):
            with pytest.raises(DBAPIError) as refused, engine.begin() as connection:
                connection.execute(text(f"INSERT INTO seen VALUES ({value}, now())"))
            assert not faults.is_away(refused.value)


def test_a_sqlite_file_that_another_writes_to_is_away(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db"
    with store.connected(url) as engine, store.connected(url) as other:
        with engine.begin(), other.connect() as connection:
            connection.connection.execute("PRAGMA busy_timeout = 0")
            with pytest.raises(DBAPIError) as busy:
                connection.execute(text("SELECT 1"))
        assert faults.is_away(busy.value)


def test_a_lost_connection_is_away_and_the_next_one_works(postgres: Postgres) -> None:
    with postgres.database(like="migrated") as url, store.connected(url) as engine:
        with pytest.raises(DBAPIError) as lost, engine.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert faults.has_lost_its_line(lost.value)
        assert faults.is_away(lost.value)
        with engine.begin() as connection:
            assert connection.execute(Base.metadata.tables["seen"].select()).all() == []


def test_two_that_stand_in_each_other_s_way_are_not_away(postgres: Postgres) -> None:
    """PostgreSQL lets one of them go on, and the other may try again."""
    with postgres.database() as url, store.connected(url) as engine:
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
        assert not faults.is_away(refused)


def test_references_hold_again_after_a_change_of_shape(tmp_path: Path) -> None:
    with store.connected(f"sqlite:///{tmp_path}/db") as engine:
        for changes_shape, hold in ((True, 0), (False, 1)):
            with store.reached(engine, changes_shape=changes_shape) as connection:
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == hold
