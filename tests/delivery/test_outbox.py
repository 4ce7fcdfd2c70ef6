"""What the outbox promises: in order in each chat, the urgent first, again when a messenger says so."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from enum import IntEnum
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from adapters.terminal.console import Console
from bot.adapter import Capabilities, Later, Moved, Refused, SendError, Unreachable
from bot.delivery import lane, letters, outbox
from bot.delivery.letters import Author, Priority
from bot.delivery.marks import MARKED
from bot.delivery.pace import UNLIMITED, Pace
from bot.delivery.written import Written
from bot.message import Chat, Media, MessageRef, Outgoing, Pressed, Words
from bot.text import Verbatim
from bot.user_message import UserMessage
from db.engine import deliveries as stored_deliveries
from db.models import Delivery, Identity, Letter, Person
from tests.support.aio import PATIENCE, on_loop
from tests.support.lab import Lab, lab


async def write(here: Lab, who: str, words: str, priority: Priority, *, forget: bool = False) -> None:
    """A letter to somebody who has written before."""

    def run(db: Session) -> None:
        person = db.scalars(select(Identity.person_id).where(Identity.account == who)).one()
        letters.write(
            db,
            [person],
            Verbatim(words),
            priority=priority,
            now=here.clock.now(),
            forget=forget,
        )

    await here.engine.worker.call(run)


def deliveries(here: Lab) -> list[Delivery]:
    with here.session() as db:
        return list(db.scalars(select(Delivery).order_by(Delivery.id)))


class Trouble:
    """Takes the place of the console's `send`: raises what it is given for Ana, then sends."""

    def __init__(self, here: Lab, *errors: SendError) -> None:
        self.errors = list(errors)
        self.tries: list[str] = []
        self._send = here.console.send
        here.console.send = self.send  # type: ignore[method-assign]  # a broken line

    async def send(self, message: Outgoing) -> MessageRef:
        self.tries.append(message.plain)
        if self.errors and message.chat.id == "ana":
            raise self.errors.pop(0)
        return await self._send(message)


@on_loop
async def test_the_urgent_leaves_first_and_the_rest_in_order(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        here.heard.clear()
        for n in range(3):
            await write(here, "ana", f"news {n}", Priority.ANNOUNCEMENT)
        await write(here, "ana", "can you help?", Priority.HELP_REQUEST)
        await here.says("ana", "/start")
        await here.outbox.flush()
        assert [text for _, text in here.heard] == ["Hello", "can you help?", "news 0", "news 1", "news 2"]


@on_loop
async def test_later_keeps_the_order_of_the_chat_and_stops_no_other(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        await here.says("bo", "/start")
        here.heard.clear()
        trouble = Trouble(here, Later(0.3))
        for event in ("one", "two"):
            await here.engine.receive(here.incoming("ana", Words(event)))
        await here.engine.receive(here.incoming("bo", Words("three")))
        await until(lambda: len(here.heard) == 3, here.outbox.run())
        assert [text for who, text in here.heard if who == "ana"] == ["You said one", "You said two"]
        assert here.heard[0] == ("bo", "You said three"), "the one who waits holds up nobody"
        assert len(trouble.tries) == 4
        assert max(delivery.attempts for delivery in deliveries(here)) == 1


@on_loop
async def test_one_look_writes_down_that_a_reply_was_sent(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LOOK", 60.0)
    async with lab(database) as here:
        await here.says("ana", "/start")
        looks: list[int] = []
        waiting = stored_deliveries.waiting

        def noted(*args: Any, **named: Any) -> Any:
            looks.append(len(here.heard))
            return waiting(*args, **named)

        monkeypatch.setattr(stored_deliveries, "waiting", noted)
        heard = len(here.heard)
        async with at_work(here.outbox.run()):
            await asyncio.sleep(0)  # it waits for a turn
            await here.engine.receive(here.incoming("ana", Words("one")))
            await comes(lambda: deliveries(here)[-1].state == "sent")
            await asyncio.sleep(3 * outbox.NOTED)
        assert looks.count(heard + 1) == 1


@on_loop
async def test_however_long_the_line_was_broken_it_is_tried_again(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        here.heard.clear()
        trouble = Trouble(here, Later())
        monkeypatch.setattr(lane, "LONGEST_WAIT", 0.1)
        await here.engine.receive(here.incoming("ana", Words("one")))
        await here.engine.worker.call(lambda db: db.execute(update(Delivery).values(attempts=100_000)))
        await until(lambda: len(here.heard) == 1, here.outbox.run())
        assert trouble.tries == ["You said one"] * 2


@on_loop
async def test_what_was_put_off_in_the_middle_goes_on_there(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "A sentence like many. " * 500
    async with lab(database) as here:
        await here.says("ana", "/start")
        here.heard.clear()
        parts: list[int] = []
        send = here.console.send

        async def too_much_at_once(message: Outgoing) -> MessageRef:
            parts.append(message.part)
            if parts == [0, 1]:
                raise Later(0.0)
            return await send(message)

        monkeypatch.setattr(here.console, "send", too_much_at_once)
        await write(here, "ana", long, Priority.ANNOUNCEMENT)
        await until(lambda: len(here.heard) == 3, here.outbox.run())
        assert parts == [0, 1, 1, 2], "none comes twice"
        assert " ".join(text for _, text in here.heard) == long.strip()


@on_loop
async def test_who_answers_before_a_send_is_written_down_is_not_kept_waiting(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LOOK", 3600.0)
    rounds = 100
    async with lab(database) as here:
        turns: list[asyncio.Task[None]] = []
        send = here.console.send

        async def answers() -> None:
            await asyncio.sleep(0)  # behind what is written down of the send
            await here.engine.receive(here.incoming("ana", Words("again")))

        async def answered_at_once(message: Outgoing) -> MessageRef:
            if len(turns) < rounds:
                turns.append(asyncio.create_task(answers()))
            return await send(message)

        monkeypatch.setattr(here.console, "send", answered_at_once)
        await here.engine.receive(here.incoming("ana", Words("/start")))
        await until(lambda: len(here.heard) == rounds + 1, here.outbox.run())
        await asyncio.gather(*turns)


@on_loop
async def test_how_a_send_ended_is_written_down_with_the_next_turn(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for one, but not for long."""
    monkeypatch.setattr(outbox, "NOTED", 3600.0)
    monkeypatch.setattr(outbox, "LOOK", 3600.0)

    def states() -> list[str]:
        return [delivery.state for delivery in deliveries(here)]

    async with lab(database) as here, at_work(here.outbox.run()):
        await here.engine.receive(here.incoming("ana", Words("/start")))
        await comes(lambda: len(here.heard) == 1)
        await here.engine.receive(here.incoming("bo", Words("/start")))
        await comes(lambda: states()[0] == "sent")
        monkeypatch.setattr(outbox, "NOTED", 0.01)
        await here.engine.receive(here.incoming("cy", Words("/start")))
        await comes(lambda: states() == ["sent"] * 3)


@on_loop
async def test_a_turn_knows_what_was_sent_before(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A press that names only the message is understood, also where nothing else had it written down."""
    monkeypatch.setattr(outbox, "NOTED", 3600.0)
    monkeypatch.setattr(outbox, "LOOK", 3600.0)
    async with lab(database) as here, at_work(here.outbox.run()):
        await here.engine.receive(here.incoming("ana", Words("/choose")))
        await comes(lambda: len(here.heard) == 1)
        await here.engine.receive(here.incoming("ana", Pressed(1, here.console.messages["ana"][-1].id, None)))
        await comes(lambda: len(here.heard) == 2)
        assert here.heard[-1] == ("ana", "Which size?")


@on_loop
async def test_who_answers_reads_on_before_their_buttons_go(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        await here.says("bo", "/start")
        send, sent = here.console.send, []

        async def noted(message: Outgoing) -> MessageRef:
            sent.append((message.chat.id, message.replaces is not None))
            return await send(message)

        here.console.send = noted  # type: ignore[method-assign]  # to see what leaves, and when
        await here.says("bo", "/shout Hello")
        await here.presses("ana", "Answer")
        await here.says("ana", "/choose")
        await here.presses("ana", "green")
        said, closed = ("ana", False), ("ana", True)
        assert [each for each in sent if each[0] == "ana"] == [said, said, closed, said, said, closed]


@on_loop
async def test_unreachable_stops_until_they_write_again(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        Trouble(here, Unreachable())
        await here.engine.receive(here.incoming("ana", Words("one")))
        await here.engine.receive(here.incoming("ana", Words("two")))
        await here.outbox.flush()
        assert [delivery.state for delivery in deliveries(here)] == ["sent", "unreachable", "unreachable"]
        assert await here.says("ana", "three") == ["You said three"]


@on_loop
async def test_moved_goes_to_the_new_place(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        Trouble(here, Moved(Chat("telegram", "ana2")))
        await here.engine.receive(here.incoming("ana", Words("one")))
        await here.outbox.flush()
        assert here.heard[-1] == ("ana2", "You said one")


@on_loop
async def test_refused_is_logged_and_holds_up_nothing(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        Trouble(here, Refused("can't parse entities"))
        await here.engine.receive(here.incoming("ana", Words("one")))
        await here.engine.receive(here.incoming("ana", Words("two")))
        await here.outbox.flush()
        assert here.heard[-1] == ("ana", "You said two")
        assert [d.state for d in deliveries(here)] == ["sent", "refused", "sent"]
        assert [record.levelname for record in caplog.records].count("ERROR") == 1


FILE_STAYED = "(A file belongs to this, and I could not bring it to you.)"


@pytest.mark.parametrize(
    ("words", "unnamed", "reads", "hears"),
    [
        ("Look", False, f"Look\n\n{FILE_STAYED}", "ana got your words, but not the file you sent with them."),
        (
            "Look",
            True,
            f"Look\n\n{FILE_STAYED}",
            "Your words got there, but the file you sent with them did not.",
        ),
        ("", False, None, "ana did not get what you sent."),
    ],
)
@on_loop
async def test_words_whose_file_is_refused_go_without_it_and_both_are_told(
    database: str, words: str, unnamed: bool, reads: str | None, hears: str
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        await here.says("bo", "/start")
        here.heard.clear()
        line = Trouble(here, Refused("VOICE_MESSAGES_FORBIDDEN"))

        def carry(db: Session) -> None:
            ana, bo = (
                db.scalars(select(Identity).where(Identity.account == who)).one() for who in ("ana", "bo")
            )
            db.get_one(Person, ana.person_id).name = "ana"
            said = UserMessage(words, (Media("telegram", "voice", "1"),))
            author = Author(bo.person_id, words, unnamed)
            letters.write(
                db,
                [ana.person_id],
                Verbatim(words or "bo:"),
                priority=Priority.CARRIED,
                now=here.clock.now(),
                carries=said,
                author=author,
            )

        await here.engine.worker.call(carry)
        await here.outbox.flush()
        await here.outbox.flush()
        assert here.heard == [*([("ana", reads)] if reads else []), ("bo", hears)]
        assert line.errors == []


@on_loop
async def test_a_fault_of_the_adapter_is_refused_not_tried_for_ever(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")

        async def broken(message: Outgoing) -> MessageRef:
            raise ZeroDivisionError

        here.console.send = broken  # type: ignore[method-assign]  # a fault of ours
        await here.engine.receive(here.incoming("ana", Words("one")))
        await here.outbox.flush()
        assert (deliveries(here)[-1].state, deliveries(here)[-1].reason) == ("refused", "ZeroDivisionError")


@on_loop
async def test_a_line_that_breaks_in_the_adapter_loses_no_letter(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        send, broken = here.console.send, [ConnectionResetError(), TimeoutError()]

        async def breaks(message: Outgoing) -> MessageRef:
            if broken:
                raise broken.pop()
            return await send(message)

        here.console.send = breaks  # type: ignore[method-assign]  # in the test's hands
        await here.engine.receive(here.incoming("ana", Words("one")))
        async with asyncio.timeout(PATIENCE):
            while broken or deliveries(here)[-1].state != "sent":
                await here.outbox.flush()
                await asyncio.sleep(0.05)


@on_loop
async def test_an_edit_names_the_version_before_where_each_has_its_own_name(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        versions: list[tuple[str, str]] = []

        async def names_anew(message: Outgoing) -> MessageRef:
            before = message.replaces.id if message.replaces else ""
            versions.append((before, message.plain))
            return MessageRef(message.chat, f"v{len(versions)}")

        here.console.send = names_anew  # type: ignore[method-assign]  # in the test's hands
        await write(here, "ana", "one", Priority.CARRIED)
        await here.outbox.flush()
        with here.session() as db:
            first = db.scalars(select(Letter.id).order_by(Letter.id.desc())).first()

        def change(db: Session, text: str) -> None:
            letter = db.get_one(Letter, first)
            Written(db, here.clock.now(), person_id=1).change(letter, Verbatim(text), text)

        for text in ("two", "three"):
            await here.engine.worker.call(partial(change, text=text))
            await here.outbox.flush()
        assert versions == [("", "one"), ("v1", "two"), ("v2", "three")]


@on_loop
async def test_what_is_to_be_forgotten_is_forgotten_once_it_is_delivered(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/start")
        await write(here, "ana", "carried words", Priority.CARRIED, forget=True)
        with here.session() as db:
            assert "carried words" in str(db.scalars(select(Letter.body)).all())
        await here.outbox.flush()
        assert here.heard[-1] == ("ana", "carried words")
        with here.session() as db:
            assert "carried words" not in str(db.scalars(select(Letter.body)).all())


@on_loop
async def test_an_answer_goes_before_the_rest_of_an_announcement(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Console, "rate", 100.0)
    async with lab(database) as here:
        people = [f"p{n}" for n in range(30)]
        for who in people:
            await here.engine.receive(here.incoming(who, Words("/start")))
        await until(lambda: len(here.heard) == 30, here.outbox.run())
        here.heard.clear()
        for who in people:
            await write(here, who, "news", Priority.ANNOUNCEMENT)
        send = here.console.send
        asked: list[int] = []  # after how many messages

        async def somebody_asks(message: Outgoing) -> MessageRef:
            if len(here.heard) >= 5 and not asked:
                asked.append(len(here.heard))
                await here.engine.receive(here.incoming("p29", Words("hello")))
            return await send(message)

        here.console.send = somebody_asks  # type: ignore[method-assign]  # in the middle of it
        await until(lambda: len(here.heard) == 31, here.outbox.run())
        assert here.heard.index(("p29", "You said hello")) <= asked[0] + 2


class Marks:
    """A console whose buttons are marks: at first there are none, and each step may fail with one of
    `errors`. `left` is what left in all, in order: to whom, and how many marks are there then."""

    def __init__(self, here: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        self.there: dict[str, int] = {}
        self.left: list[tuple[str, str]] = []
        self.errors: list[Exception] = []
        self._send = here.console.send
        monkeypatch.setattr(here.console, "can", lambda chat: Capabilities(marks=6))
        monkeypatch.setattr(here.console, "send", self.send)
        monkeypatch.setattr(here.console, "mark", self.mark)

    async def send(self, message: Outgoing) -> MessageRef:
        self.left.append((message.chat.id, message.plain))
        return await self._send(message)

    async def mark(self, message: MessageRef, count: int) -> int:
        if self.errors:
            raise self.errors.pop(0)
        there = self.there.get(message.id, 0)
        if there != count:
            self.there[message.id] = there + (1 if there < count else -1)
            self.left.append((message.chat.id, f"marks: {self.there[message.id]}"))
        return max(0, abs(count - there) - 1)


class OneAtATime(Pace):
    """Something may leave when nothing else is on its way. `left` is to which chats it did."""

    def __init__(self, on_their_way: Collection[str]) -> None:
        super().__init__(UNLIMITED)
        self.left: list[str] = []
        self._on_their_way = on_their_way

    def free(self, now: float, most: int) -> int:
        return int(not self._on_their_way)

    def changes_at(self, now: float) -> float:
        return now + 0.01

    def sent(self, now: float, chat: str, a_minute: float = math.inf) -> None:
        self.left.append(chat)


@on_loop
async def test_marks_come_one_by_one_and_go_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with lab(database) as here:
        marks = Marks(here, monkeypatch)
        await here.says("ana", "/choose")
        question = here.console.messages["ana"][-1]
        assert marks.there == {question.id: 3}
        assert marks.left[1:] == [("ana", f"marks: {number}") for number in (1, 2, 3)]
        await here.presses("ana", "green")
        assert marks.there[question.id] == 0
        again = here.console.messages["ana"][-1]
        assert marks.there[again.id] == len(again.labels)


@on_loop
async def test_marks_take_their_place_after_answers_and_before_the_rest(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each counts for the messenger like a message, so each leaves when one may."""
    async with lab(database) as here:
        marks = Marks(here, monkeypatch)
        for who in ("ana", "bo", "cy", "di"):
            await here.says(who, "/start")
        pace = OneAtATime(here.outbox.lanes["telegram"].sending)
        monkeypatch.setattr(here.outbox.lanes["telegram"], "pace", pace)
        for who in ("cy", "di"):
            await write(here, who, "news", Priority.ANNOUNCEMENT)
        marks.left.clear()
        mark, asked = marks.mark, [here.incoming("bo", Words("hello"))]

        async def somebody_asks(message: MessageRef, count: int) -> int:
            if asked:
                await here.engine.receive(asked.pop())
            return await mark(message, count)

        monkeypatch.setattr(here.console, "mark", somebody_asks)
        await here.engine.receive(here.incoming("ana", Words("/choose")))
        await until(lambda: len(marks.left) == 7, here.outbox.run())
        assert pace.left == [chat for chat, _ in marks.left]
        assert marks.left == [
            ("ana", "Which colour?"),
            ("ana", "marks: 1"),
            ("bo", "You said hello"),
            ("ana", "marks: 2"),
            ("ana", "marks: 3"),
            ("cy", "news"),
            ("di", "news"),
        ]


@on_loop
async def test_who_answers_before_the_marks_are_there_needs_none(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database) as here:
        marks = Marks(here, monkeypatch)
        monkeypatch.setattr(here.outbox.lanes["telegram"], "pace", Pace(0.001))
        assert await here.says("ana", "/choose") == ["Which colour?"]
        monkeypatch.setattr(here.outbox.lanes["telegram"], "pace", Pace(UNLIMITED))
        assert await here.says("ana", "green") == ["Which size?"]
        assert marks.there == {here.console.messages["ana"][-1].id: 3}


@on_loop
async def test_marks_that_fail_are_tried_again_and_left_out_at_last(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database) as here:
        marks = Marks(here, monkeypatch)
        marks.errors = [Later(0.0)] * (MARKED - 1)
        await here.engine.receive(here.incoming("ana", Words("/choose")))
        await until(lambda: list(marks.there.values()) == [3], here.outbox.run())
        too_often = [Later(0.0)] * MARKED
        for who, errors in ("bo", too_often), ("cy", [Unreachable()]), ("di", [ZeroDivisionError()]):
            marks.errors = list(errors)
            await here.engine.receive(here.incoming(who, Words("/choose")))
            await until(lambda: not marks.errors, here.outbox.run())
            assert here.console.messages[who][-1].id not in marks.there
            assert await here.says(who, "green") == ["Which size?"], "the chat is free for what comes"
            assert marks.there[here.console.messages[who][-1].id] == 3


async def until(true: Callable[[], bool], running: Coroutine[object, object, None]) -> None:
    """Let something run until it has done its work."""
    async with at_work(running):
        await comes(true)


async def comes(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while not true():
        await asyncio.sleep(0.01)


@asynccontextmanager
async def at_work(running: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Let something run for as long as the block lasts."""
    task = asyncio.create_task(running)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_a_priority_says_all_that_follows_from_it() -> None:
    with pytest.raises(ValueError, match="unpack"):

        class Lacking(IntEnum):
            __new__ = Priority.__new_member__  # type: ignore[attr-defined]  # kept by enum
            NEWS = 5
