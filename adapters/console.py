"""A terminal that plays several people on several messengers, with a clock to wind forward.

`Console` is an adapter like any other, once for each messenger it pretends to be. `Terminal` is the stage
around them: it reads lines, makes people act, and prints what they hear.
"""

import asyncio
import math
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Protocol
from zoneinfo import ZoneInfo

from adapters.script import (
    Cast,
    Does,
    Edits,
    House,
    Line,
    Passes,
    Presses,
    Reaches,
    Says,
    Sends,
    Step,
    Unreadable,
    read,
    speech,
    step,
)
from bot.adapter import Capabilities, Everywhere, MenuEntry, Moved, Receive, Sharing, Unreachable
from bot.message import (
    Added,
    AsksIn,
    Chat,
    Deleted,
    Edited,
    Event,
    Identity,
    Incoming,
    Left,
    Media,
    MessageRef,
    MovedTo,
    Newcomers,
    Opened,
    Outgoing,
    Picture,
    Pressed,
    Removed,
    Returned,
    Unsupported,
    Words,
)

try:
    readline: ModuleType | None = import_module("readline")
except ImportError:  # a Python without it: no history, no completion, all else as usual
    readline = None

CODE = re.compile(r"^\w+: ([2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4})$", re.MULTILINE)
"""A new invitation code, as the bot shows it: on a line of its own, after its name."""


TRIES = 5
"""How often an event is handed over that cannot be stored, before its person is told."""


@dataclass
class Shown:
    """A message as somebody sees it, with its rows of buttons, and the labels of buttons that are gone."""

    id: str
    outgoing: int
    plain: str
    rows: Sequence[Sequence[str]]
    picture: Picture | None = None
    files: list[tuple[Media, bytes]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    closed: bool = False  # its last change only took the buttons away

    @property
    def labels(self) -> list[str]:
        """The buttons, by slot."""
        return [label for row in self.rows for label in row]


class Console:
    """The adapter. It calls `show` with the account, the message, and whether it changed an earlier one; and
    remembers messages, so that people can press and answer."""

    rate = math.inf
    sharing = Sharing.EVERYTHING

    def __init__(self, name: str, show: Callable[[str, Shown, bool], None]) -> None:
        self.name = name
        self.messages: dict[str, list[Shown]] = {}
        self.blocked: set[str] = set()
        self.muted: set[str] = set()
        self.moved: dict[str, str] = {}
        self.leaders: dict[str, set[str]] = {}
        self.files: dict[str, bytes] = {}
        self.unacknowledged = 0
        self._show = show
        self._count = 0
        self._events = 0
        self._inbox: asyncio.Queue[tuple[Incoming, asyncio.Future[None]]] = asyncio.Queue()

    @property
    def heard_at(self) -> float:
        """A terminal is always there."""
        return time.monotonic()

    async def start(self) -> None:
        """Nothing to connect to."""

    async def check(self) -> Sequence[tuple[bool, str]]:
        """Nothing an operator would have to know."""
        return []

    async def close(self) -> None:
        """Nothing to let go of."""

    def happens(
        self,
        account: str,
        event: Event,
        *,
        name: str,
        language: str,
        room: Chat | None = None,
        title: str = "",
    ) -> "asyncio.Future[None]":
        """Somebody does something, in a room where one is given. Done when the engine has stored it, failed
        when it cannot."""
        self._events += 1
        self.unacknowledged += 1
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        incoming = Incoming(
            f"terminal:{self._events}",
            event,
            room or Chat(self.name, account),
            Identity(self.name, account),
            name=name,
            language=language,
            room=title,
        )
        self._inbox.put_nowait((incoming, stored))
        return stored

    async def run(self, receive: Receive) -> None:
        """Hand over what people do, one after the other, until cancelled."""
        while True:
            incoming, stored = await self._inbox.get()
            for tries in range(1, TRIES + 1):
                try:
                    await receive(incoming)
                except Exception as error:
                    if tries == TRIES:
                        stored.set_exception(error)
                else:
                    self.unacknowledged -= 1
                    stored.set_result(None)
                    break

    async def private_chat(self, identity: Identity) -> Chat:
        """Each account has one chat, of its own name."""
        return Chat(self.name, identity.account)

    def can(self, chat: Chat) -> Capabilities:
        """All that a modern messenger can."""
        return Capabilities(prefix="!" if self.name == "matrix" else "/")

    def link(self, payload: str, *, into_room: bool = False) -> str:
        """A link like Telegram's; Matrix has none that carry anything."""
        if self.name != "telegram":
            return ""
        start = f"?start{'group' if into_room else ''}={payload}" if payload else ""
        return f"https://t.me/mentornet_demo_bot{start}"

    async def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of what somebody sent, in two pieces."""
        data = self.files[media.file]
        yield data[:5]
        yield data[5:]

    async def leads(self, chat: Chat, identity: Identity) -> bool:
        """Whether the script says so."""
        return identity.account in self.leaders.get(chat.id, set())

    async def admit(self, chat: Chat, identity: Identity) -> None:
        """Show that somebody is let in."""
        self._show(chat.id, Shown("", 0, f"({identity.account} is let in)", ()), False)

    async def show_menu(self, where: Everywhere | Chat, locale: str, menu: Sequence[MenuEntry]) -> None:
        """A terminal has no menu of its own."""

    async def introduce(self, locale: str, *, name: str, description: str, short: str) -> None:
        """Nobody at a terminal needs to be told what they have started."""

    async def delete(self, message: MessageRef) -> None:
        """Show that a message is gone."""
        seen = self.messages[message.chat.id]
        gone = next(shown for shown in seen if shown.id == message.id)
        seen.remove(gone)
        self._show(message.chat.id, Shown("", 0, f"(deleted: {gone.plain})", ()), False)

    async def mark(self, message: MessageRef, count: int) -> int:
        """At a terminal the buttons come with the message."""
        return 0

    async def send(self, message: Outgoing) -> MessageRef:
        """Show a message, or change one that was shown."""
        if message.chat.id in self.blocked:
            raise Unreachable
        if message.chat.id in self.muted:
            raise Unreachable(silenced=True)
        if message.chat.id in self.moved:
            raise Moved(Chat(self.name, self.moved[message.chat.id], private=False))
        seen = self.messages.setdefault(message.chat.id, [])
        if message.replaces is not None:
            shown = next(shown for shown in seen if shown.id == message.replaces.id)
            shown.closed = bool(shown.rows) and not message.buttons
            shown.gone = shown.labels or shown.gone
            shown.plain, shown.rows = message.plain or shown.plain, message.buttons
            if message.buttons:  # who presses a button that is gone presses the last that was there
                shown.outgoing = message.id
            self._show(message.chat.id, shown, True)
            return message.replaces
        self._count += 1
        files = [(each.media, b"".join([piece async for piece in each.read()])) for each in message.carried]
        shown = Shown(str(self._count), message.id, message.plain, message.buttons, message.picture, files)
        seen.append(shown)
        self._show(message.chat.id, seen[-1], False)
        return MessageRef(message.chat, str(self._count))


class World(Protocol):
    """What the stage needs from the program."""

    def now(self) -> datetime: ...
    async def cast(self, who: Cast) -> None: ...
    async def settle(self) -> None: ...
    async def wind(self, to: datetime) -> None: ...


class Terminal:
    """The stage: people, their messengers, and a page on which it all is written down."""

    def __init__(self, write: Callable[[str], None], time_zone: str) -> None:
        self.consoles = {name: Console(name, self._show) for name in ("telegram", "matrix")}
        self.people: dict[str, Cast] = {}
        self.rooms: dict[str, Chat] = {}
        self._said: list[tuple[str, str, str]] = []  # who, their words, and the message's id
        self.world: World
        self._write = write
        self._zone = ZoneInfo(time_zone)
        self._code = ""

    # --- what the bot says -----------------------------------------------------------------------

    def _show(self, to: str, message: Shown, edited: bool) -> None:
        if edited and message.closed:
            return  # whoever pressed a button knows
        who = next(
            (name for name, cast in self.people.items() if account(cast) == to),
            next((name for name, room in self.rooms.items() if room.id == to), to),
        )
        lines = message.plain.split("\n")
        self._write(f"    {'~' if edited else '>'} {who}: {lines[0]}".rstrip())
        for line in lines[1:]:
            self._write(f"    |  {line}".rstrip())
        if message.picture is not None:
            self._write(f"    |  ({message.picture.name}: {message.picture.description})")
        for media, data in message.files:
            self._write(f"    |  ({media.kind}: {media.name}, {len(data)} bytes)")
        for row in message.rows:
            self._write("    |   " + " ".join(f"[{label}]" for label in row))
        if found := CODE.findall(message.plain):
            self._code = found[-1]

    # --- what people do --------------------------------------------------------------------------

    async def act(self, doing: Step, line: int = 1) -> None:
        """Play one step, and all that follows from it before time moves on. Raises Unreadable."""
        match doing:
            case Cast():
                if doing.name in self.people:
                    raise Unreadable(line, f"{doing.name} is there already")
                self.people[doing.name] = doing
                await self.world.cast(doing)
            case House(name, messenger, led_by):
                self.rooms[name] = Chat(messenger, name.lower(), private=False)
                self.consoles[messenger].leaders[name.lower()] = {
                    account(self._who(leader, line)) for leader in led_by
                }
            case Passes(span):
                await self.world.wind(self.world.now() + span)
            case Reaches(local):
                moment = local.replace(tzinfo=self._zone).astimezone(UTC)
                if moment < self.world.now():
                    raise Unreadable(line, "time does not run backwards")
                await self.world.wind(moment)
            case Says(who, words, answers, room):
                chat = self._where(who, room, line)
                reply_to = self._message(chat, answers, line).id if answers else None
                text = words.replace("$CODE", self._code)
                named = text.startswith(("/", "!")) or reply_to is not None or not room
                said = Words(text, self._noted(who, text), reply_to, to_us=named)
                await self._happens(self._who(who, line), said, room)
            case Sends(who, kind, name, words, album, megabytes, room):
                cast = self._who(who, line)
                media = self._made(cast, kind, name, megabytes)
                said = Words(words, self._noted(who, words), media=media, album=album)
                await self._happens(cast, said, room)
            case Edits(who, beginning, words):
                await self._happens(self._who(who, line), Edited(words, self._own(who, beginning, line)))
            case Presses(who, label, room):
                cast = self._who(who, line)
                await self._happens(cast, self._press(self._where(who, room, line), label, line), room)
            case Does(who, deed, room):
                if room:
                    chat = self._where(who, room, line)
                    await self._does_in(chat, self._who(who, line), deed, room)
                else:
                    await self._does(self._who(who, line), deed)

    def _noted(self, who: str, words: str) -> str:
        """The id of a new message of somebody's."""
        self._said.append((who, words, f"p{len(self._said)}"))
        return self._said[-1][2]

    def _own(self, who: str, beginning: str, line: int) -> str:
        for speaker, words, message in reversed(self._said):
            if speaker == who and words.startswith(beginning):
                return message
        raise Unreadable(line, f"{who} wrote nothing that begins with “{beginning}”")

    def _made(self, cast: Cast, kind: str, name: str, megabytes: int) -> Media:
        """A file of somebody's; a large one only says that it is."""
        files = self.consoles[cast.messenger].files
        data = f"{kind} {len(files)} of {cast.name}".encode()
        files[str(len(files))] = data
        return Media(cast.messenger, kind, str(len(files) - 1), name, size=megabytes * 2**20 or len(data))

    async def _does_in(self, room: Chat, cast: Cast, deed: str, title: str) -> None:
        console = self.consoles[room.messenger]
        match deed:
            case "joins":
                people = ((Identity(cast.messenger, account(cast)), cast.name),)
                await self._happens(cast, Newcomers(people), title)
            case "asks to come in":
                await self._happens(cast, AsksIn(account(cast)), title)
            case "brings the bot":
                await self._happens(cast, Added(), title)
            case "takes the bot out":
                await self._happens(cast, Removed(), title)
            case "mutes the bot":
                console.muted.add(room.id)
                await self._happens(cast, Removed(silenced=True), title)
            case "lets the bot write":
                console.muted.discard(room.id)
                await self._happens(cast, Added(), title)
            case "moves the room":
                to = f"{room.id}+"
                console.moved[room.id] = to
                console.leaders[to] = console.leaders.get(room.id, set())
                console.messages[to] = console.messages.pop(room.id, [])
                await self._happens(cast, MovedTo(to), title)
                self.rooms[title] = Chat(room.messenger, to, private=False)
            case _:
                await self._happens(cast, Unsupported(deed), title)

    async def _does(self, cast: Cast, deed: str) -> None:
        console = self.consoles[cast.messenger]
        if deed == "blocks the bot":
            console.blocked.add(account(cast))
            await self._happens(cast, Left())
        elif deed == "comes back":
            console.blocked.discard(account(cast))
            await self._happens(cast, Returned())
        elif deed.startswith("opens"):
            await self._happens(
                cast, Opened(deed.removeprefix("opens").strip().replace("$CODE", self._code.replace("-", "")))
            )
        elif taken := re.fullmatch(r'deletes "([^"]*)"', deed):
            await self._happens(cast, Deleted(self._own(cast.name, taken[1], 1)))
        elif forged := re.fullmatch(r"forges (\d+):(\d+)", deed):
            await self._happens(cast, Pressed(int(forged[2]), outgoing=int(forged[1])))
        else:
            await self._happens(cast, Unsupported(deed))

    async def _happens(self, cast: Cast, event: Event, room: str = "") -> None:
        console = self.consoles[cast.messenger]
        await console.happens(
            account(cast),
            event,
            name=cast.name,
            language=cast.language,
            room=self.rooms[room] if room else None,
            title=room,
        )
        await self.world.settle()

    def _who(self, name: str, line: int) -> Cast:
        if name not in self.people:
            raise Unreadable(line, f"{name} is not there; known are {', '.join(self.people) or 'nobody yet'}")
        return self.people[name]

    def _where(self, who: str, room: str, line: int) -> Chat:
        """The chat in which somebody does something."""
        if not room:
            cast = self._who(who, line)
            return Chat(cast.messenger, account(cast))
        if room not in self.rooms:
            raise Unreadable(line, f"there is no room {room}")
        if self._who(who, line).messenger != self.rooms[room].messenger:
            raise Unreadable(line, f"{who} is not on {self.rooms[room].messenger}, where {room} is")
        return self.rooms[room]

    def _seen(self, chat: Chat) -> list[Shown]:
        return self.consoles[chat.messenger].messages.get(chat.id, [])

    def _seen_by(self, who: str) -> list[Shown]:
        return self._seen(self._where(who, "", 1))

    def _press(self, chat: Chat, label: str, line: int) -> Pressed:
        for shown in reversed(self._seen(chat)):
            for slot, there in enumerate(shown.labels or shown.gone):
                if there.casefold() == label.casefold():
                    return Pressed(slot, shown.id, shown.outgoing)
        raise Unreadable(line, f"{chat.id.title()} sees no button [{label}]")

    def _message(self, chat: Chat, beginning: str, line: int) -> Shown:
        for shown in reversed(self._seen(chat)):
            if shown.plain.startswith(beginning):
                return shown
        raise Unreadable(line, f"{chat.id.title()} sees no message that begins with “{beginning}”")

    # --- a script --------------------------------------------------------------------------------

    async def play(self, lines: Iterable[str], seed: Sequence[str]) -> None:
        """Play a script and write the transcript. Where it brings no people of its own, those of `seed`
        are there. Raises Unreadable."""
        cast = False
        for line in read(lines):
            if not cast and line.step is not None:
                cast = True
                if not isinstance(line.step, Cast | House | Passes | Reaches):
                    await self.seed(seed)
            self._write(line.text)
            await self._play(line)

    async def _play(self, line: Line) -> None:
        if line.step is not None:
            await self.act(line.step, line.number)

    async def seed(self, seed: Sequence[str]) -> None:
        """Bring in the people of a script's first lines, and show who they are."""
        for text in seed:
            self._write(text)
            if (there := step(text)) is not None:
                await self.act(there)

    # --- a person at the prompt ------------------------------------------------------------------

    async def talk(self, seed: Sequence[str], ask: Callable[[str], str] = input) -> None:
        """Lead a conversation at a prompt until the end of input."""
        self._write(HELP)
        await self.seed(seed)
        self._write("")
        who = next(iter(self.people))
        while True:
            self._complete(who)
            try:
                line = ask(f"{who}> ").strip()
            except (EOFError, KeyboardInterrupt):
                self._write("")
                return
            if not line:
                continue
            if line == "help":
                self._write(HELP)
                continue
            try:
                named = line.rstrip(":")
                if named in self.people:
                    who = named
                    continue
                doing = self._meant(line, who)
                if isinstance(doing, Says | Sends | Edits | Presses | Does):
                    who = doing.who
                if doing is not None:
                    await self.act(doing)
            except Unreadable as wrong:
                self._write(f"    ? {str(wrong).partition(': ')[2]}; “help” shows how it works.")

    def _meant(self, line: str, who: str) -> Step | None:
        name, colon, words = line.partition(":")
        if line[0] in "@+=#":
            return step(line)
        if colon and name.partition(" in ")[0].strip() in self.people:
            return speech(name.strip(), words.strip())
        labels = self._seen_by(who)[-1].labels if self._seen_by(who) else []
        if line.isdecimal() and 1 <= int(line) <= len(labels):
            return Presses(who, labels[int(line) - 1])
        return speech(who, line)

    def _complete(self, who: str) -> None:
        """Complete names, buttons and times by the tab key."""
        if readline is None:
            return
        labels = [f"[{label}]" for shown in self._seen_by(who)[-3:] for label in shown.labels]
        words = [
            *labels,
            *(f"{name}: " for name in self.people),
            "+ 2 hours",
            "+ 3 days",
            "/help",
            "/ask",
            "help",
        ]

        def complete(text: str, state: int) -> str | None:
            fits = [word for word in words if word.casefold().startswith(text.casefold())]
            return fits[state] if state < len(fits) else None

        readline.set_completer_delims("")
        readline.set_completer(complete)
        readline.parse_and_bind("tab: complete")


HELP = """\
Write as the person at the prompt; “Bo: hello” writes as Bo, and “Bo” changes to him.
Press a button by its number, or by its words in brackets: [I can help].
“+ 3 days” or “+ 2 hours” winds the clock, “= 2026-10-25 18:00” winds it to a time.
“@ Eva, stranger on telegram, de” brings in somebody new; /help is the bot's own help.
“(voice)” and “(photo) Who can read this?” send something; “(blocks the bot)” does what it says.
“@ Square, room on telegram, led by Mia” makes a group; “Mia in Square: /bind” writes there.
“help” shows these lines, the tab key completes, Ctrl-D ends."""


def account(cast: Cast) -> str:
    """The account of somebody on their pretended messenger."""
    return cast.name.lower()


def history(path: Path) -> None:
    """Remember what was typed at the prompt, in this file, if there is a terminal that can."""
    if readline is not None:
        with suppress(OSError):
            readline.read_history_file(path)
        readline.set_history_length(500)


def keep_history(path: Path) -> None:
    """Write the prompt's history back."""
    if readline is not None:
        with suppress(OSError):
            readline.write_history_file(path)
