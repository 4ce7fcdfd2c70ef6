"""A Bot API server that believes everything, so that it is never what a bot waits for: one core of it
serves more requests than any bot here makes. How strict Telegram is, `tests/telegram_server.py` knows."""

import asyncio
import json
import re
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import parse_qsl

TOKEN = "1234567890:AAE-BelievesEverything-of-the-bench-0"  # opens nothing
_BOT = {"id": 1234567890, "is_bot": True, "first_name": "Bot", "username": "bench_bot"}
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Server:
    """Hands out what people `say`, and calls `heard` with the chat and the words of each message.

    `calls` counts the requests by their method in lower case, and `asked_at` is when the last one came;
    `polled` is set once a bot asks for updates.
    """

    def __init__(self, heard: Callable[[int, str], None]) -> None:
        self.url = ""
        self.calls: Counter[str] = Counter()
        self.asked_at = time.perf_counter()
        self.polled = asyncio.Event()
        self._heard = heard
        self._said: deque[tuple[int, str]] = deque()  # updates that the bot has not confirmed
        self._updates = self._messages = 0
        self._polling: tuple[_Connection, dict[str, Any]] | None = None
        self._now = int(time.time())

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.url = "http://127.0.0.1:{1}".format(*self._server.sockets[0].getsockname())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def say(self, person: int, words: str) -> None:
        """Somebody writes to the bot."""
        self._updates += 1
        message = self._message(person, words)
        message["from"] = {"id": person, "is_bot": False, "first_name": "Ana", "language_code": "en"}
        if words.startswith("/"):
            length = len(words.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        update = {"update_id": self._updates, "message": message}
        self._said.append((self._updates, json.dumps(update)))
        self._hand_out()

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
                chat, words = int(fields["chat_id"]), str(fields["text"])
                connection.answer(json.dumps({**self._message(chat, words), "from": _BOT}))
                self._heard(chat, words)
            case "getme":
                connection.answer(json.dumps(_BOT))
            case _:
                connection.answer("true")

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

    def _message(self, chat: int, words: str) -> dict[str, Any]:
        self._messages += 1
        where = {"id": chat, "type": "private", "first_name": "Ana"}
        return {"message_id": self._messages, "date": self._now, "chat": where, "text": words}


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
        body = f'{{"ok":true,"result":{result}}}'.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)
