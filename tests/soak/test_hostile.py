"""Hostile people at the real doors, in two networks and in none: nothing fails, nobody reads what somebody of
another network has written, and the log holds no words. Broken shapes are tried in tests/adapters/; here each
message is one that an app can send."""

import asyncio
import itertools
import json
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event

from adapters.matrix.account import Account
from adapters.matrix.adapter import Matrix
from bot.adapter import Adapter
from bot.installation import Installation
from bot.message import Identity
from bot.program.app import App
from bot.program.compose import app_of
from bot.support.clock import RealClock
from db import people
from db.models import Network
from db.network import members, networks
from tests.adapters.test_bad_line import telegram
from tests.odd import hostile
from tests.support.around import where_it_is_day
from tests.support.matrix_stand_in import BOT, PASSWORD, StandIn, stand_in
from tests.telegram_server import Room, TelegramServer, User

HOMES = ("Neckar", "Alster", "")
"""The networks, and none: person n is at home in the one of n's place."""
SEED = 23
FEW, MANY = (24, 100), (120, 1000)
"""People, and how much they do at once before it is waited for: many share the statements of their turns."""
LATELY = 12
"""Messages that somebody still has before their eyes."""
OPERATOR = 901
MARK = re.compile(r"⟦((\d+)\.\d+)⟧")
"""Stands behind all that somebody writes: whose it is, and which of all that is written."""
NUMBERS = itertools.count(1)
CARD = (Network.name, Network.purpose, Network.place)
"""What strangers read of a network whose coordinators show it to everybody."""
LONGEST = 3000.0
"""Seconds after which the whole is stuck."""
SILENCE = 60.0


def mark(n: int) -> str:
    return f"⟦{n}.{next(NUMBERS)}⟧"


def home(n: int) -> str:
    return HOMES[n % len(HOMES)]


class Log(logging.Handler):
    """What went wrong by the log, and how many of its lines hold somebody's words."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.wrong: list[str] = []
        self.told = 0

    def emit(self, record: logging.LogRecord) -> None:
        fields = getattr(record, "fields", {})
        said = f"{record.getMessage()} {fields}"
        if record.levelno >= logging.ERROR or fields.get("outcome") == "failed":
            self.wrong.append(said)
        self.told += bool(MARK.search(said))


@pytest.fixture
def on_cards() -> Iterator[set[str]]:
    """The marks of all that stands on the card of a network, at any time while a test runs."""
    found: set[str] = set()

    def note(_network: Network, value: str, *_: object) -> None:
        found.update(each[0] for each in MARK.findall(value or ""))

    for column in CARD:
        event.listen(column, "set", note)
    yield found
    for column in CARD:
        event.remove(column, "set", note)


@pytest.fixture
def log() -> Iterator[Log]:
    """The log while a test runs."""
    ours, reading = logging.getLogger("mentornet"), Log()
    before, through = ours.level, ours.propagate
    ours.addHandler(reading)
    ours.setLevel(logging.INFO)
    ours.propagate = False
    yield reading
    ours.removeHandler(reading)
    ours.setLevel(before)
    ours.propagate = through


async def settle(app: App, messenger: str, accounts: Mapping[int, tuple[str, str]]) -> None:
    """Let everybody be at home in their network; `accounts` are each one's account and chat. Everybody
    coordinates: so all commands are theirs."""

    def enter(db: Any) -> None:
        now = app.clock.now()
        made: dict[str, Network] = {}
        for name in filter(None, HOMES):
            facts = networks.Facts(name, "", ["en"], "UTC", "", public=False)
            made[name] = networks.found(db, facts, confirmed=True, now=now)
        for n, (account, chat) in accounts.items():
            if not home(n):
                continue
            person = people.meet(
                db, messenger, account, chat=chat, name=f"P{n}", language="en", now=now
            ).person
            people.consent(person, now)
            role: Any = "meta_mentor" if n // len(HOMES) % 2 else "member"
            members.join(db, made[home(n)], person, label="experienced", role=role, now=now)

    await app.engine.worker.call(enter)


def crossed(seen: Mapping[int, list[str]], on_cards: set[str]) -> list[str]:
    """What somebody read (`seen`, by person) that was written by one who is not in their network: a stranger
    is alone. What was written on a card is for everybody."""
    found = []
    for reader, texts in seen.items():
        for text in texts:
            for writer in {int(n) for each, n in MARK.findall(text) if each not in on_cards} - {reader}:
                if not home(reader) or home(reader) != home(writer):
                    found.append(f"{reader} of {home(reader) or 'no network'} read {writer}: {text[:200]!r}")
    return found


def assert_safe(
    door: str,
    count: int,
    seen: Mapping[int, list[str]],
    on_cards: set[str],
    log: Log,
    tells: Callable[[str], None],
) -> None:
    """Tell what became of `count` hostile inputs at a door, and check it. `seen` is what each read."""
    told, theirs = sum(map(len, seen.values())), crossed(seen, on_cards)
    tells(
        f"{door}, {count} hostile inputs, {told} messages read: {len(log.wrong)} failed, "
        f"{len(theirs)} crossed"
    )
    assert log.wrong == []
    assert log.told == 0
    assert theirs == []
    assert told > count / 4


async def at_work(app: App, do: Callable[[asyncio.Task[None]], Awaitable[None]]) -> None:
    running = asyncio.create_task(app.run())
    try:
        await do(running)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def installation() -> Installation:
    """An installation in which it is day, so that nothing waits for the morning."""
    operators = frozenset({Identity("telegram", f"{OPERATOR}")})
    return Installation(languages=("en", "de"), time_zone=where_it_is_day(), operators=operators)


# --- Telegram ------------------------------------------------------------------------------------


def acts(user: User, n: int, room: Room, dice: Random) -> None:
    """One thing that somebody does."""
    said = hostile.words(dice) + mark(n)
    if user.blocked:
        user.unblocks()
    shown = dice.choice(user.seen[-LATELY:]) if user.seen else None
    match dice.randrange(12):
        case 0 | 1 | 2:
            user.says(said)
        case 3 | 4 | 5 | 6 if shown is not None and (labels := [x for row in shown.keyboard for x in row]):
            with suppress(AssertionError):  # the buttons have changed meanwhile
                user.presses(shown, dice.choice(labels))
        case 7 if shown is not None:
            user.says(said, shown)
        case 8:
            user.edits(user.says(said), hostile.words(dice) + mark(n))
        case 9:
            kind = dice.choice(["photo", "document", "voice"])
            user.sends(kind, caption=(hostile.words(dice, 900) + mark(n)) if kind != "voice" else "")
        case 10:
            user.presses_data(
                dice.randrange(1, 5000), dice.choice([f"{dice.randrange(1, 5000)}:1", said[:60], "0:0"])
            )
        case 11 if dice.random() < 0.2:
            user.blocks()
        case _:
            user.says(said, room=room)


@pytest.mark.parametrize(
    ("count", "people", "at_once"),
    [pytest.param(300, *FEW, id="300"), pytest.param(35_000, *MANY, id="35000", marks=pytest.mark.soak)],
)
@pytest.mark.parametrize("way_in", ["polling", "webhook"])
def test_hostile_people_on_telegram(
    way_in: str,
    count: int,
    people: int,
    at_once: int,
    tmp_path: Path,
    log: Log,
    on_cards: set[str],
    tells: Callable[[str], None],
) -> None:
    seen: dict[int, list[str]] = {}

    async def run() -> None:
        async with TelegramServer() as server:
            adapter: Adapter = telegram(server, way_in)
            app = app_of(f"sqlite:///{tmp_path}/db", {"telegram": adapter}, RealClock(), installation())
            crowd = {n: server.user(100 + n, f"P{n}", "en", met=True) for n in range(people)}
            operator = server.user(OPERATOR, "Ola")
            room = server.group(-100777, "Mentors", members=[*crowd.values()], bot="administrator")
            dice = Random(SEED)

            async def do(running: asyncio.Task[None]) -> None:
                operator.says("/start")
                await operator.hears(SILENCE)
                for _ in range(0, count, at_once):
                    for _ in range(at_once):
                        n = dice.randrange(people)
                        acts(crowd[n], n, room, dice)
                    async with asyncio.timeout(SILENCE + at_once):
                        while server.waiting:
                            await asyncio.sleep(0.01)
                            assert not running.done()
                operator.says("/help")
                await operator.hears(SILENCE)
                await app.outbox.flush()

            async with app:
                await settle(app, "telegram", {n: (f"{100 + n}", f"{100 + n}") for n in crowd})
                await at_work(app, do)
            seen.update({n: [shown.text for shown in user.seen] for n, user in crowd.items()})

    asyncio.run(asyncio.wait_for(run(), LONGEST))
    assert_safe(way_in, count, seen, on_cards, log, tells)


# --- Matrix --------------------------------------------------------------------------------------


class OnMatrix:
    """Somebody on Matrix, the n-th, alone with the bot in a room."""

    def __init__(self, server: StandIn, n: int) -> None:
        self.server, self.n = server, n
        self.name, self.room = f"@p{n}:stand-in", f"!r{n}:stand-in"
        self.wrote: list[str] = []
        server.makes_room(self.room, self.name, private=True)

    def acts(self, whose: "OnMatrix", dice: Random) -> dict[str, Any]:
        """One thing that they do; what they refer to may be `whose` it is not theirs to see."""
        said = hostile.words(dice) + mark(self.n)
        place = self if dice.random() < 0.7 else whose
        ours = dice.choice(self.server.ids[place.room][-LATELY:] or ["$gone"])
        match dice.randrange(8):
            case 0 | 1 | 2 | 3:
                event = self.server.words(self.name, said)
            case 4:
                reply = {"m.in_reply_to": {"event_id": ours}}
                event = self.server.words(self.name, said, **{"m.relates_to": reply})
            case 5:
                key = dice.choice(["1️⃣", "2️⃣", "👍", said[:20]])
                relates = {"rel_type": "m.annotation", "event_id": ours, "key": key}
                event = self.server.event(self.name, "m.reaction", {"m.relates_to": relates})
            case 6:
                new = {"msgtype": "m.text", "body": said}
                theirs = dice.choice(place.wrote[-LATELY:] or ["$gone"])
                edit = {"rel_type": "m.replace", "event_id": theirs}
                more = {"m.new_content": new, "m.relates_to": edit}
                event = self.server.words(self.name, f"* {said}", **more)
            case _:
                event = self.server.words(self.name, str(dice.randrange(1, 9)))
        self.wrote.append(event["event_id"])
        return event


@pytest.mark.parametrize(
    ("count", "people", "at_once"),
    [pytest.param(400, *FEW, id="400"), pytest.param(30_000, *MANY, id="30000", marks=pytest.mark.soak)],
)
def test_hostile_people_on_matrix(
    count: int,
    people: int,
    at_once: int,
    tmp_path: Path,
    log: Log,
    on_cards: set[str],
    tells: Callable[[str], None],
) -> None:
    seen: dict[int, list[str]] = {}

    async def briefly(_seconds: float) -> None:
        await asyncio.sleep(0.001)

    async def run() -> None:
        async with stand_in() as server:
            account = Account(server.url, BOT, tmp_path / "matrix", password=PASSWORD)
            adapter: Adapter = Matrix(
                account, invites="anyone", servers=(), messages_per_second=10_000, pause=briefly
            )
            app = app_of(f"sqlite:///{tmp_path}/db", {"matrix": adapter}, RealClock(), installation())
            crowd = [OnMatrix(server, n) for n in range(people)]
            dice = Random(SEED)

            async def do(running: asyncio.Task[None]) -> None:
                for _ in range(0, count, at_once):
                    told: dict[str, list[Any]] = {}
                    for _ in range(at_once):
                        who, whose = dice.choice(crowd), dice.choice(crowd)
                        told.setdefault(who.room, []).append(who.acts(whose, dice))
                    await server.tells(told)
                    await server.read(SILENCE + at_once)
                    assert not running.done()
                await app.outbox.flush()

            async with app:
                await settle(app, "matrix", {each.n: (each.name, each.room) for each in crowd})
                await at_work(app, do)
            of = {each.room: each.n for each in crowd}
            for room, _, content in server.sent:
                seen.setdefault(of[room], []).append(json.dumps(content, ensure_ascii=False))

    asyncio.run(asyncio.wait_for(run(), LONGEST))
    assert_safe("matrix", count, seen, on_cards, log, tells)
