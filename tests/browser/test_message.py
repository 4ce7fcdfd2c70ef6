"""Messages on a phone of the page look as on its messenger, and nobody's markup is ever more than words."""

import json
from pathlib import Path
from typing import Any

from adapters.browser.markup import tree
from tests.browser.visitor import Visitor, visiting
from tests.support.aio import on_loop

HOSTILE = (
    "<img src=x onerror=alert(1)> <b>no</b> <a href='javascript:alert(2)'>here</a> &lt;script&gt; "
    'javascript:alert(3) https://example.org/a?b="onclick=alert(4)'
)


async def newest(visitor: Visitor, who: str, what: str) -> Any:
    """What a script says of the newest message of the bot's on somebody's phone, which it calls `it`."""
    it = f"[...document.querySelectorAll('[data-name={who}] li.theirs')].at(-1)"
    return await visitor.of(f"((it) => {what})({it})")


def test_markup_becomes_a_tree() -> None:
    assert tree('a &lt;b&gt; <b>c <i>d</i></b> <a href="https://example.org/?a=1&amp;b">e</a>') == [
        "a <b> ",
        ["b", "", ["c ", ["i", "", ["d"]]]],
        " ",
        ["a", "https://example.org/?a=1&b", ["e"]],
    ]
    assert tree("</b>a</i>") == ["a"]


@on_loop
async def test_what_is_bold_a_quotation_or_a_link_is_shown_as_that(browser: str, tmp_path: Path) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.says("Ana", "Who knows https://example.org/courses?")
        await visitor.presses("Ana", "Ask this as a question")
        await visitor.sees("Ana", "Send it like this?")
        quoted = await newest(visitor, "Ana", "it.querySelector('blockquote')?.textContent")
        assert quoted == "Who knows https://example.org/courses?"
        link = "(({href, rel, target}) => [href, rel, target])(it.querySelector('blockquote a'))"
        shown = ["https://example.org/courses", "noopener noreferrer", "_blank"]
        assert await newest(visitor, "Ana", link) == shown
        await visitor.says("Mia", "/invite graduate 1 7")
        await visitor.sees("Mia", "Code: ")
        assert (
            await newest(visitor, "Mia", "it.querySelector('b').textContent")
            == "Invitation to Neckar Mentors"
        )
        weight = "getComputedStyle(it.querySelector('b')).fontWeight"
        assert int(await newest(visitor, "Mia", weight)) >= 600


@on_loop
async def test_hostile_markup_is_words_and_nothing_else(browser: str, tmp_path: Path) -> None:
    """Their own, and carried to somebody else by the bot."""
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.says("Ana", HOSTILE)
        await visitor.presses("Ana", "Ask this as a question")
        await visitor.sees("Ana", "Send it like this?")
        assert await visitor.of("document.querySelector('[data-name=Ana] .own .text').textContent") == HOSTILE
        assert HOSTILE in str(await newest(visitor, "Ana", "it.querySelector('.text').textContent"))
        texts = "[...document.querySelectorAll('[data-name=Ana] .text')]"
        elements = f"{texts}.flatMap((each) => [...each.querySelectorAll('*')])"
        assert set(await visitor.of(f"{elements}.map((one) => one.localName)")) <= {"a", "b", "blockquote"}
        attributes = f"{elements}.flatMap((one) => one.getAttributeNames())"
        assert set(await visitor.of(attributes)) == {"href", "target", "rel"}
        links = f"{elements}.map((one) => one.href).filter(Boolean)"
        assert set(await visitor.of(links)) == {"https://example.org/a?b="}


@on_loop
async def test_a_link_into_the_bot_opens_it_on_that_phone_and_leads_nowhere_else(
    browser: str, tmp_path: Path
) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.says("Mia", "/invite graduate 1 7")
        await visitor.sees("Mia", "Code: ")
        invented = "it.innerText.includes('matrix.to') && !it.querySelectorAll('a').length"
        assert await newest(visitor, "Mia", invented)
        await visitor.does("", "Somebody new")
        await visitor.fills(name="Eva", role="stranger", messenger="telegram", language="en")
        await visitor.does("Eva", "Open the newest invitation link")
        await visitor.sees("Eva", "Eva comes by a link")
        await visitor.presses("Eva", "Join")
        await visitor.page.click("document.querySelector('[data-name=Mia] .link')")
        await visitor.sees("Mia", "Mia comes by a link")


TWO_QUESTIONS = """\
@ Bo, member on matrix, en
@ Ana, member on telegram, en, helps with papers
@ Cy, member on telegram, en, helps with school
Bo: !ask Papers
Bo: Which office is it?
Bo: [Send it with my name]
Bo: !ask School
Bo: When does school begin?
Bo: [Send it with my name]
Ana: [I can help]
Cy: [I can help]
Bo: !requests
"""
CHIPS = "[...it.querySelectorAll('.chips button')].map((each) => each.textContent)"
LINES = "[...it.querySelectorAll('.choices li')].map((each) => each.textContent)"


@on_loop
async def test_a_phone_on_matrix_shows_the_digits_that_are_there(browser: str, tmp_path: Path) -> None:
    """As a real one does (`bot/delivery/marks.py`): six at most, each a message there; the rest is typed."""
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.says("Bo", "!language")
        await visitor.page.until("document.querySelectorAll('[data-name=Bo] .chips button').length === 2")
        assert await newest(visitor, "Bo", CHIPS) == ["1", "2"]
        assert await newest(visitor, "Bo", LINES) == ["1. English", "2. Deutsch"]
        await visitor.presses("Bo", "English")
        await visitor.says("Bo", "!ask")
        await visitor.page.until("document.querySelectorAll('[data-name=Bo] .chips button').length === 6")
        topics = await newest(visitor, "Bo", LINES)
        assert (topics[0], len(topics)) == ("1. Papers", 13)
        assert await newest(visitor, "Bo", CHIPS) == ["1", "2", "3", "4", "5", "6"]
        await visitor.says("Bo", "4")
        await visitor.sees("Bo", "Work")


@on_loop
async def test_a_list_on_matrix_has_its_numbers_once_and_they_open_its_lines(
    browser: str, tmp_path: Path
) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        asked = json.dumps({"script": TWO_QUESTIONS})
        begin = f"fetch('/begin', {{method: 'POST', body: {asked!r}}}).then((each) => each.status)"
        assert await visitor.of(begin) == 200
        await visitor.page.click("document.querySelector('#script').lastChild")
        await visitor.sees("Bo", "Your open questions")
        await visitor.page.until("document.querySelector('#script').hidden")
        assert "\n1. School: When" in await newest(visitor, "Bo", "it.querySelector('.text').textContent")
        assert await newest(visitor, "Bo", LINES) == []
        assert await newest(visitor, "Bo", CHIPS) == ["1", "2"]
        await visitor.presses("Bo", "2")
        await visitor.page.until(
            "[...document.querySelectorAll('[data-name=Bo] .own .text')].at(-1).textContent === '2'"
        )
        text = "[...document.querySelectorAll('[data-name=Bo] .theirs .text')].at(-1).textContent"
        await visitor.page.until(f"{text}.startsWith('Papers: Which office is it?')")
        assert await newest(visitor, "Bo", LINES) == ["1. It is settled"]
        saved = await visitor.of("fetch('/script').then((each) => each.text())")
        assert 'Bo: (answers "Your open questions") 2\n    > Bo: Papers: Which office' in saved


@on_loop
async def test_the_bot_is_seen_to_write(browser: str, tmp_path: Path) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        typing = "document.querySelector('[data-name=Ana] .typing')"
        watch = (
            f"window.seen = []; new MutationObserver(() => seen.push({typing}.hidden))"
            f".observe({typing}, {{attributes: true, attributeFilter: ['hidden']}})"
        )
        await visitor.of(watch)
        await visitor.says("Ana", "/help")
        await visitor.sees("Ana", "What would you like to do?")
        await visitor.page.until("seen.length === 2")
        assert await visitor.of("seen") == [False, True]
        assert await visitor.of(f"{typing}.textContent") == "mentorNET is typing …"
        assert await visitor.of("document.querySelector('[data-name=Bo] .typing').hidden")
