"""What we send, as the person sees it."""

import io

import segno

from bot import markup
from bot.message import Made, Pressed, Words
from tests.contract.driver import Seen
from tests.contract.promise import promise
from tests.contract.talk import Talk

HOSTILE = (
    "<b>bold</b> & <script>alert(1)</script>",
    "a < b > c && d; &lt; &#60; &nope;",
    '"quotes" and \'quotes\' and <a href="javascript:x">x</a>',
    "</b></code></blockquote>",
    "*stars* _lines_ `ticks` [a](b) ~~x~~ ||y||",
    "@someone #tag /command t.me/x",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea e\u0301",
    "\u0645\u0631\u062d\u0628\u0627 \u202eevil\u202c 123",
    "a\x00b\x1b[31mc\x07",
    "{name} {0} %s $x",
)


@promise()
async def test_a_message_and_its_buttons_are_seen(here: Talk) -> None:
    sent = await here.send("<b>Papers</b>\nWhat do you <i>need</i>?", ["Yes", "No"], ["Later"])
    assert sent.chat == here.driver.chat
    assert sent.id
    assert await here.sees() == Seen("Papers\nWhat do you need?", ["Yes", "No", "Later"])


@promise("markup")
async def test_markup_is_shown(here: Talk) -> None:
    html = '<b>Papers</b> for <i>Bo</i>: <code>7KQ2</code>, <a href="https://example.org/">here</a>'
    await here.send(html)
    seen = await here.sees()
    assert seen.marks >= {("b", "Papers"), ("i", "Bo"), ("code", "7KQ2"), ("a", "here")}


@promise()
async def test_words_of_people_are_shown_as_they_are(here: Talk) -> None:
    for words in HOSTILE:
        html = f"<b>{markup.quote(words)}</b> said Bo"
        await here.send(html, [markup.clean(words)[:40]])
        seen = await here.sees()
        assert seen.text == markup.plain(html)
        assert markup.clean(words) in seen.text
        here.driver.presses(seen.buttons[0])
        event = await here.event()
        assert isinstance(event, Pressed)
        assert event.slot == 0


@promise()
async def test_the_longest_text_and_the_longest_label(here: Talk) -> None:
    label = "\U0001f600" + "x" * (here.can.max_label - 1)
    text = "\U0001f600" * (here.can.max_text // 2)
    await here.send(text, [label])
    assert await here.sees() == Seen(text, [label])
    here.driver.presses(label)
    assert isinstance(await here.event(), Pressed)


@promise("pictures")
async def test_a_picture_with_its_caption(here: Talk) -> None:
    picture = Made(_png("https://example.org/join"), "invitation.png", "A QR code")
    sent = await here.send("Show <b>this</b>", ["Done"], made=picture)
    assert await here.sees() == Seen("Show this", ["Done"], files=(picture.content,))
    await here.send("It was <b>used</b>", replaces=sent)
    assert (await here.sees()).text == "It was used"


@promise("pictures")
async def test_a_file_of_ours_with_its_caption(here: Talk) -> None:
    table = Made(b"name;role\r\n", "members.csv", "Members", "text/csv")
    await here.send("Your <b>members</b>", made=table)
    assert await here.sees() == Seen("Your members", [], files=(table.content,))


def _png(address: str) -> bytes:
    out = io.BytesIO()
    segno.make(address).save(out, kind="png", scale=4)
    return out.getvalue()


@promise("replies")
async def test_an_answer_to_a_message_that_is_gone_arrives(here: Talk) -> None:
    await here.send("It is solved", reply_to="9999999")
    assert (await here.sees()).text == "It is solved"


# --- changes -----------------------------------------------------------------------------------------


@promise()
async def test_an_edit_takes_the_place_of_a_message(here: Talk) -> None:
    sent = await here.send("Can you help?", ["Yes", "No"])
    first = await here.sees()
    await here.send("Thank you. <b>Yes</b>", ["Take it back"], replaces=sent)
    changed = await here.sees()
    assert changed == Seen("Thank you. Yes", ["Take it back"], edited=True)
    assert changed.message == first.message
    here.driver.presses("Take it back")
    event = await here.event()
    assert isinstance(event, Pressed)
    assert (event.slot, event.outgoing) in ((0, here.last), (0, None))


@promise()
async def test_each_edit_names_what_the_send_before_returned(here: Talk) -> None:
    sent = await here.send("First")
    first = await here.sees()
    for text in ("Second", "Third"):
        sent = await here.send(text, replaces=sent)
        changed = await here.sees()
        assert (changed.text, changed.edited, changed.message) == (text, True, first.message)
    await here.send("Something else")
    assert (await here.sees()).message != first.message


@promise()
async def test_buttons_can_be_taken_away(here: Talk) -> None:
    sent = await here.send("Can you <i>help</i>?", ["Yes", "No"])
    await here.sees()
    await here.send("", replaces=sent)
    assert await here.sees() == Seen("Can you help?", [], edited=True)


@promise()
async def test_a_message_of_ours_is_taken_back(here: Talk) -> None:
    sent = await here.send("For Bo: 5 Main Street")
    await here.sees()
    await here.adapter.delete(sent)
    assert here.driver.is_gone(sent)
    await here.adapter.delete(sent)  # where the first answer was lost
    await here.send("For Cy", replaces=sent)  # there is nothing left to change, and nothing to say about it
    here.driver.says("What was that?")
    assert isinstance(await here.event(), Words)
