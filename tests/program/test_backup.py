"""A backup is made while the bot runs, and restored elsewhere everything goes on; what cannot be saved or
restored is said in a sentence, and nothing is touched."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.__main__ import main
from bot.program import cast
from bot.program.saving import folder as backups
from db import backup, faults, shape, store
from db.engine import turns
from db.models import Base, Delivery, HelpRequest
from tests.adapters.test_matrix_day import both, sees
from tests.db.test_single_program import on
from tests.linking.everything import Everything
from tests.program.test_run import program, settings
from tests.support.aio import on_loop
from tests.support.around import where_it_is_day
from tests.support.lab import lab
from tests.support.matrix_person import Person, matrix_name, new_account
from tests.support.peak import MIB, peak
from tests.support.postgres import Postgres
from tests.support.ready import ready
from tests.support.stage import TRANSCRIPTS, play
from tests.support.synapse import homeserver
from tests.telegram_server import Shown, TelegramServer, User

KINDS = ("sqlite", "postgresql")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
STORIES = (
    "checking_in/check_in",
    "directory/orgs",
    "front/first_day",
    "network/room.de",
    "protecting/report_meta",
    "sharing/share_and_find",
    "talking/relay_words",
)
"""Transcripts that leave rows as people bring them about: with gaps, long texts, and words that are gone."""


PAIRS = [
    pytest.param((a, b), id=f"{a}_to_{b}", marks=[] if a == b else pytest.mark.soak)
    for a in KINDS
    for b in KINDS
]


@pytest.fixture(params=PAIRS)
def move(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of two databases in which nothing is, of each kind."""
    with ExitStack() as stack:

        def place(kind: str, name: str) -> str:
            if kind == "sqlite":
                return f"sqlite:///{tmp_path}/{name}.db"
            server: Postgres = request.getfixturevalue("postgres")
            return stack.enter_context(server.database())

        yield place(request.param[0], "here"), place(request.param[1], "there")


def config_at(folder: Path, database: str = "", *lines: str) -> Path:
    """A config file in a folder of its own."""
    folder.mkdir(exist_ok=True)
    path = folder / "config.toml"
    url = database or f"sqlite:///{folder}/mentornet.db"
    path.touch(0o600)
    path.write_text("\n".join([f'[database]\nurl = "{url}"', *lines]) + "\n")
    return path


def command(config: Path, *words: str | Path) -> int:
    """The status of a command."""
    return main(["--config", str(config), *map(str, words)])


@pytest.fixture
def saved(tmp_path: Path, migrated: Path) -> Path:
    """A backup of a database in which nobody is."""
    config = config_at(tmp_path / "here")
    shutil.copy(migrated, tmp_path / "here" / "mentornet.db")
    assert command(config, "backup", tmp_path / "saved") == 0
    return tmp_path / "saved"


# --- what is saved is what is restored -----------------------------------------------------------


def rows(url: str) -> dict[str, list[Any]]:
    """All that is in a database, but for the last delivery, which a restore adds."""
    with store.connected(url) as engine, engine.connect() as connection:
        found = {
            table.name: list(connection.execute(select(table).order_by(*table.primary_key)).all())
            for table in Base.metadata.sorted_tables
        }
        forgotten = connection.scalar(text("SELECT count(*) FROM letters WHERE body IS NULL"))
    added = [row for row in found["deliveries"] if row.reason == "the database was restored"]
    found["deliveries"] = [row for row in found["deliveries"] if row not in added]
    found["letters"] = [row for row in found["letters"] if row.id not in {each.letter_id for each in added}]
    return {**found, "forgotten": [forgotten - len(added)]}


@pytest.fixture(params=["every table", *STORIES])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a SQLite database: with rows in every table, made from the models, or as a story leaves
    it."""
    url = ready(f"sqlite:///{tmp_path}/filled.db")
    if request.param == "every table":
        with turns.opened(url) as sessions, sessions.begin() as db:
            Everything(db)
        assert [table for table, there in rows(url).items() if not there] == []
    else:
        play((TRANSCRIPTS / f"{request.param}.txt").read_text(), url)
    return url


def test_every_row_comes_back_also_in_the_other_kind_of_database(
    filled: str, tmp_path: Path, postgres: Postgres
) -> None:
    before, last = rows(filled), f"sqlite:///{tmp_path}/last.db"
    with postgres.database() as between:
        for here, there in ((filled, between), (between, last)):
            file = tmp_path / f"{there.rpartition('/')[2]}.saved"
            assert backup.save(here, file) == shape.newest()
            backup.restore(file, there, NOW)
            assert rows(there) == before


@on_loop
async def test_what_comes_next_has_numbers_that_were_not_used_since(
    move: tuple[str, str], tmp_path: Path
) -> None:
    here, there = move
    async with lab(here) as first:
        await first.says("ana", "/start")
        backup.save(here, tmp_path / "saved.db")
        await first.says("ana", "/start")
        with first.session() as db:
            since = db.scalars(select(Delivery.id)).all()
    backup.restore(tmp_path / "saved.db", there, NOW)
    async with lab(there) as second:
        with second.session() as db:
            old = db.scalars(select(Delivery.id)).all()
        for who in ("ana", "bo"):
            assert await second.says(who, "/start")
        with second.session() as db:
            new = set(db.scalars(select(Delivery.id)).all()) - set(old)
    assert new
    assert min(new) > max(since) + 1_000_000


def test_an_older_backup_is_brought_into_shape_and_a_newer_one_refused(
    move: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = move
    play((TRANSCRIPTS / "front/first_day.txt").read_text(), here)
    before, known, newest = rows(here), shape.MIGRATIONS, shape.newest()
    newer = tmp_path / "migrations"
    shutil.copytree(known, newer)
    (newer / "versions" / "9999_later.py").write_text(
        f'import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = "9999", "{newest}"\n'
        'def upgrade() -> None:\n    op.add_column("people", sa.Column("later", sa.Text()))\n'
    )
    monkeypatch.setattr(shape, "MIGRATIONS", newer)
    assert backup.save(here, tmp_path / "older.db") == newest, "the database is not changed by a backup"
    backup.restore(tmp_path / "older.db", there, NOW)
    assert rows(there) == before
    assert backup.save(there, tmp_path / "newer.db") == "9999"
    monkeypatch.setattr(shape, "MIGRATIONS", known)
    with pytest.raises(faults.DatabaseTooNew, match="The backup was made by a newer program"):
        backup.restore(tmp_path / "newer.db", f"sqlite:///{tmp_path}/third.db", NOW)
    assert not (tmp_path / "third.db").exists()


# --- while the bot runs --------------------------------------------------------------------------

IN_THE_MIDDLE, OTHERS = 50, 10


async def finds(user: User, words: str) -> Shown:
    """The next new message that holds the words, whatever comes before."""
    try:
        while words not in (shown := await user.hears()).text or shown.edited:
            pass
    except AssertionError as silence:
        raise AssertionError(f"{silence}, and waits for {words!r}: {user.seen[-3:]}") from None
    return shown


@on_loop
async def test_fifty_open_questions_go_on_elsewhere(move: tuple[str, str], tmp_path: Path) -> None:
    (here, there), folder = move, tmp_path
    async with TelegramServer() as server:
        everybody = [server.user(n, f"P{n}", "en", met=True) for n in range(1, IN_THE_MIDDLE + OTHERS + 1)]
        askers, others = everybody[:IN_THE_MIDDLE], everybody[IN_THE_MIDDLE:]
        with turns.opened(here) as sessions, sessions.begin() as db:
            for user in everybody:
                who = cast.Character(
                    user.first_name, "telegram", str(user.id), "en", "member", None, ("papers",), ("en",)
                )
                cast.enter(db, who, time_zone=where_it_is_day(), now=datetime.now(UTC) - timedelta(days=1))

        async def ask(user: User) -> Shown:
            user.says("/ask papers")
            await finds(user, "What do you need help with?")
            user.says(f"Need of {user.first_name}.")
            return await finds(user, "Send it like this?")

        async def go_on(user: User, asked: Shown) -> None:
            assert f"Need of {user.first_name}." in asked.text
            user.presses(asked, "Send it with my name")
            await finds(user, "I am asking now")

        config = at(folder / "here", here, server)
        async with program(config) as running:
            await running.says("connected")
            asked = await asyncio.gather(*map(ask, askers))
            done = asyncio.Event()
            writing = [asyncio.create_task(_writes(user, done)) for user in others]
            saved = await asyncio.to_thread(command, config, "backup", folder / "saved")
            done.set()
            await asyncio.gather(*writing)
            assert await running.ends(signal.SIGKILL) == -signal.SIGKILL
        assert saved == 0

        elsewhere = at(folder / "there", there, server)
        assert await asyncio.to_thread(command, elsewhere, "restore", folder / "saved") == 0
        async with program(elsewhere) as running:
            await running.says("connected")
            await asyncio.gather(*map(go_on, askers, asked))
            assert await running.ends(signal.SIGTERM) == 0
        assert server.refusals == []
        with turns.opened(there) as sessions, sessions() as db:
            needs = db.scalars(select(HelpRequest.need)).all()
        assert sorted(needs) == sorted(f"Need of {user.first_name}." for user in askers)


async def _writes(user: User, done: asyncio.Event) -> None:
    """Write, and wait for the answer, again and again."""
    number = 0
    while not (done.is_set() and number):
        number += 1
        user.says(f"/n{number}x")
        await finds(user, f"/n{number}x")


def at(folder: Path, database: str, server: TelegramServer) -> Path:
    """The config of the bot on Telegram, in a folder of its own, with a database anywhere."""
    folder.mkdir()
    config = on(database, settings(folder, server))
    config.write_text(config.read_text().replace("[telegram]", "[telegram]\nmessages_per_second = 1000"))
    return config


# --- on Matrix -----------------------------------------------------------------------------------


@on_loop
async def test_an_encrypted_chat_goes_on_with_the_same_device(tmp_path: Path) -> None:
    """What happened between the backup and the loss is known to everybody but the bot: keys that it used up,
    and others that it gave out."""
    here, there, home = tmp_path / "here", tmp_path / "there", homeserver()
    here.mkdir()
    there.mkdir()
    account = new_account(home, here)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TelegramServer())
        bo, cy, di = [
            await stack.enter_async_context(Person.on(home, name, strict=True)) for name in ("Bo", "Cy", "Di")
        ]
        config, bot = both(here, server, account), matrix_name(account)
        async with program(config) as running:
            room = await bo.opens_private_chat(bot)
            await sees(bo, "Hello. I am mentorNET, a program.")
            await counts(bo, room, 1)
            assert await asyncio.to_thread(command, config, "backup", tmp_path / "saved") == 0
            await counts(bo, room, 2)
            assert await running.ends(signal.SIGTERM) == 0
        async with program(config) as running:
            await counts(bo, room, 3)
            await cy.opens_private_chat(bot)
            await sees(cy, "Hello. I am mentorNET, a program.")
            assert await running.ends(signal.SIGKILL) == -signal.SIGKILL

        config = both(there, server, replace(account, folder=there / "matrix", password=""))
        assert await asyncio.to_thread(command, config, "restore", tmp_path / "saved") == 0
        async with program(config) as running:
            await counts(bo, room, 4)
            await di.opens_private_chat(bot)
            await sees(di, "Hello. I am mentorNET, a program.")
            await counts(di, di.messages[-1].room, 1)
            assert await running.ends(signal.SIGTERM) == 0
        assert "keys.later" not in running.log
        assert not any(person.unreadable for person in (bo, di))
        assert len(bo.call("POST", "keys/query", {"device_keys": {bot: []}})["device_keys"][bot]) == 1
        assert not (there / "matrix" / "restored").exists()


async def counts(person: Person, room: str, number: int) -> None:
    """Say a number, and wait until it is answered, readably."""
    await person.writes(room, f"!n{number}x")
    while f"!n{number}x" not in (await person.hears(room)).text:
        pass


# --- what cannot be saved or restored ------------------------------------------------------------


def test_a_backup_needs_a_new_folder_and_a_database(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "here" / "config.toml"
    assert command(config, "backup", saved) == os.EX_DATAERR
    assert "is not empty: every backup needs a new folder." in capsys.readouterr().out
    nowhere = config_at(tmp_path / "nowhere")
    assert command(nowhere, "backup", tmp_path / "other") == os.EX_DATAERR
    assert "There is no database" in capsys.readouterr().out
    assert not (tmp_path / "other").exists(), "what was begun is taken away"
    on_matrix = config_at(tmp_path / "matrix", "", "[matrix]", 'user = "@bot:example.org"')
    assert command(on_matrix, "backup", tmp_path / "third") == os.EX_DATAERR
    assert "save where the bot is on Matrix" in capsys.readouterr().out


def test_of_backups_that_are_kept_the_oldest_go_once_a_new_one_is_there(
    tmp_path: Path, migrated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, all_of_them = config_at(tmp_path / "here"), tmp_path / "backups"
    database = tmp_path / "here" / "mentornet.db"
    shutil.copy(migrated, database)
    others = {"my own", "2026-01-01T000000Z"}  # without its list it is no backup
    for each in others:
        (all_of_them / each).mkdir(parents=True)
    made = [NOW + timedelta(days=day, hours=day) for day in range(4)]
    for now in made:
        monkeypatch.setattr("bot.support.clock.RealClock.now", lambda _self, now=now: now)
        assert command(config, "backup", "--keep", "2", all_of_them) == 0
    names = [backups.name_at(now) for now in made]
    assert {path.name for path in all_of_them.iterdir()} == {*names[-2:], *others}
    assert f"Older ones that are deleted: {names[1]}." in capsys.readouterr().out

    database.unlink()
    monkeypatch.setattr("bot.support.clock.RealClock.now", lambda _self: NOW + timedelta(days=9))
    assert command(config, "backup", "--keep", "1", all_of_them) == os.EX_DATAERR
    assert {path.name for path in all_of_them.iterdir()} == {*names[-2:], *others}, "none is gone"
    assert command(config_at(tmp_path / "there"), "restore", all_of_them / names[-1]) == 0


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_how_many_stay_is_a_number_from_one_on(tmp_path: Path, number: str) -> None:
    with pytest.raises(SystemExit) as end:
        main(["backup", "--keep", number, str(tmp_path)])
    assert end.value.code == 2


def test_only_we_can_read_a_backup(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in saved.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda folder: (folder / "backup.json").unlink(), "is no backup, or one that was interrupted"),
        (lambda folder: (folder / "backup.json").write_text("{"), "The backup is damaged"),
        (lambda folder: (folder / "mentornet.db").write_bytes(b"x"), "The backup is damaged"),
        (lambda folder: (folder / "mentornet.db").unlink(), "The backup is damaged"),
        (
            lambda folder: (folder / "backup.json").write_text(
                json.dumps({**json.loads((folder / "backup.json").read_text()), "form": 2})
            ),
            "was made by a newer program",
        ),
        (lambda folder: os.truncate(folder / "mentornet.db", 4096), "The backup is damaged"),
        (lambda folder: (folder / "backup.json").write_text("[]"), "The backup is damaged"),
        (lambda folder: (folder / "backup.json").write_text('{"form": 1}'), "The backup is damaged"),
        (
            lambda folder: (folder / "mentornet.db-journal").touch(),
            "does not belong to the backup: take it out",
        ),
    ],
    ids=[
        "interrupted",
        "no list",
        "changed",
        "incomplete",
        "newer",
        "cut",
        "another list",
        "half a list",
        "more",
    ],
)
def test_what_is_no_whole_backup_is_refused(
    harm: Callable[[Path], object],
    says: str,
    saved: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    harm(saved)
    config = config_at(tmp_path / "there")
    assert command(config, "restore", saved) == os.EX_DATAERR
    assert says in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["config.toml"]


def test_a_folder_of_backups_is_none(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(saved, tmp_path / "all" / "monday")
    shutil.copytree(saved, tmp_path / "all" / "tuesday")
    config = config_at(tmp_path / "there")
    for folder, what in (
        ("all", "is no backup, but has some in it: name one of them (monday, tuesday)."),
        ("nowhere", f"There is no folder {tmp_path}/nowhere."),
    ):
        assert command(config, "restore", tmp_path / folder) == os.EX_DATAERR
        assert what in capsys.readouterr().out


def test_what_was_saved_and_restored_is_read_back_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = config_at(tmp_path / "here"), config_at(tmp_path / "there")
    play((TRANSCRIPTS / "front/first_day.txt").read_text(), f"sqlite:///{tmp_path}/here/mentornet.db")
    people, networks = (
        len(rows(f"sqlite:///{tmp_path}/here/mentornet.db")[each]) for each in ("people", "networks")
    )
    assert people
    for config, words in ((here, "backup"), (there, "restore")):
        assert command(config, words, tmp_path / "saved") == 0
        database = config.parent / "mentornet.db"
        said = capsys.readouterr().out
        assert f", and read back: the database ({database}; people: {people}, networks: {networks})" in said
        assert "Matrix" not in said


# --- the keys of Matrix in it --------------------------------------------------------------------

BOT, DEVICE = "@bot:example.org", "PHONE"


def keys_in(folder: Path, *, user: str = BOT, device: str = DEVICE, keys_of: str = BOT) -> Path:
    """A folder with a login, and with keys, as the bot keeps them."""
    folder.mkdir()
    (folder / "login.json").write_text(
        json.dumps({"asked": user, "user": user, "device": device, "token": "secret"})
    )
    (folder / "cross-signing.json").write_text("{}")
    with closing(sqlite3.connect(folder / "crypto.db")) as file:
        file.execute("CREATE TABLE accounts (user_id, device_id)")
        file.execute("INSERT INTO accounts VALUES (?, ?)", (keys_of, DEVICE))
        file.commit()
    return folder


def instead(folder: Path, **given: str) -> Path:
    """The same in the place of what is there."""
    shutil.rmtree(folder)
    return keys_in(folder, **given)


def on_matrix(folder: Path, user: str = BOT) -> Path:
    """A config of a bot on Matrix, with its database."""
    path = config_at(folder, "", "[matrix]", f'user = "{user}"', f'store = "{folder}/store"')
    with turns.opened(f"sqlite:///{folder}/mentornet.db"):
        pass
    return path


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda keys: shutil.rmtree(keys), "There is no login.json in"),
        (lambda keys: (keys / "crypto.db").unlink(), "There is no crypto.db in"),
        (lambda keys: (keys / "crypto.db").write_bytes(b"garbage"), "cannot be copied"),
        (lambda keys: (keys / "crypto.db").write_bytes(b""), "is damaged: put it back from a backup."),
        (lambda keys: (keys / "login.json").write_text("[]"), "login.json cannot be read"),
        (lambda keys: (keys / "login.json").write_text("{"), "login.json cannot be read"),
        (lambda keys: instead(keys, user="@other:example.org"), "belongs to another user than matrix.user"),
        (
            lambda keys: instead(keys, keys_of="@other:example.org"),
            "are not those of the device in login.json",
        ),
        (lambda keys: instead(keys, device="TABLET"), "are not those of the device in login.json"),
    ],
    ids=[
        "none",
        "no_keys",
        "garbage",
        "empty",
        "no_login",
        "half_a_login",
        "another_user",
        "mixed",
        "an_old_device",
    ],
)
def test_keys_that_are_not_ours_or_not_whole_are_not_said_to_be_saved(
    harm: Callable[[Path], object], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = on_matrix(tmp_path / "here")
    harm(keys_in(tmp_path / "here" / "store"))
    assert command(config, "backup", tmp_path / "saved") == os.EX_DATAERR
    said = capsys.readouterr().out
    assert says in said
    assert "Saved" not in said
    assert "secret" not in said
    assert not (tmp_path / "saved").exists()


def test_what_is_said_of_the_keys_is_true_where_a_part_is_not_there_or_not_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = on_matrix(tmp_path / "here")
    keys = keys_in(tmp_path / "here" / "store")
    assert command(config, "backup", tmp_path / "whole") == 0
    assert f" and the login and keys of {BOT} on Matrix ({keys}), " in capsys.readouterr().out
    (keys / "cross-signing.json").unlink()
    assert command(config, "backup", tmp_path / "unsigned") == 0
    assert "What signs the bot's device is not in it" in capsys.readouterr().out
    switched_off = config_at(tmp_path / "here", "", "[matrix]", f'store = "{keys}"')
    assert command(switched_off, "backup", tmp_path / "without") == 0
    said = capsys.readouterr().out
    assert f"The config names no matrix.user: so the login and keys in {keys} are not in it." in said

    def restored(name: str, saved: str, user: str) -> tuple[int, str]:
        folder = tmp_path / name
        config = config_at(folder, "", "[matrix]", f'user = "{user}"', f'store = "{folder}/store"')
        status = command(config, "restore", tmp_path / saved)
        return status, capsys.readouterr().out

    assert restored("another", "whole", "@other:example.org")[0] == os.EX_DATAERR
    assert [path.name for path in (tmp_path / "another").iterdir()] == ["config.toml"]
    status, said = restored("off", "whole", "")
    assert status == 0
    assert "The config names no matrix.user: so the bot will not be on Matrix" in said
    status, said = restored("on", "without", BOT)
    assert status == 0
    assert "There is no login on Matrix in the backup" in said
    status, said = restored("there", "whole", BOT)
    assert status == 0
    assert f" and the login and keys of {BOT} on Matrix ({tmp_path}/there/store)." in said
    assert "There is no" not in said
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "there" / "store").iterdir()}
    assert modes == {0o600}


# --- what is there already -----------------------------------------------------------------------


def test_nothing_that_is_there_is_overwritten(
    saved: Path, tmp_path: Path, postgres: Postgres, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_at(tmp_path / "there")
    assert command(config, "restore", saved) == 0
    capsys.readouterr()
    assert command(config, "restore", saved) == os.EX_DATAERR
    assert "a backup is restored into a new one" in capsys.readouterr().out
    with postgres.database(like="migrated") as url:
        assert command(config_at(tmp_path / "rows", url), "restore", saved) == os.EX_DATAERR
    assert "The database is not empty" in capsys.readouterr().out


@on_loop
async def test_a_program_that_runs_there_keeps_a_restore_off(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with TelegramServer() as server:
        config = settings(tmp_path, server)
        async with program(config) as running:
            await running.says("connected")
            assert await asyncio.to_thread(command, config, "restore", saved) == os.EX_DATAERR
            assert "Another program works on this database already" in capsys.readouterr().out


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what is needed at most")
def test_a_backup_of_postgresql_needs_as_much_memory_for_many_rows_as_for_few(tmp_path: Path) -> None:
    """Rows go through a page at a time, and the log of writes beside the new file stays small."""
    with Postgres() as server, server.database() as url:
        with turns.opened(url) as sessions, sessions.begin() as db:
            letter = "json_build_object('text', repeat('x', 2000))"
            db.execute(
                text(
                    "INSERT INTO letters (body, offers, media, forget, made_at) "
                    f"SELECT {letter}, '[]', '[]', false, now() FROM generate_series(1, 40000)"
                )
            )
        backup.save(url, tmp_path / "first.db")  # what is loaded once counts for both
        with peak() as more:
            backup.save(url, tmp_path / "second.db")
        assert (tmp_path / "second.db").stat().st_size > 80 * MIB
        assert more[0] < 16
