"""What the seam promises (bot/adapter.py), kept by each messenger's adapter.

A messenger joins with a `Driver`, which plays one person at the other end, and one line in `MESSENGERS`.
"""

import asyncio
import io
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
import segno

from adapters import console
from adapters.console import Console
from adapters.matrix import Matrix
from adapters.matrix_account import Account
from adapters.telegram import Telegram
from adapters.telegram_webhook import Webhook
from bot import markup
from bot.adapter import Adapter, Buttons, Capabilities, Everywhere, Later, MenuEntry, Refused, Unreachable
from bot.message import (
    AsksIn,
    Carried,
    Chat,
    Edited,
    Event,
    Identity,
    Incoming,
    Left,
    Media,
    MessageRef,
    Opened,
    Outgoing,
    Picture,
    Pressed,
    Returned,
    Unsupported,
    Words,
)
from tests import telegram_server
from tests.aio import on_loop
from tests.around import free_port
from tests.matrix_person import Person, Shown, acquainted, marked, numbered
from tests.telegram_server import BOT, Room, TelegramServer

# --- one person at the other end -------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What the person sees: the bare text, the labels in the order of reading, whether it took the place of
    something, the bytes of pictures and files, and in which thread of a room it stands."""

    text: str
    buttons: Sequence[str] = ()
    edited: bool = False
    files: Sequence[bytes] = ()
    thread: str = ""


class Driver(Protocol):
    """One person on one messenger, with the adapter that talks to them. `lacks` names what this messenger
    does not have: "admission", "edits", "files", "leaving", "links", "media", "pictures", "redelivery",
    "replies", "rooms", "threads"."""

    adapter: Adapter
    chat: Chat
    sender: Identity
    first_name: str
    lacks: frozenset[str]

    def says(self, text: str, *, answers: MessageRef | None = None) -> None:
        """Write, in answer to a message of the bot where one is given."""

    def opens(self, payload: str) -> None:
        """Come through `adapter.link(payload)`."""

    def presses(self, label: str) -> None:
        """Choose on the message that was seen last."""

    def sends_media(self) -> str:
        """Send something that is not text; what it is called in `Unsupported`."""

    def sends_file(self, kind: str, data: bytes, words: str) -> None:
        """Send a file with words below it."""

    def edits(self, text: str) -> None:
        """Change what was said last."""

    def leaves(self) -> None:
        """Block the bot."""

    def returns(self) -> None:
        """Unblock the bot."""

    def room(self) -> Chat:
        """A room that the person leads, with the bot in it."""

    def thread(self) -> Chat:
        """A thread in that room."""

    def says_in(self, room: Chat, text: str) -> None:
        """Write there."""

    def opens_into(self, room: Chat, payload: str) -> None:
        """Bring the bot there by `adapter.link(payload, into_room=True)`, where it is in already."""

    def asks_in(self) -> Identity:
        """Somebody else asks to be let into the room."""

    def is_in(self, somebody: Identity) -> bool:
        """Whether they are in it now."""

    async def sees(self, room: Chat | None = None) -> Seen:
        """The next message or change of one, in private or in a room; fails when there is none."""

    def unacknowledged(self) -> int:
        """How many events the messenger would deliver again."""

    def complaints(self) -> Sequence[object]:
        """What the messenger would not have taken."""


GROUP = -1001234


class OnTelegram:
    """Somebody on a strict Bot API server."""

    lacks: frozenset[str] = frozenset()
    first_name = "Ana"

    def __init__(self, server: TelegramServer, webhook: Webhook | None = None) -> None:
        self.adapter: Adapter = Telegram(
            token=server.token, api_url=server.url, poll_seconds=5, messages_per_second=30, webhook=webhook
        )
        self.chat, self.sender = Chat("telegram", "1001"), Identity("telegram", "1001")
        self._server = server
        self._user = server.user(1001, self.first_name, "de", met=True)
        self._last: telegram_server.Shown | None = None
        self._said = 0

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

    def edits(self, text: str) -> None:
        self._user.edits(self._said, text)

    def leaves(self) -> None:
        self._user.blocks()

    def returns(self) -> None:
        self._user.unblocks()

    def room(self) -> Chat:
        self._server.group(GROUP, "Mentors", forum=True, members=[self._user], bot="member")
        self._group.promotes_bot(self._user, can_invite_users=True)
        return Chat("telegram", str(GROUP), private=False)

    @property
    def _group(self) -> Room:
        return self._server.rooms[GROUP]

    def thread(self) -> Chat:
        self._group.topic(10, "Papers", by=self._user)
        return Chat("telegram", str(GROUP), private=False, thread="10")

    def says_in(self, room: Chat, text: str) -> None:
        self._user.says(text, room=self._group, topic=int(room.thread) if room.thread else None)

    def opens_into(self, room: Chat, payload: str) -> None:
        assert self.adapter.link(payload, into_room=True).endswith(f"?startgroup={payload}")
        self.says_in(room, f"/start@{BOT['username']} {payload}")

    def asks_in(self) -> Identity:
        self._group.asks_in(self._server.user(1002, "Bo"))
        return Identity("telegram", "1002")

    def is_in(self, somebody: Identity) -> bool:
        member = self._group.members.get(int(somebody.account))
        return member is not None and member.inside

    async def sees(self, room: Chat | None = None) -> Seen:
        shown = self._last = await (self._group if room else self._user).hears()
        data = tuple(file.data for file in shown.files)
        return Seen(shown.text, shown.labels, shown.edited, data, str(shown.topic or ""))

    def unacknowledged(self) -> int:
        return len(self._server.waiting)

    def complaints(self) -> Sequence[object]:
        return self._server.refusals


@asynccontextmanager
async def on_telegram() -> AsyncIterator[Driver]:
    async with TelegramServer() as server:
        yield OnTelegram(server)


@asynccontextmanager
async def on_telegram_by_webhook() -> AsyncIterator[Driver]:
    port = free_port()
    webhook = Webhook(f"http://127.0.0.1:{port}/telegram", f"127.0.0.1:{port}", "a-secret")
    async with TelegramServer() as server:
        yield OnTelegram(server, webhook)


class AtTheTerminal:
    """Somebody at the terminal that plays several messengers."""

    lacks: frozenset[str] = frozenset({"threads"})
    first_name = "Ana"

    def __init__(self, account: str = "ana") -> None:
        self.adapter: Adapter = Console("telegram", self._show)
        self.chat, self.sender = Chat("telegram", account), Identity("telegram", account)
        self._seen: dict[str, asyncio.Queue[Seen]] = {
            account: asyncio.Queue(),
            "mentors": asyncio.Queue(),
        }
        self._let_in: list[str] = []

    @property
    def _console(self) -> Console:
        assert isinstance(self.adapter, Console)
        return self.adapter

    def _show(self, to: str, message: console.Shown, edited: bool) -> None:
        if message.plain.endswith("is let in)"):
            self._let_in.append(message.plain)
            return
        pictures = [message.picture.png] if message.picture else []
        data = (*pictures, *(data for _, data in message.files))
        self._seen[to].put_nowait(Seen(message.plain, message.labels, edited, data))

    def _happens(self, event: Event, room: Chat | None = None, account: str = "") -> None:
        stored = self._console.happens(
            account or self.sender.account, event, name=self.first_name, language="de", room=room
        )
        stored.add_done_callback(lambda done: done.cancelled() or done.exception())

    def says(self, text: str, *, answers: MessageRef | None = None) -> None:
        self._happens(Words(text, "p1", answers.id if answers else None))

    def opens(self, payload: str) -> None:
        assert self.adapter.link(payload).endswith(f"?start={payload}")
        self._happens(Opened(payload))

    def presses(self, label: str) -> None:
        shown = self._console.messages[self.chat.id][-1]
        self._happens(Pressed(shown.labels.index(label), shown.id, shown.outgoing))

    def sends_media(self) -> str:
        self._happens(Unsupported("sticker"))
        return "sticker"

    def sends_file(self, kind: str, data: bytes, words: str) -> None:
        self._console.files["1"] = data
        self._happens(Words(words, "p1", media=Media("telegram", kind, "1", size=len(data))))

    def edits(self, text: str) -> None:
        self._happens(Edited(text, "p1"))

    def leaves(self) -> None:
        self._console.blocked.add(self.chat.id)
        self._happens(Left())

    def returns(self) -> None:
        self._console.blocked.discard(self.chat.id)
        self._happens(Returned())

    def room(self) -> Chat:
        self._console.leaders["mentors"] = {self.sender.account}
        return Chat("telegram", "mentors", private=False)

    def thread(self) -> Chat:
        raise NotImplementedError

    def says_in(self, room: Chat, text: str) -> None:
        self._happens(Words(text, "p2"), room)

    def opens_into(self, room: Chat, payload: str) -> None:
        assert self.adapter.link(payload, into_room=True).endswith(f"?startgroup={payload}")
        self._happens(Opened(payload), room)

    def asks_in(self) -> Identity:
        self._happens(AsksIn("bo"), Chat("telegram", "mentors", private=False), "bo")
        return Identity("telegram", "bo")

    def is_in(self, somebody: Identity) -> bool:
        return f"({somebody.account} is let in)" in self._let_in

    async def sees(self, room: Chat | None = None) -> Seen:
        return await asyncio.wait_for(self._seen[(room or self.chat).id].get(), 5)

    def unacknowledged(self) -> int:
        return self._console.unacknowledged

    def complaints(self) -> Sequence[object]:
        return ()


@asynccontextmanager
async def at_the_terminal() -> AsyncIterator[Driver]:
    yield AtTheTerminal()


class OnMatrix:
    """Somebody on a real homeserver, in an encrypted private chat, with an app that trusts signed devices
    only."""

    # Rooms, files and changed words have their tests in test_matrix.py.
    lacks: frozenset[str] = frozenset({"admission", "edits", "files", "links", "rooms", "threads"})
    first_name = "Ana"

    def __init__(self, person: Person, account: Account, room: str) -> None:
        self.adapter: Adapter = Matrix(account, invites="anyone", servers=(), messages_per_second=100)
        self.chat, self.sender = Chat("matrix", room), Identity("matrix", person.account)
        self._person = person
        self._account = account
        self._last: Shown | None = None

    def says(self, text: str, *, answers: MessageRef | None = None) -> None:
        relation = {"m.relates_to": {"m.in_reply_to": {"event_id": answers.id}}} if answers else {}
        self._person.soon(lambda: self._person.writes(self.chat.id, text, **relation))

    def opens(self, payload: str) -> None:
        raise NotImplementedError

    def presses(self, label: str) -> None:
        shown = self._last
        assert shown is not None
        _, labels = numbered(shown.text)
        digit = shown.digits[labels.index(label)]
        self._person.soon(lambda: self._person.taps(shown, digit))

    def sends_media(self) -> str:
        sticker = {"body": "a cat", "url": "mxc://localhost/cat", "info": {}}
        self._person.soon(lambda: self._person.sends(self.chat.id, "m.sticker", sticker))
        return "sticker"

    def sends_file(self, kind: str, data: bytes, words: str) -> None:
        raise NotImplementedError

    def edits(self, text: str) -> None:
        raise NotImplementedError

    def room(self) -> Chat:
        raise NotImplementedError

    def thread(self) -> Chat:
        raise NotImplementedError

    def says_in(self, room: Chat, text: str) -> None:
        raise NotImplementedError

    def opens_into(self, room: Chat, payload: str) -> None:
        raise NotImplementedError

    def asks_in(self) -> Identity:
        raise NotImplementedError

    def is_in(self, somebody: Identity) -> bool:
        raise NotImplementedError

    def leaves(self) -> None:
        self._person.call("POST", f"rooms/{self.chat.id}/leave", {})

    def returns(self) -> None:
        """Whoever left a private chat opens a new one."""
        made = self._person.new_private_chat()
        self.chat = Chat("matrix", made)
        self._person.call("POST", f"rooms/{made}/invite", {"user_id": self._person.bot})

    async def sees(self, room: Chat | None = None) -> Seen:
        change, shown = await asyncio.wait_for(self._person.changes.get(), 10)
        text, labels = numbered(shown.text)
        if change == "redaction":
            if shown.reactions or not labels:  # one of several, or what goes with an edit
                return await self.sees()
            labels = []
        else:
            await self._person.until(lambda: len(shown.reactions) == min(6, len(labels)))
        self._last = shown
        assert shown.encrypted
        picture = await self._person.picture(shown)
        return Seen(text, labels, change != "message", (picture,) if picture else ())

    def unacknowledged(self) -> int:
        """What the homeserver would tell again after a crash."""
        return self._person.written_since(self.chat.id, self._account.since())

    def complaints(self) -> Sequence[object]:
        return self._person.unreadable


@asynccontextmanager
async def on_matrix() -> AsyncIterator[Driver]:
    async with acquainted("Ana", strict=True) as (person, account, room):
        yield OnMatrix(person, account, room)


MESSENGERS: dict[str, Callable[[], AbstractAsyncContextManager[Driver]]] = {
    "telegram": on_telegram,
    "telegram by webhook": on_telegram_by_webhook,
    "terminal": at_the_terminal,
    "matrix": on_matrix,
}


# --- a conversation --------------------------------------------------------------------------------


@dataclass
class Talk:
    """A running adapter between its driver and an engine that only writes down what it is given."""

    driver: Driver
    inbox: asyncio.Queue[Incoming] = field(default_factory=asyncio.Queue)
    broken: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(41))

    async def receive(self, incoming: Incoming) -> None:
        """The engine: `broken` events cannot be stored, and nothing is before `ready`."""
        self.inbox.put_nowait(incoming)
        await self.ready.wait()
        if self.broken:
            self.broken -= 1
            raise RuntimeError("the disk is full")

    async def happened(self) -> Incoming:
        """The next event, from the right person in the right chat."""
        incoming = await asyncio.wait_for(self.inbox.get(), 5)
        assert (incoming.chat, incoming.sender) == (self.driver.chat, self.driver.sender)
        assert incoming.name == self.driver.first_name
        return incoming

    async def event(self) -> Event:
        return (await self.happened()).event

    async def happened_in(self, room: Chat) -> Incoming:
        """The next event, from a room."""
        incoming = await asyncio.wait_for(self.inbox.get(), 5)
        assert incoming.chat == room
        return incoming

    async def send(self, html: str, *rows: Sequence[str], to: Chat | None = None, **more: Any) -> MessageRef:
        """As the outbox does: offers that are no buttons stand below the text, and marks follow."""
        labels = [label for row in rows for label in row]
        if labels and self.can.buttons is not Buttons.NATIVE:
            html += "\n\n" + "\n".join(f"{n}. {markup.quote(label)}" for n, label in enumerate(labels, 1))
        chat = to or self.driver.chat
        message = Outgoing(next(self._ids), chat, html, markup.plain(html), rows, **more)
        sent = await self.driver.adapter.send(message)
        if self.can.marks:
            await marked(self.driver.adapter, sent, min(len(labels), self.can.marks))
        return sent

    @property
    def can(self) -> Capabilities:
        return self.driver.adapter.can(self.driver.chat)


@asynccontextmanager
async def talk(messenger: str, *lacks: str) -> AsyncIterator[Talk]:
    """A conversation on `messenger`; the test is skipped where that lacks something it is about."""
    async with MESSENGERS[messenger]() as driver:
        if missing := driver.lacks.intersection(lacks):
            # Not every messenger has all; a driver's `lacks` says what is not shown of it here.
            pytest.skip(f"{messenger} has no {', '.join(missing)}")
        conversation = Talk(driver)
        conversation.ready.set()
        await driver.adapter.start()
        listening = asyncio.create_task(driver.adapter.run(conversation.receive))
        try:
            yield conversation
        finally:
            listening.cancel()
            ended = (await asyncio.gather(listening, return_exceptions=True))[0]
            await driver.adapter.close()
        assert isinstance(ended, asyncio.CancelledError), ended
        assert not driver.complaints()


everywhere = pytest.mark.parametrize("messenger", MESSENGERS)


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is so; fail when it does not come to pass."""
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to pass")


# --- what comes in ---------------------------------------------------------------------------------


@everywhere
@on_loop
async def test_words(messenger: str) -> None:
    async with talk(messenger) as here:
        for text in ("Who can translate a letter?", "two\nlines", "\U0001f600 <b> &amp;", "/ask papers"):
            here.driver.says(text)
            event = await here.event()
            assert isinstance(event, Words)
            assert event.text == text


@everywhere
@on_loop
async def test_words_in_answer_to_a_message(messenger: str) -> None:
    async with talk(messenger, "replies") as here:
        sent = await here.send("Write to Bo")
        here.driver.says("Thank you", answers=sent)
        event = await here.event()
        assert isinstance(event, Words)
        assert event.reply_to == sent.id


@everywhere
@on_loop
async def test_a_link_brings_its_payload(messenger: str) -> None:
    async with talk(messenger, "links") as here:
        for payload in ("join_7KQ2M9XD", "A-z_09" * 10):
            here.driver.opens(payload)
            assert await here.event() == Opened(payload)


@everywhere
@on_loop
async def test_something_that_is_not_carried(messenger: str) -> None:
    async with talk(messenger, "media") as here:
        kind = here.driver.sends_media()
        assert await here.event() == Unsupported(kind)


@everywhere
@on_loop
async def test_a_press_names_its_slot_and_its_message(messenger: str) -> None:
    async with talk(messenger) as here:
        sent = await here.send("Can you help?", ["Yes", "No"], ["Ask me later"])
        assert (await here.driver.sees()).buttons == ["Yes", "No", "Ask me later"]
        for slot, label in enumerate(("Yes", "No", "Ask me later")):
            here.driver.presses(label)
            event = await here.event()
            assert isinstance(event, Pressed)
            assert (event.slot, event.outgoing) in ((slot, 41), (slot, None))
            assert event.message or event.outgoing
            assert event.message in (sent.id, "")


@everywhere
@on_loop
async def test_events_keep_their_order_and_have_ids_of_their_own(messenger: str) -> None:
    async with talk(messenger) as here:
        for number in range(250):
            here.driver.says(f"word {number}")
        came = [await here.happened() for _ in range(250)]
        assert [e.event.text for e in came if isinstance(e.event, Words)] == [f"word {n}" for n in range(250)]
        assert len({incoming.id for incoming in came}) == 250
        assert time.monotonic() - here.driver.adapter.heard_at < 60


@everywhere
@on_loop
async def test_what_could_not_be_stored_comes_again(messenger: str) -> None:
    async with talk(messenger, "redelivery") as here:
        here.broken = 2
        here.driver.says("Do not lose me")
        came = [await here.happened() for _ in range(3)]
        assert {incoming.event for incoming in came} == {came[0].event}
        assert len({incoming.id for incoming in came}) == 1
        await until(lambda: not here.driver.unacknowledged())
        assert here.inbox.empty()


@everywhere
@on_loop
async def test_nothing_is_acknowledged_before_it_is_stored(messenger: str) -> None:
    async with talk(messenger, "redelivery") as here:
        here.ready.clear()
        here.driver.says("one")
        await here.happened()
        await asyncio.sleep(0.1)
        assert here.driver.unacknowledged() == 1
        here.ready.set()
        await until(lambda: not here.driver.unacknowledged())


# --- what goes out ---------------------------------------------------------------------------------


@everywhere
@on_loop
async def test_a_message_and_its_buttons_are_seen(messenger: str) -> None:
    async with talk(messenger) as here:
        sent = await here.send("<b>Papers</b>\nWhat do you <i>need</i>?", ["Yes", "No"], ["Later"])
        assert sent.chat == here.driver.chat
        assert sent.id
        seen = await here.driver.sees()
        assert seen == Seen("Papers\nWhat do you need?", ["Yes", "No", "Later"])


HOSTILE = (
    "<b>bold</b> & <script>alert(1)</script>",
    "a < b > c && d; &lt; &#60; &nope;",
    '"quotes" and \'quotes\' and <a href="javascript:x">x</a>',
    "</b></code></blockquote>",
    "*stars* _lines_ `ticks` [a](b) ~~x~~ ||y||",
    "@someone #tag /command t.me/x",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea e\u0301",
    "\u0645\u0631\u062d\u0628\u0627 \u202eevil\u202c 123",
    "a\x00b\x1b[31mc\x07",
    "{name} {0} %s $x",
)


@everywhere
@pytest.mark.parametrize("words", HOSTILE)
@on_loop
async def test_words_of_people_are_shown_as_they_are(messenger: str, words: str) -> None:
    async with talk(messenger) as here:
        html = f"<b>{markup.quote(words)}</b> said Bo"
        await here.send(html, [markup.clean(words)[:40]])
        seen = await here.driver.sees()
        assert seen.text == markup.plain(html)
        assert markup.clean(words) in seen.text
        here.driver.presses(seen.buttons[0])
        event = await here.event()
        assert isinstance(event, Pressed)
        assert event.slot == 0


@everywhere
@on_loop
async def test_the_longest_text_and_the_longest_label(messenger: str) -> None:
    async with talk(messenger) as here:
        label = "\U0001f600" + "x" * (here.can.max_label - 1)
        text = "\U0001f600" * (here.can.max_text // 2)
        await here.send(text, [label])
        assert await here.driver.sees() == Seen(text, [label])
        here.driver.presses(label)
        assert isinstance(await here.event(), Pressed)


@everywhere
@on_loop
async def test_an_edit_takes_the_place_of_a_message(messenger: str) -> None:
    async with talk(messenger) as here:
        sent = await here.send("Can you help?", ["Yes", "No"])
        await here.driver.sees()
        again = await here.send("Thank you. <b>Yes</b>", ["Take it back"], replaces=sent)
        assert again == sent
        assert await here.driver.sees() == Seen("Thank you. Yes", ["Take it back"], edited=True)
        here.driver.presses("Take it back")
        event = await here.event()
        assert isinstance(event, Pressed)
        assert (event.slot, event.outgoing) in ((0, 42), (0, None))


@everywhere
@on_loop
async def test_buttons_can_be_taken_away(messenger: str) -> None:
    async with talk(messenger) as here:
        sent = await here.send("Can you <i>help</i>?", ["Yes", "No"])
        await here.driver.sees()
        await here.send("", replaces=sent)
        assert await here.driver.sees() == Seen("Can you help?", [], edited=True)


@everywhere
@on_loop
async def test_a_picture_with_its_caption(messenger: str) -> None:
    async with talk(messenger, "pictures") as here:
        picture = Picture(_png("https://example.org/join"), "invitation.png", "A QR code")
        await here.send("Show <b>this</b>", ["Done"], picture=picture)
        assert await here.driver.sees() == Seen("Show this", ["Done"], files=(picture.png,))


@everywhere
@on_loop
async def test_an_answer_to_a_message_that_is_gone_arrives(messenger: str) -> None:
    async with talk(messenger, "replies") as here:
        await here.send("It is solved", reply_to="9999999")
        assert (await here.driver.sees()).text == "It is solved"


@everywhere
@on_loop
async def test_somebody_who_left_is_unreachable_until_they_return(messenger: str) -> None:
    async with talk(messenger, "leaving") as here:
        here.driver.leaves()
        assert await here.event() == Left()
        with pytest.raises(Unreachable):
            await here.send("Are you there?")
        here.driver.returns()
        assert await here.event() == Returned()
        await here.send("Welcome back")
        assert (await here.driver.sees()).text == "Welcome back"


# --- files -----------------------------------------------------------------------------------------

KINDS = ("voice", "audio", "photo", "video", "document")
FILE = b"\xff\xd8\xff" + bytes(range(256)) * 400  # a picture by its beginning


def carried(kind: str, data: bytes, *failures: Exception) -> Carried:
    """A file at another messenger, which breaks in the middle by each of `failures` before it comes."""
    left = list(failures)

    async def read() -> AsyncIterator[bytes]:
        yield data[:1000]
        if left:
            raise left.pop(0)
        yield data[1000:]

    return Carried(Media("elsewhere", kind, "1", f"it.{kind}", size=len(data)), read)


@everywhere
@pytest.mark.parametrize("kind", KINDS)
@on_loop
async def test_a_file_comes_with_its_words_and_is_fetched(messenger: str, kind: str) -> None:
    async with talk(messenger, "files") as here:
        here.driver.sends_file(kind, FILE, "a < b")
        event = await here.event()
        assert isinstance(event, Words)
        assert event.text == "a < b"
        assert event.media is not None
        assert (event.media.messenger, event.media.kind) == (here.driver.chat.messenger, kind)
        assert event.media.size == len(FILE)
        for _ in range(2):
            pieces = [piece async for piece in here.driver.adapter.fetch(event.media)]
            assert b"".join(pieces) == FILE


@everywhere
@pytest.mark.parametrize("kind", KINDS)
@on_loop
async def test_a_file_from_elsewhere_is_carried(messenger: str, kind: str) -> None:
    async with talk(messenger, "files") as here:
        await here.send("Bo: <b>a</b> &lt; b", ["Thanks"], carried=[carried(kind, FILE)])
        seen = await here.driver.sees()
        assert (seen.text, seen.buttons, seen.files) == ("Bo: a < b", ["Thanks"], (FILE,))


@everywhere
@on_loop
async def test_several_files_are_one_message(messenger: str) -> None:
    async with talk(messenger, "files") as here:
        album = tuple(FILE + bytes([number]) for number in range(3))
        sent = await here.send("Three pages", carried=[carried("photo", data) for data in album])
        seen = await here.driver.sees()
        assert (seen.text, seen.files) == ("Three pages", album)
        await here.send("Solved", reply_to=sent.id)
        assert (await here.driver.sees()).text == "Solved"


@everywhere
@pytest.mark.parametrize("failure", [Later(3.0), Refused("it is gone")], ids=["later", "gone"])
@pytest.mark.parametrize("count", [1, 2], ids=["alone", "in an album"])
@on_loop
async def test_bytes_that_do_not_come_are_what_went_wrong(
    messenger: str, failure: Later | Refused, count: int
) -> None:
    async with talk(messenger, "files") as here:
        files = [carried("document", FILE) for _ in range(count - 1)] + [carried("document", FILE, failure)]
        with pytest.raises(type(failure)) as raised:
            await here.send("The list", carried=files)
        assert raised.value is failure
        await here.send("The list", carried=files)
        assert (await here.driver.sees()).files == (FILE,) * count


@everywhere
@on_loop
async def test_changed_words_name_the_message_they_change(messenger: str) -> None:
    async with talk(messenger, "edits") as here:
        here.driver.says("Who tranlates a letter?")
        said = await here.event()
        assert isinstance(said, Words)
        here.driver.edits("Who translates a letter?")
        assert await here.event() == Edited("Who translates a letter?", said.message)


# --- rooms -----------------------------------------------------------------------------------------


@everywhere
@on_loop
async def test_what_is_said_in_a_room_and_answered_there(messenger: str) -> None:
    async with talk(messenger, "rooms") as here:
        room = here.driver.room()
        here.driver.says_in(room, f"{here.can.prefix}help")
        incoming = await here.happened_in(room)
        assert incoming.sender == here.driver.sender
        assert isinstance(incoming.event, Words)
        await here.send("I can …", ["Good"], to=room, reply_to=incoming.event.message)
        seen = await here.driver.sees(room)
        assert (seen.text, seen.buttons, seen.thread) == ("I can …", ["Good"], "")


@everywhere
@on_loop
async def test_a_thread_of_a_room_keeps_what_belongs_to_it(messenger: str) -> None:
    async with talk(messenger, "rooms", "threads") as here:
        here.driver.room()
        thread = here.driver.thread()
        assert thread.thread
        here.driver.says_in(thread, f"{here.can.prefix}help")
        incoming = await here.happened_in(thread)
        assert isinstance(incoming.event, Words)
        assert incoming.event.reply_to is None
        sent = await here.send("I can …", to=thread)
        assert sent.chat == thread
        assert (await here.driver.sees(thread)).thread == thread.thread
        await here.send("Look", to=thread, carried=[carried("photo", FILE), carried("photo", FILE)])
        assert (await here.driver.sees(thread)).thread == thread.thread


@everywhere
@on_loop
async def test_who_leads_a_room(messenger: str) -> None:
    async with talk(messenger, "rooms") as here:
        room, sender = here.driver.room(), here.driver.sender
        assert await here.driver.adapter.leads(room, sender) is True
        other = here.driver.asks_in()
        assert await here.driver.adapter.leads(room, other) is False


@everywhere
@on_loop
async def test_a_link_into_a_room_brings_its_payload(messenger: str) -> None:
    async with talk(messenger, "rooms", "links") as here:
        room = here.driver.room()
        here.driver.opens_into(room, "bind")
        assert (await here.happened_in(room)).event == Opened("bind")


@everywhere
@on_loop
async def test_who_asks_to_come_in_is_let_in_once(messenger: str) -> None:
    async with talk(messenger, "rooms", "admission") as here:
        room = here.driver.room()
        other = here.driver.asks_in()
        incoming = await here.happened_in(room)
        assert incoming.sender == other
        private = await here.driver.adapter.private_chat(other)
        assert incoming.event == AsksIn(private.id)
        assert not here.driver.is_in(other)
        for _ in range(2):  # a second time where the first answer was lost
            await here.driver.adapter.admit(room, other)
            assert here.driver.is_in(other)


# --- about itself ----------------------------------------------------------------------------------


@everywhere
@on_loop
async def test_what_it_says_of_itself(messenger: str) -> None:
    async with talk(messenger) as here:
        adapter = here.driver.adapter
        assert adapter.name == here.driver.chat.messenger == here.driver.sender.messenger
        assert adapter.rate > 0
        assert await adapter.private_chat(here.driver.sender) == here.driver.chat
        assert here.can.max_text >= 1000
        assert here.can.prefix
        await adapter.show_menu(Everywhere.PRIVATE, "", [MenuEntry("help", "What I can do")])
        await adapter.show_menu(Everywhere.PRIVATE, "de", [MenuEntry("help", "Was ich kann")])
        await adapter.show_menu(Everywhere.ROOMS, "", [MenuEntry("help", "What I can do here")])
        for menu in ([MenuEntry("pulse", "See what is owed")], [], []):
            await adapter.show_menu(here.driver.chat, "", menu)
        await adapter.introduce("", name="Mentors", description="I carry words.", short="Words")


def _png(address: str) -> bytes:
    out = io.BytesIO()
    segno.make(address).save(out, kind="png", scale=4)
    return out.getvalue()
