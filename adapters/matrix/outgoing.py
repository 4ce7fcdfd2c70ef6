"""Sending: an `Outgoing` becomes events, with its files before them. The digits below it follow later."""

import asyncio
import contextlib
import mimetypes
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from nio import EncryptionError, MegolmEvent

from adapters.matrix import content
from adapters.matrix import media as matrix_media
from adapters.matrix.door import Door, server_of
from adapters.matrix.encryption.room_keys import NobodyReached, RoomKeys
from adapters.matrix.events import thread_of
from adapters.matrix.homeserver.client import NAME, ask, call, part
from adapters.matrix.homeserver.errors import Failed, kind
from adapters.matrix.homeserver.library import Client
from adapters.matrix.reactions import Reactions
from adapters.matrix.rooms import Rooms
from bot.adapter import LARGEST_FILE, Later, Moved, Unreachable
from bot.message import Carried, Chat, Made, MessageRef, Outgoing
from bot.support import log as logs

_READY_SECONDS: Final = 20.0
_LAST_SECONDS: Final = 5.0
_TYPING_SECONDS: Final = 120
_KEY_SECONDS: Final = 15.0  # until devices that nobody reaches are asked for keys again
_REMEMBERED: Final = 5000
_KINDS: Final = {
    "photo": "m.image",
    "video": "m.video",
    "video_note": "m.video",
    "audio": "m.audio",
    "voice": "m.audio",
}

log = logs.get(NAME)


class Sender:
    """Sends, in each room one after the other, as soon as `synced` is set: before that it is not known who
    is in a room."""

    def __init__(
        self,
        client: Client,
        rooms: Rooms,
        door: Door,
        synced: asyncio.Event,
        keys: RoomKeys,
        only_verified: str,
    ) -> None:
        self._client, self._rooms, self._door, self._synced = client, rooms, door, synced
        self._reactions = Reactions(client)
        self._keys = keys
        self._only_verified = only_verified
        self._largest = 0
        self._asked_to_verify: set[str] = set()
        self._lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._sending: set[asyncio.Task[MessageRef]] = set()
        self._files: OrderedDict[str, Mapping[str, Any]] = OrderedDict()

    async def send(self, message: Outgoing) -> MessageRef:
        """Send or edit. Raises a `SendError`. Cancelled, the send itself goes on: where the library is
        stopped in the middle, nothing more leaves for that room."""
        task = asyncio.create_task(self._send(message))
        self._sending.add(task)
        task.add_done_callback(self._sent)
        return await asyncio.shield(task)

    async def delete(self, message: MessageRef) -> None:
        """Take a message of ours back. Raises a `SendError`."""
        path = ["rooms", message.chat.id, "redact", message.id, uuid4().hex]
        try:
            await call(self._client, "PUT", path, {})
        except Failed as failed:
            if failed.passing or failed.unauthorised:
                raise kind(failed) from None
            log.debug("delete.nothing_left", why=str(failed))

    async def mark(self, message: MessageRef, count: int) -> int:
        """Put or take one digit under a message of ours. Raises a `SendError`."""
        try:
            return await self._reactions.step(message.chat.id, message.id, count)
        except Failed as failed:
            raise kind(failed) from None

    async def close(self) -> None:
        """Finish the sends that have begun, within 5 seconds."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=_LAST_SECONDS)
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _sent(self, task: asyncio.Task[MessageRef]) -> None:
        self._sending.discard(task)
        if not task.cancelled():
            task.exception()  # where the caller is gone, nobody else looks at it

    async def _send(self, message: Outgoing) -> MessageRef:
        try:
            async with self._lines[message.chat.id]:
                await self._ready(message.chat)
                if message.replaces is not None:
                    return await self._edit(message, message.replaces)
                event, *more = await self._post(self._in_its_thread(message))
                self._reactions.none_yet(event)
        except NobodyReached as nobody:
            if nobody.unsigned:
                await self._ask_to_verify(message.chat.id)
            raise Later(_KEY_SECONDS) from None
        except Failed as failed:
            raise kind(failed) from None
        return MessageRef(message.chat, event, tuple(more))

    def _in_its_thread(self, message: Outgoing) -> Outgoing:
        """The same, in a private chat in the thread where the other one writes."""
        chat, answered = message.chat, message.reply_to
        thread = self._rooms.thread_for(chat.id, answered) if chat.private else chat.thread
        return replace(message, chat=replace(chat, thread=thread))

    async def _ask_to_verify(self, room: str) -> None:
        """Say once, for all to read, why nothing comes: to devices that nobody signed nothing can be said
        in private."""
        if not self._only_verified or room in self._asked_to_verify:
            return
        self._asked_to_verify.add(room)
        body = {"msgtype": "m.notice", "body": self._only_verified, "m.mentions": {}}
        path = ["rooms", room, "send", "m.room.message", f"verify{uuid4().hex}"]
        try:
            await call(self._client, "PUT", path, body)
        except Failed as failed:
            self._asked_to_verify.discard(room)
            log.info("verification.not_asked", why=str(failed))

    async def _ready(self, chat: Chat) -> None:
        """Make sure that the room is there and the right people are in it. Raises a `SendError` or
        `Failed`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_READY_SECONDS):
                await self._synced.wait()
        if not self._synced.is_set():
            raise Later(everywhere=True)
        known = self._rooms.get(chat.id)
        if known is None:
            if await self._rooms.is_there(chat.id, self._client.user_id):
                raise Later(1.0)  # the next sync brings it
            raise Unreachable("not in the room")
        state = self._rooms.state(chat.id)
        if known.replacement_room:
            if new := self._rooms.replaced(chat.id):
                raise Moved(self._rooms.chat(new))
            by = server_of(state.closed_by)
            self._door.chore(self._door.enter(known.replacement_room, [by] if by else []))
            raise Later(1.0)
        if state.create and not state.may(self._client.user_id, state.needs("m.room.message", state=False)):
            raise Unreachable("may not write", silenced=True)
        if chat.private:
            partner = self._rooms.belongs_to(chat.id)
            if partner not in known.users:
                if other := self._rooms.shared_with(partner):
                    raise Moved(Chat(NAME, other))
                raise Unreachable("they left")
            if len(known.users) > 2:
                raise Moved(Chat(NAME, await self._rooms.open_direct(partner)))

    async def _edit(self, message: Outgoing, old: MessageRef) -> MessageRef:
        if message.html:
            room = old.chat.id
            event = content.edit(message, old.id, await self._file_of(room, old.id))
            await self._put(room, event, _transaction(message))
        return old

    async def _file_of(self, room: str, event: str) -> Mapping[str, Any]:
        """The content of a message of ours where it has a file; nothing where it has none, or where that
        cannot be known any more. Raises `Failed`."""
        if event not in self._files:
            try:
                found = (await ask(self._client.room_get_event(room, event))).event
                if isinstance(found, MegolmEvent):
                    found.room_id = room
                    found = self._client.open(found)
                self._remember(event, part(found.source, "content", dict))
            except EncryptionError:
                log.warning("edit.unreadable")
                return {}
            except Failed as failed:
                if failed.passing:
                    raise
                return {}
        return self._files[event]

    def _remember(self, event: str, sent: Mapping[str, Any]) -> None:
        self._files[event] = sent if "url" in sent or "file" in sent else {}
        while len(self._files) > _REMEMBERED:
            self._files.popitem(last=False)

    async def _post(self, message: Outgoing) -> list[str]:
        """The ids of the events, first that of the one with the words."""
        files: list[Made | Carried] = [*([message.made] if message.made else []), *message.carried]
        if not files:
            return [await self._put(message.chat.id, content.words(message), _transaction(message))]
        async with self._typing(message.chat.id):
            return [await self._file(message, file, number) for number, file in enumerate(files)]

    @contextlib.asynccontextmanager
    async def _typing(self, room: str) -> AsyncIterator[None]:
        """Show meanwhile that something is coming. It is worth nothing by itself, so it may fail."""
        path = ["rooms", room, "typing", self._client.user_id]

        async def show(**what: Any) -> None:
            try:
                await call(self._client, "PUT", path, what)
            except Failed as failed:
                log.debug("typing.not_shown", why=str(failed))

        await show(typing=True, timeout=_TYPING_SECONDS * 1000)
        try:
            yield
        finally:
            await show(typing=False)

    async def _file(self, message: Outgoing, file: Made | Carried, number: int) -> str:
        """Upload and send one file; the text goes below the first."""
        info: dict[str, Any]
        if isinstance(file, Made):
            whole, name, form = file.content, file.name, "m.image" if file.is_picture else "m.file"
            size: int | None = len(whole)
            info = {"mimetype": file.type, "size": size}
            info |= (
                {"w": matrix_media.at(whole, 16), "h": matrix_media.at(whole, 20)} if file.is_picture else {}
            )

            def read() -> AsyncIterator[bytes]:
                return matrix_media.once(whole)

        else:
            media, read = file.media, file.read
            form, size = _KINDS.get(media.kind, "m.file"), None if media.unnamed else media.size
            name = media.name or media.kind + (mimetypes.guess_extension(media.type) or "")
            info = {"mimetype": media.type or "application/octet-stream"}
            info |= {"size": size} if size is not None else {}
            info |= {"duration": media.seconds * 1000} if media.seconds is not None else {}
            info |= {"w": media.width, "h": media.height} if media.width and media.height else {}
        encrypted, largest = self._client.rooms[message.chat.id].encrypted, await self._largest_file()
        about = {"type": info["mimetype"], "name": name, "size": size}
        where = await matrix_media.upload(self._client, read, **about, encrypted=encrypted, largest=largest)
        event = content.file(message, form, name, info, where, caption=number == 0)
        if isinstance(file, Carried) and file.media.kind == "voice":
            audio: dict[str, Any] = {"duration": info.get("duration", 0)}
            if file.media.waveform:
                audio["waveform"] = [int(point) for point in file.media.waveform.split()]
            event |= {"org.matrix.msc3245.voice": {}, "org.matrix.msc1767.audio": audio}
        return await self._put(message.chat.id, event, f"{_transaction(message)}.file{number}")

    async def _largest_file(self) -> int:
        """Bytes that the homeserver takes, as it says; as many as anybody takes where it does not say."""
        if not self._largest:
            try:
                self._largest = await matrix_media.largest(self._client)
            except Failed as failed:
                log.debug("media.limit_unknown", why=str(failed))
        return self._largest or LARGEST_FILE

    async def _put(self, room: str, event: dict[str, Any], transaction: str) -> str:
        """Send a message event, encrypted where the room is. Raises `Failed`, and `NobodyReached`."""
        client = self._client
        try:
            if client.rooms[room].encrypted:
                await self._keys.share(room)
            sent = await ask(
                client.room_send(
                    room, "m.room.message", event, tx_id=transaction, ignore_unverified_devices=True
                )
            )
        except BaseException:
            self._keys.unlock(room)
            raise
        if not sent.event_id:
            raise Failed("", 200)
        self._remember(sent.event_id, event)
        if self._rooms.partner(room):
            self._rooms.wrote(sent.event_id, thread_of({"content": event}))
        return str(sent.event_id)


def _transaction(message: Outgoing) -> str:
    """The same at every attempt."""
    return f"m{message.id}.{message.part}"
