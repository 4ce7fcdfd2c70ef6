"""The server itself: its address, its chats and messages, and how a request is taken or refused."""

import asyncio
import re
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self

from aiohttp import web

from tests.odd.shapes import on_the_wire
from tests.telegram_server.about import About
from tests.telegram_server.checks import checked, sent
from tests.telegram_server.files import Files
from tests.telegram_server.limits import Limits
from tests.telegram_server.membership import Membership
from tests.telegram_server.people import User
from tests.telegram_server.posts import Message
from tests.telegram_server.rooms import Member, Room
from tests.telegram_server.seen import Call, Fault, Refusal, Refuse, Rule, Run, Screen, Shown, bad
from tests.telegram_server.sending import Sending
from tests.telegram_server.updates import Updates

TOKEN = "1234567890:AAE-StrictServer-of-the-tests-00000"
LARGEST_UPLOAD = 50 * 2**20


class TelegramServer:
    """One bot's Bot API on a port of the loopback.

    sent:           each send and edit that was taken, in order
    actions:        what the bot said it is doing, with the chat: (1001, "typing")
    refusals:       requests refused through the bot's own fault; a good bot leaves this empty
    provoked:       requests refused because of what people or the test did
    calls:          the names of all methods called, in order; "file" for a download
    menus:          commands by (scope, language); a scope in a chat is "chat:-100777"
    buttons:        the button beside the field for text, by chat; of None: where a chat has none
    about:          what is said of the bot by (field, language): "name", "description", …
    wished_rights:  what the bot asks for where it is made an administrator, by whether that is a channel
    rules:          asked in order about each request for a `Fault`; see also `fails` and `limits`
    privacy:        whether the bot gets from groups only what is meant for it
    migrated:       chats that have another id now
    webhook:        an address that takes the updates, so that getUpdates is refused
    answered:       what the webhook answered to each update, in order; 0 where nobody was there
    """

    def __init__(self, token: str = TOKEN, port: int = 0) -> None:
        self.token = token
        self.port = port
        self.sent: list[Shown] = []
        self.actions: list[tuple[int, str]] = []
        self.refusals: list[Refusal] = []
        self.provoked: list[Refusal] = []
        self.calls: list[str] = []
        self.menus: dict[tuple[str, str], dict[str, str]] = {}
        self.buttons: dict[int | None, dict[str, Any]] = {}
        self.about: dict[tuple[str, str], str] = {}
        self.wished_rights: dict[bool, set[str]] = {}
        self.rules: list[Rule] = []
        self.privacy = True
        self.migrated: dict[int, int] = {}
        self.users: dict[int, User] = {}
        self.rooms: dict[int, Room] = {}
        self.messages: dict[tuple[int, int], Message] = {}
        self.deleted: set[tuple[int, int]] = set()
        self.queries: dict[str, bool] = {}
        self.files = Files()
        self.revoked = False
        self._updates = Updates()
        self._planned: defaultdict[str, deque[Fault]] = defaultdict(deque)
        # Each supergroup counts its own messages, all other chats of the bot together.
        self._last_message: defaultdict[int, int] = defaultdict(int, {0: 10})
        self._last_in: dict[int, int] = {}
        self._counted = 0
        self._runner: web.AppRunner | None = None
        self._methods: dict[str, tuple[type[Any], Run]] = {
            model.__api_method__.lower(): (model, run)
            for part in (self._updates, About(self), Membership(self), Sending(self))
            for model, run in part.methods
        }

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LARGEST_UPLOAD + 10 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._updates.close()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """What goes into `telegram.api_url`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def webhook(self) -> str:
        return self._updates.url

    @webhook.setter
    def webhook(self, url: str) -> None:
        self._updates.url = url

    @property
    def distort(self) -> Callable[[Mapping[str, Any]], Any]:
        """What becomes of an update on its way to the bot."""
        return self._updates.distort

    @distort.setter
    def distort(self, distort: Callable[[Mapping[str, Any]], Any]) -> None:
        self._updates.distort = distort

    @property
    def answered(self) -> list[int]:
        return self._updates.answered

    @property
    def lines(self) -> int:
        """How many connections are open, or have brought something that is not done yet, but for one that
        waits for news: none once a dead program is done with."""
        assert self._runner is not None and self._runner.server is not None
        return len(self._runner.server.connections) - self._updates.is_asked

    # What a test does.

    def user(self, id: int, first_name: str = "Ana", language_code: str = "en", *, met: bool = False) -> User:
        """Somebody with Telegram; `met` if the bot may write to them first."""
        return self.users.setdefault(id, User(self, id, first_name, language_code, met))

    def group(
        self,
        id: int,
        title: str,
        *,
        kind: str = "",
        forum: bool = False,
        members: Sequence[User] = (),
        bot: str = "left",
    ) -> Room:
        """A group with these people in it, the first of them its creator.

        id:    negative; of a supergroup it begins with -100
        kind:  "group" or "supergroup"; "": what the id says
        bot:   its status at the beginning; see `Room.adds_bot`
        """
        kind = kind or ("supergroup" if id < -(10**12) or str(id).startswith("-100") else "group")
        assert id < 0, "ids of groups are negative"
        assert str(id).startswith("-100") == (kind == "supergroup"), "ids of supergroups begin with -100"
        assert not forum or kind == "supergroup", "only supergroups can be forums"
        room = self.rooms[id] = Room(self, id, title, kind, forum, bot)
        for user in members:
            room.members[user.id] = Member(user.json, "creator" if user is members[0] else "member")
        return room

    def push(self, kind: str, body: Mapping[str, Any]) -> int:
        """Something happens ("message", "callback_query", …); the id of the update. Nothing of a kind that
        the bot did not ask for is brought, except of kinds that nobody knows yet."""
        return self._updates.push(kind, body)

    @property
    def waiting(self) -> list[int]:
        """Ids of the updates that the bot has not confirmed."""
        return self._updates.waiting

    def fails(self, method: str, fault: Fault, times: int = 1) -> None:
        """The next calls of `method` meet this fault; downloads are "file"."""
        self._planned[method.lower()].extend([fault] * times)

    def limits(
        self, *, per_chat: int | None = None, per_group: int | None = None, overall: int | None = None
    ) -> None:
        """From now on more messages than these meet a 429: a second in each chat, a minute in each group,
        a second in all."""
        self.rules.append(Limits(per_chat, per_group, overall))

    def revoke(self) -> None:
        """@BotFather gives the bot another token: the present one is worth nothing any more."""
        self.revoked = True
        self._updates.end_poll(Refuse(401, "Unauthorized", provoked=True))

    @property
    def unanswered(self) -> list[str]:
        """Presses whose clock still turns on the person's screen."""
        return [query for query, answered in self.queries.items() if not answered]

    # What its parts do.

    def message(
        self, chat: int, sender: Mapping[str, Any], *, id: int | None = None, **content: Any
    ) -> Message:
        """A new message in a chat."""
        room = self.rooms.get(chat)
        counter = chat if room is not None and room.kind == "supergroup" else 0
        if id is None:
            id = self._last_message[counter] + 1
        self._last_message[counter] = max(id, self._last_message[counter])
        self._last_in[chat] = id
        message = Message(id, chat, sender, **content)
        answered = self.messages.get((chat, message.reply_to or 0))
        if room is not None and room.forum and answered is not None and message.topic is None:
            message.topic = answered.topic  # an answer stands where what it answers stands
        message.thread = message.topic
        if counter and room is not None and not room.forum and answered is not None:
            message.thread = answered.thread or answered.id
        self.messages[chat, id] = message
        return message

    def json(self, message: Message) -> dict[str, Any]:
        """The `Message` of the Bot API, with the one it answers."""
        chat = self.chat(message.chat)
        out = message.json(chat)
        # In a topic, what answers nothing else answers the message that opened it.
        answered = message.reply_to or (message.topic if message.topic != message.id else None)
        if answered is not None and (old := self.messages.get((message.chat, answered))) is not None:
            out["reply_to_message"] = old.json(chat)
        return out

    def chat(self, id: int) -> dict[str, Any]:
        """The `Chat` of the Bot API."""
        return (self.rooms[id] if id < 0 else self.users[id]).chat

    def happens(self, kind: str, message: Message) -> None:
        """The bot is told of a message, if it may know of it."""
        room = self.rooms.get(message.chat)
        if room is None or room.brings(message):
            self.push(kind, self.json(message))

    def query(self, user: int) -> str:
        """The id of a new press."""
        id = f"{user}{len(self.queries):06}"
        self.queries[id] = False
        return id

    def counts(self) -> int:
        """A number that was not there before."""
        self._counted += 1
        return 10**10 + self._counted

    def shows(self, chat: Screen, shown: Shown) -> None:
        """This is on their screen now."""
        self.sent.append(shown)
        chat.shows(shown)

    def visible(self, chat_id: int | str | None) -> User | Room:
        """A chat that the bot knows. Raises `Refuse`."""
        chat = self._found(chat_id)
        if isinstance(chat, Room):
            chat.check_inside()
        elif not chat.met and time.monotonic() >= chat.open_until:
            raise bad("chat not found")
        return chat

    def reachable(self, chat_id: int | str | None) -> User | Room:
        """A chat in which the bot may write, as far as it goes for all it writes. Raises `Refuse`."""
        chat = self._found(chat_id)
        if isinstance(chat, Room):
            chat.check_inside()
            return chat
        if chat.gone:
            raise Refuse(403, "Forbidden: user is deactivated", provoked=True)
        if not chat.met and time.monotonic() >= chat.open_until:
            raise Refuse(403, "Forbidden: bot can't initiate conversation with a user")
        if chat.blocked:
            raise Refuse(403, "Forbidden: bot was blocked by the user", provoked=True)
        return chat

    def _found(self, chat_id: int | str | None) -> User | Room:
        if not re.fullmatch("-?[0-9]+", str(chat_id)):
            raise bad("chat_id is empty" if chat_id in (None, "") else "chat not found")
        id = int(chat_id or 0)
        if id in self.migrated:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refuse(400, words, provoked=True, parameters={"migrate_to_chat_id": self.migrated[id]})
        chat = self.users.get(id) or self.rooms.get(id)
        if chat is None:
            raise bad("chat not found")
        return chat

    # The wire.

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        name = "file" if request.path.startswith("/file/") else ""
        fault = None
        try:
            if name:
                run, call = self._download(request)
            else:
                found = re.fullmatch(r"/bot([^/]+)/([A-Za-z]+)", request.path)
                if not found:
                    return _answer(Refuse(404, "Not Found"))
                model, method = self._methods.get(found[2].lower(), (None, None))
                name = model.__api_method__ if model is not None else found[2]
                self.calls.append(name)
                if found[1] != self.token or self.revoked:
                    raise Refuse(401, "Unauthorized", provoked=self.revoked)
                if model is None or method is None:
                    raise Refuse(404, "Not Found: method not found")
                call = await sent(request, name, LARGEST_UPLOAD)
                run = self._running(model, method, call)
            fault = self._fault(call)
            if fault is None or fault.accepted:
                response = await run()
            if fault is not None:
                if fault.accepted and call.chat is not None:
                    self._lose_answer(call)
                await asyncio.sleep(fault.seconds)
                return self._break(request, fault)
            return response
        except Refuse as refusal:
            refused = Refusal(name, refusal.code, refusal.description)
            (self.provoked if refusal.provoked else self.refusals).append(refused)
            return _answer(refusal)

    def _running(self, model: type[Any], method: Run, call: Call) -> Callable[[], Awaitable[web.Response]]:
        async def run() -> web.Response:
            return _answer(await method(checked(model, call), call))

        return run

    def _download(self, request: web.Request) -> tuple[Callable[[], Awaitable[web.Response]], Call]:
        """How a file is fetched, by the path that getFile gave."""
        self.calls.append("file")
        found = re.fullmatch(r"/file/bot([^/]+)/(.+)", request.path)
        if not found or found[1] != self.token or self.revoked:
            raise Refuse(404, "Not Found", provoked=self.revoked)

        async def run() -> web.Response:
            file = self.files.at(found[2])
            return web.Response(body=file.data, content_type="application/octet-stream")

        return run, Call("file", {"file_path": found[2]})

    def _fault(self, call: Call) -> Fault | None:
        if planned := self._planned[call.method.lower()]:
            return planned.popleft()
        return next((fault for rule in self.rules if (fault := rule(call))), None)

    def _break(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.retry_after:
            words = f"Too Many Requests: retry after {fault.retry_after}"
            return _answer(Refuse(429, words, parameters={"retry_after": fault.retry_after}))
        if not fault.status:
            assert request.transport is not None
            request.transport.abort()
        if fault.says is None:
            return web.Response(
                status=fault.status or 500, text="<html>nginx</html>", content_type="text/html"
            )
        body = fault.says if isinstance(fault.says, bytes) else on_the_wire(fault.says)
        return web.Response(status=fault.status, body=body, content_type="application/json")

    def _lose_answer(self, call: Call) -> None:
        chat = call.chat or 0
        id = call.fields.get("message_id", self._last_in.get(chat, 0))
        if message := self.messages.get((chat, int(id))):
            message.answer_lost = True


def _answer(result: Any) -> web.Response:
    if isinstance(result, Refuse):
        body = {"ok": False, "error_code": result.code, "description": result.description}
        if result.parameters:
            body["parameters"] = result.parameters
        return web.json_response(body, status=result.code)
    done = on_the_wire({"ok": True, "result": result})
    return web.Response(body=done, content_type="application/json")
