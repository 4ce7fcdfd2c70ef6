"""The bot's account on a homeserver: one login, one device, and all that belongs to it in one folder.

    login.json          user, device and access token
    crypto.db           the keys of the device and of the rooms, kept by the library
    sync                how far we have handled what happened
    cross-signing.json  what the device is signed with (adapters/matrix_trust.py)
    restored            the keys come from a backup, and have to be renewed

A login makes a device, and keys belong to a device. So nothing here is ever made a second time by itself: a
lost part is said, with what to do.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nio import AsyncClient, AsyncClientConfig
from nio.store import SqliteStore

from adapters import matrix_keys as keys
from adapters.matrix_client import Failed, ask, call
from bot.adapter import Later, Unauthorised

LOGIN, CRYPTO, SEEDS, SYNC = "login.json", "crypto.db", "cross-signing.json", "sync"
RESTORED, _LOCK = "restored", "lock"
_REQUEST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Account:
    """How to log in: by password, or with the access token of a device that exists.

    user:    "@mentornet:example.org", or the part before the colon
    folder:  where the login and its keys are kept
    device:  how the device is called in other people's apps
    """

    homeserver: str
    user: str
    folder: Path
    password: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    device: str = "mentorNET"

    async def open(self) -> AsyncClient:
        """Log in, or take up the login there is; the device's keys are loaded and known to the homeserver.
        Raises `Unauthorised` with what to do, or `OSError` when the homeserver cannot be reached."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        known = self._known()
        client = self._client(known.get("device", ""))
        try:
            await self._enter(client, known)
            await self._keys(client)
        except Failed as failed:
            await close(client)
            if failed.unauthorised or failed.code in ("M_FORBIDDEN", "M_INVALID_USERNAME"):
                raise Unauthorised(self.refused) from None
            raise ConnectionError(f"The homeserver cannot be used ({failed}).") from None
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
        return LOGIN, CRYPTO, SEEDS

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
        """Up to where everything is handled; "" when nothing ever was."""
        try:
            return (self.folder / SYNC).read_text("ascii").strip()
        except FileNotFoundError:
            return ""

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
        """Keep a second program off: two on one set of keys break it. Raises `Unauthorised`."""
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
            yield

    # --- the login -----------------------------------------------------------------------------------

    def _known(self) -> dict[str, str]:
        """The login there is. Raises `Unauthorised` where it is not whole, or not the one we are told of."""
        try:
            known: dict[str, str] = json.loads((self.folder / LOGIN).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            raise Unauthorised(
                f"{self.folder / LOGIN} cannot be read: put it back from the backup."
            ) from None
        if known["asked"] != self.user:
            raise Unauthorised(
                f"The login in {self.folder} belongs to another user than matrix.user: correct that, or name "
                "another folder as matrix.store."
            )
        if known.get("token") and not (self.folder / CRYPTO).exists():
            raise Unauthorised(
                f"The keys of the bot's device are gone: put {self.folder / CRYPTO} back from the backup, "
                f"or move {LOGIN} away and start with matrix.password: the bot gets a new device, which "
                "cannot read what was written to the old one."
            )
        return known

    def _client(self, device: str) -> AsyncClient:
        config = AsyncClientConfig(
            store=SqliteStore,
            store_name=CRYPTO,
            store_sync_tokens=False,  # the library stores it before anything is handled
            max_limit_exceeded=0,  # the outbox waits better, and others go on meanwhile
            max_timeouts=0,
            request_timeout=_REQUEST_SECONDS,
        )
        return keys.Client(
            self.homeserver, self.user, device_id=device, store_path=str(self.folder), config=config
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
        device = str(me.get("device_id", ""))
        if not device:
            raise Unauthorised("The token in matrix.access_token has no device: take one that a login gave.")
        if device != known.get("device", device):
            raise Unauthorised(
                f"The login in {self.folder} belongs to another device than matrix.access_token: take that "
                "device's token, or name another folder as matrix.store."
            )
        client.restore_login(me["user_id"], device, token)
        self._keep(client)

    async def _log_in(self, client: AsyncClient, known: dict[str, str]) -> None:
        """Log in by password. The device has its name before, so that a login that was cut off is taken up
        by the next one."""
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
        device: dict[str, Any] = (
            known.get("device_keys", {}).get(client.user_id, {}).get(client.device_id, {})
        )
        ours = client.olm.account.identity_keys
        theirs = {name.partition(":")[0]: key for name, key in device.get("keys", {}).items()}
        if theirs and theirs != {name: ours[name] for name in theirs}:
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
