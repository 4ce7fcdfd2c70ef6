"""A Bot API server that believes everything, so that it is never what a bot waits for: one core of it
serves more requests than any bot here makes. How strict Telegram is, `tests/telegram_server` knows."""

import asyncio
import json
import re
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import parse_qsl

from tests.bench.limits import Limits

TOKEN = "1234567890:AAE-BelievesEverything-of-the-bench-0"  # opens nothing
_BOT = {"id": 1234567890, "is_bot": True, "first_name": "Bot", "username": "bench_bot"}
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Server:
    """Hands out what people do, and calls `heard` with the chat and the words of each message.

    `distance` is how many seconds it takes to get there and back. `calls` counts the requests by their
    method in lower case, and `asked_at` is when the last one came; `polled` is set once a bot asks for
    updates; `waiting` is how many updates it has still to confirm. `buttons` are those below the last message
    in a chat that has any, as (message, data of each). Where `post` is set, updates are handed to it.
    """

    def __init__(
        self, heard: Callable[[int, str], None], *, distance: float = 0.0, limits: Limits | None = None
    ) -> None:
        self.url = ""
        self.distance = distance
        self.calls: Counter[str] = Counter()
        self.asked_at = time.perf_counter()
        self.polled = asyncio.Event()
        self.buttons: dict[int, tuple[int, list[str]]] = {}
        self.post: Callable[[str], None] | None = None
        self._heard = heard
        self._limits = limits
        self._said: deque[tuple[int, str]] = deque()  # updates that the bot has not confirmed
        self._updates = time.time_ns() // 1_000_000 % 2**30  # another one than of every server before
        self._messages = 0
        self._polling: tuple[_Connection, dict[str, Any]] | None = None
        self._webhook = ""
        self._now = int(time.time())

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=1000)
        self.url = "http://127.0.0.1:{1}".format(*self._server.sockets[0].getsockname())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    # --- what people do ------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        return len(self._said)

    def say(self, person: int, words: str) -> None:
        """Somebody writes to the bot."""
        message = self._message(person, words) | {"from": _person(person)}
        if words.startswith("/"):
            length = len(words.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        self._happens("message", message)

    def press(self, person: int, button: int) -> None:
        """Somebody presses the n-th button of the last message to them that has any."""
        message, data = self.buttons[person]
        where = self._message(person, "") | {"message_id": message}
        pressed = {"id": str(message), "chat_instance": "0", "data": data[button], "message": where}
        self._happens("callback_query", pressed | {"from": _person(person)})

    def _happens(self, kind: str, what: dict[str, Any]) -> None:
        self._updates += 1
        update = json.dumps({"update_id": self._updates, kind: what})
        if self.post is not None:
            self.post(update)
        else:
            self._said.append((self._updates, update))
            self._hand_out()

    def _message(self, chat: int, words: str) -> dict[str, Any]:
        self._messages += 1
        where = {"id": chat, "type": "private", "first_name": "Ana"}
        return {"message_id": self._messages, "date": self._now, "chat": where, "text": words}

    # --- what the bot does ---------------------------------------------------------------------------

    def asks(self, connection: "_Connection", method: str, fields: dict[str, Any]) -> None:
        """The bot calls a method, its name in lower case."""
        self.calls[method] += 1
        self.asked_at = time.perf_counter()
        match method:
            case "getupdates":
                while self._said and self._said[0][0] < int(fields.get("offset", 0)):
                    self._said.popleft()
                self._polling = connection, fields
                self._hand_out()
                self.polled.set()
            case "sendmessage":
                self._takes(connection, fields)
            case "getme":
                connection.answer(json.dumps(_BOT))
            case "setwebhook":
                self._webhook = str(fields["url"])
                connection.answer("true")
            case "getwebhookinfo":
                connection.answer(json.dumps({"url": self._webhook, "pending_update_count": 0}))
            case _:
                connection.answer("true")

    def _takes(self, connection: "_Connection", fields: dict[str, Any]) -> None:
        """A message, unless it is too much."""
        chat, words = int(fields["chat_id"]), str(fields["text"])
        if self._limits is not None and (seconds := self._limits.wait(chat)):
            connection.refuse(seconds)
            return
        message = self._message(chat, words)
        connection.answer(json.dumps({**message, "from": _BOT}))
        if (markup := fields.get("reply_markup")) is not None:
            data = [button["callback_data"] for row in markup["inline_keyboard"] for button in row]
            self.buttons[chat] = message["message_id"], data
        self._heard(chat, words)

    def lost(self, connection: "_Connection") -> None:
        """The bot hung up."""
        if self._polling is not None and self._polling[0] is connection:
            self._polling = None

    def _hand_out(self) -> None:
        """Answer the bot that asks for updates, as soon as there is one."""
        if self._polling is None:
            return
        connection, fields = self._polling
        if self._said or not int(fields.get("timeout", 0)):
            self._polling = None
            count = min(len(self._said), int(fields.get("limit", 100)))
            connection.answer(f"[{','.join(self._said[n][1] for n in range(count))}]")


def _person(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "Ana", "language_code": "en"}


class _Connection(asyncio.Protocol):
    """HTTP as far as the bots here speak it: kept alive, and one request at a time."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, empty_line, body = self._came.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if empty_line and len(body) >= (int(length[1]) if length else 0):
            self._came = b""
            method = head.split(b" ", 2)[1].rpartition(b"/")[2].decode().lower()
            fields = json.loads(body) if body.startswith(b"{") else dict(parse_qsl(body.decode()))
            self._server.asks(self, method, fields)

    def connection_lost(self, error: Exception | None) -> None:
        self._server.lost(self)

    def answer(self, result: str) -> None:
        """Answer the request; `result` is JSON."""
        self._send("200 OK", f'{{"ok":true,"result":{result}}}')

    def refuse(self, seconds: int) -> None:
        """It was too much."""
        says = f"Too Many Requests: retry after {seconds}"
        error = {"ok": False, "error_code": 429, "description": says, "parameters": {"retry_after": seconds}}
        self._send("429 Too Many Requests", json.dumps(error))

    def _send(self, status: str, body: str) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body.encode())}"
        answer = f"{head}\r\n\r\n{body}".encode()
        if self._server.distance:
            asyncio.get_running_loop().call_later(self._server.distance, self._transport.write, answer)
        else:
            self._transport.write(answer)
