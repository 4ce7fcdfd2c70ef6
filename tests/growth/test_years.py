"""What is kept of people does not grow with the years: the third one adds little to what the second one left,
and what is deleted is given back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

import handlers
from db import files, shape, store
from db.models import Timer
from db.privacy import sweeping
from handlers.protecting import retention
from tests.growth.history import Size, fill
from tests.support.aio import on_loop
from tests.support.lab import lab
from tests.support.postgres import Postgres

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
MEMBERS = 200
MOST = 3 * 1024
"""Bytes that a member may add in a year."""
REST = timedelta(days=45)


def filled(url: str, years: int) -> None:
    """A network with so many years behind it, in which nothing is due."""
    with store.connected(url) as engine:
        shape.migrate(engine)
        with engine.begin() as connection:
            fill(connection, Size(MEMBERS, years=years, rounds=13 * years), now=NOW)
            connection.execute(delete(Timer))


@on_loop
async def night(url: str, later: timedelta) -> None:
    """Delete what is too old then."""
    async with lab(url, handlers) as here:
        here.clock.wind(NOW + later)
        zone = here.engine.installation.zone()
        await here.engine.worker.call(lambda db: retention.plan(db, here.clock.now(), zone))
        here.clock.wind(here.clock.now() + timedelta(days=1))
        while await here.engine.due():
            pass


def used(engine: Engine) -> int:
    """The bytes of what is in a database, without free ones."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM FULL")
            sizes = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'"
            return int(connection.exec_driver_sql(sizes).scalar_one())
        pages, free, size = (
            connection.exec_driver_sql(f"PRAGMA {what}").scalar_one()
            for what in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_third_year_adds_little(kind: str, postgres: Postgres, tmp_path: Path) -> None:
    sizes = []
    for years in (2, 3):
        with postgres.database() as empty:
            url = empty if kind == "postgresql" else f"sqlite:///{tmp_path}/{years}.db"
            filled(url, years)
            night(url, timedelta())
            with store.connected(url) as engine:
                sizes.append(used(engine))
    assert (sizes[1] - sizes[0]) / MEMBERS <= MOST


def test_what_is_deleted_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "rest.db"
    filled(f"sqlite:///{path}", 2)
    before = path.stat().st_size
    night(f"sqlite:///{path}", REST)
    with store.connected(f"sqlite:///{path}") as engine:
        sweeping.sweep(engine)
        there = path.stat().st_size
        assert there < before
        assert there - used(engine) <= there / files.FREE_PART
