"""Rooms: what is said there, who comes and goes, and what becomes of us."""

import pytest

from bot.adapter import Moved, Unreachable
from bot.message import Added, AsksIn, MovedTo, Newcomers, Opened, Removed, Words
from tests.contract.promise import promise
from tests.contract.talk import Talk
from tests.contract.test_coming_in import FILE
from tests.contract.test_files import carried


@promise("rooms")
async def test_what_is_said_to_us_in_a_room_and_answered_there(here: Talk) -> None:
    room = await here.room()
    help_ = f"{here.can.prefix}help"
    here.driver.says_in(room, help_)
    incoming = await here.happened_in(room)
    assert incoming.sender == here.driver.sender
    assert isinstance(incoming.event, Words)
    assert (incoming.event.text, incoming.event.to_us) == (help_, True)
    sent = await here.send("I can …", ["Good"], to=room, reply_to=incoming.event.message)
    seen = await here.sees(room)
    assert (seen.text, seen.buttons) == ("I can …", ["Good"])
    here.driver.says_in(room, "Thank you", answers=sent)
    answer = (await here.happened_in(room)).event
    assert isinstance(answer, Words)
    assert (answer.text, answer.reply_to, answer.to_us) == ("Thank you", sent.id, True)


@promise("rooms")
async def test_what_people_say_to_each_other_is_not_said_to_us(here: Talk) -> None:
    room = await here.room()
    here.driver.chats_in(room, "Who brings the cake?")
    here.driver.chats_in(room, "I do")
    here.driver.says_in(room, f"{here.can.prefix}help")
    overheard: list[str] = []
    while True:
        event = (await here.happened_in(room)).event
        assert isinstance(event, Words), event
        if event.to_us:
            break
        overheard.append(event.text)
    assert event.text == f"{here.can.prefix}help"
    assert overheard in ([], ["Who brings the cake?", "I do"])


@promise("rooms", "threads")
async def test_a_thread_of_a_room_keeps_what_belongs_to_it(here: Talk) -> None:
    room = await here.room("threads")
    thread = await here.driver.opens_thread(room)
    assert thread.thread
    here.driver.says_in(thread, f"{here.can.prefix}help")
    incoming = await here.said_to_us_in(thread)
    assert isinstance(incoming.event, Words)
    assert incoming.event.reply_to is None
    sent = await here.send("I can …", to=thread)
    assert sent.chat == thread
    assert (await here.sees(thread)).thread == thread.thread
    await here.send("Look", to=thread, carried=[carried("photo", FILE), carried("photo", FILE)])
    assert (await here.sees_files(2, thread)).thread == thread.thread


@promise("rooms", "room links")
async def test_a_link_into_a_room_brings_its_payload(here: Talk) -> None:
    room = await here.room()
    here.driver.opens_into(room, "bind")
    assert (await here.happened_in(room)).event == Opened("bind")


# --- who is there ------------------------------------------------------------------------------------


@promise("rooms")
async def test_who_leads_a_room(here: Talk) -> None:
    room = await here.room()
    somebody, _ = await here.driver.somebody()
    assert await here.adapter.is_admin(room, here.driver.sender) is True
    assert await here.adapter.is_admin(room, somebody) is False


@promise("rooms")
async def test_who_comes_into_a_room_is_named(here: Talk) -> None:
    room = await here.room()
    somebody, name = await here.driver.somebody()
    await here.driver.joins(room)
    here.driver.says_in(room, f"{here.can.prefix}help")
    assert (await here.happened_in(room)).event == Newcomers(((somebody, name),))
    assert isinstance((await here.happened_in(room)).event, Words)


@promise("rooms", "admission")
async def test_who_asks_to_come_in_is_let_in_once(here: Talk) -> None:
    room = await here.room()
    somebody, _ = await here.driver.somebody()
    await here.driver.asks_in(room)
    incoming = await here.happened_in(room)
    assert incoming.sender == somebody
    assert isinstance(incoming.event, AsksIn)
    assert incoming.event.private, "where they can be answered"
    assert not here.driver.is_in(room)
    for _ in range(2):  # a second time where the first answer was lost
        await here.adapter.admit(room, somebody)
        await here.until(lambda: here.driver.is_in(room))


# --- what becomes of us ------------------------------------------------------------------------------


@promise("rooms")
async def test_who_takes_us_out_and_brings_us_back_is_heard(here: Talk) -> None:
    room = await here.room()
    here.driver.takes_us_out(room)
    assert (await here.happened_in(room)).event == Removed()
    with pytest.raises(Unreachable) as raised:
        await here.send("Are you there?", to=room)
    assert not raised.value.silenced
    await here.is_brought_into(room)
    await here.send("Good morning", to=room)
    assert (await here.sees(room)).text == "Good morning"


@promise("rooms", "silence")
async def test_a_room_in_which_we_may_not_write_is_silenced(here: Talk) -> None:
    room = await here.room()
    here.driver.silences_us(room)
    assert (await here.happened_in(room)).event == Removed(silenced=True)
    with pytest.raises(Unreachable) as raised:
        await here.send("Are you there?", to=room)
    assert raised.value.silenced
    here.driver.lets_us_write(room)
    assert (await here.happened_in(room)).event == Added()
    await here.send("Good morning", to=room)
    assert (await here.sees(room)).text == "Good morning"


@promise("rooms", "moves")
async def test_a_room_that_moves_is_followed(here: Talk) -> None:
    room = await here.room("moves")
    new = here.driver.moves(room)
    assert (await here.happened_in(room)).event == MovedTo(new.id)
    with pytest.raises(Moved) as raised:
        await here.send("Good morning", to=room)
    assert raised.value.to == new
    await here.send("Good morning", to=raised.value.to)
    assert (await here.sees(new)).text == "Good morning"
