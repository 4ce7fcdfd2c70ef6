"""The stage of the terminal: people on played messengers, and a page on which everything is written down."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from adapters.terminal.console import Console, Shown
from adapters.terminal.script import (
    Cast,
    Crowd,
    Does,
    Edits,
    House,
    Line,
    Networks,
    Passes,
    Presses,
    Reaches,
    Says,
    Sends,
    Step,
    Unreadable,
    account,
    read,
    step,
)
from bot.adapter import Buttons, Capabilities
from bot.message import (
    Added,
    AsksIn,
    Chat,
    Deleted,
    Edited,
    Event,
    Identity,
    Left,
    Media,
    MovedTo,
    Newcomers,
    Opened,
    Pressed,
    Removed,
    Returned,
    Unsupported,
    Words,
)
from bot.messenger import Messenger

CODE = re.compile(r"^(?:\w+: |LINK )([2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4})$", re.MULTILINE)
"""A new code, as the bot shows it: on a line of its own, after its name."""
DELETES = r'deletes "([^"]*)"'


class World(Protocol):
    """What the stage needs from the program."""

    def now(self) -> datetime: ...
    async def cast(self, who: Cast) -> None: ...
    async def found(self, names: Sequence[str]) -> None: ...
    async def settle(self) -> None: ...
    async def coming(self) -> datetime | None: ...
    async def wind(self, to: datetime) -> None: ...


class Audience:
    """Whoever watches a stage besides its page; this one looks away."""

    def does(self, who: str, event: Event, room: str) -> None:
        """Somebody is about to do something, in a room where one is named."""

    def sees(self, whom: str, message: Shown, edited: bool) -> None:
        """Somebody, or a room, is shown a message, or one that was changed."""

    def turned(self, handler: str, outcome: str, meant: Sequence[str]) -> None:
        """A turn is made: what was called, how it ended, and what was meant by the names of meanings."""


def _played(can: Capabilities) -> Capabilities:
    """Return what is shown of a messenger at the terminal, where all buttons come with their message."""
    native = Buttons.NUMBERS if can.buttons is Buttons.NUMBERS else Buttons.NATIVE
    return replace(can, buttons=native, marks=0)


class Terminal:
    """The stage: people, their messengers, and a page; `write` writes a line of it."""

    def __init__(
        self, write: Callable[[str], None], time_zone: str, messengers: Sequence[Messenger[Any]]
    ) -> None:
        self.consoles = {
            each.name: Console(each.name, self._show, _played(each.can), each.link) for each in messengers
        }
        self.messengers = {each.name: each for each in messengers}
        self.people: dict[str, Cast] = {}
        self.rooms: dict[str, Chat] = {}
        self.said: list[tuple[str, str, str]] = []  # who, their words, and the message's id
        self._files: dict[str, str] = {}  # what was sent, by its name, as its messenger calls it
        self._acted = "", 0  # whose account did something last, and the newest message there before that
        self.world: World
        self.write = write
        self.audience = Audience()
        self.zone = ZoneInfo(time_zone)
        self._code = ""
        self._begun = False

    # --- what the bot says -----------------------------------------------------------------------

    def _show(self, to: str, message: Shown, edited: bool) -> None:
        who = next(
            (name for name, cast in self.people.items() if account(cast) == to),
            next((name for name, room in self.rooms.items() if room.id == to), to),
        )
        self.audience.sees(who, message, edited)
        if edited and message.closed:
            return  # whoever pressed a button knows
        lines = message.plain.split("\n")
        self.write(f"    {'~' if edited else '>'} {who}: {lines[0]}".rstrip())
        for line in lines[1:]:
            self.write(f"    |  {line}".rstrip())
        if message.made is not None:
            self.write(f"    |  ({message.made.name}: {message.made.description})")
        for media, data in message.files:
            self.write(f"    |  ({media.kind}: {media.name}, {len(data)} bytes)")
        for row in message.rows if not message.numbered else ():
            self.write("    |   " + " ".join(f"[{label}]" for label in row))
        if found := CODE.findall(message.plain):
            self._code = found[-1]

    # --- what people do --------------------------------------------------------------------------

    async def act(self, doing: Step, line: int = 1) -> None:
        """Play one step, and all that follows from it before time moves on. Raises Unreadable."""
        match doing:
            case Cast() | House() if doing.messenger not in self.consoles:
                known = ", ".join(self.consoles)
                raise Unreadable(line, f"there is no messenger {doing.messenger}; there are {known}")
            case Cast():
                if doing.name in self.people:
                    raise Unreadable(line, f"{doing.name} is there already")
                self.people[doing.name] = doing
                await self.world.cast(doing)
            case Crowd(people):
                for each in people:
                    await self.act(each, line)
            case Networks(names):
                await self.world.found(names)
            case House(name, messenger, led_by):
                self.rooms[name] = Chat(messenger, name.lower(), private=False)
                self.consoles[messenger].leaders[name.lower()] = {
                    account(self._who(leader, line)) for leader in led_by
                }
            case Passes(span):
                await self.world.wind(self.world.now() + span)
            case Reaches(local):
                moment = local.replace(tzinfo=self.zone).astimezone(UTC)
                if moment < self.world.now():
                    raise Unreadable(line, "time does not run backwards")
                await self.world.wind(moment)
            case Says(who, words, answers, room, forwarded):
                chat = self._where(who, room, line)
                reply_to = self._message(chat, answers, line).id if answers else None
                text = words.replace("$CODE", self._code)
                named = text.startswith(self._prefixes(chat)) or reply_to is not None or not room
                said = Words(text, self._noted(who, text), reply_to, to_us=named, forwarded=forwarded)
                await self._happens(self._who(who, line), said, room)
            case Sends(who, kind, name, words, album, megabytes, room, content):
                cast = self._who(who, line)
                media = self._made(cast, kind, name, megabytes, content)
                said = Words(words, self._noted(who, words), media=media, album=album)
                await self._happens(cast, said, room)
            case Edits(who, beginning, words, room):
                changed = Edited(words, self._own(who, beginning, line))
                await self._happens(self._who(who, line), changed, room)
            case Presses(who, label, room, on):
                cast = self._who(who, line)
                chat = self._where(who, room, line)
                shown, slot = self._button(chat, label, on, line)
                if self.consoles[chat.messenger].can(chat).buttons is Buttons.NUMBERS:
                    typed = shown.typed(slot)
                    said = Words(typed, self._noted(who, typed), self._answered(chat, shown))
                    await self._happens(cast, said, room)
                else:
                    await self._happens(cast, Pressed(slot, shown.id, shown.outgoing), room)
            case Does(who, deed, room):
                if room:
                    chat = self._where(who, room, line)
                    await self._does_in(chat, self._who(who, line), deed, room)
                else:
                    await self._does(self._who(who, line), deed)

    def _prefixes(self, chat: Chat) -> tuple[str, ...]:
        """Return what stands before a command on any of the messengers."""
        return tuple({console.can(chat).prefix for console in self.consoles.values()})

    def _noted(self, who: str, words: str) -> str:
        """The id of a new message of somebody's."""
        self.said.append((who, words, f"p{len(self.said)}"))
        return self.said[-1][2]

    def _own(self, who: str, beginning: str, line: int) -> str:
        for speaker, words, message in reversed(self.said):
            if speaker == who and words.startswith(beginning):
                return message
        raise Unreadable(line, f"{who} wrote nothing that begins with “{beginning}”")

    def _made(self, cast: Cast, kind: str, name: str, megabytes: int, content: bytes | None) -> Media:
        """A file of somebody's; a large one only says that it is."""
        files = self.consoles[cast.messenger].files
        data = f"{kind} {len(files)} of {cast.name}".encode() if content is None else content
        self._files[name] = file = f"{cast.messenger} {len(self._files)}"
        files[file] = data
        return Media(cast.messenger, kind, file, name, size=megabytes * 2**20 or len(data))

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
            case _ if taken := re.fullmatch(DELETES, deed):
                await self._happens(cast, Deleted(self._own(cast.name, taken[1], 1)), title)
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
        elif taken := re.fullmatch(DELETES, deed):
            await self._happens(cast, Deleted(self._own(cast.name, taken[1], 1)))
        elif deed.startswith("loses "):
            console.files.pop(self._files[deed.removeprefix("loses ")])
        elif forged := re.fullmatch(r"forges (\d+):(\d+)", deed):
            await self._happens(cast, Pressed(int(forged[2]), outgoing=int(forged[1])))
        else:
            await self._happens(cast, Unsupported(deed))

    async def _happens(self, cast: Cast, event: Event, room: str = "") -> None:
        console = self.consoles[cast.messenger]
        newest = max((int(each.id) for each in console.messages.get(account(cast), ())), default=0)
        self._acted = account(cast), newest
        self.audience.does(cast.name, event, room)
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

    def seen_by(self, who: str, room: str = "") -> list[Shown]:
        """Return all that somebody sees of the bot in their private chat, or in a room, oldest first. Raises
        Unreadable."""
        return self._seen(self._where(who, room, 1))

    def _button(self, chat: Chat, label: str, on: str, line: int) -> tuple[Shown, int]:
        """Return the newest message that begins like this and has this button, also where it is gone, and
        its slot."""
        for shown in reversed(self._seen(chat)):
            if not shown.plain.startswith(on):
                continue
            for slot, there in enumerate(shown.labels or shown.gone, shown.first_slot):
                if there.casefold() == label.casefold():
                    return shown, slot
        raise Unreadable(line, f"{chat.id.title()} sees no button [{label}]")

    def _answered(self, chat: Chat, shown: Shown) -> str | None:
        """Return the message to which a typed number has to be an answer; None in a private chat for the
        newest that offers anything, if nothing came after it, or only what somebody brought about."""
        seen = self._seen(chat)
        newest = next((each for each in reversed(seen) if each.labels), None)
        is_theirs = shown is seen[-1] or (self._acted[0] == chat.id and int(shown.id) > self._acted[1])
        return None if chat.private and newest is shown and is_theirs else shown.id

    def _message(self, chat: Chat, beginning: str, line: int) -> Shown:
        for shown in reversed(self._seen(chat)):
            if shown.plain.startswith(beginning):
                return shown
        raise Unreadable(line, f"{chat.id.title()} sees no message that begins with “{beginning}”")

    # --- a script --------------------------------------------------------------------------------

    async def play(self, lines: Iterable[str], seed: Sequence[str]) -> None:
        """Play a script and write the transcript. Raises Unreadable."""
        for line in read(lines):
            await self.follow(line, seed)

    async def follow(self, line: Line, seed: Sequence[str]) -> None:
        """Write one line of a script and play it. Where the first one brings no people, those of `seed` are
        there. Raises Unreadable."""
        if line.step is not None and not self._begun:
            self._begun = True
            if not isinstance(line.step, Cast | Crowd | Networks | House | Passes | Reaches):
                await self.seed(seed)
        self.write(line.text)
        if line.step is not None:
            await self.act(line.step, line.number)

    async def seed(self, seed: Sequence[str]) -> None:
        """Bring in the people of a script's first lines, and show who they are."""
        self._begun = True
        for text in seed:
            self.write(text)
            if (there := step(text)) is not None:
                await self.act(there)
