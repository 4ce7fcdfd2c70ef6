"""The files of the bot's account: written in one step, and looked at before anybody trusts them."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Put `text` in the place of the file in one step, for us alone; a crash leaves the old or the new."""
    new = path.with_name(f"{path.name}.new")
    new.touch(0o600)
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_whole(path: Path) -> bool:
    """Whether a SQLite file that is there is not damaged. Raises OSError where nobody can tell now.

    After a crash, SQLite undoes what was half written when somebody opens the file who may write to it.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as file:
            return bool(file.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError as error:
        raise OSError(f"{path} cannot be opened now.") from error
    except sqlite3.DatabaseError:
        return False
