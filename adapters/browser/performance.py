"""One performance: what is played on a stage, told as events, and written down as a script."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Protocol

from adapters.browser.lines import Refused, line, passes
from adapters.browser.markup import tree
from adapters.browser.recording import Recording
from adapters.terminal.console import Shown
from adapters.terminal.script import Cast, Crowd, House, Line, Networks, Unreadable, read
from adapters.terminal.stage import Audience, Terminal
from bot.adapter import Buttons
from bot.message import Deleted, Edited, Event, Pressed, Removed, Unsupported, Words

FARTHEST = timedelta(days=60)
"""How far the clock is wound at once until somebody hears something."""


class Stage(Protocol):
    """A stage that can be entered."""

    async def __aenter__(self) -> Terminal: ...
    async def __aexit__(self, *_: object) -> None: ...


@dataclass(frozen=True)
class File:
    """A file that a page can fetch."""

    content: bytes
    type: str
    name: str


class Performance(Audience):
    """Plays what pages ask for, one after the other, in the order in which they ask. `stage` makes a stage
    that writes its page line by line; `seed` are the people of a new one."""

    def __init__(self, stage: Callable[[Callable[[str], None]], Stage], seed: Sequence[str]) -> None:
        self.recording = Recording()
        self.files: list[File] = []
        self._lines: list[str] = []
        self._script: list[Line] = []
        self._make, self._seed = stage, seed
        self._open = AsyncExitStack()
        self._phones: set[str] = set()
        self._turns: list[Mapping[str, Any]] = []
        self._heard: dict[str, str] = {}  # who was shown something in this step, and how it began

    async def begin(self, script: Iterable[str] | None = None) -> None:
        """Open the stage, with the people of `seed`, or with a script whose people are there at once. Raises
        Unreadable where it is none; then nothing has begun."""
        lines = None if script is None else [*read(script)]
        self._terminal = await self._open.enter_async_context(self._make(self._lines.append))
        self._terminal.audience = self
        if lines is None:
            await self._terminal.seed(self._seed)
        else:
            self._script = lines
            while self._script and isinstance(self._script[0].step, Cast | Crowd | Networks | House | None):
                await self._follow(self._script.pop(0))
        self._tell_world()

    async def close(self) -> None:
        """End it, and let go of the stage."""
        self.recording.end()
        await self._open.aclose()

    @property
    def script(self) -> str:
        """All that was played, as a script with what the bot said."""
        return "\n".join(self._lines) + "\n"

    # --- what pages ask for ----------------------------------------------------------------------

    async def act(self, asked: Mapping[str, Any]) -> None:
        """Do what a page asks. Raises Refused."""
        match asked.get("do"):
            case "next":
                await self._wait_for_something()
            case "step":
                await self._go_on(1)
            case "rest":
                await self._go_on(len(self._script))
            case _:
                await self._play(line(asked, self._terminal))
        self._tell_world()

    async def _go_on(self, steps: int) -> None:
        """Play so many steps of the script; remarks are none."""
        while self._script and steps:
            following = self._script.pop(0)
            if following.step is None:
                await self._follow(following)
            else:
                await self._play(following)
                steps -= 1

    async def _wait_for_something(self) -> None:
        """Wind the clock to the next moment at which somebody is shown something. Raises Refused where that
        is too far."""
        world, at, began = self._terminal.world, len(self._lines), self._terminal.world.now()
        self._turns, self._heard = [], {}
        while not self._heard:
            due = await world.coming()
            if due is None or due > began + FARTHEST:
                break
            await world.wind(due)
        whole = timedelta(minutes=-((began - world.now()) // timedelta(minutes=1)))
        await world.wind(began + whole)
        if whole:
            self._lines.insert(at, passes(whole).text)
        self._tell_why("", "")
        if not self._heard:
            raise Refused("nothing_due")

    async def _play(self, doing: Line) -> None:
        """Play one step, and tell why what came of it."""
        self._turns, self._heard = [], {}
        who, colon, _words = doing.text.partition(":")
        who = who if colon and doing.text[0] not in "@+=" else ""
        phone = who.partition(" in ")[2] or who
        self.recording.tell("busy", phone=phone)
        try:
            await self._follow(doing)
        finally:
            self.recording.tell("idle", phone=phone)
        self._tell_why(phone, doing.text)

    async def _follow(self, doing: Line) -> None:
        """Write a line and play it; one that cannot be played is not written. Raises Refused."""
        before = len(self._lines)
        try:
            await self._terminal.follow(doing, self._seed)
        except Unreadable as wrong:
            del self._lines[before:]
            raise Refused("not_possible") from wrong

    # --- what is told of it ----------------------------------------------------------------------

    def _tell_world(self) -> None:
        """Tell who has come, what the clock shows, and how far the script is."""
        terminal = self._terminal
        for each in terminal.people.values():
            self._tell_phone(each.name, each.messenger, each.role, language=each.language)
        for name, chat in terminal.rooms.items():
            self._tell_phone(name, chat.messenger, "room")
        self.recording.tell(
            "world",
            now=terminal.world.now().astimezone(UTC).isoformat(),
            zone=terminal.zone.key,
            next=next((each.text for each in self._script if each.step is not None), ""),
            left=sum(each.step is not None for each in self._script),
        )

    def _tell_phone(self, name: str, messenger: str, role: str, language: str = "") -> None:
        """Tell of the phone of somebody who is new, in their language, or of a room."""
        if name in self._phones:
            return
        self._phones.add(name)
        there = self._terminal.messengers[messenger]
        self.recording.tell(
            "phone",
            name=name,
            messenger=messenger,
            title=there.title,
            prefix=there.can.prefix,
            language=language,
            role=role,
            digits=there.can.buttons is not Buttons.NATIVE,
            marks=there.can.marks,
            room=role == "room",
            door=there.link("", False),
            invites=bool(there.link("x", False)),
        )

    def _tell_why(self, phone: str, doing: str) -> None:
        """Tell what the bot made of a step, to all whose phones it touched."""
        others = {who: text for who, text in self._heard.items() if who != phone}
        touched = [*([phone] if phone else []), *others]
        if touched and self._turns:
            self.recording.tell(
                "why", phones=touched, phone=phone, doing=doing, turns=self._turns, others=others
            )

    def turned(self, handler: str, outcome: str, meant: Sequence[str]) -> None:
        """Keep what a turn was, until the step is over."""
        self._turns.append({"handler": handler, "outcome": outcome, "meant": [*meant]})

    def sees(self, whom: str, message: Shown, edited: bool) -> None:
        """Tell that a phone shows a message, another one in its place, or one less."""
        if message.taken_back:
            self.recording.tell("gone", phone=whom, id=message.taken_back)
            return
        first = message.plain.partition("\n")[0]
        if not (edited and message.closed):
            self._heard.setdefault(whom, first)
        self.recording.tell(
            "shown",
            phone=whom,
            id=message.id,
            text=message.plain,
            marked=tree(message.html),
            rows=[] if message.numbered else [[*row] for row in message.rows],
            first=message.first_slot,
            answers=message.answers,
            edited=edited,
            files=[*self._files(message)],
        )

    def _files(self, message: Shown) -> Iterable[Mapping[str, Any]]:
        """Yield what a page has to know of the files of a message."""
        if message.made is not None:
            self.files.append(File(message.made.content, message.made.type, message.made.name))
            yield {
                "kind": "photo" if message.made.is_picture else "document",
                "name": message.made.name,
                "description": message.made.description,
                "number": len(self.files) - 1,
            }
        for media, content in message.files:
            yield {"kind": media.kind, "name": media.name, "size": len(content)}

    def does(self, who: str, event: Event, room: str) -> None:
        """Tell what somebody does, so that their phone shows it."""
        phone = room or who
        match event:
            case Words(text, message, reply_to, media):
                file = media and {"kind": media.kind, "name": media.name, "size": media.size}
                self.recording.tell(
                    "said",
                    phone=phone,
                    who=who,
                    id=message,
                    text=text,
                    answers=reply_to,
                    files=[file] if file else [],
                    forwarded=event.forwarded,
                )
            case Edited(text, message):
                self.recording.tell("rewritten", phone=phone, id=message, text=text)
            case Deleted(message):
                self.recording.tell("gone", phone=phone, id=message)
            case Pressed(slot, message):
                there = [each for each in self._terminal.seen_by(who, room) if each.id == message]
                labels = (there[0].labels or there[0].gone) if there else []
                at = slot - there[0].first_slot if there else 0
                label = labels[at] if at < len(labels) else ""
                self.recording.tell("pressed", phone=phone, who=who, label=label, number=at + 1)
            case _:
                name = type(event).__name__.lower()
                if isinstance(event, Unsupported):
                    name = event.kind
                elif isinstance(event, Removed) and event.silenced:
                    name = "silenced"
                self.recording.tell("deed", phone=phone, who=who, deed=name)
