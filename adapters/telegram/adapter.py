"""Telegram, by long polling or webhook: what happened there becomes an `Incoming`, an `Outgoing` a call.

The Bot API is described at https://core.telegram.org/bots/api; every limit in this folder is from there, or
from its server (github.com/tdlib/telegram-bot-api).
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from telegram.error import BadRequest, EndPointNotFound, InvalidToken, TelegramError

from adapters.telegram.client import Client, field, log
from adapters.telegram.errors import UNAUTHORISED, Why, is_because, kind, webhook_failure
from adapters.telegram.http import TelegramHttp
from adapters.telegram.incoming import Inbox
from adapters.telegram.outgoing import Sender
from adapters.telegram.polling import Polling
from adapters.telegram.updates import NAME
from adapters.telegram.webhook import Listener, Webhook, failed_at
from bot.adapter import (
    Alert,
    Capabilities,
    MenuEntry,
    MenuScope,
    Plain,
    Receive,
    Refused,
    Sharing,
    Unauthorised,
    no_alert,
)
from bot.message import Chat, Identity, Media, MessageRef, Outgoing
from bot.support.told import Told

CAN: Final = Capabilities(max_text=4096, max_caption=1024, max_label=40, prefix="/")
_CAN_IN_GROUPS: Final = replace(CAN, a_minute=20)  # https://core.telegram.org/bots/faq
_COMMANDS_BUTTON: Final = {"type": "commands"}  # beside the line to write in


class Telegram(Plain):
    """The bot's account on Telegram. See `bot.adapter.Adapter` for what each method promises.

    api_url:              "https://api.telegram.org", or another Bot API server
    file_url:             where that one hands out files; "": at api_url, under /file
    local_files:          the folder of a server on this machine that names files by their paths; "": none
    poll_seconds:         how long Telegram holds a request for news open; at most 50
    messages_per_second:  for all chats together; about 30 on Telegram's own server
    webhook:              where Telegram hands over news; None: we ask for it, by long polling
    alert:                is told what only an operator can mend
    """

    name: Final = NAME

    def __init__(
        self,
        token: str,
        *,
        api_url: str,
        file_url: str = "",
        local_files: str = "",
        poll_seconds: int,
        messages_per_second: float,
        webhook: Webhook | None = None,
        http: TelegramHttp | None = None,
        alert: Alert = no_alert,
    ) -> None:
        self.rate: Final = messages_per_second
        self._webhook = webhook
        self._client = Client(
            token,
            api_url=api_url,
            file_url=file_url,
            http=http or TelegramHttp(),
            local=Path(local_files) if local_files else None,
        )
        self._inbox = Inbox(self._client)
        self._way_in: Listener | Polling = (
            Listener(self._client, self._inbox, webhook)
            if webhook
            else Polling(self._client, self._inbox, poll_seconds, alert)
        )
        self._sender = Sender(self._client)
        self._joins_groups = True

    @property
    def last_heard_at(self) -> float:
        """When (`time.monotonic`) Telegram last answered us while we listened; 0.0 before that."""
        return self._inbox.last_heard_at

    @property
    def told(self) -> Told | None:
        """The time, as the Bot API last told it."""
        return self._client.told

    async def start(self) -> None:
        """Check the token and learn our own name. Raises `Unauthorised`, or `OSError` when Telegram
        cannot be reached."""
        await self._client.open()
        try:
            me = await self._client.call("getMe")
            self._inbox.our_name = field(me, "username", str)
        except TelegramError as error:
            await self._client.close()
            if isinstance(error, InvalidToken | EndPointNotFound):
                raise Unauthorised(UNAUTHORISED) from None
            raise ConnectionError("Telegram cannot be reached now.") from None
        self._joins_groups = bool(me.get("can_join_groups", True))

    async def close(self) -> None:
        """Let go of the connections; buttons that still wait for their answer do not get one."""
        await self._inbox.close()
        await self._client.close()

    async def check(self) -> Sequence[tuple[bool, str]]:
        """Whether the way in is open, and groups. Raises `SendError`."""
        try:
            info = await self._client.call("getWebhookInfo")
            url = field(info, "url", str)
        except TelegramError as error:
            raise kind(error) from None
        found = [(True, "Telegram lets the bot into groups.")]
        if not self._joins_groups:
            found = [(False, "Telegram does not let the bot into groups: ask @BotFather, /setjoingroups.")]
        if self._webhook is None:
            way = "The bot asks for news itself (long polling)."
            if url:
                way = "A webhook is set; at its start the bot removes it and asks for news itself."
            return [*found, (True, way)]
        if url != self._webhook.url:
            return [*found, (True, "The webhook is not set yet; the bot sets it at its start.")]
        if failed := failed_at(info):
            why = webhook_failure(info.get("last_error_message"))
            return [
                *found,
                (False, f"Telegram could not reach the webhook at {failed:%Y-%m-%d %H:%M} UTC: {why}."),
            ]
        waiting = info.get("pending_update_count", 0)
        return [*found, (True, f"The webhook is set, and {_whole(waiting)} updates wait there.")]

    async def run(self, receive: Receive) -> None:
        """Hand over what happens until cancelled. Raises `Unauthorised` when the token is taken from us.

        Updates that wait when the way in changes come by the new one.
        """
        await self._way_in.run(receive)

    async def send(self, message: Outgoing) -> MessageRef:
        """Send or edit. Raises a `SendError`."""
        return await self._sender.send(message)

    async def delete(self, message: MessageRef) -> None:
        """Take a message of ours back. Raises a `SendError`."""
        await self._sender.delete(message)

    @property
    def sharing(self) -> Sharing:
        """Telegram gives its news to one who asks for them, or to all doors behind one address."""
        return Sharing.EVERYTHING if self._webhook else Sharing.SENDING

    def can(self, chat: Chat) -> Capabilities:
        """The same everywhere on Telegram, but groups take fewer messages."""
        return CAN if chat.private else _CAN_IN_GROUPS

    def link(self, payload: str, *, into_room: bool = False) -> str:
        """A link as `start_link` makes it; "" before `start`."""
        return start_link(self._inbox.our_name, payload, into_room=into_room)

    async def is_admin(self, chat: Chat, identity: Identity) -> bool:
        """Whether somebody is an admin of a group. Raises `SendError`."""
        try:
            member = await self._client.call("getChatMember", chat_id=chat.id, user_id=int(identity.account))
            return field(member, "status", str) in ("creator", "administrator")
        except TelegramError as error:
            raise kind(error) from None

    async def admit(self, chat: Chat, identity: Identity) -> None:
        """Approve a join request; nothing where it is settled already. Raises `SendError`."""
        try:
            await self._client.call("approveChatJoinRequest", chat_id=chat.id, user_id=int(identity.account))
        except BadRequest as error:
            if not is_because(error, Why.LET_IN, Why.ASKS_NO_MORE):
                raise Refused(error.message) from None
            log.debug("admit.settled", why=error.message)
        except TelegramError as error:
            raise kind(error) from None

    async def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of a file that somebody sent. Raises `SendError`."""
        try:
            found = await self._client.call("getFile", file_id=media.file)
            async for piece in self._client.read(field(found, "file_path", str)):
                yield piece
        except TelegramError as error:
            raise kind(error) from None
        except OSError as error:
            raise Refused(type(error).__name__) from None

    async def show_menu(self, where: MenuScope | Chat, locale: str, menu: Sequence[MenuEntry]) -> None:
        """Set the commands of private chats, of groups or of one chat for those whose app speaks `locale`.
        Raises `SendError`."""
        fields: dict[str, Any] = {"scope": _scope(where), "language_code": _language(locale)}
        commands = [{"command": entry.name, "description": entry.title[:256]} for entry in menu]
        try:
            if commands:
                await self._client.call("setMyCommands", commands=commands, **fields)
            else:
                await self._client.call("deleteMyCommands", **fields)
        except TelegramError as error:
            raise kind(error) from None

    async def introduce(self, locale: str, *, name: str, description: str, short: str) -> None:
        """Set what the app shows of us to those whose app speaks `locale`, where it shows something else:
        Telegram takes few changes a day, fewest of the name. Raises `SendError`."""
        language = _language(locale)
        wanted: dict[str, dict[str, Any]] = {
            "MyShortDescription": {"short_description": short[:120]},
            "MyDescription": {"description": description[:512]},
            "MyName": {"name": name[:64]},
        }
        try:
            if not language and await self._client.call("getChatMenuButton") != _COMMANDS_BUTTON:
                await self._client.call("setChatMenuButton", menu_button=_COMMANDS_BUTTON)
            for what, fields in wanted.items():
                if await self._client.call(f"get{what}", language_code=language) != fields:
                    await self._client.call(f"set{what}", language_code=language, **fields)
        except TelegramError as error:
            raise kind(error) from None


def start_link(our_name: str, payload: str, *, into_room: bool = False) -> str:
    """Return https://t.me/our_name?start=PAYLOAD, or ?startgroup=PAYLOAD; "" without a name. The payload is
    up to 64 of `A-Za-z0-9_-`, or this raises `ValueError`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload):
        raise ValueError("a start link takes up to 64 of A-Z a-z 0-9 _ -")
    if not our_name:
        return ""
    start = "startgroup" if into_room else "start"
    return f"https://t.me/{our_name}" + (f"?{start}={payload}" if payload else "")


def _scope(where: MenuScope | Chat) -> dict[str, str]:
    """Return who sees a menu of commands."""
    if isinstance(where, Chat):
        return {"type": "chat", "chat_id": where.id}
    return {"type": "all_private_chats" if where is MenuScope.PRIVATE else "all_group_chats"}


def _language(locale: str) -> str:
    """Return the two letters by which Telegram knows a language; "" for any."""
    return re.split("[-_]", locale)[0]


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0
