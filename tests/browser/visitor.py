"""Somebody at the page of the stage, who sees it and has a mouse and a keyboard."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.browser.chromium import Page, pages
from tests.browser.playing import theatre


class Visitor:
    """What they do there, in the words of a transcript. Whoever is looked for is found by what the page calls
    it, as a screen reader would."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    async def comes(self) -> None:
        """Open the page, and wait until it shows all; also again."""
        await self.page.go(self.address)
        await self.page.until("document.body?.dataset.ready")

    async def says(self, who: str, words: str) -> None:
        """Write on somebody's phone, and send it."""
        await self.page.click(f"{_phone(who)}.querySelector('textarea')")
        await self.page.write(words)
        await self.page.press("Enter")

    async def presses(self, who: str, label: str) -> None:
        """Press the newest button that is called like this."""
        await self.page.click(button(who, label))

    async def does(self, who: str, deed: str) -> None:
        """Do something by the menu of somebody's phone; by that of the page where that is nobody."""
        await self.page.until("[...document.querySelectorAll('.typing')].every((each) => each.hidden)")
        whose = _phone(who) if who else "document.querySelector('body > header')"
        menu = f"{whose}.querySelector('.menu')"
        await self.page.click(f"{menu}.querySelector('summary')")
        await self.page.click(_named(menu, "li button", deed))

    async def sees(self, who: str, words: str) -> None:
        """Wait until somebody's phone shows these words."""
        await self.page.until(f"{_phone(who)}.querySelector('.log').innerText.includes({json.dumps(words)})")

    async def chat(self, who: str) -> str:
        """Return all that a phone shows of its chat."""
        return str(await self.page.run(f"{_phone(who)}.querySelector('.log').innerText"))

    async def fills(self, **fields: str) -> None:
        """Fill in the fields of the form, in their order, and send it."""
        for at, value in enumerate(fields.values()):
            field = f"document.querySelectorAll('dialog label :is(input, select, textarea)')[{at}]"
            fill = f"({field}.value = {json.dumps(value)}, true)"
            await self.page.until(f"document.querySelector('dialog').open && {fill}")
        await self.page.click("document.querySelector('dialog .buttons button')")

    async def of(self, script: str) -> Any:
        """Return what a script says about the page."""
        return await self.page.run(script)


def _phone(who: str) -> str:
    return f"document.querySelector('section[data-name={json.dumps(who)}]')"


def _named(inside: str, kind: str, name: str) -> str:
    """A script that finds what has this name, the last one there."""
    is_it = f"(each.ariaLabel || each.textContent) === {json.dumps(name)}"
    return f"[...{inside}.querySelectorAll('{kind}')].filter((each) => {is_it}).at(-1)"


def button(who: str, label: str) -> str:
    """A script that finds the newest button of somebody's chat with this label."""
    return _named(_phone(who), ".row button, .choices button", label)


@asynccontextmanager
async def visiting(browser: str, folder: Path, *languages: str) -> AsyncIterator[list[Visitor]]:
    """Yield visitors of one stage, one for each of these languages of a browser. None of them may have had
    anything in the console."""
    async with theatre(folder) as address, pages(browser, languages or ("en",)) as there:
        visitors = [Visitor(page, address) for page in there]
        for each in visitors:
            await each.comes()
        yield visitors
        assert [each.page.problems for each in visitors] == [[] for _ in visitors]
