"""A terminal that plays several people on several messengers, with a clock to wind forward.

`Console` is an adapter like any other, once for each messenger it pretends to be. `Terminal` is the stage
around them: it reads lines, makes people act, and prints what they hear.
"""

import asyncio
import math
import re
from collections.abc import Callable, Iterable, Sequence
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
    Line,
    Passes,
    Presses,
    Reaches,
    Says,
    Step,
    Unreadable,
    read,
    speech,
    step,
)
from bot.adapter import Capabilities, MenuEntry, Receive, Unreachable
from bot.message import (
    Chat,
    Event,
    Identity,
    Incoming,
    Left,
    MessageRef,
    Opened,
    Outgoing,
    Picture,
    Pressed,
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
    gone: list[str] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """The buttons, by slot."""
        return [label for row in self.rows for label in row]


class Console:
    """The adapter. It calls `show` with the account, the message, and whether it changed an earlier one; and
    remembers messages, so that people can press and answer."""

    rate = math.inf

    def __init__(self, name: str, show: Callable[[str, Shown, bool], None]) -> None:
        self.name = name
        self.messages: dict[str, list[Shown]] = {}
        self.blocked: set[str] = set()
        self.unacknowledged = 0
        self._show = show
        self._count = 0
        self._events = 0
        self._inbox: asyncio.Queue[tuple[Incoming, asyncio.Future[None]]] = asyncio.Queue()

    async def start(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to let go of."""

    def happens(self, account: str, event: Event, *, name: str, language: str) -> "asyncio.Future[None]":
        """Somebody does something. Done when the engine has stored it, failed when it cannot."""
        self._events += 1
        self.unacknowledged += 1
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        incoming = Incoming(
            f"terminal:{self._events}",
            event,
            Chat(self.name, account),
            Identity(self.name, account),
            name=name,
            language=language,
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

    def link(self, payload: str) -> str:
        """A link like Telegram's; Matrix has none that carry anything."""
        return f"https://t.me/mentornet_demo_bot?start={payload}" if self.name == "telegram" else ""

    async def show_menu(self, locale: str, menu: Sequence[MenuEntry]) -> None:
        """A terminal has no menu of its own."""

    async def introduce(self, locale: str, *, name: str, description: str, short: str) -> None:
        """Nobody at a terminal needs to be told what they have started."""

    async def send(self, message: Outgoing) -> MessageRef:
        """Show a message, or change one that was shown."""
        if message.chat.id in self.blocked:
            raise Unreachable
        seen = self.messages.setdefault(message.chat.id, [])
        if message.replaces is not None:
            shown = next(shown for shown in seen if shown.id == message.replaces.id)
            shown.gone = shown.labels or shown.gone
            shown.plain, shown.rows = message.plain or shown.plain, message.buttons
            if message.buttons:  # who presses a button that is gone presses the last that was there
                shown.outgoing = message.id
            self._show(message.chat.id, shown, True)
            return message.replaces
        self._count += 1
        seen.append(Shown(str(self._count), message.id, message.plain, message.buttons, message.picture))
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
        self.world: World
        self._write = write
        self._zone = ZoneInfo(time_zone)
        self._code = ""

    # --- what the bot says -----------------------------------------------------------------------

    def _show(self, to: str, message: Shown, edited: bool) -> None:
        if edited and not message.rows:
            return  # a keyboard was closed: whoever pressed it knows
        who = next(name for name, cast in self.people.items() if account(cast) == to)
        lines = message.plain.split("\n")
        self._write(f"    {'~' if edited else '>'} {who}: {lines[0]}".rstrip())
        for line in lines[1:]:
            self._write(f"    |  {line}".rstrip())
        if message.picture is not None:
            self._write(f"    |  ({message.picture.name}: {message.picture.description})")
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
            case Passes(span):
                await self.world.wind(self.world.now() + span)
            case Reaches(local):
                moment = local.replace(tzinfo=self._zone).astimezone(UTC)
                if moment < self.world.now():
                    raise Unreadable(line, "time does not run backwards")
                await self.world.wind(moment)
            case Says(who, words, answers):
                cast = self._who(who, line)
                reply_to = self._message(cast, answers, line).id if answers else None
                await self._happens(cast, Words(words.replace("$CODE", self._code), "", reply_to))
            case Presses(who, label):
                cast = self._who(who, line)
                await self._happens(cast, self._press(cast, label, line))
            case Does(who, deed):
                await self._does(self._who(who, line), deed)

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
        elif forged := re.fullmatch(r"forges (\d+):(\d+)", deed):
            await self._happens(cast, Pressed(int(forged[2]), outgoing=int(forged[1])))
        else:
            await self._happens(cast, Unsupported(deed))

    async def _happens(self, cast: Cast, event: Event) -> None:
        console = self.consoles[cast.messenger]
        await console.happens(account(cast), event, name=cast.name, language=cast.language)
        await self.world.settle()

    def _who(self, name: str, line: int) -> Cast:
        if name not in self.people:
            raise Unreadable(line, f"{name} is not there; known are {', '.join(self.people) or 'nobody yet'}")
        return self.people[name]

    def _seen(self, cast: Cast) -> list[Shown]:
        return self.consoles[cast.messenger].messages.get(account(cast), [])

    def _press(self, cast: Cast, label: str, line: int) -> Pressed:
        for shown in reversed(self._seen(cast)):
            for slot, there in enumerate(shown.labels or shown.gone):
                if there.casefold() == label.casefold():
                    return Pressed(slot, shown.id, shown.outgoing)
        raise Unreadable(line, f"{cast.name} sees no button [{label}]")

    def _message(self, cast: Cast, beginning: str, line: int) -> Shown:
        for shown in reversed(self._seen(cast)):
            if shown.plain.startswith(beginning):
                return shown
        raise Unreadable(line, f"{cast.name} sees no message that begins with “{beginning}”")

    # --- a script --------------------------------------------------------------------------------

    async def play(self, lines: Iterable[str], seed: Sequence[str]) -> None:
        """Play a script and write the transcript. Where it brings no people of its own, those of `seed`
        are there. Raises Unreadable."""
        cast = False
        for line in read(lines):
            if not cast and line.step is not None:
                cast = True
                if not isinstance(line.step, Cast | Passes | Reaches):
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
                if isinstance(doing, Says | Presses | Does):
                    who = doing.who
                if doing is not None:
                    await self.act(doing)
            except Unreadable as wrong:
                self._write(f"    ? {str(wrong).partition(': ')[2]}; “help” shows how it works.")

    def _meant(self, line: str, who: str) -> Step | None:
        name, colon, words = line.partition(":")
        if line[0] in "@+=#":
            return step(line)
        if colon and name.strip() in self.people:
            who, line = name.strip(), words.strip()
        labels = self._seen(self.people[who])[-1].labels if self._seen(self.people[who]) else []
        if line.isdecimal() and 1 <= int(line) <= len(labels):
            return Presses(who, labels[int(line) - 1])
        return speech(who, line)

    def _complete(self, who: str) -> None:
        """Complete names, buttons and times by the tab key."""
        if readline is None:
            return
        labels = [f"[{label}]" for shown in self._seen(self.people[who])[-3:] for label in shown.labels]
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
