"""The bot's login and its keys in a backup: the folder `matrix.store`, saved while the bot runs.

Its parts and the database fit when the place is saved before the database, and the keys after it: what was
handled after the place comes again, and is known to the database; and no key is missing that came before the
place, which the homeserver would not give a second time.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from adapters.matrix.account import CRYPTO, LOGIN, RESTORED, SIGNING_KEYS, SYNC
from adapters.matrix.encryption.owed import OWED
from bot.adapter import Unauthorised


class Store:
    """The folder of the login and the keys. `user` is whose they have to be, "" where the config names
    nobody. What fails raises `Unauthorised`, with a sentence for the operator, or `OSError`."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder = folder
        self._user = user

    @property
    def what(self) -> str:
        """What is in it, and where it is."""
        whose = f" of {self._user}" if self._user else ""
        return f"the login and keys{whose} on Matrix ({self._folder})"

    @contextmanager
    def saving(self, to: Path) -> Iterator[None]:
        """Save around the block: before it how far we have handled what happened, after it the keys."""
        store = self._folder
        for name in (LOGIN, CRYPTO):
            if not (store / name).exists():
                raise Unauthorised(
                    f"There is no {name} in {store}: save where the bot is on Matrix, or take matrix.user "
                    "out of the config."
                )
        _login(store, self._user)
        to.mkdir(mode=0o700)
        _copy(store / SYNC, to)
        yield
        _copy(store / LOGIN, to)
        _copy(store / SIGNING_KEYS, to)
        _copy(store / OWED, to)
        (to / CRYPTO).touch(0o600)
        try:
            with (
                closing(_opened(store / CRYPTO, "rw")) as there,
                closing(_opened(to / CRYPTO, "rw")) as here,
            ):
                there.backup(here)
        except sqlite3.Error as error:
            raise OSError(f"{store / CRYPTO} cannot be copied ({error.sqlite_errorname}).") from None
        _fit(to, _login(to, self._user), store)

    @contextmanager
    def restoring(self, saved: Path) -> Iterator[None]:
        """Put what was saved into the folder at the end of the block, if that succeeds. Refuses where
        something is there already."""
        store = self._folder
        if store.exists() and any(store.iterdir()):
            raise Unauthorised(
                f"There is something in {store} already: a login is restored into a new folder. Name that in "
                "matrix.store."
            )
        _fit(saved, _login(saved, self._user), saved)
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
        _fit(store, _login(store, self._user), store)

    def after_saving(self, saved: Path) -> Sequence[str]:
        """Return what is missing in a backup."""
        if self._user and not (saved / SIGNING_KEYS).exists():
            return [_NOT_SIGNED.format(folder=self._folder)]
        if not self._user and self._has_login:
            return [
                f"The config names no matrix.user: so the login and keys in {self._folder} are not in it."
            ]
        return []

    def after_restoring(self, saved: Path) -> Sequence[str]:
        """Return what is missing for the bot to be on Matrix as it was."""
        if saved.exists() and not self._user:
            return [
                "The config names no matrix.user: so the bot will not be on Matrix until you put that in."
            ]
        return [_NO_LOGIN] if self._user and not saved.exists() and not self._has_login else []

    @property
    def _has_login(self) -> bool:
        return (self._folder / LOGIN).exists()


_NO_LOGIN: Final = (
    "There is no login on Matrix in the backup: the bot needs matrix.password for its next start, and cannot "
    "read what was written to its old device."
)
_NOT_SIGNED: Final = (
    "What signs the bot's device is not in it, because it is not in {folder} yet: run the bot once with "
    "matrix.password, and make another backup."
)


def _login(folder: Path, user: str) -> tuple[str, str]:
    """The account and the device of the login in a folder. Raises `Unauthorised` where it cannot be read, or
    is not this user's ("": anybody's)."""
    try:
        login = json.loads((folder / LOGIN).read_text("utf-8"))
        whose, account, device = str(login["asked"]), str(login["user"]), str(login["device"])
    except (OSError, ValueError, LookupError, TypeError):
        raise Unauthorised(f"{folder / LOGIN} cannot be read: put it back from a backup.") from None
    if user not in ("", whose):
        raise Unauthorised(
            f"The login in {folder} belongs to another user than matrix.user: correct that, or name another "
            "folder."
        )
    return account, device


def _fit(copy: Path, login: tuple[str, str], folder: Path) -> None:
    """Look whether the keys in a copy are whole, and those of the login. `folder` is where they come from.
    Raises `Unauthorised`."""
    try:
        with closing(_opened(copy / CRYPTO, "ro")) as keys:
            whole = keys.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
            theirs = keys.execute("SELECT user_id, device_id FROM accounts").fetchall()
    except sqlite3.Error:
        whole, theirs = False, []
    if not whole:
        raise Unauthorised(f"{folder / CRYPTO} is damaged: put it back from a backup.")
    if login not in theirs:
        raise Unauthorised(
            f"The keys in {folder / CRYPTO} are not those of the device in {LOGIN}: put the whole folder "
            "back from one backup."
        )


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
    connection.execute("PRAGMA temp_store=MEMORY")  # no other folder may be ours to write to
    return connection


def _copy(path: Path, to: Path) -> None:
    """Copy a file, if it is there, for us alone."""
    if path.exists():
        (to / path.name).touch(0o600)
        shutil.copyfile(path, to / path.name)
