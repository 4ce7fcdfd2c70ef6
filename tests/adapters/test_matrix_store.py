"""The files of the bot's account on Matrix: garbage in them is said in a sentence, and only we read them."""

import asyncio
import json
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from adapters.matrix.account import Account
from bot.adapter import Unauthorised

LOGIN = {"asked": "@bot:example.org", "user": "@bot:example.org", "device": "PHONE", "token": "secret"}


@pytest.fixture
def account(tmp_path: Path) -> Account:
    """An account that logged in once. Its homeserver is not there: nobody asks it."""
    folder = tmp_path / "store"
    folder.mkdir(0o700)
    (folder / "login.json").write_text(json.dumps(LOGIN))
    with closing(sqlite3.connect(folder / "crypto.db")) as file:
        file.execute("CREATE TABLE accounts (user_id, device_id)")
    return Account("http://127.0.0.1:1", LOGIN["user"], folder)


@pytest.mark.parametrize(
    ("name", "garbage", "says"),
    [
        ("login.json", b"{", "login.json cannot be read: put it back from the backup"),
        ("login.json", b"[]", "login.json cannot be read: put it back from the backup"),
        ("login.json", b"7", "login.json cannot be read: put it back from the backup"),
        ("login.json", b"{}", "login.json cannot be read: put it back from the backup"),
        ("login.json", b"\xff\xfe", "login.json cannot be read: put it back from the backup"),
        ("crypto.db", b"garbage" * 1000, "crypto.db is damaged: put the whole folder"),
        ("crypto.db", b"SQLite format 3\0" + b"\xff" * 9000, "crypto.db is damaged: put the whole folder"),
    ],
)
def test_garbage_in_a_file_is_said_before_anybody_is_asked(
    name: str, garbage: bytes, says: str, account: Account
) -> None:
    (account.folder / name).write_bytes(garbage)
    with pytest.raises(Unauthorised) as refused:
        asyncio.run(account.open())
    assert says in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_place_that_cannot_be_read_is_said_with_what_is_lost_without_it(account: Account) -> None:
    (account.folder / "sync").write_bytes(b"\xff")
    with pytest.raises(Unauthorised, match="sync cannot be read: put the whole folder back"):
        account.since()


def test_who_works_with_the_keys_takes_the_rights_from_others(account: Account) -> None:
    account.folder.chmod(0o755)
    for path in account.folder.iterdir():
        path.chmod(0o644)
    with account.alone():
        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in account.folder.iterdir()}
    assert found == {"login.json": 0o600, "crypto.db": 0o600, "lock": 0o600}
    assert stat.S_IMODE(account.folder.stat().st_mode) == 0o700


def test_a_folder_is_made_for_us_alone(account: Account) -> None:
    shutil.rmtree(account.folder)
    with pytest.raises(Unauthorised, match=r"matrix\.password for its first login"):
        asyncio.run(account.open())
    assert stat.S_IMODE(account.folder.stat().st_mode) == 0o700


CRASH = """
import os, sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.executescript("PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN; UPDATE accounts SET user_id = 'other'")
os._exit(1)
"""
"""A program that dies while the file holds only half of what it writes."""


def test_keys_that_were_half_written_at_a_crash_are_not_damaged(account: Account) -> None:
    keys, journal = account.folder / "crypto.db", account.folder / "crypto.db-journal"
    with closing(sqlite3.connect(keys)) as file, file:
        file.executemany("INSERT INTO accounts VALUES (?, ?)", [("ours", "x" * 500)] * 2000)
    subprocess.run([sys.executable, "-c", CRASH, keys], check=False)
    assert journal.stat().st_size, "what was there before waits beside it"
    account._look()
    assert not journal.exists()
    with closing(sqlite3.connect(keys)) as file:
        assert file.execute("SELECT DISTINCT user_id FROM accounts").fetchall() == [("ours",)]


def test_keys_that_somebody_else_is_writing_are_not_damaged(account: Account) -> None:
    with closing(sqlite3.connect(account.folder / "crypto.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OSError, match=r"crypto\.db cannot be opened now"):
            account._look()
