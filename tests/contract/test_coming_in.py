"""What people do in private, as it is handed over."""

import asyncio
import time

from bot.message import Deleted, Edited, Left, Media, Opened, Pressed, Returned, Unsupported, Words
from tests.contract.promise import promise
from tests.contract.talk import Talk

KINDS = ("voice", "audio", "photo", "video", "document")
FILE = b"\xff\xd8\xff" + bytes(range(256)) * 400  # a picture by its beginning


async def _said(here: Talk) -> Words:
    """Return what the person said next."""
    event = await here.event()
    assert isinstance(event, Words), event
    return event


@promise()
async def test_words(here: Talk) -> None:
    for text in ("Who can translate a letter?", "two\nlines", "\U0001f600 <b> &amp;", "/ask papers"):
        here.driver.says(text)
        assert (await _said(here)).text == text


@promise("replies")
async def test_words_in_answer_to_a_message(here: Talk) -> None:
    sent = await here.send("Write to Bo")
    here.driver.says("Thank you", answers=sent)
    assert (await _said(here)).reply_to == sent.id


@promise("links")
async def test_a_link_brings_its_payload(here: Talk) -> None:
    for payload in ("join_7KQ2M9XD", "A-z_09" * 10):
        here.driver.opens(payload)
        assert await here.event() == Opened(payload)


@promise("media")
async def test_something_that_is_not_carried(here: Talk) -> None:
    kind = here.driver.sends_media()
    assert await here.event() == Unsupported(kind)


@promise("files")
async def test_a_file_comes_with_its_words_and_isfetched(here: Talk) -> None:
    for kind in KINDS:
        here.driver.sends_file(kind, FILE, "a < b")
        event = await _said(here)
        assert event.text == "a < b"
        assert event.media is not None
        assert (event.media.messenger, event.media.kind) == (here.driver.chat.messenger, kind)
        assert event.media.size == len(FILE)
        for _ in range(2):
            assert await fetched(here, event.media) == FILE


async def fetched(here: Talk, media: Media) -> bytes:
    """Return the bytes of something that somebody sent."""
    return b"".join([piece async for piece in here.adapter.fetch(media)])


@promise("albums")
async def test_all_files_that_are_sent_as_one_come_and_belong_together(here: Talk) -> None:
    pages = [FILE + bytes([number]) for number in range(3)]
    here.driver.sends_album("photo", pages, "Three pages")
    here.driver.says("That is all")
    came: list[Words] = []
    while (event := await _said(here)).text != "That is all":
        came.append(event)
    assert event.album == ""
    assert [each.text for each in came] == ["Three pages", "", ""]
    assert [await fetched(here, each.media) for each in came if each.media is not None] == pages
    assert len({each.album for each in came}) == 1
    assert came[0].album


@promise("edits")
async def test_changed_words_name_the_message_they_change(here: Talk) -> None:
    here.driver.says("Who tranlates a letter?")
    said = await _said(here)
    here.driver.edits("Who translates a letter?")
    assert await here.event() == Edited("Who translates a letter?", said.message)


@promise("deletions")
async def test_a_message_that_is_taken_back_is_named(here: Talk) -> None:
    here.driver.says("I live at 5 Main Street")
    said = await _said(here)
    here.driver.deletes()
    here.driver.says("What did I write?")
    assert await here.event() == Deleted(said.message)
    assert (await _said(here)).text == "What did I write?"


@promise("leaving")
async def test_somebody_leaves_and_returns(here: Talk) -> None:
    here.driver.leaves()
    assert await here.event() == Left()
    here.driver.returns()
    assert await here.event() == Returned()
    await here.send("Welcome back")
    assert (await here.sees()).text == "Welcome back"


# --- choices -----------------------------------------------------------------------------------------


@promise()
async def test_a_press_names_its_slot_and_its_message(here: Talk) -> None:
    sent = await here.send("Can you help?", ["Yes", "No"], ["Ask me later"])
    assert (await here.sees()).buttons == ["Yes", "No", "Ask me later"]
    for slot, label in enumerate(("Yes", "No", "Ask me later")):
        here.driver.presses(label)
        event = await here.event()
        assert isinstance(event, Pressed)
        assert (event.slot, event.outgoing) in ((slot, here.last), (slot, None))
        assert event.message or event.outgoing
        assert event.message in (sent.id, "")


@promise("taps")
async def test_a_tap_on_a_message_of_others_is_no_press(here: Talk) -> None:
    here.driver.says("Who can help?")
    await _said(here)
    here.driver.taps_elsewhere()
    here.driver.says("Nobody?")
    assert (await _said(here)).text == "Nobody?"


@promise("taps")
async def test_a_tap_that_is_taken_back_is_no_press(here: Talk) -> None:
    await here.send("Can you help?", ["Yes", "No"])
    await here.sees()
    here.driver.presses("Yes")
    assert isinstance(await here.event(), Pressed)
    here.driver.takes_choice_back()
    here.driver.says("Sorry")
    event = await here.event()
    if isinstance(event, Deleted):  # of something that the engine never heard of
        event = await here.event()
    assert isinstance(event, Words), event


@promise("echo")
async def test_our_own_messages_are_not_handed_over(here: Talk) -> None:
    await here.send("Good morning")
    assert (await here.sees()).text == "Good morning"
    here.driver.says("Hello")
    assert (await _said(here)).text == "Hello"


# --- none is lost ------------------------------------------------------------------------------------


@promise()
async def test_events_keep_their_order_and_have_ids_of_their_own(here: Talk) -> None:
    texts = [f"word {number}" for number in range(here.driver.many)]
    for text in texts:
        here.driver.says(text)
    came = [await here.happened() for _ in texts]
    assert [each.event.text for each in came if isinstance(each.event, Words)] == texts
    assert len({incoming.id for incoming in came}) == len(texts)


@promise("redelivery")
async def test_what_could_not_be_stored_comes_again(here: Talk) -> None:
    here.broken = 2
    here.driver.says("Do not lose me")
    first = await here.happened()
    for _ in range(2):
        again = await here.happened()
        assert (again.id, again.event) == (first.id, first.event)
    await here.until(lambda: not here.driver.unacknowledged())


@promise("redelivery")
async def test_nothing_is_acknowledged_before_it_is_stored(here: Talk) -> None:
    here.ready.clear()
    here.driver.says("one")
    await here.happened()
    await asyncio.sleep(0.1)
    assert here.driver.unacknowledged() == 1
    here.ready.set()
    await here.until(lambda: not here.driver.unacknowledged())


@promise()
async def test_each_answer_of_the_messenger_is_a_sign_of_life(here: Talk) -> None:
    heard = 0.0
    for text in ("one", "two"):
        here.driver.says(text)
        await here.happened()
        assert heard < here.adapter.last_heard_at <= time.monotonic()
        heard = here.adapter.last_heard_at
