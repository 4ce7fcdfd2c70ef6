"""Whoever writes to somebody hears it when that does not arrive: whatever the reason, once, also where the
program is killed in between. And what did not arrive counts for nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.adapter import Later, Refused, SendError, Unreachable
from bot.delivery import asked, letters, lost
from bot.delivery.letters import Author, Priority
from bot.delivery.written import Written
from bot.text import Verbatim
from db import people
from db.engine import deliveries
from db.models import Delivery, Identity, Letter, Member
from tests.adapters.test_telegram_media import ANA, BO, OGG, Here, here
from tests.delivery.test_outbox import Trouble, write
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab
from tests.support.whole import Whole, asks, becomes, bound, hears, sees, whole
from tests.telegram_server import User

TOLD = "ana did not get what you wrote: “Bring your passport”"

FILE_STAYED = "(A file belongs to this, and I could not bring it to you.)"


@asynccontextmanager
async def two(database: str) -> AsyncIterator[Lab]:
    """Ana and Bo, who have written to the bot."""
    async with lab(database) as place:
        for who in ("ana", "bo"):
            await place.says(who, "/start")
            await place.engine.worker.call(partial(_named, who=who))
        place.heard.clear()
        yield place


def _account(db: Session, who: str) -> Identity:
    return db.scalars(select(Identity).where(Identity.account == who)).one()


def _named(db: Session, who: str) -> None:
    _account(db, who).person.name = who


async def carries(place: Lab, *readers: str, words: str = "Bring your passport", **more: Any) -> None:
    """Bo writes to these people."""

    def run(db: Session) -> None:
        ids = {who: people.behind(db, [("telegram", who)])[0].id for who in ("bo", *readers)}
        letters.write(
            db,
            [ids[each] for each in readers],
            Verbatim(words),
            priority=Priority.CARRIED,
            now=place.clock.now(),
            author=Author(ids["bo"], words),
            forget=True,
            **more,
        )

    await place.engine.worker.call(run)


def told(place: Lab) -> list[str]:
    """What Bo has read."""
    return [text for who, text in place.heard if who == "bo"]


# --- the outbox ----------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [Refused("VOICE_MESSAGES_FORBIDDEN"), Unreachable("blocked")])
@on_loop
async def test_the_writer_hears_it_once(database: str, error: SendError) -> None:
    async with two(database) as place:
        Trouble(place, error)
        await carries(place, "ana")
        await place.outbox.flush()
        assert told(place) == [TOLD]
        with place.session() as db:
            assert "passport" not in str(db.scalars(select(Letter.body)).all()), "nothing of it is kept"
            assert set(db.scalars(select(Letter.author)).all()) == {None}


@on_loop
async def test_a_fault_of_ours_is_told_as_well(database: str) -> None:
    async with two(database) as place:
        send = place.console.send

        async def broken(message: Any) -> Any:
            if message.chat.id == "ana":
                raise ZeroDivisionError
            return await send(message)

        place.console.send = broken  # type: ignore[method-assign]  # a fault of the adapter
        await carries(place, "ana")
        await place.outbox.flush()
        assert told(place) == [TOLD]


@on_loop
async def test_what_comes_later_after_all_is_not_told(database: str) -> None:
    async with two(database) as place:
        Trouble(place, Later(0.0), Later(0.0))
        await carries(place, "ana")
        await place.outbox.flush()
        assert place.heard == [("ana", "Bring your passport")]


@on_loop
async def test_all_that_waits_for_somebody_who_is_gone_is_told(database: str) -> None:
    """Also what was not tried yet; but nothing of what nobody wrote."""
    async with two(database) as place:
        Trouble(place, Unreachable())
        await carries(place, "ana", words="one")
        await carries(place, "ana", words="two")
        await write(place, "ana", "news", Priority.ANNOUNCEMENT)
        await place.outbox.flush()
        assert told(place) == [f"ana did not get what you wrote: “{words}”" for words in ("one", "two")]


@on_loop
async def test_who_cannot_be_reached_is_named_and_the_others_are_not(database: str) -> None:
    async with two(database) as place:
        await place.says("cy", "/start")
        place.heard.clear()
        Trouble(place, Refused("no"))
        await carries(place, "ana", "cy")
        await place.outbox.flush()
        assert told(place) == [TOLD]
        assert ("cy", "Bring your passport") in place.heard


@on_loop
async def test_what_waits_too_long_is_told_and_what_is_taken_back_is_not(database: str) -> None:
    async with two(database) as place:
        now = place.clock.now()
        await carries(place, "ana", words="too late", expires_at=now)
        await place.outbox.flush()
        await carries(place, "ana", words="taken back")

        def take_back(db: Session) -> None:
            letter = db.scalars(select(Letter).order_by(Letter.id.desc())).first()
            assert letter is not None
            Written(db, now).take_back(letter)

        await place.engine.worker.call(take_back)
        await place.outbox.flush()
        assert place.heard == [("bo", "ana did not get what you wrote: “too late”")]


@on_loop
async def test_a_writer_who_cannot_be_reached_either_is_not_looked_for(database: str) -> None:
    async with two(database) as place:
        await place.engine.worker.call(lambda db: people.left(db, _account(db, "bo"), place.clock.now()))
        Trouble(place, Refused("no"))
        await carries(place, "ana")
        await place.outbox.flush()
        assert place.heard == []


@on_loop
async def test_whoever_is_asked_something_is_asked_again_below_it(database: str) -> None:
    async with two(database) as place:
        await place.says("bo", "/choose")
        place.heard.clear()
        Trouble(place, Refused("no"))
        await carries(place, "ana")
        await place.outbox.flush()
        assert told(place) == [TOLD, "Which colour?"]
        assert await place.presses("bo", "green") == ["Which size?"]


@on_loop
async def test_a_kill_before_it_is_written_down_loses_nothing_and_tells_once(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it did not arrive and that its writer hears it are one transaction."""
    async with two(database) as place:
        Trouble(place, Refused("no"))
        await carries(place, "ana")
        with monkeypatch.context() as killed:
            killed.setattr(asked, "repeat", _killed)  # the last thing that is done of it
            with pytest.raises(Killed):
                await place.outbox.flush()
        with place.session() as db:
            assert [row.state for row in db.scalars(select(Delivery))][-1] == "waiting"
    async with lab(database) as place:
        Trouble(place, Refused("no"))
        await place.outbox.flush()
        assert told(place) == [TOLD]
    async with lab(database) as place:
        await place.outbox.flush()
        assert place.heard == []


class Killed(Exception):
    pass


def _killed(*_: Any) -> None:
    raise Killed


@on_loop
async def test_a_kill_before_it_is_told_tells_it_after_the_start(database: str) -> None:
    async with two(database) as place:
        await carries(place, "ana")

        def refused(db: Session) -> int:
            now, to_ana = (
                place.clock.now(),
                db.scalars(select(Delivery.id).where(Delivery.chat == "ana")).all(),
            )
            gone = deliveries.lose(db, to_ana, "refused", now=now)
            lost.report(db, gone, now)
            return len(gone)

        assert await place.engine.worker.call(refused) == 1
        assert await place.engine.worker.call(refused) == 0, "what has ended does not end again"
    async with lab(database) as place:
        await place.outbox.flush()
        assert told(place) == [TOLD]


# --- the whole program on Telegram ---------------------------------------------------------------


def _contact(db: Session, account: str) -> Any:
    person_id = _account(db, account).person_id
    return db.scalars(select(Member.last_contact_at).where(Member.person_id == person_id)).one()


async def contact(program: Whole, account: str) -> Any:
    """When a human last answered somebody."""
    return await program.app.engine.worker.call(partial(_contact, account=account))


async def talking(place: Here) -> User:
    """Cy, also on Telegram, with whom Ana talks."""
    cy = await place.program.member(3, "Cy")
    await place.talk(ANA, "3")
    return cy


@on_loop
async def test_somebody_has_blocked_the_bot_while_it_was_not_looking(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        cy = await talking(place)
        cy.blocked = True
        said = place.ana.says("Go to the office at nine")
        answer = await hears(place.ana)
        assert answer.text == "Cy did not get what you wrote: “Go to the office at nine”"
        assert answer.reply_to == said
        await place.program.calm()  # that Cy is gone is known
        place.ana.says("Hello?")
        await hears(place.ana, "I cannot reach Cy at the moment. Your message did not arrive.")
        await place.program.calm()
        assert place.ana.unheard == 0
        assert await contact(place.program, "3") is None, "nobody has answered Cy"


@on_loop
async def test_somebody_takes_no_voice_notes(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        cy = await talking(place)
        cy.takes_voice_notes = False
        said = place.ana.sends("voice", data=OGG)
        answer = await hears(place.ana, "Cy did not get what you sent.")
        assert answer.reply_to == said
        assert await contact(place.program, "3") is None
        place.ana.sends("voice", data=OGG, caption="Where the office is")
        await hears(cy, f"Ana: Where the office is\n\n{FILE_STAYED}")
        await hears(place.ana, "Cy got your words, but not the file you sent with them.")
        await place.program.calm()
        assert await contact(place.program, "3") is not None


@on_loop
async def test_a_file_does_not_lie_any_more_where_it_lay(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        await place.talk(ANA, BO)
        gone = place.matrix.file("document", b"%PDF", "list.pdf")
        place.matrix.has_lost_all = True
        await place.matrix.says("The list", gone)
        await place.matrix.sees("Ana got your words, but not the file you sent with them.")
        await place.program.calm()
        assert await contact(place.program, ANA) is not None


@on_loop
async def test_changed_words_that_do_not_arrive(tmp_path: Path) -> None:
    async with here(tmp_path) as place:
        cy = await talking(place)
        said = place.ana.says("On Monday")
        await hears(cy, "Ana: On Monday")
        await place.program.calm()
        cy.blocked = True
        place.ana.edits(said, "On Tuesday")
        await hears(place.ana, "Cy did not get what you wrote: “On Tuesday”")


@on_loop
async def test_an_answer_in_a_group_that_is_changed_changes_for_the_asker(tmp_path: Path) -> None:
    async with whole(tmp_path) as program:
        mia, ana = await program.member(1, "Mia", "meta_mentor"), await program.member(2, "Ana")
        cy = await program.member(3, "Cy")
        group = program.server.group(-1001, "Neckar", members=[mia, ana, cy], bot="member")
        await bound(group, mia)
        await asks(ana, "Who knows a doctor?", "In the group too", "Send it with my name")
        post = await sees(group, "Ana from Neckar Mentors has a question")
        said = cy.says("Doctor Mai, Fatma knows her", reply_to=post, room=group)
        heard = await sees(ana, "Doctor Mai, Fatma knows her")
        cy.edits(said, "Doctor Mai is good", room=group)
        now = await becomes(ana, heard, "Doctor Mai is good")
        assert now.keyboard, "the button stays"
        cy.edits(cy.says("Nice weather", room=group), "Bad weather", room=group)
        await program.calm()
        assert "weather" not in ana.seen[-1].text


@on_loop
async def test_an_answer_in_a_group_that_does_not_arrive_names_nobody(tmp_path: Path) -> None:
    async with whole(tmp_path) as program:
        mia, ana = await program.member(1, "Mia", "meta_mentor"), await program.member(2, "Ana")
        cy = await program.member(3, "Cy")
        group = program.server.group(-1001, "Neckar", members=[mia, ana, cy], bot="member")
        await bound(group, mia)
        await asks(ana, "Who knows a doctor?", "In the group too", *["Send it without my name"] * 2)
        post = await sees(group, "Somebody from Neckar Mentors has a question")
        ana.blocked = True
        cy.says("Doctor Mai", reply_to=post, room=group)
        answer = await sees(cy, "did not get")
        again = "Your words did not get there this time. Please write them again later."
        assert answer.text == f"{again}\n\nDoctor Mai"
        assert answer.reply_to is None, "that was said in another chat"
        await program.calm()
        cy.says("Or Doctor Juni", reply_to=post, room=group)
        await sees(cy, "I could not pass your words on. Everybody in the group can read them.")
        assert await contact(program, "2") is None
