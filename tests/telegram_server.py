"""A strict Bot API server for tests, and the people at its other end.

It takes what Telegram takes and refuses what Telegram refuses, in Telegram's words: fields are judged by
aiogram's models and text by Telegram's own parser (tdjson), two implementations that owe nothing to the
library that the bot uses. Wordings are those of Telegram's server (github.com/tdlib/telegram-bot-api).

    async with TelegramServer() as server:
        ana = server.user(1001, "Ana", "de")
        ana.says("Hello")                 # the bot gets an update
        answer = await ana.hears()        # what the bot sent or changed in Ana's chat
        ana.presses(answer, "Yes")
        assert server.refusals == []

By hand, with a bot that has `telegram.api_url` set to it: `python -m tests.telegram_server --port 8081`, then
write "Ana: /start" or "Ana: [Yes]".
"""

import argparse
import asyncio
import json
import re
import socket
import struct
import sys
import time
import types
import typing
import zlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import pydantic
from aiogram import methods
from aiogram.types import InlineKeyboardMarkup, ReplyParameters
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from tdjson import td_execute

TOKEN = "1234567890:AAE-StrictServer-of-the-tests-00000"
BOT = {"id": 1234567890, "is_bot": True, "first_name": "Mentor bot", "username": "mentor_test_bot"}

# Fields that aiogram still knows and the Bot API no longer documents.
_OUTDATED = {"disable_web_page_preview", "reply_to_message_id", "allow_sending_without_reply"}
# The parser's names for house markup, and the Bot API's.
_ENTITIES = {
    "textEntityTypeBold": "bold",
    "textEntityTypeItalic": "italic",
    "textEntityTypeCode": "code",
    "textEntityTypePre": "pre",
    "textEntityTypePreCode": "pre",
    "textEntityTypeTextUrl": "text_link",
    "textEntityTypeBlockQuote": "blockquote",
}
# The field that a method gets or sets, and the longest it may be.
_ABOUT = {
    "MyName": ("name", 64),
    "MyDescription": ("description", 512),
    "MyShortDescription": ("short_description", 120),
}
# What getUpdates brings to a bot that never said what it wants.
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}

td_execute(b'{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}')


# --- what a test sees ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """What a person sees of one message of the bot, just after it was sent or changed.

    `entities` are pairs of a kind and the words it covers; `keyboard` are rows of labels; with `previews`
    a picture of the linked page hangs below the text.
    """

    method: str
    chat: int
    message_id: int
    text: str
    entities: tuple[tuple[str, str], ...] = ()
    keyboard: tuple[tuple[str, ...], ...] = ()
    edited: bool = False
    silent: bool = False
    reply_to: int | None = None
    picture: bytes | None = field(default=None, repr=False)
    previews: bool = False

    @property
    def labels(self) -> list[str]:
        """All buttons, in the order of reading."""
        return [label for row in self.keyboard for label in row]


@dataclass(frozen=True)
class Refusal:
    """A request that Telegram would not have taken."""

    method: str
    code: int
    description: str


@dataclass(frozen=True)
class Call:
    """One request, before it is judged."""

    method: str
    fields: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def chat(self) -> int | None:
        """The chat it is for."""
        chat = str(self.fields.get("chat_id", ""))
        return int(chat) if re.fullmatch("-?[0-9]+", chat) else None


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a request: an HTTP status, or 0 for a line that breaks, after `seconds` of
    silence. With `accepted` the server has done what was asked, and only its answer is lost."""

    status: int = 0
    retry_after: int = 0
    accepted: bool = False
    seconds: float = 0.0


Rule = Callable[[Call], Fault | None]


class _Refuse(Exception):
    """`provoked`: it says nothing against the bot (somebody blocked it, a test took its token)."""

    def __init__(
        self, code: int, description: str, *, provoked: bool = False, parameters: dict[str, int] | None = None
    ) -> None:
        super().__init__(description)
        self.code, self.description, self.provoked = code, description, provoked
        self.parameters = parameters


def _bad(words: str, *, provoked: bool = False) -> _Refuse:
    return _Refuse(400, f"Bad Request: {words}", provoked=provoked)


# --- the people ------------------------------------------------------------------------------------


@dataclass
class _Message:
    """A message as the server keeps it; `answer_lost` once the bot could not know what became of it."""

    id: int
    chat: int
    by_bot: bool
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    picture: bytes | None = None
    reply_to: int | None = None
    answer_lost: bool = False

    def json(self, sender: Mapping[str, Any], chat: Mapping[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {"message_id": self.id, "from": sender, "chat": chat, "date": int(time.time())}
        if self.picture is not None:
            width, height = png_size(self.picture)
            out["photo"] = [
                {"file_id": f"p{self.id}", "file_unique_id": f"u{self.id}", "width": width, "height": height}
            ]
        if self.text:
            words, marks = ("caption", "caption_entities") if self.picture else ("text", "entities")
            out[words] = self.text
            if self.entities:
                out[marks] = self.entities
        if self.keyboard:
            out["reply_markup"] = {"inline_keyboard": self.keyboard}
        return out


class User:
    """Somebody with Telegram on their phone, in a private chat with the bot.

    `met`: they have written to the bot at some time; before, it may not write to them.
    """

    def __init__(
        self, server: "TelegramServer", id: int, first_name: str, language_code: str, met: bool
    ) -> None:
        self.id, self.first_name, self.language_code, self.met = id, first_name, language_code, met
        self.blocked = False
        self.gone = False
        self.seen: list[Shown] = []
        self._server = server
        self._unheard: asyncio.Queue[Shown] = asyncio.Queue()

    # What they do.

    def says(self, text: str, reply_to: Shown | int | None = None) -> int:
        """Write; the id of the message. As the apps do, more than 4096 characters leave as several messages,
        and this is the id of the last."""
        assert text.strip(), "the apps send no empty message"
        if len(text) > 4096:
            first, rest = self.says(text[:4096], reply_to), text[4096:]
            return self.says(rest) if rest.strip() else first
        message = self._server.message(self.id, by_bot=False, text=text)
        if reply_to is not None:
            message.reply_to = reply_to if isinstance(reply_to, int) else reply_to.message_id
        if command := re.match(r"/\w+(@\w+)?", text):
            message.entities = [{"type": "bot_command", "offset": 0, "length": len(command[0])}]
        return self._post(message)

    def starts(self, payload: str = "") -> int:
        """Open the bot, or a link to it with a payload."""
        return self.says(f"/start {payload}".strip())

    def presses(self, shown: Shown, label: str) -> str:
        """Touch a button that the message has now; the id of the press."""
        message = self._server.messages[self.id, shown.message_id]
        for button in (button for row in message.keyboard for button in row):
            if button["text"] == label:
                return self.presses_data(shown, button["callback_data"])
        raise AssertionError(f"no button {label!r} on {message.text!r}")

    def presses_data(self, shown: Shown | int, data: str) -> str:
        """Send the data of a button, on the message or not: an old screen, or a forger's app."""
        id = shown if isinstance(shown, int) else shown.message_id
        kept = self._server.messages.get((self.id, id))
        # The date of a message that Telegram no longer has is 0.
        gone = {"message_id": id, "chat": self.chat, "date": 0}
        message = kept.json(BOT, self.chat) if kept else gone
        query = self._server.query(self.id)
        self._server.push(
            "callback_query",
            {"id": query, "from": self.json, "message": message, "chat_instance": "1", "data": data},
        )
        return query

    def sends(self, kind: str) -> int:
        """Send something that is not text: "sticker", "voice", "photo", "location", …"""
        message = self._server.message(self.id, by_bot=False)
        return self._post(message, **_MEDIA.get(kind, {kind: {"file_id": "f", "file_unique_id": "u"}}))

    def deletes(self, shown: Shown | int) -> None:
        """Delete a message for both sides."""
        id = shown if isinstance(shown, int) else shown.message_id
        del self._server.messages[self.id, id]
        self._server.deleted.add((self.id, id))

    def blocks(self) -> None:
        """Block the bot."""
        self.blocked = True
        self._member("member", "kicked")

    def unblocks(self) -> None:
        """Unblock the bot."""
        self.blocked = False
        self._member("kicked", "member")

    def deletes_account(self) -> None:
        """Be gone for good."""
        self.gone = True

    # What they see.

    async def hears(self, timeout: float = 5.0) -> Shown:
        """The next message, or change of one, that they have not looked at yet. Raises `AssertionError`
        after `timeout` seconds of silence."""
        try:
            return await asyncio.wait_for(self._unheard.get(), timeout)
        except TimeoutError:
            raise AssertionError(f"{self.first_name} heard nothing for {timeout:g} s") from None

    @property
    def unheard(self) -> int:
        """How many messages and changes wait to be looked at."""
        return self._unheard.qsize()

    def shows(self, shown: Shown) -> None:
        """Called by the server: this is on the screen now."""
        self.seen.append(shown)
        self._unheard.put_nowait(shown)

    @property
    def json(self) -> dict[str, Any]:
        """The `User` of the Bot API."""
        language = {"language_code": self.language_code} if self.language_code else {}
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "last_name": "Secret",
            **language,
        }

    @property
    def chat(self) -> dict[str, Any]:
        """The `Chat` of the Bot API."""
        return {"id": self.id, "type": "private", "first_name": self.first_name, "last_name": "Secret"}

    def _post(self, message: _Message, **more: Any) -> int:
        assert not self.blocked, f"{self.first_name} has to unblock the bot first"
        self.met = True
        body = message.json(self.json, self.chat) | more
        if message.reply_to is not None and (old := self._server.messages.get((self.id, message.reply_to))):
            body["reply_to_message"] = old.json(BOT if old.by_bot else self.json, self.chat)
        self._server.push("message", body)
        return message.id

    def _member(self, old: str, new: str) -> None:
        until = {"until_date": 0} if "kicked" in (old, new) else {}
        self._server.push(
            "my_chat_member",
            {
                "chat": self.chat,
                "from": self.json,
                "date": int(time.time()),
                "old_chat_member": {"user": BOT, "status": old, **(until if old == "kicked" else {})},
                "new_chat_member": {"user": BOT, "status": new, **(until if new == "kicked" else {})},
            },
        )


_FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 1}
_MEDIA: dict[str, dict[str, Any]] = {
    "photo": {"photo": [{**_FILE, "width": 1, "height": 1}], "caption": "what it shows"},
    "animation": {"animation": _FILE, "document": _FILE},
    "location": {"location": {"latitude": 1.5, "longitude": 2.5}},
    "venue": {"venue": {"title": "Library"}, "location": {"latitude": 1.5, "longitude": 2.5}},
    "contact": {"contact": {"phone_number": "+100", "first_name": "Cy"}},
    "pinned_message": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
}


# --- the server ------------------------------------------------------------------------------------


class TelegramServer:
    """One bot's Bot API on a port of the loopback.

    sent:      each send and edit that was taken, in order
    refusals:  requests refused through the bot's own fault; a good bot leaves this empty
    provoked:  requests refused because of what people or the test did
    calls:     the names of all methods called, in order
    menus:     commands by (scope, language)
    about:     what is said of the bot by (field, language): "name", "description", "short_description"
    rules:     asked in order about each request for a `Fault`; see also `fails`
    migrated:  chats that have another id now
    webhook:   an address that takes the updates, so that getUpdates is refused
    answered:  what the webhook answered to each update, in order; 0 where nobody was there
    """

    def __init__(self, token: str = TOKEN, port: int = 0) -> None:
        self.token = token
        self.port = port
        self.sent: list[Shown] = []
        self.refusals: list[Refusal] = []
        self.provoked: list[Refusal] = []
        self.calls: list[str] = []
        self.menus: dict[tuple[str, str], dict[str, str]] = {}
        self.about: dict[tuple[str, str], str] = {}
        self.rules: list[Rule] = []
        self.migrated: dict[int, int] = {}
        self.webhook = ""
        self.answered: list[int] = []
        self.users: dict[int, User] = {}
        self.messages: dict[tuple[int, int], _Message] = {}
        self.deleted: set[tuple[int, int]] = set()
        self.revoked = False
        self._planned: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._queries: dict[str, bool] = {}
        self._updates: deque[dict[str, Any]] = deque()
        self._allowed: Sequence[str] | None = None
        self._update_id = 500_000_000
        self._message_id = 10
        self._poll: asyncio.Future[None] | None = None
        self._runner: web.AppRunner | None = None
        self._secret = ""
        self._last_failure: dict[str, Any] = {}
        self._lines = asyncio.Semaphore(40)
        self._couriers: dict[int, asyncio.Task[None]] = {}
        self._methods: dict[str, tuple[str, type[Any], Callable[[Any, Call], Awaitable[Any]]]] = {
            model.__api_method__.lower(): (model.__api_method__, model, run)
            for model, run in (
                (methods.GetMe, self._get_me),
                (methods.GetUpdates, self._get_updates),
                (methods.SetWebhook, self._set_webhook),
                (methods.DeleteWebhook, self._delete_webhook),
                (methods.GetWebhookInfo, self._get_webhook_info),
                (methods.SetMyCommands, self._set_my_commands),
                (methods.GetMyName, self._get_about),
                (methods.GetMyDescription, self._get_about),
                (methods.GetMyShortDescription, self._get_about),
                (methods.SetMyName, self._set_about),
                (methods.SetMyDescription, self._set_about),
                (methods.SetMyShortDescription, self._set_about),
                (methods.SendMessage, self._send_message),
                (methods.SendPhoto, self._send_photo),
                (methods.EditMessageText, self._edit_message_text),
                (methods.EditMessageCaption, self._edit_message_caption),
                (methods.EditMessageReplyMarkup, self._edit_message_reply_markup),
                (methods.AnswerCallbackQuery, self._answer_callback_query),
            )
        }

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.cancel()
        self._call_back_couriers()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """What goes into `telegram.api_url`."""
        return f"http://127.0.0.1:{self.port}"

    # What a test does.

    def user(self, id: int, first_name: str = "Ana", language_code: str = "en", *, met: bool = False) -> User:
        """Somebody with Telegram; `met` if the bot may write to them first."""
        return self.users.setdefault(id, User(self, id, first_name, language_code, met))

    def push(self, kind: str, body: Mapping[str, Any]) -> int:
        """Something happens ("message", "callback_query", …); the id of the update."""
        wanted = kind in self._allowed if self._allowed else kind not in _NOT_BY_DEFAULT
        self._update_id += 1
        if wanted:
            self._updates.append({"update_id": self._update_id, kind: body})
            self._wake()
        return self._update_id

    @property
    def waiting(self) -> list[int]:
        """Ids of the updates that the bot has not confirmed."""
        return [update["update_id"] for update in self._updates]

    def fails(self, method: str, fault: Fault, times: int = 1) -> None:
        """The next calls of `method` meet this fault."""
        self._planned[method.lower()].extend([fault] * times)

    def revoke(self) -> None:
        """@BotFather gives the bot another token: the present one is worth nothing any more."""
        self.revoked = True
        self._end_poll(_Refuse(401, "Unauthorized", provoked=True))

    def message(self, chat: int, *, by_bot: bool, **content: Any) -> _Message:
        """A new message in a chat."""
        self._message_id += 1
        message = _Message(self._message_id, chat, by_bot, **content)
        self.messages[chat, message.id] = message
        return message

    def query(self, user: int) -> str:
        """The id of a new press."""
        id = f"{user}{len(self._queries):06}"
        self._queries[id] = False
        return id

    @property
    def unanswered(self) -> list[str]:
        """Presses whose clock still turns on the person's screen."""
        return [query for query, answered in self._queries.items() if not answered]

    # The wire.

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        found = re.fullmatch(r"/bot([^/]+)/([A-Za-z]+)", request.path)
        if not found:
            return _answer(_Refuse(404, "Not Found"))
        token, method = found[1], found[2].lower()
        name, model, run = self._methods.get(method, (found[2], None, None))
        self.calls.append(name)
        fault = None
        try:
            if token != self.token or self.revoked:
                raise _Refuse(401, "Unauthorized", provoked=self.revoked)
            if model is None or run is None:
                raise _Refuse(404, "Not Found: method not found")
            call = Call(name, *await _fields(request))
            fault = self._fault(call)
            if fault is None or fault.accepted:
                response = _answer(await run(_checked(model, call), call))
            if fault is not None:
                if fault.accepted and call.chat is not None:
                    self._lose_answer(call)
                await asyncio.sleep(fault.seconds)
                return self._break(request, fault)
            return response
        except _Refuse as refusal:
            refused = Refusal(name, refusal.code, refusal.description)
            (self.provoked if refusal.provoked else self.refusals).append(refused)
            return _answer(refusal)

    def _fault(self, call: Call) -> Fault | None:
        if planned := self._planned[call.method.lower()]:
            return planned.popleft()
        return next((fault for rule in self.rules if (fault := rule(call))), None)

    def _break(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.retry_after:
            words = f"Too Many Requests: retry after {fault.retry_after}"
            return _answer(_Refuse(429, words, parameters={"retry_after": fault.retry_after}))
        if not fault.status:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=fault.status or 500, text="<html>nginx</html>", content_type="text/html")

    def _lose_answer(self, call: Call) -> None:
        id = call.fields.get("message_id", self._message_id)
        if message := self.messages.get((call.chat or 0, int(id))):
            message.answer_lost = True

    # The methods.

    async def _get_me(self, _: methods.GetMe, call: Call) -> Any:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False}

    async def _get_updates(self, wants: methods.GetUpdates, call: Call) -> Any:
        if self.webhook:
            words = (
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
            raise _Refuse(409, words, provoked=True)
        # Of two that ask at the same time the older one is sent away.
        self._end_poll(
            _Refuse(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
                provoked=True,
            )
        )
        if wants.allowed_updates is not None:
            self._allowed = wants.allowed_updates
        offset = wants.offset or 0
        if offset < 0:
            offset = self._update_id + 1 + offset
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        if not self._updates and wants.timeout:
            poll = self._poll = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(poll, min(wants.timeout, 50))
            except TimeoutError:
                return []
            finally:
                if self._poll is poll:
                    self._poll = None
        return list(self._updates)[: min(max(wants.limit or 100, 1), 100)]

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        if self._secret:
            for queue in {_queue(update) for update in self._updates} - self._couriers.keys():
                self._couriers[queue] = asyncio.create_task(self._carry(queue))

    def _end_poll(self, refusal: _Refuse) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(refusal)

    async def _set_webhook(self, wants: methods.SetWebhook, call: Call) -> Any:
        if not wants.url:
            return await self._delete_webhook(methods.DeleteWebhook(), call)
        # As a Bot API server with --local, which posts to this machine without TLS.
        if not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", wants.url):
            raise _bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch("[A-Za-z0-9_-]{1,256}", wants.secret_token or ""):
            raise _bad("secret token contains unallowed characters")
        if not 1 <= (wants.max_connections or 40) <= 100:
            raise _bad("max_connections is out of range")
        self._end_poll(_Refuse(409, "Conflict: terminated by setWebhook request", provoked=True))
        self._call_back_couriers()
        self.webhook, self._secret = wants.url, wants.secret_token or ""
        self._lines = asyncio.Semaphore(wants.max_connections or 40)
        if wants.allowed_updates is not None:
            self._allowed = wants.allowed_updates
        if wants.drop_pending_updates:
            self._updates.clear()
        self._wake()
        return True

    async def _carry(self, queue: int) -> None:
        """Post the updates of one chat, one after the other, each again and again until it is taken."""
        async with ClientSession(timeout=ClientTimeout(60)) as session:
            while update := next((each for each in self._updates if _queue(each) == queue), None):
                async with self._lines:
                    status = await self._post(session, update)
                self.answered.append(status)
                if status // 100 == 2:
                    self._updates.remove(update)
                else:
                    words = f"Wrong response from the webhook: {status}" if status else "Connection refused"
                    self._last_failure = {"last_error_date": int(time.time()), "last_error_message": words}
                    await asyncio.sleep(0.02)
            del self._couriers[queue]  # before anything is awaited, so that no update falls in between

    async def _post(self, session: ClientSession, update: Mapping[str, Any]) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret}
        try:
            async with session.post(self.webhook, json=update, headers=headers) as response:
                return response.status
        except (ClientError, OSError):
            return 0

    def _call_back_couriers(self) -> None:
        for courier in self._couriers.values():
            courier.cancel()
        self._couriers.clear()

    async def _delete_webhook(self, wants: methods.DeleteWebhook, call: Call) -> Any:
        self.webhook = self._secret = ""
        self._call_back_couriers()
        if wants.drop_pending_updates:
            self._updates.clear()
        return True

    async def _get_webhook_info(self, _: methods.GetWebhookInfo, call: Call) -> Any:
        return {
            "url": self.webhook,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
            **self._last_failure,
        }

    async def _set_my_commands(self, wants: methods.SetMyCommands, call: Call) -> Any:
        if len(wants.commands) > 100:
            raise _bad("BOT_COMMANDS_TOO_MUCH")
        for entry in wants.commands:
            if not re.fullmatch("[a-z0-9_]{1,32}", entry.command):
                raise _bad("BOT_COMMAND_INVALID")
            if not 1 <= _units(entry.description.strip()) <= 256:
                raise _bad("BOT_COMMAND_DESCRIPTION_INVALID")
        language = _language(wants)
        scope = wants.scope.type if wants.scope else "default"
        self.menus[scope, language] = {entry.command: entry.description for entry in wants.commands}
        return True

    async def _get_about(self, wants: Any, call: Call) -> Any:
        name = _ABOUT[call.method[3:]][0]
        default = self.about.get((name, ""), "")
        return {name: self.about.get((name, _language(wants)), default)}

    async def _set_about(self, wants: Any, call: Call) -> Any:
        name, longest = _ABOUT[call.method[3:]]
        text = getattr(wants, name) or ""
        if _units(text) > longest:
            raise _bad(f"{name} is too long")
        self.about[name, _language(wants)] = text
        return True

    async def _send_message(self, wants: methods.SendMessage, call: Call) -> Any:
        user = self._reachable(wants.chat_id)
        text, entities = _parsed(wants.text, wants)
        if not text:
            raise _bad("message text is empty")
        if _units(text) > 4096:
            raise _bad("message is too long")
        return self._accept(user, wants, call, text=text, entities=entities)

    async def _send_photo(self, wants: methods.SendPhoto, call: Call) -> Any:
        user = self._reachable(wants.chat_id)
        picture = call.files.get("photo")
        if picture is None:
            raise _bad("there is no photo in the request")
        try:
            width, height = png_size(picture)
        except ValueError:
            raise _bad("IMAGE_PROCESS_FAILED") from None
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise _bad("PHOTO_INVALID_DIMENSIONS")
        if len(picture) > 10 * 2**20:
            raise _bad("file is too big")
        text, entities = _parsed(wants.caption or "", wants)
        if _units(text) > 1024:
            raise _bad("message caption is too long")
        return self._accept(user, wants, call, text=text, entities=entities, picture=picture)

    def _accept(self, user: User, wants: Any, call: Call, **content: Any) -> dict[str, Any]:
        """Everything is right with this message: it is there."""
        reply_to = self._answered(user, wants.reply_parameters)
        keyboard = _keyboard(wants.reply_markup)
        message = self.message(user.id, by_bot=True, keyboard=keyboard, reply_to=reply_to, **content)
        self._show(user, self._shown(message, wants, call, silent=bool(wants.disable_notification)))
        return message.json(BOT, user.chat)

    def _answered(self, user: User, reply: ReplyParameters | None) -> int | None:
        if reply is None:
            return None
        if (user.id, reply.message_id) in self.messages:
            return reply.message_id
        if reply.allow_sending_without_reply is True:
            return None
        raise _bad("message to be replied not found")

    async def _edit_message_text(self, wants: methods.EditMessageText, call: Call) -> Any:
        user, message = self._editable(wants)
        if message.picture is not None:
            raise _bad("there is no text in the message to edit", provoked=True)
        text, entities = _parsed(wants.text or "", wants)
        if not text:
            raise _bad("message text is empty")
        if _units(text) > 4096:
            raise _bad("message is too long")
        return self._change(user, message, wants, call, text, entities)

    async def _edit_message_caption(self, wants: methods.EditMessageCaption, call: Call) -> Any:
        user, message = self._editable(wants)
        if message.picture is None:
            raise _bad("there is no caption in the message to edit")
        text, entities = _parsed(wants.caption or "", wants)
        if _units(text) > 1024:
            raise _bad("message caption is too long")
        return self._change(user, message, wants, call, text, entities)

    async def _edit_message_reply_markup(self, wants: methods.EditMessageReplyMarkup, call: Call) -> Any:
        user, message = self._editable(wants)
        return self._change(user, message, wants, call, message.text, message.entities)

    def _editable(self, wants: Any) -> tuple[User, _Message]:
        user = self._reachable(wants.chat_id)
        message = self.messages.get((user.id, wants.message_id))
        if message is None:
            raise _bad("message to edit not found", provoked=(user.id, wants.message_id) in self.deleted)
        if not message.by_bot:
            raise _bad("message can't be edited")
        return user, message

    def _change(
        self,
        user: User,
        message: _Message,
        wants: Any,
        call: Call,
        text: str,
        entities: list[dict[str, Any]],
    ) -> dict[str, Any]:
        keyboard = _keyboard(wants.reply_markup)
        if (text, entities, keyboard) == (message.text, message.entities, message.keyboard):
            words = (
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
            raise _bad(words, provoked=message.answer_lost)
        message.text, message.entities, message.keyboard = text, entities, keyboard
        self._show(user, self._shown(message, wants, call, edited=True))
        return message.json(BOT, user.chat)

    async def _answer_callback_query(self, wants: methods.AnswerCallbackQuery, call: Call) -> Any:
        answered = self._queries.get(wants.callback_query_id)
        if answered is None or answered:
            words = "query is too old and response timeout expired or query ID is invalid"
            raise _bad(words, provoked=answered is not None)
        self._queries[wants.callback_query_id] = True
        return True

    def _reachable(self, chat_id: int | str | None) -> User:
        if not re.fullmatch("-?[0-9]+", str(chat_id)):
            raise _bad("chat_id is empty" if chat_id in (None, "") else "chat not found")
        chat = int(chat_id or 0)
        if chat in self.migrated:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise _Refuse(400, words, provoked=True, parameters={"migrate_to_chat_id": self.migrated[chat]})
        user = self.users.get(chat)
        if user is None:
            raise _bad("chat not found")
        if user.gone:
            raise _Refuse(403, "Forbidden: user is deactivated", provoked=True)
        if not user.met:
            raise _Refuse(403, "Forbidden: bot can't initiate conversation with a user")
        if user.blocked:
            raise _Refuse(403, "Forbidden: bot was blocked by the user", provoked=True)
        return user

    def _shown(self, message: _Message, wants: Any, call: Call, **how: Any) -> Shown:
        preview = _given(wants, "link_preview_options")
        units = message.text.encode("utf-16-le")
        return Shown(
            method=call.method,
            chat=message.chat,
            message_id=message.id,
            text=message.text,
            entities=tuple(
                (kind["type"], units[2 * kind["offset"] :][: 2 * kind["length"]].decode("utf-16-le"))
                for kind in message.entities
            ),
            keyboard=tuple(tuple(button["text"] for button in row) for row in message.keyboard),
            reply_to=message.reply_to,
            picture=message.picture,
            previews="http" in f"{message.text} {message.entities}" and not (preview and preview.is_disabled),
            **how,
        )

    def _show(self, user: User, shown: Shown) -> None:
        self.sent.append(shown)
        user.shows(shown)


def _language(wants: Any) -> str:
    language: str = wants.language_code or ""
    if language and not re.fullmatch("[a-z]{2}", language):
        raise _bad("invalid language code specified")
    return language


def _queue(update: Mapping[str, Any]) -> int:
    """What must stay in order: the updates of one chat, or of one person where there is no chat."""
    body = next(value for key, value in update.items() if key != "update_id")
    found = body.get("chat") or body.get("message", {}).get("chat") or body.get("from") or {}
    return int(found.get("id", 0))


def _answer(result: Any) -> web.Response:
    if isinstance(result, _Refuse):
        body = {"ok": False, "error_code": result.code, "description": result.description}
        if result.parameters:
            body["parameters"] = result.parameters
        return web.json_response(body, status=result.code)
    return web.json_response({"ok": True, "result": result})


# --- what Telegram takes -----------------------------------------------------------------------------


async def _fields(request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What was sent, in one of the ways that the Bot API knows, and the files with it."""
    fields: dict[str, Any] = dict(request.query)
    files: dict[str, bytes] = {}
    if request.content_type == "application/json":
        try:
            sent = json.loads(await request.read())
        except ValueError:
            raise _bad("can't parse request: invalid JSON") from None
        if not isinstance(sent, dict):
            raise _bad("can't parse request: an object is expected")
        fields |= sent
    elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = value.file.read()
            else:
                fields[name] = value
    return fields, files


def _checked(model: type[Any], call: Call) -> Any:
    """The request as aiogram understands it. Refuses wrong types, what is missing and what is too much."""
    values: dict[str, Any] = {}
    for name, value in call.fields.items():
        if name not in model.model_fields or name in _OUTDATED:
            raise _bad(f"field {name} is not known to {call.method}")
        # In a form, lists and objects arrive as JSON.
        if isinstance(value, str) and _is_nested(model.model_fields[name].annotation):
            try:
                value = json.loads(value)
            except ValueError:
                raise _bad(f"can't parse field {name}") from None
        values[name] = value
    for name in call.files:
        if name not in model.model_fields:
            raise _bad(f"file {name} is not known to {call.method}")
        values[name] = f"attach://{name}"
    try:
        checked = model.model_validate(values)
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise _bad(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for unknown in _too_much(checked):
        raise _bad(f"field {unknown} is not known to {call.method}")
    if not _is_utf8(values):
        raise _bad("strings must be encoded in UTF-8")
    return checked


def _is_nested(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType, typing.Annotated):
        return any(_is_nested(part) for part in typing.get_args(annotation))
    if origin is list:
        return True
    return isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel)


def _given(wants: Any, name: str) -> Any:
    """A field that was sent; aiogram has marks of its own where one was not."""
    return getattr(wants, name) if name in wants.model_fields_set else None


def _too_much(value: Any) -> Iterator[str]:
    """Fields that the Bot API does not know, at any depth."""
    if isinstance(value, pydantic.BaseModel):
        yield from value.model_extra or ()
        for name in value.model_fields_set:
            yield from _too_much(getattr(value, name))
    elif isinstance(value, list):
        for item in value:
            yield from _too_much(item)


def _is_utf8(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _parsed(text: str, wants: Any) -> tuple[str, list[dict[str, Any]]]:
    """Text without its markup, and what the markup said, by Telegram's own parser."""
    mode = _given(wants, "parse_mode")
    if mode is None:
        return text.strip(), []
    if mode != "HTML":
        raise _bad("unsupported parse_mode")
    try:
        return read_html(text)
    except ValueError as error:
        raise _bad(str(error)) from None


def read_html(html: str) -> tuple[str, list[dict[str, Any]]]:
    """The text of a message and its entities as the Bot API shows them. Raises `ValueError` in the words
    of Telegram's parser."""
    request = {"@type": "parseTextEntities", "text": html, "parse_mode": {"@type": "textParseModeHTML"}}
    parsed = json.loads(td_execute(json.dumps(request).encode()) or b"{}")
    if parsed["@type"] == "error":
        words = parsed["message"]
        raise ValueError(words[0].lower() + words[1:])
    # Telegram takes off white space at both ends, and what stood there with it.
    lead = _units(parsed["text"]) - _units(parsed["text"].lstrip())
    return parsed["text"].strip(), [
        {
            "type": _ENTITIES[entity["type"]["@type"]],
            "offset": entity["offset"] - lead,
            "length": entity["length"],
            **({"url": entity["type"]["url"]} if "url" in entity["type"] else {}),
        }
        for entity in parsed["entities"]
        if _known(entity["type"]["@type"])
    ]


def _known(entity: str) -> bool:
    """Markup that Telegram takes and Matrix does not is a mistake of ours, though not one of Telegram's."""
    if entity not in _ENTITIES:
        raise ValueError(f"{entity} is not house markup")
    return True


def _keyboard(markup: Any) -> list[list[dict[str, Any]]]:
    """The buttons of a message; only those with callback data are known here."""
    if markup is None:
        return []
    if not isinstance(markup, InlineKeyboardMarkup):
        raise _bad("inline keyboard expected")
    if sum(len(row) for row in markup.inline_keyboard) > 100 or any(
        len(row) > 8 for row in markup.inline_keyboard
    ):
        raise _bad("reply markup is too long")
    for button in (button for row in markup.inline_keyboard for button in row):
        if not button.text.strip():
            raise _bad("can't parse inline keyboard button: text must be non-empty")
        if button.callback_data is None:
            raise _bad("text buttons are unallowed in the inline keyboard")
        if not 1 <= len(button.callback_data.encode()) <= 64:
            raise _bad("BUTTON_DATA_INVALID")
    return [
        [{"text": button.text, "callback_data": button.callback_data} for button in row]
        for row in markup.inline_keyboard
        if row
    ]


def free_port() -> int:
    """A port of the loopback at which nobody listens now."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG whose every part is whole, by https://www.w3.org/TR/png/.
    Raises `ValueError` for any other."""
    broken = ValueError("not a whole PNG")
    if not png.startswith(b"\x89PNG\r\n\x1a\n"):
        raise broken
    parts: dict[bytes, bytes] = {}
    at = 8
    while at + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if png[at + 8 + length : at + 12 + length] != zlib.crc32(kind + data).to_bytes(4, "big"):
            raise broken
        parts[kind] = parts.get(kind, b"") + data
        at += 12 + length
    if not {b"IHDR", b"IDAT", b"IEND"} <= parts.keys() or len(parts[b"IHDR"]) != 13:
        raise broken
    width, height, depth, colour = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 0)
    try:
        pixels = zlib.decompress(parts[b"IDAT"])
    except zlib.error:
        raise broken from None
    # One byte names the filter of each line. (Interlaced pictures have more of them.)
    if not parts[b"IHDR"][12] and len(pixels) != height * (1 + (width * depth * channels + 7) // 8):
        raise broken
    if not width or not height:
        raise broken
    return width, height


# --- by hand ---------------------------------------------------------------------------------------


async def _by_hand(port: int) -> None:
    """Play people from the keyboard: "Ana: /start", "Ana: [Yes]"."""
    async with TelegramServer(port=port) as server:
        print(f'api_url = "{server.url}"\ntoken = "{server.token}"', flush=True)
        lines = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(lines)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        people: dict[str, User] = {}
        watchers: list[asyncio.Task[None]] = []
        while line := (await lines.readline()).decode():
            name, colon, words = (part.strip() for part in line.partition(":"))
            if not colon or not words:
                print("NAME: words, or NAME: [button]", flush=True)
                continue
            if name not in people:
                people[name] = server.user(1001 + len(people), name)
                watchers.append(asyncio.create_task(_watch(people[name])))
            _act(people[name], words)
        for watcher in watchers:
            watcher.cancel()


def _act(user: User, words: str) -> None:
    if not (button := re.fullmatch(r"\[(.+)\]", words)):
        user.says(words)
        return
    for shown in reversed(user.seen):
        if button[1] in shown.labels:
            user.presses_data(shown, _data_of(user, shown, button[1]))
            return
    print("no such button", flush=True)


def _data_of(user: User, shown: Shown, label: str) -> str:
    rows = user._server.messages[user.id, shown.message_id].keyboard
    return next((b["callback_data"] for row in rows for b in row if b["text"] == label), "old")


async def _watch(user: User) -> None:
    while True:
        shown = await user.hears(timeout=1e9)
        rows = "".join("\n    " + " ".join(f"[{label}]" for label in row) for row in shown.keyboard)
        mark = "~" if shown.edited else ">"
        print(f"  {mark} {user.first_name}: {shown.text}{rows}", flush=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="A strict Bot API server to try the bot by hand.")
    arguments.add_argument("--port", type=int, default=8081)
    asyncio.run(_by_hand(arguments.parse_args().port))
