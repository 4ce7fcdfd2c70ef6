"""The bot's login and its keys in a backup: the folder `matrix.store`, saved while the bot runs.

Its parts and the database fit when the place is saved before the database, and the keys after it: what was
handled after the place comes again, and is known to the database; and no key is missing that came before the
place, which the homeserver would not give a second time.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from adapters.matrix_account import CRYPTO, LOGIN, RESTORED, SEEDS, SYNC
from bot.adapter import Unauthorised


def save_place(store: Path, to: Path) -> None:
    """Save how far we have handled what happened, into a new folder. Raises `Unauthorised` where there is no
    login to save, and `OSError`."""
    for name in (LOGIN, CRYPTO):
        if not (store / name).exists():
            raise Unauthorised(
                f"There is no {name} in {store}: save where the bot is on Matrix, or take matrix.user out of "
                "the config."
            )
    to.mkdir(mode=0o700)
    _copy(store / SYNC, to)


def save_keys(store: Path, to: Path) -> None:
    """Save the login and the keys. Raises `OSError`."""
    _copy(store / LOGIN, to)
    _copy(store / SEEDS, to)
    (to / CRYPTO).touch(0o600)
    try:
        address = f"{(store / CRYPTO).absolute().as_uri()}?mode=rw"
        with (
            closing(sqlite3.connect(address, uri=True)) as there,
            closing(sqlite3.connect(to / CRYPTO)) as here,
        ):
            there.backup(here)
    except sqlite3.Error as error:
        raise OSError(f"{store / CRYPTO} cannot be copied: {error}.") from None


@contextmanager
def restoring(saved: Path, store: Path) -> Iterator[None]:
    """Put what was saved into the store at the end of the block, if that succeeds. Raises `Unauthorised`
    where something is there already, and `OSError`."""
    if store.exists() and any(store.iterdir()):
        raise Unauthorised(
            f"There is something in {store} already: a login is restored into a new folder. Name that in "
            "matrix.store."
        )
    new = store.with_name(f"{store.name}.new")
    if new.exists():
        shutil.rmtree(new)  # of a restore that was interrupted
    new.mkdir(mode=0o700, parents=True)
    for path in saved.iterdir():
        _copy(path, new)
    (new / RESTORED).touch(0o600)
    try:
        yield
    except BaseException:
        shutil.rmtree(new)
        raise
    new.replace(store)


def _copy(path: Path, to: Path) -> None:
    """Copy a file, if it is there, for us alone."""
    if path.exists():
        (to / path.name).touch(0o600)
        shutil.copyfile(path, to / path.name)
