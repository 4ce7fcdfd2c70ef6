"""What is released stays as it was, and people go on in a database that a release has filled. The database of
this program stands for the first release, so what is tried here is tried before there is one."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text

from db import backup, shape, store
from tests.db.release import (
    GOES_ON,
    LEAVES,
    RELEASED,
    RELEASES,
    breaks,
    changed,
    filled,
    hash_of,
    leaving,
    load,
    there,
)
from tests.program.test_backup import NOW
from tests.support.stage import play

OURS = "this program"
VERSIONS = sorted(
    (path.stem for path in RELEASES.glob("*.sql")), key=lambda name: [*map(int, name.split("."))]
)


@pytest.fixture(scope="session")
def our_release(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that this program has filled."""
    return filled(tmp_path_factory.mktemp("release"))


@pytest.fixture(params=[*VERSIONS, OURS])
def release(request: pytest.FixtureRequest, our_release: str) -> str:
    """A database that each release has filled, in SQL."""
    return our_release if request.param == OURS else (RELEASES / f"{request.param}.sql").read_text("utf-8")


def test_people_go_on_in_what_a_release_has_left(
    release: str, empty: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    load(release, tmp_path / "release")
    backup.restore(tmp_path / "release", empty, NOW)
    written = GOES_ON.read_text("utf-8")
    played = play(written, empty)
    if request.config.getoption("--rewrite"):
        GOES_ON.write_text(played, "utf-8")
    else:
        assert played == written


# --- what is released stays as it was ------------------------------------------------------------


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """The migrations, to be changed."""
    return shutil.copytree(shape.MIGRATIONS, tmp_path / "migrations") / "versions"


def test_no_migration_that_is_released_has_changed() -> None:
    assert changed(RELEASED.read_text("utf-8"), shape.MIGRATIONS / "versions") == []


def test_one_that_has_changed_would_be_found(versions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_, last = sorted(versions.glob("[0-9]*.py"))
    listed = "# a remark\n" + "".join(f"{hash_of(path)}  {path.name}\n" for path in (first, last))
    assert changed(listed, versions) == []
    first.write_text(first.read_text("utf-8") + "\n", "utf-8")
    last.unlink()
    assert changed(listed, versions) == [first.name, last.name]


# --- while some programs are new already and others are still old --------------------------------


def breaks_in_the_newest_shape(release: str, folder: Path) -> set[str]:
    """What a release would stumble over in its database, once a newer program has been there."""
    load(release, folder / "release")
    with store.connected(f"sqlite:///{folder}/release") as engine:
        with engine.connect() as connection:
            before = there(connection)
        shape.migrate(engine)
        with engine.connect() as connection:
            return breaks(release, before, there(connection))


def test_the_latest_release_can_work_on(tmp_path: Path) -> None:
    for version in VERSIONS[-1:]:
        release = (RELEASES / f"{version}.sql").read_text("utf-8")
        assert breaks_in_the_newest_shape(release, tmp_path) == set()


HARM = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9999", "{newest}"
def upgrade() -> None:
    with op.batch_alter_table("people") as people:
        people.drop_column("wake_if_urgent")
        people.add_column(sa.Column("may", sa.Text()))
        people.add_column(sa.Column("must", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("people") as people:
        people.alter_column("must", server_default=None)
"""


def test_what_it_cannot_work_with_would_be_found(
    our_release: str, versions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = shape.newest()
    monkeypatch.setattr(shape, "MIGRATIONS", versions.parent)
    assert breaks_in_the_newest_shape(our_release, tmp_path) == set()
    (tmp_path / "release").unlink()
    (versions / "9999_harm.py").write_text(HARM.format(newest=newest), "utf-8")
    assert breaks_in_the_newest_shape(our_release, tmp_path) == {"people.wake_if_urgent", "people.must"}
    (tmp_path / "release").unlink()
    announced = f"-- leaves: people.wake_if_urgent\n{our_release}"
    assert breaks_in_the_newest_shape(announced, tmp_path) == {"people.must"}


def test_a_column_that_leaves_says_so_in_its_model() -> None:
    ours = MetaData()
    Table("people", ours, Column("name", Text), Column("nickname", Text, info={LEAVES: True}))
    assert list(leaving(ours)) == ["people.nickname"]
