"""Telegram, by long polling or webhook: what happened there becomes an `Incoming`, an `Outgoing` a call.

The Bot API is described at https://core.telegram.org/bots/api; every limit and every wording of an error
in this file is from there, or from its server (github.com/tdlib/telegram-bot-api).
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from telegram import (
    Bot,
    InputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import BaseRequest

from adapters.telegram_files import Upload, albums, pieces
from adapters.telegram_http import WHOLE, TelegramHttp
from adapters.telegram_updates import ASKED_FOR, NAME, callback_data, read
from adapters.telegram_webhook import Webhook, served
from bot import log as logs
from bot.adapter import (
    Capabilities,
    Everywhere,
    Later,
    MenuEntry,
    Moved,
    Receive,
    Refused,
    SendError,
    Sharing,
    Unauthorised,
    Unreachable,
)
from bot.message import Chat, Identity, Incoming, Media, MessageRef, Outgoing
from bot.trouble import Trouble

_CAN = Capabilities(max_text=4096, max_caption=1024, max_label=40, prefix="/")
_CAN_IN_GROUPS = replace(_CAN, a_minute=20)  # https://core.telegram.org/bots/faq
_UNAUTHORISED = "Telegram refuses the token: ask @BotFather for a valid one and put it into telegram.token."
_MOST_ANSWERS = 256
_CONNECTIONS = (
    100  # at which Telegram posts at once, the most it offers: what comes together is stored together
)
_LOOK_SECONDS = 60.0

log = logs.get(NAME)
# The library's own debug lines hold what people write.
logging.getLogger("telegram").setLevel(logging.WARNING)


class Telegram:
    """The bot's account on Telegram. See `bot.adapter.Adapter` for what each method promises.

    api_url:              "https://api.telegram.org", or another Bot API server
    file_url:             where that one hands out files; "": at api_url, under /file
    poll_seconds:         how long Telegram holds a request for news open; at most 50
    messages_per_second:  for all chats together; about 30 on Telegram's own server
    webhook:              where Telegram hands over news; None: we ask for it, by long polling
    """

    name: Final = NAME

    def __init__(
        self,
        token: str,
        *,
        api_url: str,
        file_url: str = "",
        poll_seconds: int,
        messages_per_second: float,
        webhook: Webhook | None = None,
        http: TelegramHttp | None = None,
    ) -> None:
        self.rate: Final = messages_per_second
        self._poll_seconds = poll_seconds
        self._webhook = webhook
        self._http = http or TelegramHttp()
        file_url = (file_url or f"{api_url.rstrip('/')}/file").rstrip("/")
        self._file_url = f"{file_url}/bot{token}"
        self._bot = Bot(
            token,
            base_url=f"{api_url.rstrip('/')}/bot",
            base_file_url=f"{file_url}/bot",
            request=self._http,
            get_updates_request=self._http,
        )
        self._username = ""
        self._joins_groups = True
        self.heard_at = 0.0
        self._answers: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Check the token and learn our own name. Raises `Unauthorised`, or `OSError` when Telegram
        cannot be reached."""
        await self._http.initialize()
        try:
            me = await self._call("getMe")
        except TelegramError as error:
            await self._http.shutdown()
            if isinstance(error, InvalidToken | EndPointNotFound):
                raise Unauthorised(_UNAUTHORISED) from None
            raise ConnectionError(f"Telegram cannot be reached ({type(error).__name__}).") from None
        self._username = me["username"]
        self._joins_groups = bool(me.get("can_join_groups", True))

    async def check(self) -> Sequence[tuple[bool, str]]:
        """Whether the way in is open, and groups. Raises `SendError`."""
        try:
            info = await self._call("getWebhookInfo")
        except TelegramError as error:
            raise _kind(error) from None
        found = [(True, "Telegram lets the bot into groups.")]
        if not self._joins_groups:
            found = [(False, "Telegram does not let the bot into groups: ask @BotFather, /setjoingroups.")]
        if self._webhook is None:
            way = "The bot asks for news itself (long polling)."
            if info["url"]:
                way = "A webhook is set; at its start the bot removes it and asks for news itself."
            return [*found, (True, way)]
        if info["url"] != self._webhook.url:
            return [*found, (True, "The webhook is not set yet; the bot sets it at its start.")]
        if failure := info.get("last_error_message"):
            when = datetime.fromtimestamp(info["last_error_date"], UTC)
            return [
                *found,
                (False, f"Telegram could not reach the webhook at {when:%Y-%m-%d %H:%M} UTC: {failure}"),
            ]
        return [*found, (True, f"The webhook is set, and {info['pending_update_count']} updates wait there.")]

    async def close(self) -> None:
        """Let go of the connections; buttons that still wait for their answer do not get one."""
        for task in self._answers:
            task.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)
        await self._http.shutdown()

    async def delete(self, message: MessageRef) -> None:
        """Delete a message of ours; Telegram lets us for 48 hours. Raises `SendError`."""
        try:
            await self._call("deleteMessage", chat_id=message.chat.id, message_id=int(message.id))
        except BadRequest as error:
            if not _says(error, _NOT_DELETED):
                raise _kind(error) from None
            log.debug("delete.nothing_left", why=_safe(error))
        except TelegramError as error:
            raise _kind(error) from None

    async def mark(self, message: MessageRef, count: int) -> int:
        """Telegram's buttons come with the message."""
        return 0

    async def private_chat(self, identity: Identity) -> Chat:
        """Where one is alone with us: on Telegram the chat has the person's own number."""
        return Chat(NAME, identity.account)

    @property
    def sharing(self) -> Sharing:
        """Telegram gives its news to one who asks for them, or to all doors behind one address."""
        return Sharing.EVERYTHING if self._webhook else Sharing.SENDING

    def can(self, chat: Chat) -> Capabilities:
        """The same everywhere on Telegram, but groups take fewer messages."""
        return _CAN if chat.private else _CAN_IN_GROUPS

    def link(self, payload: str, *, into_room: bool = False) -> str:
        """https://t.me/our_name?start=PAYLOAD, or ?startgroup=PAYLOAD; the payload is up to 64 of
        `A-Za-z0-9_-`, or `ValueError`. "" before `start`."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload):
            raise ValueError("a start link takes up to 64 of A-Z a-z 0-9 _ -")
        if not self._username:
            return ""
        start = "startgroup" if into_room else "start"
        return f"https://t.me/{self._username}" + (f"?{start}={payload}" if payload else "")

    async def leads(self, chat: Chat, identity: Identity) -> bool:
        """Whether somebody is an admin of a group. Raises `SendError`."""
        try:
            member = await self._call("getChatMember", chat_id=chat.id, user_id=int(identity.account))
        except TelegramError as error:
            raise _kind(error) from None
        return member["status"] in ("creator", "administrator")

    async def admit(self, chat: Chat, identity: Identity) -> None:
        """Approve a join request; nothing where it is settled already. Raises `SendError`."""
        try:
            await self._call("approveChatJoinRequest", chat_id=chat.id, user_id=int(identity.account))
        except BadRequest as error:
            if not _says(error, _LET_IN_ALREADY):
                raise Refused(_safe(error)) from None
            log.debug("admit.settled", why=_safe(error))
        except TelegramError as error:
            raise _kind(error) from None

    async def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of a file that somebody sent. Raises `SendError`."""
        try:
            found = await self._call("getFile", file_id=media.file)
            async for piece in pieces(self._http, found["file_path"], self._file_url):
                yield piece
        except TelegramError as error:
            raise _kind(error) from None
        except OSError as error:
            raise Refused(type(error).__name__) from None

    async def show_menu(self, where: Everywhere | Chat, locale: str, menu: Sequence[MenuEntry]) -> None:
        """Set the commands of private chats, of groups or of one chat for those whose app speaks `locale`.
        Raises `SendError`."""
        fields: dict[str, Any] = {"scope": _scope(where), "language_code": _language(locale)}
        commands = [{"command": entry.name, "description": entry.title[:256]} for entry in menu]
        try:
            if commands:
                await self._call("setMyCommands", commands=commands, **fields)
            else:
                await self._call("deleteMyCommands", **fields)
        except TelegramError as error:
            raise _kind(error) from None

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
            if not language and await self._call("getChatMenuButton") != _COMMANDS_BUTTON:
                await self._call("setChatMenuButton", menu_button=_COMMANDS_BUTTON)
            for what, fields in wanted.items():
                if await self._call(f"get{what}", language_code=language) != fields:
                    await self._call(f"set{what}", language_code=language, **fields)
        except TelegramError as error:
            raise _kind(error) from None

    async def _call(self, method: str, *, read_timeout: float | None = None, **fields: Any) -> Any:
        """One call of the Bot API without files, and what it returned as plain JSON: the library's objects,
        and its looking for them, are most of what a call costs. Fields that are None are left out. Raises
        `TelegramError`."""
        given = {name: value for name, value in fields.items() if value is not None}
        return await self._upload(method, read_timeout=read_timeout, **{WHOLE: given})

    async def _upload(self, method: str, *, read_timeout: float | None = None, **fields: Any) -> Any:
        """The same, where some of the fields are files."""
        # Methods are case-insensitive, and by a name it knows the library would point at its own method.
        return await self._bot.do_api_request(
            method.lower(),
            fields,
            read_timeout=BaseRequest.DEFAULT_NONE if read_timeout is None else read_timeout,
        )

    # --- what comes in ---------------------------------------------------------------------------

    async def run(self, receive: Receive) -> None:
        """Hand over what happens until cancelled. Raises `Unauthorised` when the token is taken from us.

        Updates that wait when the way in changes come by the new one.
        """
        if self._webhook is None:
            await self._poll(receive)
        else:
            await self._serve(self._webhook, receive)

    async def _serve(self, webhook: Webhook, receive: Receive) -> None:
        """Have news brought. At the end the webhook stays set: what finds nobody there waits at Telegram."""

        async def take(update: Mapping[str, Any]) -> None:
            self.heard_at = time.monotonic()
            _, failure = await self._hand_over([update], receive)
            if failure is not None:
                raise failure

        door = Trouble(log)
        while True:
            try:
                async with served(webhook, take):
                    door.over("webhook.serves")
                    await self._keep_set(webhook)
            except OSError as error:  # the program before us may still be finishing
                await door.wait("webhook.no_port", why=error.strerror)

    async def _keep_set(self, webhook: Webhook) -> None:
        """Set the webhook, and look every minute whether all is well: nobody else tells that the token is
        worth nothing any more, that another program took the updates, or that Telegram cannot reach us."""
        line = Trouble(log)
        ours, last_failure = False, int(time.time())
        while True:
            try:
                if not ours:
                    await self._call(
                        "setWebhook",
                        url=webhook.url,
                        secret_token=webhook.secret,
                        allowed_updates=ASKED_FOR,
                        max_connections=_CONNECTIONS,
                    )
                info = await self._call("getWebhookInfo")
            except (InvalidToken, EndPointNotFound):
                raise Unauthorised(_UNAUTHORISED) from None
            except TelegramError as error:
                at_least = _seconds(error) if isinstance(error, RetryAfter) else 0.0
                event = "webhook.not_seen" if ours else "webhook.not_set"
                await line.wait(event, at_least=at_least, why=_safe(error))
                continue
            ours = info["url"] == webhook.url
            if not ours:
                await line.wait("webhook.lost", why="another program removed it or set its own")
                continue
            line.over("webhook.set")
            self.heard_at = time.monotonic()
            if (failed := info.get("last_error_date", 0)) > last_failure:
                log.warning("webhook.not_reached", why=info.get("last_error_message", ""))
                last_failure = failed
            await asyncio.sleep(_LOOK_SECONDS)

    async def _poll(self, receive: Receive) -> None:
        """Ask for news and hand it over.

        Asking from an offset forgets everything before it, so the offset stops before the first update
        that was not kept; the engine knows by their ids those after it that come again.
        """
        offset = 0
        line, store = Trouble(log), Trouble(log)
        while True:
            try:
                updates = await self._news(offset)
            except (InvalidToken, EndPointNotFound):
                raise Unauthorised(_UNAUTHORISED) from None
            except Conflict:
                await line.wait("poll.conflict", why="another program polls with this token")
                continue
            except RetryAfter as error:
                await line.wait("poll.slower", at_least=_seconds(error))
                continue
            except TelegramError as error:
                await line.wait("poll.broken", why=type(error).__name__)
                continue
            line.over("poll.works")
            self.heard_at = time.monotonic()
            if not updates:
                continue
            offset, failure = await self._hand_over(updates, receive)
            if failure is None:
                store.over("update.kept")
            else:
                await store.wait("update.not_kept", error=failure)

    async def _news(self, offset: int) -> list[dict[str, Any]]:
        """Updates from `offset` on, up to 100, at once or as soon as there is one."""
        try:
            news: list[dict[str, Any]] = await self._call(
                "getUpdates",
                read_timeout=self._poll_seconds + 10,
                offset=offset,
                timeout=self._poll_seconds,
                allowed_updates=ASKED_FOR,
            )
        except Conflict as error:
            if "webhook" not in str(error):
                raise
            log.warning("poll.webhook", why="a webhook took the updates; it is removed")
            await self._call("deleteWebhook")
            return []
        return news

    async def _hand_over(
        self, updates: Sequence[Mapping[str, Any]], receive: Receive
    ) -> tuple[int, BaseException | None]:
        """Give all to the engine in order, waiting for none before the next: it commits many in one go.
        The offset to ask from, and why it is not past all of them."""
        events: list[tuple[int, Incoming]] = []
        skipped = 0
        for update in updates:
            if query := update.get("callback_query"):
                self._answer(query["id"])
            if (incoming := self._read(update)) is not None:
                events.append((update["update_id"], incoming))
            else:
                skipped += 1
        if skipped:
            log.debug("update.skipped", count=skipped)
        results = await asyncio.gather(*(receive(event) for _, event in events), return_exceptions=True)
        for (update_id, _), result in zip(events, results, strict=True):
            if isinstance(result, BaseException):
                return update_id, result
        return updates[-1]["update_id"] + 1, None

    def _read(self, update: Mapping[str, Any]) -> Incoming | None:
        """What happened; None where it is nothing for us."""
        happened = read(update, self._username)
        if happened is None:
            return None
        event, chat, sender, thread = happened
        return Incoming(
            id=f"update:{update['update_id']}",
            event=event,
            chat=Chat(NAME, str(chat["id"]), private=chat["type"] == "private", thread=thread),
            sender=Identity(NAME, str(sender["id"])) if sender else None,
            name=sender.get("first_name", "") if sender else "",
            language=sender.get("language_code", "") if sender else "",
            room=chat.get("title", ""),
        )

    def _answer(self, query: str) -> None:
        """Tell the app that the press has arrived. It gives up within seconds, so this goes before all
        else and waits for nothing; too many at once and the rest go without."""
        if len(self._answers) >= _MOST_ANSWERS:
            log.warning("press.unanswered", why="too many at once")
            return
        task = asyncio.create_task(self._answer_now(query))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer_now(self, query: str) -> None:
        for last in (False, True):
            try:
                await self._call("answerCallbackQuery", callback_query_id=query)
            except TelegramError as error:
                # A line that broke is mostly there again at once; "query is too old" is what a redelivered
                # press gets.
                if last or isinstance(error, BadRequest | RetryAfter):
                    log.debug("press.unanswered", why=type(error).__name__)
                    return
            else:
                return

    # --- what goes out ---------------------------------------------------------------------------

    async def send(self, message: Outgoing) -> MessageRef:
        """Send or edit. Raises a `SendError`; an edit for which nothing is left to edit is done."""
        try:
            if message.replaces is not None:
                await self._edit(message, message.replaces)
                return message.replaces
            sent = await self._post(message)
        except TelegramError as error:
            raise _kind(error) from None
        return MessageRef(message.chat, str(sent["message_id"]))

    async def _post(self, message: Outgoing) -> Any:
        fields: dict[str, Any] = {
            "chat_id": message.chat.id,
            "message_thread_id": int(message.chat.thread) if message.chat.thread else None,
            "parse_mode": "HTML",
            "disable_notification": not message.wakes,
            "reply_markup": _keyboard(message),
        }
        if message.reply_to is not None:
            # The message may be deleted by now.
            fields["reply_parameters"] = {
                "message_id": int(message.reply_to),
                "allow_sending_without_reply": True,
            }
        if (picture := message.picture) is not None:
            photo = InputFile(picture.png, filename=picture.name)
            return await self._upload("sendPhoto", photo=photo, caption=message.html, **fields)
        if message.carried:
            return await self._post_carried(message, fields)
        return await self._call("sendMessage", text=message.html, link_preview_options=_NO_PREVIEW, **fields)

    async def _post_carried(self, message: Outgoing, fields: Mapping[str, Any]) -> Any:
        """Send files, the text with the first; the first message there is."""
        first: Any = None
        for uploads in albums(message.carried):
            caption = message.html if first is None else ""
            try:
                sent = await self._post_together(uploads, caption, fields)
            except TelegramError:
                # Where the bytes did not come, that is what went wrong.
                for upload in uploads:
                    if upload.failure is not None:
                        raise upload.failure from None
                raise
            first = first or sent
        return first

    async def _post_together(self, uploads: Sequence[Upload], caption: str, fields: Mapping[str, Any]) -> Any:
        # What has neither words nor buttons of its own takes these fields only.
        bare = {key: fields[key] for key in fields if key not in ("parse_mode", "reply_markup")}
        if len(uploads) == 1:
            kind = uploads[0].kind
            method, file = f"send{kind.replace('_', '')}", {kind: uploads[0].field()}
            if kind != "video_note":
                return await self._upload(method, caption=caption, **file, **fields)
            # A video note has no caption: the words and the buttons come below it.
            sent = await self._upload(method, **file, **bare)
            return await self._call("sendMessage", text=caption, **fields) if caption else sent
        # The library takes nothing but objects of its own here.
        words = [{"caption": caption, "parse_mode": "HTML"} if caption else {}, *[{}] * (len(uploads) - 1)]
        album = [
            _IN_ALBUM[upload.kind](upload.field(attach=True), **more)
            for upload, more in zip(uploads, words, strict=True)
        ]
        return (await self._upload("sendMediaGroup", media=album, **bare))[0]

    async def _edit(self, message: Outgoing, old: MessageRef) -> None:
        fields: dict[str, Any] = {
            "chat_id": old.chat.id,
            "message_id": int(old.id),
            "reply_markup": _keyboard(message),
        }
        try:
            if message.html:
                await self._edit_words(message.html, fields)
            else:
                await self._call("editMessageReplyMarkup", **fields)
        except BadRequest as error:
            if not _says(error, _NOTHING_TO_EDIT):
                raise
            log.debug("edit.nothing_left", why=_safe(error))

    async def _edit_words(self, html: str, fields: Mapping[str, Any]) -> None:
        fields = {**fields, "parse_mode": "HTML"}
        try:
            await self._call("editMessageText", text=html, link_preview_options=_NO_PREVIEW, **fields)
        except BadRequest as error:
            if not _says(error, ("there is no text in the message",)):
                raise
            await self._call("editMessageCaption", caption=html, **fields)


_IN_ALBUM: dict[str, Any] = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "document": InputMediaDocument,
    "audio": InputMediaAudio,
}
_NO_PREVIEW = {"is_disabled": True}
_COMMANDS_BUTTON = {"type": "commands"}  # beside the line to write in
_NOTHING_TO_EDIT = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
)
_NOBODY_THERE = ("chat not found", "user not found", "peer_id_invalid", "group chat was deactivated")
_MAY_NOT_WRITE = (
    "not enough rights to send",
    "have no rights to send",
    "chat_write_forbidden",
    "chat_restricted",
    "topic_closed",
    "message thread not found",
)
_NOT_DELETED = ("message to delete not found", "message can't be deleted", "message_id_invalid")
_LET_IN_ALREADY = ("user_already_participant", "hide_requester_missing")


def _keyboard(message: Outgoing) -> dict[str, Any] | None:
    """The buttons, in their rows."""
    if not message.buttons:
        return None
    slots = iter(range(sum(len(row) for row in message.buttons)))
    return {
        "inline_keyboard": [
            [{"text": label, "callback_data": callback_data(message.id, next(slots))} for label in row]
            for row in message.buttons
        ]
    }


def _scope(where: Everywhere | Chat) -> dict[str, str]:
    """Who sees a menu of commands."""
    if isinstance(where, Chat):
        return {"type": "chat", "chat_id": where.id}
    return {"type": "all_private_chats" if where is Everywhere.PRIVATE else "all_group_chats"}


def _language(locale: str) -> str:
    """The two letters by which Telegram knows a language; "" for any."""
    return re.split("[-_]", locale)[0]


def _kind(error: TelegramError) -> SendError:
    """The error as the seam knows it."""
    match error:
        case RetryAfter():
            return Later(_seconds(error), too_fast=True)
        case ChatMigrated():
            return Moved(Chat(NAME, str(error.new_chat_id), private=False))
        case InvalidToken() | EndPointNotFound():
            # `run` stops on it; what waits to go out must survive until the token is put right.
            return Later(60.0, everywhere=True)
        case Forbidden():
            return Unreachable(_safe(error))
        case BadRequest():
            if _says(error, _MAY_NOT_WRITE):
                return Unreachable(_safe(error), silenced=True)
            return Unreachable(_safe(error)) if _says(error, _NOBODY_THERE) else Refused(_safe(error))
        case NetworkError() if "(413)" in str(error):  # the file is too large for the server
            return Refused(_safe(error))
        case _:
            return Later()


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _says(error: TelegramError, wordings: Sequence[str]) -> bool:
    said = str(error).lower()
    return any(wording in said for wording in wordings)


def _safe(error: TelegramError) -> str:
    """Telegram's sentence without what it quotes: that may be somebody's words."""
    return re.sub(r'"[^"]*"', '"…"', str(error))
