"""Somebody on Telegram: a strict Bot API server, asked by long polling or posting to a webhook."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count

from adapters.telegram.adapter import Telegram
from adapters.telegram.webhook import Webhook
from bot.adapter import Adapter
from bot.message import Chat, Identity, Incoming, MessageRef, Words
from tests import telegram_server
from tests.contract.driver import Driver, Meet, Messenger, Seen
from tests.contract.wire import Wire, wire_to
from tests.support.around import free_port
from tests.telegram_server import BOT, Fault, Refusal, Room, TelegramServer

LACKS = {
    "deletions": "Telegram tells a bot nothing of what people delete",
    "echo": "Telegram never tells a bot its own messages",
    "taps": "Telegram's buttons stand under our own messages only, and a press can't be taken back",
}
BY_WEBHOOK = {
    "news": "Telegram opens the line to a webhook, anew for whatever it has to tell",
    "token": "Who posts to a webhook can't say that the token is taken: we look once a minute",
}
_TAGS = {"bold": "b", "italic": "i", "text_link": "a"}
_STRANGER = 777


class OnTelegram(Driver):
    """Ana and Bo, and groups of theirs."""

    def __init__(self, server: TelegramServer, wire: Wire, webhook: Webhook | None) -> None:
        super().__init__()
        self._server, self._wire, self._webhook = server, wire, webhook
        self.adapter: Adapter = self.another()
        self.chat, self.sender = Chat("telegram", "1001"), Identity("telegram", "1001")
        self._user = server.user(1001, self.first_name, "de", met=True)
        self._somebody = server.user(1002, "Bo")
        self._groups = count()
        self._last: telegram_server.Shown | None = None
        self._said = 0
        self._expected: list[Refusal] = []

    def another(self) -> Adapter:
        return Telegram(
            token=self._server.token,
            api_url=self._wire.url,
            poll_seconds=5,
            messages_per_second=30,
            webhook=self._webhook,
        )

    # --- in the private chat -------------------------------------------------------------------------

    def says(self, text: str, *, answers: MessageRef | None = None) -> None:
        self._said = self._user.says(text, int(answers.id) if answers else None)

    def opens(self, payload: str) -> None:
        assert self.adapter.link(payload).endswith(f"?start={payload}")
        self._user.starts(payload)

    def presses(self, label: str) -> None:
        assert self._last is not None
        self._user.presses(self._last, label)

    def sends_media(self) -> str:
        self._user.sends("sticker")
        return "sticker"

    def sends_file(self, kind: str, data: bytes, words: str) -> None:
        self._user.sends(kind, data=data, caption=words)

    def sends_album(self, kind: str, files: Sequence[bytes], words: str) -> None:
        self._user.sends_album([(kind, data, words if n == 0 else "") for n, data in enumerate(files)])

    def edits(self, text: str) -> None:
        self._user.edits(self._said, text)

    def leaves(self) -> None:
        self._user.blocks()

    def returns(self) -> None:
        self._user.unblocks()

    async def sees(self, room: Chat | None = None) -> Seen:
        screen = self._group(room) if room else self._user
        shown = self._last = await screen.hears(self.patience)
        return Seen(
            shown.text,
            shown.labels,
            shown.edited,
            tuple(file.data for file in shown.files),
            thread=str(shown.topic or ""),
            marks=frozenset((_TAGS.get(kind, kind), words) for kind, words in shown.entities),
            message=str(shown.message_id),
        )

    def is_gone(self, message: MessageRef) -> bool:
        return (int(message.chat.id), int(message.id)) in self._server.deleted

    # --- in rooms ------------------------------------------------------------------------------------

    async def opens_room(self, *needs: str) -> Chat:
        """Make a forum; only small groups move, once they become large."""
        number, small = 2000 + next(self._groups), "moves" in needs
        id = int(f"-{number}" if small else f"-100{number}")
        self._server.group(id, "Mentors", forum=not small, members=[self._user])
        return Chat("telegram", str(id), private=False)

    async def opens_thread(self, room: Chat) -> Chat:
        topic = self._group(room).topic(10, "Papers", by=self._user)
        return Chat("telegram", room.id, private=False, thread=str(topic))

    async def brings_us(self, room: Chat) -> None:
        group = self._group(room)
        group.adds_bot(self._user)
        group.promotes_bot(self._user, can_invite_users=True)

    def takes_us_out(self, room: Chat) -> None:
        self._group(room).removes_bot(self._user)

    def silences_us(self, room: Chat) -> None:
        self._group(room).mutes_bot(self._user)

    def lets_us_write(self, room: Chat) -> None:
        self._group(room).unmutes_bot(self._user)

    def says_in(self, room: Chat, text: str, *, answers: MessageRef | None = None) -> None:
        """Write; as the apps do, a command that is chosen from the menu names the bot."""
        if text.startswith("/"):
            command, space, rest = text.partition(" ")
            text = f"{command}@{BOT['username']}{space}{rest}"
        self._writes_in(room, text, int(answers.id) if answers else None)

    def chats_in(self, room: Chat, text: str) -> None:
        self._writes_in(room, text)
        meant_for_us = Words(text, str(self._said))
        self.not_for_us.append(Incoming(f"said:{self._said}", meant_for_us, room, self.sender, "Ana"))

    def _writes_in(self, room: Chat, text: str, answers: int | None = None) -> None:
        topic = int(room.thread) if room.thread else None
        self._said = self._user.says(text, answers, room=self._group(room), topic=topic)

    def opens_into(self, room: Chat, payload: str) -> None:
        assert self.adapter.link(payload, into_room=True).endswith(f"?startgroup={payload}")
        self._writes_in(room, f"/start@{BOT['username']} {payload}")

    async def somebody(self) -> tuple[Identity, str]:
        return Identity("telegram", str(self._somebody.id)), self._somebody.first_name

    async def joins(self, room: Chat) -> None:
        self._group(room).joins(self._somebody)

    async def asks_in(self, room: Chat) -> None:
        self._group(room).asks_in(self._somebody)

    def is_in(self, room: Chat) -> bool:
        member = self._group(room).members.get(self._somebody.id)
        return member is not None and member.inside

    def moves(self, room: Chat) -> Chat:
        new = self._group(room).migrates(int(f"-100{room.id[1:]}"), by=self._user)
        return Chat("telegram", str(new.id), private=False)

    def _group(self, room: Chat) -> Room:
        return self._server.rooms[int(room.id)]

    # --- the messenger itself ------------------------------------------------------------------------

    def cuts_line(self) -> None:
        self.line_was_cut = True
        self._wire.cut()

    def mends_line(self) -> None:
        self._wire.mend()

    @property
    def lines(self) -> int:
        return self._wire.lines

    def limits(self, seconds: int) -> None:
        self._server.fails("sendMessage", Fault(429, retry_after=seconds))

    def refuses(self) -> None:
        words = "Bad Request: message is too long"
        answer = {"ok": False, "error_code": 400, "description": words}
        self._server.fails("sendMessage", Fault(400, says=answer))

    def stumbles(self) -> None:
        self._server.fails("sendMessage", Fault(502))

    def revokes(self) -> None:
        self._server.revoke()

    def stranger(self) -> Chat:
        self._expected.append(Refusal("sendMessage", 400, "Bad Request: chat not found"))
        return Chat("telegram", str(_STRANGER))

    def unacknowledged(self) -> int:
        return len(self._server.waiting)

    def complaints(self) -> Sequence[object]:
        return [refusal for refusal in self._server.refusals if refusal not in self._expected]


@asynccontextmanager
async def meets(by_webhook: bool) -> AsyncIterator[Driver]:
    """A server and all who are there. Both are cheap, so each test has its own."""
    webhook = None
    if by_webhook:
        port = free_port()
        webhook = Webhook(f"http://127.0.0.1:{port}/telegram", f"127.0.0.1:{port}", "a-secret")
    async with TelegramServer() as server, wire_to(server.url) as wire:
        yield OnTelegram(server, wire, webhook)


@asynccontextmanager
async def opens(by_webhook: bool) -> AsyncIterator[Meet]:
    """Nothing lasts longer than a test."""
    yield partial(meets, by_webhook)


MESSENGERS = (
    Messenger("telegram", partial(opens, False), LACKS),
    Messenger("telegram by webhook", partial(opens, True), LACKS | BY_WEBHOOK),
)
