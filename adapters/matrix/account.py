"""The bot's account on a homeserver: one login, one device, and all that belongs to it in one folder.

    login.json          user, device and access token
    crypto.db           the keys of the device and of the rooms, kept by the library
    sync                how far we have handled what happened
    cross-signing.json  what the device is signed with (encryption/trust.py)
    owed.json           keys that devices have to get yet (encryption/owed.py)
    restored            the keys come from a backup, and have to be renewed

A login makes a device, and keys belong to a device. So nothing here is ever made a second time by itself: a
lost part is said, with what to do.
"""

import fcntl
import json
import os
import secrets
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nio import AsyncClient, AsyncClientConfig
from nio.store import SqliteStore

from adapters.matrix.encryption import keys
from adapters.matrix.files import is_whole, write
from adapters.matrix.homeserver.client import ask, call, optional, part
from adapters.matrix.homeserver.errors import Failed
from adapters.matrix.homeserver.library import Client, store_fault
from bot.adapter import Alert, Later, Unauthorised, no_alert

LOGIN, CRYPTO, SIGNING_KEYS, SYNC = "login.json", "crypto.db", "cross-signing.json", "sync"
RESTORED, _LOCK = "restored", "lock"
_OF_LOGIN = ("asked", "user", "device", "token")
_REQUEST_SECONDS = 30.0
_BY_PASSWORD = "m.login.password"  # noqa: S105  # a way to log in, not a secret


@dataclass(frozen=True, slots=True)
class Account:
    """How to log in: by password, or with the access token of a device that exists.

    user:    "@mentornet:example.org", or the part before the colon
    folder:  where the login and its keys are kept
    device:  how the device is called in other people's apps
    unsigned_devices: whether other people's devices get keys that they have not signed
    """

    homeserver: str
    user: str
    folder: Path
    password: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    device: str = "mentorNET"
    unsigned_devices: bool = False

    async def open(self, alert: Alert = no_alert) -> Client:
        """Log in, or take up the login there is; the device's keys are loaded and known to the homeserver.
        `alert` is told what only an operator can mend. Raises `Unauthorised` with what to do, or `OSError`
        when the homeserver cannot be reached."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = self._known()
        self._look()
        client = self._client(known.get("device", ""), alert)
        try:
            await self._enter(client, known)
            client.store.database.pragma("temp_store", "memory", permanent=True)  # no other folder is ours
            await self._keys(client)
        except Failed as failed:
            await close(client)
            if failed.unauthorised or failed.code in ("M_FORBIDDEN", "M_INVALID_USERNAME"):
                raise Unauthorised(self.refused) from None
            raise ConnectionError(failed.sentence) from None
        except BaseException:
            await close(client)
            raise
        return client

    def visit(self) -> AsyncClient:
        """A connection of the same login without its keys, beside the program that has the account: it can
        read files. Raises `Later` where there is no login yet."""
        known = self._known()
        if not known.get("token"):
            raise Later()
        client = AsyncClient(self.homeserver, known["user"])
        client.access_token = known["token"]
        return client

    @property
    def name(self) -> str:
        """The full name of the account; "" before the first login. Raises `Unauthorised`."""
        return self._known().get("user", "")

    @property
    def irreplaceable(self) -> tuple[str, ...]:
        """The files that belong into the backup: nothing can make them again."""
        return LOGIN, CRYPTO, SIGNING_KEYS

    @property
    def refused(self) -> str:
        """What an operator has to do when the login is worth nothing."""
        return (
            f"The homeserver refuses the bot's login. If the device was removed, move {LOGIN} and {CRYPTO} "
            f"out of {self.folder} (not the rest) and start again with matrix.password: the bot gets a new "
            "device. Else correct matrix.user and matrix.password or matrix.access_token."
        )

    # --- the sync token ----------------------------------------------------------------------------

    def since(self) -> str:
        """Up to where everything is handled; "" when nothing ever was. Raises `Unauthorised` where that
        cannot be read."""
        try:
            token = (self.folder / SYNC).read_text("ascii").strip()
        except FileNotFoundError:
            return ""
        except ValueError:
            token = ""
        if not token.isprintable() or not token:
            raise Unauthorised(
                f"{self.folder / SYNC} cannot be read: put the whole folder back from one backup. Without "
                "one, remove this file: the bot then answers what is written from now on."
            )
        return token

    def handled(self, token: str) -> None:
        """Everything up to `token` is handled and committed."""
        write(self.folder / SYNC, token)

    @property
    def restored(self) -> bool:
        """Whether the keys come from a backup, and have not been renewed since."""
        return (self.folder / RESTORED).exists()

    def renewed(self) -> None:
        """They are renewed."""
        (self.folder / RESTORED).unlink()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep a second program off, for two on one set of keys break it, and take from others the rights to
        read them. Raises `Unauthorised`."""
        lock = self.folder / _LOCK
        lock.touch(0o600)
        with lock.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Unauthorised(
                    f"Another program uses the Matrix login in {self.folder}: stop it, or give this one a "
                    "user and a folder of its own."
                ) from None
            for path in (self.folder, *self.folder.iterdir()):
                path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)
            yield

    # --- the login -----------------------------------------------------------------------------------

    def _known(self) -> dict[str, str]:
        """The login there is. Raises `Unauthorised` where it is not whole, or not the one we are told of."""
        try:
            known = json.loads((self.folder / LOGIN).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            known = None
        if not isinstance(known, dict) or not all(isinstance(known.get(name), str) for name in _OF_LOGIN):
            raise Unauthorised(
                f"{self.folder / LOGIN} cannot be read: put it back from the backup, or move it and {CRYPTO} "
                "away and start with matrix.password: the bot gets a new device, which cannot read what was "
                "written to the old one."
            )
        if known["asked"] != self.user:
            raise Unauthorised(
                f"The login in {self.folder} belongs to another user than matrix.user: correct that, or name "
                "another folder as matrix.store."
            )
        if known["token"] and not self._has_keys():
            raise Unauthorised(
                f"The keys of the bot's device are gone: put {self.folder / CRYPTO} back from the backup, "
                f"or move {LOGIN} away and start with matrix.password: the bot gets a new device, which "
                "cannot read what was written to the old one."
            )
        return known

    def _look(self) -> None:
        """Look whether the file of the keys, if it is there, is whole. Raises `Unauthorised`, and OSError
        where nobody can tell now."""
        path = self.folder / CRYPTO
        if path.exists() and not is_whole(path):
            raise Unauthorised(f"{path} is damaged: put the whole folder {self.folder} back from one backup.")

    def _has_keys(self) -> bool:
        keys = self.folder / CRYPTO
        return keys.exists() and keys.stat().st_size > 0

    def _client(self, device: str, alert: Alert) -> Client:
        config = AsyncClientConfig(
            store=SqliteStore,
            store_name=CRYPTO,
            store_sync_tokens=False,  # the library stores it before anything is handled
            max_limit_exceeded=0,  # the outbox waits better, and others go on meanwhile
            max_timeouts=0,
            request_timeout=_REQUEST_SECONDS,
        )
        options = {"device_id": device, "store_path": str(self.folder), "config": config}
        return Client(
            self.homeserver, self.user, alert=alert, unsigned_devices=self.unsigned_devices, **options
        )

    async def _enter(self, client: AsyncClient, known: dict[str, str]) -> None:
        old = os.umask(0o077)  # the library makes files of its own
        try:
            if token := self.access_token or known.get("token", ""):
                await self._take_up(client, token, known)
            elif self.password:
                await self._log_in(client, known)
            else:
                raise Unauthorised("Put the bot's password into matrix.password for its first login.")
        finally:
            os.umask(old)

    async def _take_up(self, client: AsyncClient, token: str, known: dict[str, str]) -> None:
        client.access_token = token
        me = await call(client, "GET", ["account", "whoami"])
        user, device = part(me, "user_id", str), optional(me, "device_id", str)
        if not device:
            raise Unauthorised("The token in matrix.access_token has no device: take one that a login gave.")
        if device != known.get("device", device):
            raise Unauthorised(
                f"The login in {self.folder} belongs to another device than matrix.access_token: take that "
                "device's token, or name another folder as matrix.store."
            )
        if user != (known.get("user") or user):
            raise Unauthorised(
                f"The login in {self.folder} belongs to another user than matrix.access_token: take a token "
                "of that user, or name another folder as matrix.store."
            )
        try:
            client.restore_login(user, device, token)
        except Exception as error:
            if isinstance(store_fault(error), sqlite3.OperationalError):
                raise OSError(f"{self.folder / CRYPTO} cannot be opened now.") from error
            raise Unauthorised(
                f"{self.folder / CRYPTO} cannot be read: put the whole folder back from one backup, or move "
                f"it and {LOGIN} away and start with matrix.password: the bot gets a new device, which "
                "cannot read what was written to the old one."
            ) from error
        self._keep(client)

    async def _log_in(self, client: AsyncClient, known: dict[str, str]) -> None:
        """Log in by password. The device has its name before, so that a login that was cut off is taken up
        by the next one. Raises `Unauthorised` where no password lets anybody in."""
        told = await call(client, "GET", ["login"])
        flows = [each.get("type") for each in part(told, "flows", list) if isinstance(each, dict)]
        if _BY_PASSWORD not in flows:
            raise Unauthorised(
                "The homeserver lets nobody log in by password. Log the bot's account in once with an app, "
                "on a device of its own, and put that device's access token into matrix.access_token."
            )
        client.device_id = known.get("device") or secrets.token_hex(5).upper()
        self._keep(client)
        await ask(client.login(self.password, device_name=self.device))
        self._keep(client)

    def _keep(self, client: AsyncClient) -> None:
        login = {
            "asked": self.user,
            "user": client.user_id,
            "device": client.device_id,
            "token": client.access_token,
        }
        write(self.folder / LOGIN, json.dumps(login, indent=1))

    async def _keys(self, client: AsyncClient) -> None:
        """Make sure that others know our keys, and that they are these. Raises `Unauthorised`."""
        known = await call(client, "POST", ["keys", "query"], {"device_keys": {client.user_id: []}})
        devices = optional(part(known, "device_keys", dict), client.user_id, dict)
        device = optional(devices, client.device_id, dict)
        theirs = part(device, "keys", dict) if device else {}
        ours = {f"{kind}:{client.device_id}": key for kind, key in client.olm.account.identity_keys.items()}
        if theirs and theirs != ours:
            raise Unauthorised(
                f"The keys in {self.folder} are not those of the bot's device: put the whole folder back "
                f"from one backup, or move {LOGIN} and {CRYPTO} away to get a new device."
            )
        if not device:
            client.olm.account.shared = False  # a login whose first upload was cut off
        if client.should_upload_keys:
            await keys.upload(client)


async def close(client: AsyncClient) -> None:
    """Let go of the connection and of the keys' file."""
    await client.close()
    if client.store is not None:
        client.store.database.close()
