"""What a turn promises: once, whole or not at all, in line, and still there after a restart."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

import handlers
from adapters.terminal.console import Shown
from bot.message import Left, Opened, Pressed, Words
from db import people
from db.engine import conversations
from db.models import Conversation, Delivery, Letter, Person, Seen, Timer
from tests.odd import deeds
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab


def count(lab: Lab, model: type[Any]) -> int:
    with lab.session() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


@on_loop
async def test_an_event_that_comes_again_changes_nothing(database: str) -> None:
    async with lab(database) as here:
        event = here.incoming("ana", Words("/boom"), id="update:1")
        assert await here.happens(event) == ["Say a word"]
        assert await here.happens(event, event) == []
        assert (count(here, Letter), count(here, Seen)) == (1, 1)


@on_loop
async def test_a_failed_turn_changes_nothing_says_so_and_leaves_the_question_open(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/boom")
        said = await here.says("ana", "birth certificate")
        assert "Something went wrong on my side. Nothing was changed." in said[0]
        assert said[0].endswith("Say a word"), "the question is asked again"
        with here.session() as db:
            assert db.scalars(select(Person)).one().place is None
        failed = [record for record in caplog.records if record.levelname == "ERROR"]
        number = failed[0].__dict__["fields"]["number"]
        assert number in said[0]
        assert await here.says("ana", "fine") == ["It went well"]
        with here.session() as db:
            assert db.scalars(select(Person)).one().place == "fine"


@on_loop
async def test_a_failed_turn_takes_none_of_its_group_with_it(database: str) -> None:
    async with lab(database) as here:
        everybody = [f"p{n}" for n in range(40)]
        await here.happens(*(here.incoming(who, Words("/boom")) for who in everybody))
        said = await here.happens(
            *(here.incoming(who, Words("fine" if n % 2 else "bad")) for n, who in enumerate(everybody))
        )
        assert len([text for text in said if text == "It went well"]) == 20
        assert len([text for text in said if text.startswith("Something went wrong")]) == 20
        assert count(here, Conversation) == 20


@on_loop
async def test_what_cannot_be_stored_is_not_acknowledged_and_harms_no_other(database: str) -> None:
    async with lab(database) as here:
        here.clock.wind(here.clock.now())
        await here.says("ana", "hello")

        def broken(db: object) -> None:
            raise OSError("the disk is full")

        jobs = [here.engine.receive(here.incoming("bo", Words("hi"))) for _ in range(3)]
        results = await asyncio.gather(*jobs, here.engine.worker.call(broken), return_exceptions=True)
        assert [type(result) for result in results] == [type(None)] * 3 + [OSError]
        assert count(here, Seen) == 4


@on_loop
async def test_before_the_last_question_nothing_is_written(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/write")
        assert count(here, Timer) == 0
        await here.says("ana", "one")
        assert count(here, Timer) == 0
        assert await here.says("ana", "two") == ["1 one two"]


@pytest.mark.parametrize(
    ("said", "lost"),
    [
        (["/tell"], "others were told before the last question"),
        (["/early"], "a button or a file was said before a question"),
        (["/twice", "one"], "the question “word” is asked twice in one run"),
    ],
)
@on_loop
async def test_what_a_question_would_lose_is_an_error_that_says_where(
    said: list[str], lost: str, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with lab(database) as here:
        await here.says("bo", "hello")
        *_before, last = [await here.says("ana", words) for words in said]
        assert len(last) == 1
        assert last[0].startswith("Something went wrong")
    assert f"Misused: {lost}" in caplog.text
    assert "tests/odd/deeds.py" in caplog.text


@on_loop
async def test_a_question_is_still_open_after_a_restart(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/write")
        await here.says("ana", "one")
    async with lab(database) as here:
        await here.outbox.flush()
        assert here.heard == []
        assert await here.says("ana", "two") == ["1 one two"]


@on_loop
async def test_what_waited_at_the_stop_is_sent_after_the_start(database: str) -> None:
    async with lab(database) as here:
        await here.engine.receive(here.incoming("ana", Words("/start")))
    async with lab(database) as here:
        await here.outbox.flush()
        assert here.heard == [("ana", "Hello")]
        await here.outbox.flush()
        assert len(here.heard) == 1


@on_loop
async def test_answers_are_kept_by_name_through_a_deploy(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/choose")
        await here.presses("ana", "green")
    monkeypatch.setattr(deeds, "COLOURS", ["red", "blue"])
    async with lab(database) as here:
        said = await here.says("ana", "large")
        changed = "Something has changed since I asked you, so I have not used your answer."
        assert said == [f"{changed}\n\nWhich colour?"], "a choice that vanished is asked again"
        assert await here.says("ana", "blue") == ["Which size?"]
    async with lab(database) as here:
        with here.sessions.begin() as db:
            row = conversations.open_of(db, 1)[0]
            conversations.change(db, row.id, answers={**row.answers, "removed long ago": "x"})
        assert (await here.says("ana", "1"))[0].startswith("Some of these?")


@on_loop
async def test_an_answer_that_no_question_takes_undoes_what_was_done_without_it(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/skip")
        monkeypatch.setattr(deeds, "COLOURS", ["blue"])
        said = await here.presses("ana", "red")
        changed = "Something has changed since I asked you, so I have not used your answer."
        assert said == [f"{changed}\n\nNothing was done.\n\n/skip starts again."]
        with here.session() as db:
            assert db.scalars(select(Person)).one().place is None
        assert count(here, Conversation) == 0
        assert await here.says("ana", "/skip") == ["Painted blue"], "without an answer nothing was skipped"


@on_loop
async def test_what_is_only_said_is_true_also_where_an_answer_was_not_needed(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lab(database) as here:
        await here.says("ana", "/look")
        monkeypatch.setattr(deeds, "COLOURS", ["blue"])
        assert await here.presses("ana", "red") == ["There is only blue"]


@on_loop
async def test_a_link_opens_and_does_nothing_by_itself(database: str) -> None:
    async with lab(database) as here:
        said = await here.happens(here.incoming("ana", Opened("plan")))
        came = "You came here by a link for “Plan a timer that fails”."
        assert said == [f"{came} A link alone does not do that: /plan does."]
        assert count(here, Timer) == 0
        assert await here.happens(here.incoming("ana", Opened("choose_red_small"))) == ["Which colour?"]
        assert await here.happens(here.incoming("ana", Opened("nothing"))) == ["Hello\n\nWhich colour?"]


@on_loop
async def test_a_handler_that_is_gone_leaves_no_trap(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/write")
        with here.sessions.begin() as db:
            conversations.change(db, conversations.open_of(db, 1)[0].id, handler="deeds.nothing")
        assert (await here.says("ana", "one"))[0].startswith("This button no longer works")
        assert await here.says("ana", "one") == ["You said one"]


@on_loop
async def test_choices_are_taken_by_number_label_beginning_and_button(database: str) -> None:
    async with lab(database) as here:
        for colour, size in (("2", "Skip"), ("GREEN", "2"), ("gre", "large"), ("/choose green", "l")):
            if not colour.startswith("/"):
                await here.says("ana", "/choose")
            assert await here.says("ana", colour) == ["Which size?"]
            await here.says("ana", size)
            await here.presses("ana", "Apple")
            await here.presses("ana", "Corn")
            await here.presses("ana", "✓ Apple")
            await here.presses("ana", "Bread")
            size = "none" if size == "Skip" else "l"
            assert await here.presses("ana", "Done: 2 chosen") == [f"green {size} c and b"]
        await here.says("ana", "/choose red large")
        assert await here.says("ana", "bread, apple") == ["red l b and a"]
        await here.says("ana", "/choose red large")
        assert "I have ticked what I understood." in (await here.says("ana", "bread, plum"))[0]
        await here.says("ana", "/choose red large")
        assert "I do not find “plum” here." in (await here.says("ana", "plum"))[0]


@on_loop
async def test_a_forged_press_does_nothing(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/choose")
        await here.says("bo", "/start")
        outgoing = here.console.messages["ana"][-1].outgoing
        for press in (
            Pressed(0, "1", outgoing),  # of a message in another's chat
            Pressed(0, "999", None),
            Pressed(0, "", 10**12),
            Pressed(0, "", 10**30),
            Pressed(-1, "1", outgoing),
            Pressed(99, "1", outgoing),
        ):
            said = await here.happens(here.incoming("bo", press))
            assert said[0].startswith("This button no longer works")
        said = await here.happens(here.incoming("ana", Pressed(99, "1", outgoing)))
        assert said == [], "whose question is open reads a note on the press"
        assert count(here, Conversation) == 1


@on_loop
async def test_words_that_are_too_long_or_empty_are_refused_with_their_length(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/boom")
        said = await here.says("ana", "x" * 10_000)
        assert said[0].startswith("That is too long: 10,000 characters, and 1,000 fit.")
        refused = []
        for nothing in ("", " \n ", "\u200f\u202e", "\x00"):
            said = await here.says("ana", nothing)
            assert said[0].endswith("Say a word")
            refused.append(said[0].partition("\n")[0])
        assert refused == ["That was empty.", "I still cannot tell what you mean."] * 2, (
            "never twice the same"
        )


@on_loop
async def test_an_open_question_is_repeated_after_words_of_others(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/boom")
        await here.says("bo", "/shout")
        assert await here.says("bo", "<hello>") == ["<hello>", "Say a word"]
        assert await here.presses("ana", "Answer") == ["Hello\n\nSay a word"]


@on_loop
async def test_a_question_that_was_asked_again_can_be_answered_where_it_stood_before(database: str) -> None:
    async with lab(database) as here:

        async def presses(shown: Shown, slot: int) -> list[str]:
            return await here.happens(here.incoming("ana", Pressed(slot, shown.id, shown.outgoing)))

        await here.says("ana", "/choose")
        colour = here.console.messages["ana"][-1]
        await here.says("bo", "/shout")
        assert await here.says("bo", "hello") == ["hello", "Which colour?"]
        assert await presses(colour, 1) == ["Which size?"]
        size = here.console.messages["ana"][-1]
        assert await presses(colour, 1) == [], "that is answered by now; a note on the press says so"
        await here.says("ana", "/choose")
        assert await presses(size, 1) == [], "that belonged to what was left"


@on_loop
async def test_a_timer_that_fails_is_tried_five_times_and_kept(database: str) -> None:
    async with lab(database) as here:
        await here.says("ana", "/plan")
        for _ in range(9):
            await here.engine.due()
            with here.session() as db:
                timer = db.scalars(select(Timer)).one()
            here.clock.wind(timer.due_at)
        assert timer.attempts == 5
        assert count(here, Person) == 1, "nothing of it stays"


@on_loop
async def test_a_command_of_others_is_refused_and_not_shown(database: str) -> None:
    async with lab(database) as here:
        (refusal,) = await here.says("ana", "/operate")
        assert refusal.startswith("Only the people who run this bot can do that. ")
        assert 'write "telegram:ana" into its config' in refusal
        said = await here.says("ana", "operate")
        assert said == ["You said operate"]


@on_loop
async def test_hundreds_of_turns_of_one_person_are_in_line(database: str) -> None:
    async with lab(database) as here:
        said = await here.happens(*(here.incoming("ana", Words(f"w{n}")) for n in range(300)))
        assert said == [f"You said w{n}" for n in range(300)]
        assert count(here, Delivery) == 300


@on_loop
async def test_who_has_left_is_told_nothing_also_where_that_fails(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said to them would not arrive, and be taken for leaving once more."""

    def broken(*_: Any) -> None:
        raise KeyError("nobody")

    async with lab(database, handlers) as here:
        assert await here.says("ana", "/start")
        assert await here.happens(here.incoming("ana", Left())) == []
        monkeypatch.setattr(people, "left", broken)
        assert await here.happens(here.incoming("ana", Left())) == []
