"""A backup is a folder: its files, and a list of them that is written last. Without the list it is none, and
by the list it is seen when a file has changed.

    backup.json         the list: when it was made, of which version, where each chain ends, each file's
                        size and SHA-256
    mentornet.db        the database
    mentornet.key       the key of what is sealed in it
    …                   and what messengers keep beside it
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

LIST = "backup.json"
FORM = 1
"""Of the list and the folder; a higher one is of a newer program."""


class BackupError(Exception):
    """A folder cannot be used. `str()` says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What is in a folder. `made_at` is UTC, `size` in bytes."""

    made_at: datetime
    size: int


@contextmanager
def new(folder: Path) -> Iterator[None]:
    """A new folder, or one in which nothing is, for us alone; it is as it was when the block fails. Raises
    BackupError and OSError."""
    was_there = folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty: every backup needs a new folder.")
    folder.chmod(0o700)
    try:
        yield
    except BaseException:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not was_there:
            folder.rmdir()
        raise


def finish(folder: Path, now: datetime, **about: object) -> Backup:
    """Make the folder a backup: what is in it is on the disk, and listed. `about` is told there too. Raises
    OSError."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = {path.relative_to(folder).as_posix(): _fact(path) for path in paths}
    listed = {"form": FORM, "made_at": now.astimezone(UTC).isoformat(), **about, "files": found}
    path = folder / LIST
    path.touch(0o600)
    path.write_text(json.dumps(listed, indent=1), "utf-8")
    # The list of what is not on the disk yet would be worth nothing.
    for each in (*paths, *{each.parent for each in paths}, path, folder):
        file = os.open(each, os.O_RDONLY)
        os.fsync(file)
        os.close(file)
    return _backup(listed)


def name_at(now: datetime) -> str:
    """Return the name of a backup among others: the later, the further back in a list."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"


def thin_out(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest backups in a folder, by the names that `name_at` gives; return those that are
    gone. What has no list, or another name, is no backup of ours, and stays. Raises OSError."""
    found = sorted(path.parent for path in folder.glob(f"{_NAMES}/{LIST}"))
    older = found[:-keep]
    for each in older:
        shutil.rmtree(each)
    return older


_NAMES = "[0-9]" * 4 + ("-" + "[0-9]" * 2) * 2 + "T" + "[0-9]" * 6 + "Z"


def look(folder: Path) -> Backup:
    """What is in a folder, once it is sure that it is what was saved, and nothing else. Raises BackupError
    and OSError."""
    try:
        listed: dict[str, Any] = json.loads((folder / LIST).read_text("utf-8"))
        newer = listed["form"] > FORM
    except (FileNotFoundError, NotADirectoryError):
        raise BackupError(_no_list(folder)) from None
    except (ValueError, LookupError, TypeError):
        raise BackupError(_DAMAGED.format(path=folder / LIST)) from None
    if newer:
        raise BackupError(f"The backup in {folder} was made by a newer program: please update this one.")
    try:
        made, files = _backup(listed), dict(listed["files"])
    except (ValueError, LookupError, TypeError):
        raise BackupError(_DAMAGED.format(path=folder / LIST)) from None
    for name, fact in files.items():
        if not (folder / name).is_file() or _fact(folder / name) != fact:
            raise BackupError(_DAMAGED.format(path=folder / name))
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / LIST and path.relative_to(folder).as_posix() not in files:
            raise BackupError(f"{path} does not belong to the backup: take it out of the folder first.")
    return made


def _no_list(folder: Path) -> str:
    """What is said of a folder without a list."""
    if not folder.is_dir():
        return f"There is no folder {folder}."
    if inside := sorted(path.parent.name for path in folder.glob(f"*/{LIST}")):
        return f"{folder} is no backup, but has some in it: name one of them ({', '.join(inside)})."
    return f"{folder} is no backup, or one that was interrupted: there is no {LIST} in it."


_DAMAGED = "The backup is damaged: {path} is not what was saved. Take another backup."


def _fact(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": file_digest(file, "sha256").hexdigest()}


def _backup(listed: dict[str, Any]) -> Backup:
    size = sum(fact["bytes"] for fact in listed["files"].values())
    return Backup(datetime.fromisoformat(listed["made_at"]), size)
