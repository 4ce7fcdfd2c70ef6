"""The page as people use it, in a real browser."""

import re
from pathlib import Path

import pytest

from tests.browser.visitor import Visitor, button, visiting
from tests.support.aio import on_loop

NEWCOMER = {"name": "Eva", "role": "stranger", "messenger": "telegram", "language": "en"}

LABELS = {
    "en": {
        "new": "Somebody new",
        "Join": "Join",
        "Ask a question": "Ask a question",
        "Papers": "Papers",
        "Send it": "Send it with my name",
        "can help": "Bo can help.",
    },
    "de": {
        "new": "Jemand Neues",
        "Join": "Mitmachen",
        "Ask a question": "Eine Frage stellen",
        "Papers": "Papiere",
        "Send it": "Mit meinem Namen abschicken",
        "can help": "Bo kann helfen.",
    },
}


@pytest.mark.parametrize("language", ["en", "de"])
@on_loop
async def test_the_first_day_is_played_by_clicking(language: str, browser: str, tmp_path: Path) -> None:
    """On Eva's phone in this language, and on Bo's, which is on the other messenger and in German."""
    words = LABELS[language]

    async with visiting(browser, tmp_path, language) as [visitor]:
        await visitor.says("Mia", "/invite graduate 1 7")
        await visitor.sees("Mia", "Code: ")
        code = re.findall(r"Code: (\S+)", await visitor.chat("Mia"))[-1]
        await visitor.does("", words["new"])
        await visitor.fills(**NEWCOMER | {"language": language})
        await visitor.says("Eva", code)
        await visitor.presses("Eva", words["Join"])
        await visitor.presses("Eva", "Eva")
        await visitor.presses("Eva", words["Ask a question"])
        await visitor.presses("Eva", words["Papers"])
        await visitor.says("Eva", "Who translates a birth certificate?")
        await visitor.presses("Eva", words["Send it"])
        await _asked(visitor, "Bo", "Kannst du helfen?")
        await visitor.presses("Bo", "Ich kann helfen")
        await visitor.sees("Eva", words["can help"])
        await visitor.says("Bo", "Das Gericht hat eine Liste.")
        await visitor.sees("Eva", "Bo: Das Gericht hat eine Liste.")
        await visitor.says("Eva", "Thank you.")
        await visitor.sees("Bo", "Eva: Thank you.")
        assert "✓ 1 · Ich kann helfen" in await visitor.chat("Bo")


async def _asked(visitor: Visitor, who: str, words: str) -> None:
    """Let time pass until somebody is asked."""
    while words not in await visitor.chat(who):
        before = await visitor.of("document.querySelector('#now').textContent")
        await visitor.page.click("document.querySelector('#clock').lastChild")
        await visitor.page.until(f"document.querySelector('#now').textContent !== {before!r}")


@on_loop
async def test_a_reload_in_the_middle_shows_all_and_goes_on(browser: str, tmp_path: Path) -> None:
    async with visiting(browser, tmp_path, "en", "de") as [first, second]:
        await first.says("Ana", "Who translates a birth certificate?")
        await first.sees("Ana", "Should I ask others in your network?")
        await second.sees("Ana", "Should I ask others in your network?")  # two pages show one stage
        before = await first.chat("Ana")
        await first.comes()
        assert await first.chat("Ana") == before
        await first.presses("Ana", "Ask this as a question")
        await first.presses("Ana", "Send it with my name")
        await second.sees("Ana", "➤ Send it with my name")
        assert "Mentoring" in await second.of(
            "document.querySelector('[data-name=Mia] header p').textContent"
        )


@on_loop
async def test_a_phone_that_is_read_from_right_to_left(browser: str, tmp_path: Path) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.does("", "Somebody new")
        await visitor.fills(**NEWCOMER | {"name": "Nour", "language": "ar"})
        await visitor.says("Nour", "مرحبا، من يترجم؟")
        await visitor.sees("Nour", "I understand English and German.")
        box = "(selector) => { const box = document.querySelector(`[data-name=Nour] ${selector}`)"
        box += ".getBoundingClientRect(); return box.left + box.width / 2 }"
        own, theirs, middle = [
            await visitor.of(f"({box})('{selector}')") for selector in ("li.own", "li.theirs", ".chat")
        ]
        assert own < middle < theirs
        text = "document.querySelector('[data-name=Nour] li.own .text')"
        assert await visitor.of(f"getComputedStyle({text}).direction") == "rtl"
        await visitor.presses("Nour", "English")
        newest = "[...document.querySelectorAll('[data-name=Nour] li.theirs .text')].at(-1)"
        await visitor.page.until(f"getComputedStyle({newest}).direction === 'ltr'")


@on_loop
async def test_a_picture_is_shown_and_told(browser: str, tmp_path: Path) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.says("Mia", "/invite graduate 1 7")
        picture = "document.querySelector('[data-name=Mia] .log img')"
        await visitor.page.until(f"{picture}?.complete && {picture}.naturalWidth > 100")
        assert str(await visitor.of(f"{picture}.alt")).startswith("QR code: Invitation to Neckar Mentors")
        await visitor.does("Ana", "Send a picture")
        invented = "document.querySelector('[data-name=Ana] .own img')"
        await visitor.page.until(f"{invented}?.complete && {invented}.naturalWidth > 100")
        assert await visitor.of(f"{invented}.alt") == "A picture (invented)"


@on_loop
async def test_edits_and_deletions_happen_in_place_and_why_is_told(browser: str, tmp_path: Path) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.says("Ana", "Who translates a birth certificat?")
        await visitor.presses("Ana", "Ask this as a question")
        await visitor.does("Ana", "Change a message")
        await visitor.fills(message="p0", words="Who translates a birth certificate?")
        await visitor.sees("Ana", "changed")
        own = "[...document.querySelectorAll('[data-name=Ana] .own .text')].map((each) => each.textContent)"
        assert await visitor.of(own) == ["Who translates a birth certificate?"]
        await visitor.presses("Ana", "Send it with my name")
        why = "document.querySelector('[data-name=Ana] .why')"
        await visitor.page.until(f"{why}?.textContent.includes('Who else was told something')")
        told = str(await visitor.of(f"{why}.textContent"))
        assert "An answer to the open question (Answer)" in told and "ask: done" in told
        answer = "[...document.querySelectorAll('[data-name=Ana] .theirs .answer')].at(-1)"
        await visitor.page.click(answer)
        await visitor.page.write("Who is that?")
        await visitor.page.press("Enter")
        await visitor.page.until("!!document.querySelector('[data-name=Ana] .own .quote')")
        await visitor.does("Ana", "Delete a message")
        await visitor.fills(message="p0")
        await visitor.sees("Ana", "Deleted message")


@on_loop
async def test_a_room_is_a_phone_of_its_own(browser: str, tmp_path: Path) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.does("", "A new group")
        await visitor.fills(name="Square", messenger="telegram", led_by="Mia")
        await visitor.page.until("!!document.querySelector('[data-name=Square]')")
        await visitor.of("document.querySelector('[data-name=Square] form select').value = 'Mia'")
        await visitor.says("Square", "/bind")
        await visitor.sees("Square", "This group now belongs to Neckar Mentors.")
        await visitor.page.until("document.querySelectorAll('[data-name=Square] .theirs').length")


@on_loop
async def test_the_keyboard_alone_is_enough(browser: str, tmp_path: Path) -> None:
    """From the top of the page to an answer, by the tab key, the space bar and Enter."""
    async with visiting(browser, tmp_path) as [visitor]:
        page = visitor.page

        async def tab_to(found: str) -> None:
            for _ in range(60):
                await page.press("Tab")
                if await page.run(f"document.activeElement === {found}"):
                    outline = "getComputedStyle(document.activeElement).outlineStyle"
                    assert await page.run(outline) == "solid"  # it is seen where they are
                    return
            raise AssertionError(f"the tab key never comes to {found}")

        await tab_to("document.querySelector('#clock button')")
        await page.press(" ")
        await page.until("document.querySelector('#now').textContent.includes('10:00')")
        await tab_to("document.querySelector('[data-name=Ana] textarea')")
        await page.write("Who translates a birth certificate?")
        await page.press("Enter")
        await visitor.sees("Ana", "Should I ask others in your network?")
        for label in ("Ask this as a question", "Send it with my name"):
            await page.until(button("Ana", label).join(("!!", "")))
            if not await page.run(f"document.activeElement === {button('Ana', label)}"):
                await page.run("document.querySelector('[data-name=Ana] .chat').focus()")
                await tab_to(button("Ana", label))
            await page.press("Enter")
        await visitor.sees("Ana", "Thank you. I am asking now")
        # What was pressed is gone: the focus went on to what can be pressed now.
        await page.until(f"document.activeElement === {button('Ana', 'Withdraw my question')}")
        await tab_to("document.querySelector('[data-name=Bo] .menu summary')")
        await page.press("Enter")
        await tab_to("document.querySelector('[data-name=Bo] .menu li button')")
        await page.press("Escape")
        assert not await page.run("document.querySelector('[data-name=Bo] .menu').open")
        assert await page.run("document.activeElement.matches('[data-name=Bo] .menu summary')")


@on_loop
async def test_everything_has_a_name_and_news_are_told_to_screen_readers(
    browser: str, tmp_path: Path
) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.says("Ana", "/invite")
        await visitor.page.until("document.querySelector('#news').textContent.startsWith('Ana: ')")
        tree = (await visitor.page.call("Accessibility.getFullAXTree"))["nodes"]
        shown = [each for each in tree if not each["ignored"]]
        there = [(each["role"]["value"], each.get("name", {}).get("value", "")) for each in shown]
        needing = {"button", "combobox", "textbox", "region", "image", "navigation", "DisclosureTriangle"}
        assert [role for role, name in there if role in needing and not name.strip()] == []
        names = {name for _, name in there}
        assert {
            "The phone of Ana, on Telegram",
            "Write as Bo",
            "Language of Cy",
            "Let time pass",
        } <= names
        assert await visitor.of("document.documentElement.lang") == "en"


@on_loop
async def test_a_narrow_screen_shows_one_phone_with_tabs(browser: str, tmp_path: Path) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.page.look(360, 700)
        shown = "[...document.querySelectorAll('.phone')].filter((each) => each.offsetWidth).length"
        assert await visitor.of(shown) == 1
        await visitor.says("Ana", "Who translates a birth certificate?")
        await visitor.presses("Ana", "Ask this as a question")
        await visitor.presses("Ana", "Send it with my name")
        new = (
            "[...document.querySelectorAll('#tabs button')].find((each) => each.textContent.includes('new'))"
        )
        await visitor.page.click(new)
        assert await visitor.of(f"{shown} === 1 && document.querySelector('.front').dataset.name !== 'Ana'")
        assert await visitor.of("document.documentElement.scrollWidth") <= 360
        parts = "[...document.querySelectorAll('.front *')]"
        wide = f"{parts}.every((each) => each.getBoundingClientRect().right <= 360)"
        assert await visitor.of(wide)


@on_loop
async def test_what_was_played_is_saved_opened_and_stepped_through(browser: str, tmp_path: Path) -> None:
    saved_in = tmp_path / "saved"
    saved_in.mkdir()
    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.says("Ana", "Who translates a birth certificate?")
        await visitor.presses("Ana", "Ask this as a question")
        await visitor.sees("Ana", "Send it like this?")
        file = await visitor.page.saved(saved_in, visitor.does("", "Save as a transcript"))
        saved = file.read_text("utf-8")
        assert file.name == "transcript.txt" and "\nAna: [Ask this as a question]\n    > Ana: " in saved
        await visitor.does("", "Start again")
        await visitor.page.until("document.querySelectorAll('.log li').length === 0")
        await visitor.does("", "Open a transcript")
        await visitor.page.choose(file)
        for following in ("Ana: Who translates a birth certificate?", "Ana: [Ask this as a question]"):
            await visitor.page.until(f"document.querySelector('#next').textContent === '{following}'")
            await visitor.page.click("document.querySelector('#script button')")
        await visitor.sees("Ana", "Send it like this?")
        assert await visitor.of("fetch('/script').then((each) => each.text())") == saved


@on_loop
async def test_another_language_on_the_spot(browser: str, tmp_path: Path) -> None:
    async with visiting(browser, tmp_path) as [visitor]:
        for phone, language in (("Ana", "de"), ("Bo", "en")):
            choice = f"document.querySelector('[data-name={phone}] .tools select')"
            await visitor.of(f"({choice}.value = '{language}')")
            await visitor.of(f"{choice}.dispatchEvent(new Event('change'))")
        await visitor.says("Ana", "/help")
        await visitor.sees("Ana", "Was möchtest du tun?")
        await visitor.says("Bo", "!help")
        await visitor.sees("Bo", "What would you like to do?")
