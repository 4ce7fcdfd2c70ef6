"""A room's key: given to the devices of all its members, and owed (owed.py) to those that nobody reaches.

How it is shared is in https://spec.matrix.org/latest/client-server-api/#megolm-group-encryption.
"""

from typing import Any

from adapters.matrix.encryption.owed import Owed
from adapters.matrix.homeserver.client import NAME, ask, mistake
from adapters.matrix.homeserver.errors import Failed
from adapters.matrix.homeserver.library import Client
from bot.support import log as logs

log = logs.get(NAME)

Device = tuple[str, str]
"""An account and the name of its device."""


class NobodyReached(Exception):
    """No device of anybody else in a room has its key: what is sent now nobody could ever read. `unsigned`:
    because there are only devices that their owners have not signed."""

    def __init__(self, *, unsigned: bool = False) -> None:
        super().__init__()
        self.unsigned = unsigned


class RoomKeys:
    """The keys of the rooms that we write in. A device that cannot be reached is owed the key, and reads what
    was sent meanwhile once it has it."""

    def __init__(self, client: Client, owed: Owed) -> None:
        self._client, self._owed = client, owed
        self._nobody: set[str] = set()  # the rooms in which nobody could be reached at the last try

    async def share(self, room: str) -> None:
        """Give the room's key to the devices that do not have it. Raises `Failed`: the library goes on where
        that failed, and what is sent then is never readable; and `NobodyReached`."""
        client, olm = self._client, self._client.olm
        if not olm.should_share_group_session(room):
            if self._missing(room):
                self._owe(room)
                await self._try_to_give()
            return
        if not client.rooms[room].members_synced:
            await ask(client.joined_members(room))
        if client.should_query_keys:
            await ask(client.keys_query())
        try:
            # Where nobody could be reached, the first who can be may have come while the others were asked
            # for: then these are asked for once more, or they would read later what is sent now.
            for _ in range(1 + (room in self._nobody)):
                if unmet := client.get_missing_sessions(room):
                    await ask(client.keys_claim(unmet))
            shared = await self._give(room)
            olm.outbound_group_sessions[room].users_shared_with |= shared.users_shared_with
            if self._met(room) - self._has_it(room):
                raise Failed("the room's key did not reach all")
            self._note_missing(room)
        except BaseException:
            olm.outbound_group_sessions.pop(room, None)
            raise

    async def _give(self, room: str) -> Any:
        """Give the room's key to all who can be reached. Raises `Failed`, for a moment only where somebody's
        devices have changed meanwhile: then the library drops the key, and stumbles over that."""
        try:
            return await ask(self._client.share_group_session(room, ignore_unverified_devices=True))
        except Failed:
            if room in self._client.olm.outbound_group_sessions:
                raise
            raise Failed("the room's key was dropped meanwhile") from None

    async def _try_to_give(self) -> None:
        """Give what is owed, if that succeeds; otherwise it is owed on, and what is sent now with it."""
        try:
            await self._owed.give()
        except Failed as failed:
            log.warning("keys.later", why=str(failed), **mistake(failed))

    def unlock(self, room: str) -> None:
        """After a send that failed: the library would wait for ever for a key that nobody shares any more."""
        if (waiting := self._client.sharing_session.pop(room, None)) is not None:
            waiting.set()

    def _note_missing(self, room: str) -> None:
        """Owe the key to those whom it did not reach. Raises `NobodyReached`."""
        missing = self._missing(room)
        others = {device for device in self._met(room) if device[0] != self._client.user_id}
        theirs = any(account != self._client.user_id for account, _device in missing)
        unsigned = not missing and self._only_unsigned(room)
        if unsigned or (theirs and not others):
            self._nobody.add(room)
            raise NobodyReached(unsigned=unsigned)
        self._nobody.discard(room)
        self._owe(room)

    def _owe(self, room: str) -> None:
        """Owe the key to the devices that do not have it, from the next message on."""
        missing, session = self._missing(room), self._client.olm.outbound_group_sessions[room]
        self._owed.note(room, session, (device for name, device in self._devices(room) if name in missing))

    def _only_unsigned(self, room: str) -> bool:
        """Whether others in a room have devices, and none that gets keys."""
        us, devices = self._client.user_id, self._client.olm.device_store
        others = [account for account in self._client.rooms[room].users if account != us]
        there = any(True for account in others for _device in devices.active_user_devices(account))
        return there and not any(account != us for (account, _name), _device in self._devices(room))

    def _missing(self, room: str) -> set[Device]:
        """The devices that cannot read what we write in a room."""
        return {name for name, _device in self._devices(room)} - self._has_it(room)

    def _met(self, room: str) -> set[Device]:
        """The devices to which we can give keys."""
        sessions = self._client.olm.session_store
        return {name for name, device in self._devices(room) if sessions.get(device.curve25519)}

    def _has_it(self, room: str) -> set[Device]:
        session = self._client.olm.outbound_group_sessions.get(room)
        return set() if session is None else {*session.users_shared_with}

    def _devices(self, room: str) -> list[tuple[Device, Any]]:
        """The devices of all in a room but ours."""
        olm = self._client.olm
        return [
            ((account, device.id), device)
            for account in self._client.rooms[room].users
            for device in olm.device_store.active_user_devices(account)
            if device.id != self._client.device_id and not olm.is_device_blacklisted(device)
        ]
