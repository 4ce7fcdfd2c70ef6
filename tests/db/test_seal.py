"""What is secret can be read only with the key of the installation: not from the database's file alone."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text

from db import files, seal, shape, store
from db.models import Letter
from db.models.sealed import Seal, Sealed, SealedWord, Secret, WrongKey, give, opened
from db.seal import Key, WrongSeal

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
VALUES = [{"words": "He hit her."}, ["one", 2, None], "words", 5, {"größe": "ß"}]


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    with store.connected(database) as engine:
        yield engine


def key_in(folder: Path, given: str = "") -> Key:
    return Key(given, folder / "mentornet.key")


# --- the seal itself -----------------------------------------------------------------------------


@pytest.mark.parametrize("value", VALUES)
def test_what_is_closed_is_opened_with_the_same_key_only(value: Any) -> None:
    closed = Seal("a").close(value)
    assert Seal("a").open(closed) == value
    with pytest.raises(WrongKey):
        Seal("b").open(closed)


def test_the_same_words_look_different_each_time() -> None:
    assert Seal("a").close("words") != Seal("a").close("words")


def test_what_was_changed_is_not_opened() -> None:
    closed = Seal("a").close("words")
    changed = ("B" if closed[-5] == "A" else "A").join([closed[:-5], closed[-4:]])
    with pytest.raises(WrongKey):
        Seal("a").open(changed)


# --- columns -------------------------------------------------------------------------------------


def stored(engine: Engine) -> str:
    """The body of the only letter, as the database has it."""
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT body FROM letters")).scalar_one())


def read(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.scalar(select(Letter.body))


def write(engine: Engine, body: Any) -> None:
    with engine.begin() as connection:
        connection.execute(insert(Letter).values(body=body, made_at=NOW))


def test_a_secret_is_sealed_and_stays_one(engine: Engine) -> None:
    give(engine, Seal("a"))
    write(engine, Secret({"text": "He hit her."}))
    assert "hit" not in stored(engine)
    assert read(engine) == {"text": "He hit her."}
    assert isinstance(read(engine), Secret)


def test_other_words_look_the_same(engine: Engine) -> None:
    """Nobody sees who has said something secret: also by how long it is."""
    give(engine, Seal("a"))
    write(engine, {"text": "Hello."})
    assert re.fullmatch(r"""\{.sealed.: ?.[\w+/=]+.\}""", stored(engine))
    assert not isinstance(read(engine), Secret)
    closed = {len(Seal("a").close(each)) for each in (*VALUES, Secret(text="He hit her."), "x" * 200)}
    assert len(closed) == 1
    assert len(Seal("a").close("x" * 300)) == len(Seal("a").close("x" * 500))


def test_what_was_stored_before_there_was_a_key_is_read(engine: Engine) -> None:
    write(engine, Secret({"text": "He hit her."}))
    give(engine, Seal("a"))
    assert read(engine) == {"text": "He hit her."}


@pytest.mark.parametrize("other", [None, "b"])
def test_what_is_sealed_is_not_read_without_its_key(engine: Engine, database: str, other: str | None) -> None:
    give(engine, Seal("a"))
    write(engine, Secret({"text": "He hit her."}))
    with store.connected(database) as thief:
        if other is not None:
            give(thief, Seal(other))
        with pytest.raises(WrongKey):
            read(thief)


@pytest.mark.parametrize("value", [{}, Secret(), []])
def test_an_open_question_shows_not_even_that_nothing_was_answered(engine: Engine, value: Any) -> None:
    give(engine, Seal("a"))
    kind, dialect = Sealed(whole=True), engine.dialect
    stored = kind.process_bind_param(value, dialect)
    assert stored.keys() == {"sealed"}
    read = kind.process_result_value(stored, dialect)
    assert (read, isinstance(read, Secret)) == (value, isinstance(value, Secret))


def test_a_word_is_sealed_too(engine: Engine) -> None:
    give(engine, Seal("a"))
    kind, dialect = SealedWord(), engine.dialect
    stored = [kind.process_bind_param(each, dialect) for each in ("report", "profile")]
    assert len({len(each) for each in stored if each}) == 1
    assert [kind.process_result_value(each, dialect) for each in (*stored, "ask")] == [
        "report",
        "profile",
        "ask",
    ]
    assert opened("\n".join(["args", stored[0] or ""]), Seal("a")) == "args\nreport"


def test_a_mark_can_be_made_only_with_the_key() -> None:
    assert Seal("a").mark("7 again") == Seal("a").mark("7 again") != Seal("b").mark("7 again")


@pytest.mark.parametrize("value", [None, [], {}, ""])
def test_nothing_needs_no_seal(engine: Engine, value: Any) -> None:
    give(engine, Seal("a"))
    assert Sealed().process_bind_param(value, engine.dialect) == value


# --- the key -------------------------------------------------------------------------------------


def test_the_first_start_makes_the_key_for_us_alone(engine: Engine, tmp_path: Path) -> None:
    key = key_in(tmp_path)
    before = os.umask(0)
    try:
        seal.unlock(engine, key)
    finally:
        os.umask(before)
    assert stat.S_IMODE(key.path.stat().st_mode) == 0o600
    assert re.fullmatch(r"[\w-]{43}\n", key.path.read_text())
    words = key.words()
    seal.unlock(engine, key)
    assert key.words() == words, "only the first one makes it"


def test_a_start_takes_the_rights_to_the_key_from_others(engine: Engine, tmp_path: Path) -> None:
    key = key_in(tmp_path)
    seal.unlock(engine, key)
    key.path.chmod(0o644)
    seal.unlock(engine, key)
    assert stat.S_IMODE(key.path.stat().st_mode) == 0o600


def test_a_key_of_the_config_needs_no_file(engine: Engine, tmp_path: Path) -> None:
    key = key_in(tmp_path, "k" * 32)
    seal.unlock(engine, key)
    seal.unlock(engine, key)
    assert not key.path.exists()


def test_a_database_is_not_worked_on_with_another_key(engine: Engine, tmp_path: Path) -> None:
    seal.unlock(engine, key_in(tmp_path))
    with pytest.raises(WrongSeal, match=r"privacy\.key\) is not the one with which this database was sealed"):
        seal.unlock(engine, key_in(tmp_path, "k" * 32))


def test_a_lost_key_is_not_replaced(engine: Engine, tmp_path: Path) -> None:
    key = key_in(tmp_path)
    seal.unlock(engine, key)
    key.path.unlink()
    with pytest.raises(WrongSeal, match="is missing"):
        seal.unlock(engine, key)
    assert not key.path.exists()


def test_a_file_that_holds_no_key_is_none(engine: Engine, tmp_path: Path) -> None:
    key = key_in(tmp_path)
    key.path.write_text("short\n")
    with pytest.raises(WrongSeal, match="holds no key"):
        seal.unlock(engine, key)


def test_a_key_is_not_shown(tmp_path: Path) -> None:
    assert "kkk" not in repr(key_in(tmp_path, "k" * 32))


def test_the_file_alone_shows_no_secret(tmp_path: Path) -> None:
    """Not what is written ahead either, nor what was overwritten."""
    path = tmp_path / "db"
    mark = "thrown down the stairs"
    with store.connected(f"sqlite:///{path}") as engine:
        shape.migrate(engine)
        seal.unlock(engine, key_in(tmp_path))
        write(engine, Secret({"text": mark}))
        there = {each.name: each.read_bytes() for each in files.all_of(path)}
        assert there["db-wal"], "it is looked at too"
        assert [name for name, inside in there.items() if mark.encode() in inside] == []
    with store.connected(f"sqlite:///{path}") as engine:  # without a seal
        write(engine, {"text": mark})
        with closing(files.opened(path, "ro")):
            inside = b"".join(each.read_bytes() for each in files.all_of(path))
        assert mark.encode() in inside, "it would be found"
