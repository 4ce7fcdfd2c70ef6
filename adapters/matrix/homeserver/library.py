"""The library's client, with what it trusts looked at before.

The library takes a page of a proxy for an empty answer, forgets its login at some errors, and breaks on
shapes that anybody may send. So each answer is read here first, and what it takes in is given to it one by
one: what it cannot take is left out, and the rest goes its way.
"""

import base64
import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from copy import deepcopy
from http import HTTPStatus
from typing import Any, Final

from aiohttp import ClientResponse
from nio import (
    AsyncClient,
    EncryptionError,
    JoinedMembersResponse,
    KeysClaimResponse,
    KeysQueryResponse,
    MegolmEvent,
    Response,
    RoomInfo,
    RoomMember,
    Timeline,
)
from nio.crypto import Olm

from adapters.matrix.homeserver.client import NAME, call, optional, part, text, told
from adapters.matrix.homeserver.errors import MENDS, Failed
from adapters.matrix.homeserver.signatures import signed_by_owner
from bot.adapter import Alert, no_alert
from bot.support import log as logs
from bot.support.told import Told
from bot.support.told import told as told_by

log = logs.get(NAME)

_KEY_BYTES: Final = 32
_ALERT_SECONDS: Final = 3600.0
_NO_EVENTS: Final = Timeline([], False, None)
_UNKNOWN: Final[Mapping[str, str]] = {"user_id": "", "device_id": ""}
"""A device in whose place the library sees one of somebody else: it neither takes it in nor, as it does with
one that is missing, thinks that it was deleted."""


def store_fault(error: BaseException | None) -> sqlite3.Error | None:
    """What is wrong with the file of the keys, where that is why the library failed."""
    while error is not None and not isinstance(error, sqlite3.Error):
        error = error.__cause__ or error.__context__
    return error


class Client(AsyncClient):  # type: ignore[misc]  # it comes without types
    """The library's client. `odd` are the events for our device alone, such as keys, that it could not take
    in since somebody last emptied it, each with what went wrong. `told` is the time, as the homeserver last
    told it. `alert` is told what only an operator can mend, once an hour at most. `unsigned_devices`: whether
    devices get keys that their owners have not signed."""

    def __init__(
        self, *arguments: Any, alert: Alert = no_alert, unsigned_devices: bool = False, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._alert = alert
        self._unsigned_devices = unsigned_devices
        self._alerted: dict[str, float] = {}
        self.odd: list[tuple[Any, Exception]] = []
        self.told: Told | None = None
        self.next_batch: str
        self.olm: Any

    async def send(self, *arguments: Any, **options: Any) -> ClientResponse:
        """One request, whoever makes it; what the homeserver says about our account reaches the operators."""
        answer: ClientResponse = await super().send(*arguments, **options)
        self.told = told_by(answer.headers.get("Date")) or self.told
        if HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            try:
                await told(answer)
            except Failed as failed:
                await self._look(failed)
        return answer

    async def _look(self, failed: Failed) -> None:
        now = time.monotonic()
        if failed.code in MENDS and now >= self._alerted.get(failed.code, 0.0):
            self._alerted[failed.code] = now + _ALERT_SECONDS
            log.warning("account.refused", says=MENDS[failed.code])
            await self._alert(MENDS[failed.code])

    async def parse_body(self, transport_response: ClientResponse) -> dict[Any, Any]:
        """What a homeserver answered, for the library. Raises `Failed` instead of giving it an error, or what
        is no answer."""
        return await told(transport_response)

    async def receive_response(self, response: Response) -> None:
        """Take in an answer; all keys that it brings are stored in one go, or none.

        The library uses up what a key came wrapped in, stores that, and only then the key: after a crash in
        between, what the key opens could never be read. Nothing is waited for inside, so nothing else gets
        in. Where nothing could be stored, the keys are again those of the file, and the same may come again.
        """
        place = self.next_batch
        try:
            # There is no store before the login.
            with self.store.database.atomic() if self.store is not None else nullcontext():
                await super().receive_response(response)
        except BaseException:
            self.next_batch = place
            if self.olm is not None:
                self.olm = Olm(self.user_id, self.device_id, self.store)
                for room in self.rooms.values():
                    if room.encrypted:
                        self.olm.update_tracked_users(room)
            raise

    # --- one by one ----------------------------------------------------------------------------------

    def _handle_joined_state(self, room_id: str, join_info: RoomInfo, encrypted_rooms: set[str]) -> None:
        super()._handle_joined_state(room_id, RoomInfo(_NO_EVENTS, [], [], []), encrypted_rooms)
        for event in join_info.state:
            self._encrypt(event, room_id, encrypted_rooms)
            try:
                super()._handle_joined_state(room_id, RoomInfo(_NO_EVENTS, [event], [], []), encrypted_rooms)
            except Exception as error:
                self._pass_over(error)

    def _handle_timeline_event(
        self, event: Any, room_id: str, room: Any, encrypted_rooms: set[str]
    ) -> Any | None:
        self._encrypt(event, room_id, encrypted_rooms)
        try:
            if isinstance(event, MegolmEvent):
                event.room_id = room_id
                with suppress(EncryptionError):
                    return self.open(event)
                return None
            return super()._handle_timeline_event(event, room_id, room, encrypted_rooms)
        except Exception as error:
            self._pass_over(error)
            return None

    def open(self, event: MegolmEvent) -> Any:
        """What was encrypted, by the same sender under the same id, and never a state: those are not
        encrypted, so what says that it is one is forged. Raises `EncryptionError` where there is no key."""
        if not event.sender_key:
            self._find_sender(event)
        opened = self.decrypt_event(event)
        inside = opened.source if isinstance(opened.source, dict) else {}
        opened.source = {name: value for name, value in inside.items() if name != "state_key"}
        opened.source |= {"event_id": event.event_id, "sender": event.sender}
        return opened

    def _find_sender(self, event: MegolmEvent) -> None:
        """Find by which device an event was encrypted that does not say so, as it may since Matrix 1.3: the
        one that gave us the key. Raises `EncryptionError` where there is no key."""
        for sender_key, sessions in self.olm.inbound_group_store[event.room_id].items():
            if event.session_id in sessions:
                event.sender_key = sender_key
                device = self.olm.device_store.device_from_sender_key(event.sender, sender_key)
                event.device_id = device.id if device is not None else ""
                return
        raise EncryptionError("no key")

    def _encrypt(self, event: Any, room_id: str, encrypted_rooms: set[str]) -> None:
        """A room is encrypted from the event on that says so, whatever else that says: the library looks
        away from one that it cannot read, and would write there for all to see."""
        if event.source.get("type") == "m.room.encryption" and event.source.get("state_key") == "":
            self.rooms[room_id].encrypted = True
            encrypted_rooms.add(room_id)

    def _handle_decrypt_to_device(self, to_device_event: Any) -> Any | None:
        try:
            return super()._handle_decrypt_to_device(to_device_event)
        except Exception as error:
            self._leave_out(to_device_event, error)
            return None

    async def _collect_key_requests(self) -> None:
        try:
            await super()._collect_key_requests()
        except Exception as error:
            for event in self.olm.received_key_requests.values():
                self._leave_out(event, error)
            self.olm.received_key_requests = {}

    def _leave_out(self, event: Any, error: Exception) -> None:
        self._pass_over(error)
        self.odd.append((event, error))

    def _pass_over(self, error: Exception) -> None:
        """Go on after an event that the library breaks on; whoever reads it says whether it can be read."""
        if store_fault(error) is not None:
            raise error
        log.debug("library.broken", error=error)

    # --- what is asked -------------------------------------------------------------------------------

    async def joined_members(self, room_id: str) -> JoinedMembersResponse:
        """Learn who is in a room. Raises `Failed`, also where we are not among them: then nobody else that
        is missing there has left either."""
        answer = await call(self, "GET", ["rooms", room_id, "joined_members"])
        joined = part(answer, "joined", dict)
        if self.user_id not in joined:
            raise Failed("", 200)
        members = [
            RoomMember(account, text(part(joined, account, dict).get("display_name")), None)
            for account in joined
        ]
        response = JoinedMembersResponse(members, room_id)
        await self.receive_response(response)
        return response

    async def keys_query(self) -> KeysQueryResponse:
        """Learn the devices of those whose devices are not known. Raises `Failed`. A device that is not like
        one stays as it was known."""
        asked: dict[str, list[str]] = {account: [] for account in self.users_for_key_query}
        answer = await call(self, "POST", ["keys", "query"], {"device_keys": asked})
        found: dict[str, dict[str, Any]] = {}
        odd = 0
        for account in asked.keys() & part(answer, "device_keys", dict).keys():
            devices = part(answer["device_keys"], account, dict)
            found[account] = {name: self._device(account, name, device) for name, device in devices.items()}
            odd += sum(device is _UNKNOWN for device in found[account].values())
        if odd:
            log.warning("devices.left_out", devices=odd)
        response = KeysQueryResponse(found, optional(answer, "failures", dict))
        await self.receive_response(response)
        for account in found.keys() - {self.user_id}:
            self._judge(account, answer)
        return response

    def _judge(self, account: str, answer: Mapping[str, Any]) -> None:
        """Keep keys from somebody's devices that they have not signed, where that is not allowed
        (https://github.com/matrix-org/matrix-spec-proposals/pull/4153); and from no other."""
        for device in self.device_store.active_user_devices(account):
            if self._unsigned_devices or signed_by_owner(answer, account, device.id):
                self.unblacklist_device(device)
            else:
                self.blacklist_device(device)

    def _device(self, account: str, name: str, device: Any) -> Mapping[str, Any]:
        """A device as somebody published it, in which the library finds what it looks for."""
        try:
            keys = device["keys"]
            shown = text(device.get("unsigned", {}).get("device_display_name"))
            names = {"user_id": device["user_id"], "device_id": device["device_id"]}
            bare = {**device, **names, "unsigned": {"device_display_name": shown}}
            curve = keys[f"curve25519:{name}"].rstrip("=") + "="
            if len(base64.b64decode(curve, validate=True)) != _KEY_BYTES:
                return _UNKNOWN
            self.olm.verify_json(deepcopy(bare), keys[f"ed25519:{name}"], account, name)
        except Exception:
            return _UNKNOWN
        return bare

    async def keys_claim(self, user_set: Mapping[str, Iterable[str]]) -> KeysClaimResponse:
        """Begin sessions with devices. Raises `Failed`. A key that is none begins no session, and is no
        hindrance to the others."""
        asked = {
            account: dict.fromkeys(devices, "signed_curve25519") for account, devices in user_set.items()
        }
        answer = await call(self, "POST", ["keys", "claim"], {"one_time_keys": asked})
        failures = optional(answer, "failures", dict)
        odd = 0
        for account in asked.keys() & part(answer, "one_time_keys", dict).keys():
            for name, keys in part(answer["one_time_keys"], account, dict).items():
                try:
                    self.olm.handle_response(KeysClaimResponse({account: {name: keys}}, failures))
                except Exception as error:
                    if store_fault(error) is not None:
                        raise
                    odd += 1
        if odd:
            log.warning("sessions.not_begun", devices=odd)
        return KeysClaimResponse(answer["one_time_keys"], failures)
