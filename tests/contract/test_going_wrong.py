"""What goes wrong: each failure is said as what it is, and only the four errors leave `send`."""

import asyncio
import contextlib

import pytest

from bot.adapter import Later, MenuEntry, MenuScope, Refused, SendError, Unauthorised, Unreachable
from bot.message import Left, Outgoing, Words
from tests.contract.promise import promise
from tests.contract.talk import Talk
from tests.contract.test_coming_in import FILE, fetched


@promise("limits")
async def test_too_fast_is_later(here: Talk) -> None:
    here.driver.limits(7)
    with pytest.raises(Later) as raised:
        await here.adapter.send(here.message("Good morning"))
    assert raised.value.too_fast
    assert raised.value.seconds == 7
    await here.send("Good morning, again")
    assert (await here.sees()).text == "Good morning, again"


@promise("refusals")
async def test_a_message_that_is_wrong_is_refused(here: Talk) -> None:
    here.driver.refuses()
    with pytest.raises(Refused) as raised:
        await here.adapter.send(here.message("Five secret words of Bo"))
    assert str(raised.value)
    assert "secret" not in str(raised.value)
    await here.send("Good morning")
    assert (await here.sees()).text == "Good morning"


@promise("strangers")
async def test_a_chat_that_there_is_not_is_unreachable(here: Talk) -> None:
    with pytest.raises(Unreachable) as raised:
        await here.adapter.send(here.message("Is anybody there?", to=here.driver.stranger()))
    assert not raised.value.silenced


@promise("leaving")
async def test_somebody_who_left_is_unreachable(here: Talk) -> None:
    here.driver.leaves()
    assert await here.event() == Left()
    with pytest.raises(Unreachable) as raised:
        await here.adapter.send(here.message("Are you there?"))
    assert not raised.value.silenced


@promise("line")
async def test_an_answer_that_is_not_the_messengers_is_later(here: Talk) -> None:
    here.driver.stumbles()
    with pytest.raises(Later) as raised:
        await here.adapter.send(here.message("Good morning"))
    assert not raised.value.too_fast


@promise("line")
async def test_a_broken_line_is_later_whatever_is_sent(here: Talk) -> None:
    sent = await here.send("Good morning", ["Yes"])
    await here.sees()
    here.driver.cuts_line()
    message = here.message("Are you there?")
    for each in (message, here.message("Changed", replaces=sent)):
        with pytest.raises(Later) as raised:
            await here.adapter.send(each)
        assert not raised.value.too_fast
    here.driver.mends_line()
    await _patiently(here, message)
    assert (await here.sees()).text == "Are you there?"


async def _patiently(here: Talk, message: Outgoing) -> None:
    """Send, again and again after `Later`, as the outbox does."""
    while True:
        with contextlib.suppress(Later):
            await here.adapter.send(message)
            return
        await asyncio.sleep(0.1)


@promise("line")
async def test_a_broken_line_is_later_whatever_is_asked(here: Talk) -> None:
    sent = await here.send("Good morning")
    await here.sees()
    adapter, chat, sender = here.adapter, here.driver.chat, here.driver.sender
    here.driver.cuts_line()
    for asked in (
        adapter.delete(sent),
        adapter.mark(sent, 1),
        adapter.check(),
        adapter.admit(chat, sender),
        adapter.show_menu(MenuScope.PRIVATE, "", [MenuEntry("help", "What I can do")]),
        adapter.introduce("", name="Mentors again", description="I carry words.", short="Words"),
        adapter.is_admin(chat, sender),
    ):
        try:
            await asked
        except SendError as error:
            assert isinstance(error, Later), error
    here.driver.mends_line()


@promise("line", "files")
async def test_a_file_behind_a_broken_line_is_later(here: Talk) -> None:
    here.driver.sends_file("document", FILE, "A page")
    event = await here.event()
    assert isinstance(event, Words)
    assert event.media is not None
    here.driver.cuts_line()
    with pytest.raises(Later):
        await fetched(here, event.media)
    here.driver.mends_line()
    assert await fetched(here, event.media) == FILE


@promise("line", "news")
async def test_a_broken_line_is_opened_anew(here: Talk) -> None:
    here.driver.says("before")
    await here.happened()
    here.driver.cuts_line()
    await asyncio.sleep(0.1)
    here.driver.mends_line()
    here.driver.says("after")
    event = await here.event()
    assert isinstance(event, Words)
    assert event.text == "after"


# --- beginning and end -------------------------------------------------------------------------------


@promise()
async def test_a_send_may_come_before_the_listening_and_after_it(here: Talk) -> None:
    await here.stops()
    await here.adapter.start()
    sending = asyncio.create_task(_patiently(here, here.message("Before")))
    await asyncio.sleep(0)
    here.listens()
    await sending
    assert (await here.sees()).text == "Before"
    await here.stops()
    await here.send("After")
    assert (await here.sees()).text == "After"


@promise("line")
async def test_a_second_start_takes_up_where_the_first_was_and_lets_go_of_its_line(here: Talk) -> None:
    here.driver.says("before")
    await here.happened()
    await here.send("I hear you")
    await here.sees()
    await here.until(lambda: not here.driver.unacknowledged())
    await here.stops()
    here.driver.says("between")
    await here.adapter.start()
    here.listens()
    event = await here.event()
    assert isinstance(event, Words)
    assert event.text == "between"
    await here.send("Here I am")
    assert (await here.sees()).text == "Here I am"
    await here.closes()
    await here.until(lambda: not here.driver.lines)


@promise("line")
async def test_nothing_stays_open_after_the_close(here: Talk) -> None:
    await here.send("Good night")
    await here.sees()
    assert here.driver.lines
    await here.closes()
    await here.until(lambda: not here.driver.lines)


@promise("token")
async def test_a_token_that_is_taken_ends_the_listening_with_a_sentence(here: Talk) -> None:
    here.driver.revokes()
    ended = await here.ends()
    assert isinstance(ended, Unauthorised), ended
    assert len(str(ended).split()) > 3
    # What waits to go out must survive until the token is put right.
    with pytest.raises(Later) as raised:
        await here.adapter.send(here.message("Good morning"))
    assert raised.value.everywhere
    with pytest.raises(Unauthorised):
        await here.adapter.start()
