"""Keys that are owed: to each device that could not be reached when something was sent, until it is given.

What is kept is the key as it was before the first message that the device misses: it opens that one and all
that follow in the same session. It outlives the session and the program, in a file of its own: `owed.json`.
The key of a session is given only from its beginning on, for apps keep the first that they get
(https://spec.matrix.org/latest/client-server-api/#mroom_key).
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from adapters.matrix.files import write
from adapters.matrix.homeserver.client import NAME, ask, call
from adapters.matrix.homeserver.library import Client
from bot.support import log as logs

OWED: Final = "owed.json"
_ALGORITHM: Final = "m.megolm.v1.aes-sha2"
_FIRST_WAIT, _LONGEST_WAIT, _GROWS = 0.25, 300.0, 4
_MOST_FAILURES: Final = 10
_SOON_SECONDS: Final = 30.0
_MOST_AT_ONCE: Final = 20

log = logs.get(NAME)


@dataclass(frozen=True, slots=True)
class Debt:
    """A room's key that a device has not got.

    identity: the device's own key, by which it is known again
    key:      that of the session, from the first message that the device misses
    """

    account: str
    device: str
    identity: str
    room: str
    session: str
    key: str


@dataclass(slots=True)
class _Tries:
    """How often a device was asked for keys in vain, and when it is again, by the clock that only runs on."""

    failures: int = 0
    again_at: float = 0.0


class Owed:
    """What we owe, the oldest first. `folder` is that of the account."""

    def __init__(self, client: Client, folder: Path) -> None:
        self._client, self._file = client, folder / OWED
        self._tries: defaultdict[str, _Tries] = defaultdict(_Tries)
        self._giving = asyncio.Lock()
        self._debts = self._loaded()

    def __len__(self) -> int:
        return len(self._debts)

    @property
    def soon(self) -> bool:
        """Whether something can be given, or some device is asked again, before long."""
        by_then, sessions = time.monotonic() + _SOON_SECONDS, self._client.olm.session_store
        return any(
            sessions.get(debt.identity) or self._tries[debt.identity].again_at < by_then
            for debt, _device in self._due()
        )

    def note(self, room: str, session: Any, devices: Iterable[Any]) -> None:
        """Owe the key of a session to devices that have read nothing of it, before the next message."""
        known = {debt.identity for debt in self._debts if debt.session == session.id}
        new = [
            Debt(device.user_id, device.id, device.curve25519, room, session.id, session.session_key)
            for device in devices
            if device.curve25519 not in known
        ]
        if new:
            self._debts += new
            self._save()
            log.info("keys.owed", devices=len(new))

    async def give(self) -> None:
        """Give what can be given now, after asking the devices that it is time to ask. Raises `Failed`: then
        the rest is owed as before, and no device waits longer for it."""
        async with self._giving:
            self._forget_removed()
            if asked := self._to_ask():
                await ask(self._client.keys_claim(_by_account(asked)))
                self._put_off(asked)
            while ready := self._ready():
                await self._hand_over(ready)
                given = {debt for debt, _device in ready}
                self._debts = [debt for debt in self._debts if debt not in given]
                self._save()
                self._mark(given)
                log.info("keys.given", devices=len(given))

    # --- to whom -------------------------------------------------------------------------------------

    def _due(self) -> Iterator[tuple[Debt, Any]]:
        """Yield what is owed to devices that may have it, and these."""
        for debt in self._debts:
            device = self._device(debt)
            if device is not None and not self._client.olm.is_device_blacklisted(device):
                yield debt, device

    def _device(self, debt: Debt) -> Any | None:
        """The device to which something is owed; None where it is not there any more."""
        for device in self._client.olm.device_store.active_user_devices(debt.account):
            if device.id == debt.device and device.curve25519 == debt.identity:
                return device
        return None

    def _forget_removed(self) -> None:
        """Forget what is owed to devices that their owners have removed: nobody reads with them any more."""
        there = [debt for debt in self._debts if self._device(debt) is not None]
        if len(there) < len(self._debts):
            self._debts = there
            self._save()

    def _to_ask(self) -> list[Debt]:
        """A debt of each device that has to give us a key first, of those that it is time to ask."""
        now, sessions = time.monotonic(), self._client.olm.session_store
        return [
            debt
            for identity, debt in {debt.identity: debt for debt, _device in self._due()}.items()
            if not sessions.get(identity) and self._tries[identity].again_at <= now
        ]

    def _put_off(self, asked: Iterable[Debt]) -> None:
        """Ask those that had no key for us later again, longer apart each time."""
        for debt in asked:
            tries = self._tries[debt.identity]
            wait = min(_FIRST_WAIT * _GROWS ** min(tries.failures, _MOST_FAILURES), _LONGEST_WAIT)
            tries.failures, tries.again_at = tries.failures + 1, time.monotonic() + wait

    def _ready(self) -> list[tuple[Debt, Any]]:
        """The oldest debt to each device that can be reached: one message has room for one."""
        sessions = self._client.olm.session_store
        ready: dict[str, tuple[Debt, Any]] = {}
        for debt, device in self._due():
            if sessions.get(debt.identity):
                ready.setdefault(debt.identity, (debt, device))
        return [*ready.values()][:_MOST_AT_ONCE]

    # --- giving --------------------------------------------------------------------------------------

    async def _hand_over(self, ready: Iterable[tuple[Debt, Any]]) -> None:
        """Give keys, sealed for each device. Raises `Failed`."""
        olm = self._client.olm
        messages: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for debt, device in ready:
            content = {
                "algorithm": _ALGORITHM,
                "room_id": debt.room,
                "session_id": debt.session,
                "session_key": debt.key,
            }
            way = olm.session_store.get(debt.identity)
            messages[debt.account][debt.device] = olm._olm_encrypt(way, device, "m.room_key", content)
            self._tries.pop(debt.identity, None)
        path = ["sendToDevice", "m.room.encrypted", uuid4().hex]
        await call(self._client, "PUT", path, {"messages": messages})

    def _mark(self, given: Iterable[Debt]) -> None:
        """Note who has the key of the session in which a room is written to now."""
        for debt in given:
            session = self._client.olm.outbound_group_sessions.get(debt.room)
            if session is not None and session.id == debt.session:
                session.users_shared_with.add((debt.account, debt.device))

    # --- the file ------------------------------------------------------------------------------------

    def _loaded(self) -> list[Debt]:
        """What was owed when the program ended."""
        try:
            return [Debt(**kept) for kept in json.loads(self._file.read_text("utf-8"))]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError):
            log.warning("keys.owed_unknown")
            return []

    def _save(self) -> None:
        write(self._file, json.dumps([asdict(debt) for debt in self._debts]))


def _by_account(debts: Iterable[Debt]) -> dict[str, list[str]]:
    """The devices of each account, as the library takes them."""
    devices: defaultdict[str, list[str]] = defaultdict(list)
    for debt in debts:
        devices[debt.account].append(debt.device)
    return devices
