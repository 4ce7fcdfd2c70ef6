"""`check` and `migrate` say only what they have looked at, and `check` changes nothing: whatever is in the
place of the database, what they say of it is true."""

import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.__main__ import main
from db import people, shape, store
from db.engine import turns
from tests.program.test_run import ROOT, clean_environment, modes
from tests.support.postgres import Postgres

UP_TO_DATE = "✓ The database is there and up to date"
PAGE = 4096


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the config says that the database is."""
    return tmp_path / "mentornet.db"


def config_of(database: str, folder: Path, *lines: str) -> Path:
    """A config without a messenger."""
    path = folder / "config.toml"
    path.touch(0o600)
    path.write_text("\n".join([f'[database]\nurl = "{database}"', *lines]) + "\n")
    return path


def says(capsys: pytest.CaptureFixture[str], config: Path, *command: str | Path) -> tuple[int, str]:
    """The status of a command, and what it printed."""
    status = main(["--config", str(config), *map(str, command)])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    return status, captured.out + captured.err


# --- a file in the place of the database ---------------------------------------------------------


def nothing(path: Path) -> None:
    """No file is there."""


def empty(path: Path) -> None:
    path.touch(0o600)


def of_another_program(path: Path) -> None:
    """Others number their versions as we do."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE alembic_version (version_num)")
        file.execute("INSERT INTO alembic_version VALUES (?)", (min(shape.versions()),))
        file.execute("CREATE TABLE people (id, of_theirs)")
        file.commit()


def unnumbered(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE theirs (id)")


def ours(path: Path) -> None:
    with turns.opened(f"sqlite:///{path}"):
        pass


def newer(path: Path) -> None:
    ours(path)
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()


def changed(path: Path) -> None:
    ours(path)
    with closing(sqlite3.connect(path)) as file:
        file.execute("ALTER TABLE letters RENAME COLUMN body TO words")
        file.execute("DROP TABLE seen")


def garbage(path: Path) -> None:
    path.write_bytes(b"garbage " * PAGE)


def cut(path: Path) -> None:
    ours(path)
    os.truncate(path, 10 * PAGE)


def damaged(path: Path) -> None:
    ours(path)
    with path.open("r+b") as file:
        for page in range(8, 20):
            file.seek(page * PAGE)
            file.write(b"\xff" * PAGE)


@pytest.mark.parametrize(
    ("make", "sign", "what"),
    [
        (nothing, "✓", "There is no database yet; the first start makes it: {path}."),
        (empty, "✓", "The database is empty; the first start makes its tables: SQLite "),
        (ours, "✓", "The database is there and up to date: SQLite "),
        (of_another_program, "✗", "The database ({path}) belongs to another program, and nothing in it was"),
        (unnumbered, "✗", "The database ({path}) belongs to another program, and nothing in it was"),
        (newer, "✗", "The database is at version 9999, which this program does not know yet."),
        (changed, "✗", "The database is not as version "),
        (garbage, "✗", "The database (SQLite, {path}) cannot be used: the file is no SQLite database"),
        (cut, "✗", "The database (SQLite, {path}) cannot be used: it is damaged."),
        (damaged, "✗", "The database is damaged: restore a backup. It is SQLite "),
    ],
)
def test_check_says_what_is_in_the_place_of_the_database_and_changes_nothing(
    make: Callable[[Path], None],
    sign: str,
    what: str,
    place: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make(place)
    for path in tmp_path.iterdir():
        path.chmod(0o600)
    before = place.read_bytes() if place.exists() else None
    _, said = says(capsys, config_of(f"sqlite:///{place}", tmp_path), "check")
    assert f"\n{sign} {what.format(path=place)}" in said
    assert (UP_TO_DATE in said) is (make is ours)
    assert (place.read_bytes() if place.exists() else None) == before


@pytest.mark.parametrize("make", [of_another_program, unnumbered, newer, garbage, cut])
def test_no_command_touches_what_it_cannot_use_or_says_that_it_did(
    make: Callable[[Path], None], place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(place)
    before = place.read_bytes()
    config = config_of(f"sqlite:///{place}", tmp_path, '[telegram]\ntoken = "1:TEST"')
    for command in (["migrate"], ["found", "Neckar Mentors"], ["backup", tmp_path / "saved"], ["run"]):
        status, said = says(capsys, config, *command)
        assert status != 0
        assert str(place) in said or "9999" in said
        for claim in (
            "has its tables now",
            "and is at version",
            "nothing was changed:",
            "is founded",
            "Saved in",
        ):
            assert claim not in said
    assert place.read_bytes() == before
    assert not (tmp_path / "saved").exists()


def test_a_damaged_database_is_not_saved(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged(place)
    status, said = says(capsys, config_of(f"sqlite:///{place}", tmp_path), "backup", tmp_path / "saved")
    assert (status, said) == (os.EX_DATAERR, f"The database is damaged, so nothing was saved ({place}).\n")
    assert not (tmp_path / "saved").exists()


def test_a_folder_that_is_not_there_or_not_ours_to_write_to_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = config_of(f"sqlite:///{tmp_path}/no/mentornet.db", tmp_path)
    assert (
        f"✗ There is no database yet, and no folder {tmp_path}/no in which"
        in says(capsys, missing, "check")[1]
    )
    (tmp_path / "state").mkdir()
    words = ["-m", "tests.support.sealed", str(tmp_path / "state"), sys.executable, "-m", "bot"]
    config = config_of(f"sqlite:///{tmp_path}/mentornet.db", tmp_path)
    done = subprocess.run(
        [sys.executable, *words, "--config", str(config), "check"],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    assert f"✗ There is no database yet, and this user may not make it in {tmp_path}." in done.stdout


def test_where_nobody_can_look_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is too long is as bad as a folder that this user may not enter, and root may not either."""
    file = tmp_path / ("a" * 300)
    config = config_of(f"sqlite:///{file}", tmp_path)
    sentence = f"The database (SQLite, {file}) cannot be looked for: File name too long."
    assert f"\n✗ {sentence}\n" in says(capsys, config, "check")[1]
    for command in (["found", "Neckar Mentors"], ["migrate"]):
        assert says(capsys, config, *command) == (os.EX_DATAERR, f"{sentence}\n")


def test_migrate_says_what_it_did(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_of(f"sqlite:///{place}", tmp_path)
    newest = shape.newest()
    status, said = says(capsys, config, "migrate")
    assert status == 0
    assert said.startswith(f"The database was empty, and has its tables now: version {newest}, SQLite 3.")
    assert said.endswith(f", {place}.\n")
    status, said = says(capsys, config, "migrate")
    assert status == 0
    assert said.startswith(f"The database is at version {newest} already, and nothing was changed: SQLite 3.")


def test_an_older_database_is_said_to_be_one_until_it_is_migrated(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    older = shape.newest()
    migrations = tmp_path / "migrations"
    shutil.copytree(shape.MIGRATIONS, migrations)
    (migrations / "versions" / "9998_later.py").write_text(
        f'import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = "9998", "{older}"\n'
        'def upgrade() -> None:\n    op.add_column("people", sa.Column("later", sa.Text()))\n'
    )
    monkeypatch.setattr(shape, "MIGRATIONS", migrations)
    config = config_of(database, tmp_path)
    _, said = says(capsys, config, "check")
    assert f"✓ The database is at version {older}; the next start brings it to 9998: " in said
    assert UP_TO_DATE not in said
    assert (
        f"The database was at version {older}, and is at version 9998 now: "
        in says(capsys, config, "migrate")[1]
    )
    assert UP_TO_DATE in says(capsys, config, "check")[1]


# --- PostgreSQL ----------------------------------------------------------------------------------


@pytest.fixture
def guest(postgres: Postgres) -> Iterator[str]:
    """Somebody who is let in and may do nothing."""
    postgres.execute("CREATE ROLE guest LOGIN")
    yield "guest"
    postgres.execute("DROP ROLE guest")


def test_a_user_without_rights_is_told_which_are_missing(
    guest: str, postgres: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with postgres.database() as url:
        config = config_of(url.replace("//ours@", f"//{guest}@"), tmp_path)
        status, said = says(capsys, config, "check")
        assert status == 1
        assert "✗ This user may make no tables in the database: give it the right to." in said
        status, said = says(capsys, config, "migrate")
        assert status == os.EX_DATAERR
        assert "cannot be used: this user lacks the rights for that." in said
    with postgres.database(like="migrated") as url:
        config = config_of(url.replace("//ours@", f"//{guest}@"), tmp_path)
        for command in ("check", "migrate"):
            assert "this user lacks the rights for that." in says(capsys, config, command)[1]
        assert "lacks the rights" in says(capsys, config, "backup", tmp_path / "saved")[1]
        with store.connected(url) as engine:
            with engine.begin() as connection:
                connection.execute(
                    text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {guest}")
                )
                connection.execute(text(f"REVOKE DELETE ON letters FROM {guest}"))
            status, said = says(capsys, config, "check")
            assert "letters, letters_id_seq" in said
            assert "in the database: give it the rights to." in said
            with engine.begin() as connection:
                connection.execute(text(f"DROP OWNED BY {guest}"))


def test_a_server_that_takes_nothing_is_said_to_be_read_only(
    postgres: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with postgres.database(like="migrated") as url:
        postgres.execute(f"ALTER DATABASE {url.rpartition('/')[2]} SET default_transaction_read_only = on")
        assert "cannot be used: it can only be read." in says(capsys, config_of(url, tmp_path), "check")[1]


# --- who may read --------------------------------------------------------------------------------


@pytest.fixture
def generous() -> Iterator[None]:
    """Whatever is made without a word about it, everybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous")
def test_what_is_made_is_for_us_alone_whatever_the_umask_is(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_of(f"sqlite:///{place}", tmp_path)
    with store.connected(f"sqlite:///{place}") as engine:
        shape.migrate(engine)
        with engine.connect() as connection:  # a program at work: its log is there
            connection.execute(text("DELETE FROM seen"))
            assert says(capsys, config, "backup", tmp_path / "saved")[0] == 0
            assert {"mentornet.db-wal", "mentornet.db-shm"} <= modes(tmp_path).keys()
            there = config_of(f"sqlite:///{tmp_path}/there.db", tmp_path)
            assert says(capsys, there, "restore", tmp_path / "saved")[0] == 0
            found = modes(tmp_path)
    assert found.pop("saved") == 0o700
    assert set(found.values()) == {0o600}, found


def test_what_others_may_read_is_named_with_what_mends_it(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours(place)
    config = config_of(f"sqlite:///{place}", tmp_path)
    _, said = says(capsys, config, "check")
    assert "✓ The rights of the database's files let nobody else read them." in said
    assert "chmod" not in said
    place.chmod(0o640)
    config.chmod(0o604)
    status, said = says(capsys, config, "check")
    assert status == 1
    mending = [
        line.partition("read it: ")[2] for line in said.splitlines() if line.startswith("✗ The rights")
    ]
    assert mending == [f"chmod go= {config}", f"chmod go= {place}"]
    for command in mending:
        subprocess.run(shlex.split(command), check=True)
    assert "chmod" not in says(capsys, config, "check")[1]


def test_a_group_may_read_the_config_where_that_is_how_we_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_of(f"sqlite:///{tmp_path}/db", tmp_path)
    config.chmod(0o640)
    monkeypatch.setattr(os, "geteuid", lambda: config.stat().st_uid + 1)  # it belongs to somebody else
    assert "chmod" not in says(capsys, config, "check")[1]
    config.chmod(0o644)
    assert f"read it: chmod o= {config}\n" in says(capsys, config, "check")[1]


def test_a_secret_that_the_environment_names_is_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3cret")
    secret.chmod(0o644)
    monkeypatch.setenv("MENTORNET_MATRIX__PASSWORD_FILE", str(secret))
    _, said = says(capsys, config_of(f"sqlite:///{tmp_path}/db", tmp_path), "check")
    assert f"let others on this computer read it: chmod go= {secret}\n" in said
    assert "s3cret" not in said


# --- the rest ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accounts", "what"),
    [
        ("[]", "✗ Nobody is named in operators.accounts"),
        (
            '["matrix:@ana:example.org"]',
            "✗ Nobody in operators.accounts is on a messenger that",
        ),
        ('["telegram:1"]', "✓ Operators: 1."),
    ],
)
def test_an_operator_counts_only_on_a_messenger_that_is_set_up(
    accounts: str, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (
        f"[operators]\naccounts = {accounts}",
        '[telegram]\ntoken = "1:TEST"\napi_url = "http://127.0.0.1:1"',
    )
    assert what in says(capsys, config_of(f"sqlite:///{tmp_path}/db", tmp_path, *lines), "check")[1]


def test_operators_who_never_wrote_are_named(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bot can write to nobody who never wrote to it: so they hear of no network that waits."""
    ours(place)
    config = config_of(
        f"sqlite:///{place}", tmp_path, '[operators]\naccounts = ["telegram:1", "matrix:@ana:example.org"]'
    )
    nobody = "These operators never wrote to the bot, so they hear of no new network: "
    assert f"✗ {nobody}telegram:1, matrix:@ana:example.org." in says(capsys, config, "check")[1]
    with turns.opened(f"sqlite:///{place}") as sessions, sessions.begin() as db:
        now = datetime.now(UTC)
        people.meet(db, "matrix", "@ana:example.org", chat="!1", name="Ana", language=None, now=now)
    assert f"✓ {nobody}telegram:1." in says(capsys, config, "check")[1]


CYPRUS = '[bot]\ntime_zone = "Asia/Nicosia"'


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        ([], False),
        (['[bot]\ntime_zone = "Asia/Nicosia"'], True),
        (
            ['[bot]\ntime_zone = "Asia/Nicosia"', '[help_lines]\nlines = [{name = "Ours", number = "1"}]'],
            False,
        ),
    ],
)
def test_a_number_is_asked_for_where_people_have_nobody_to_talk_to(
    lines: list[str], asked: bool, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours(place)
    said = says(capsys, config_of(f"sqlite:///{place}", tmp_path, *lines), "check")[1]
    assert ("✗ There is no number for people in Cyprus who need somebody" in said) == asked


def test_without_a_config_none_is_said_to_be_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "✓ There is no config.toml here; what the environment says is understood." in said
    assert list(tmp_path.iterdir()) == []
