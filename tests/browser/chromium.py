"""A real Chromium, led by its own debugging protocol over a websocket.

A library for that would bring a browser of its own, and little of the protocol is needed
(https://chromedevtools.github.io/devtools-protocol/).
"""

import asyncio
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from tests.support.aio import PATIENCE

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = f"there is no browser: none of {', '.join(NAMES)} is installed"
FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--renderer-process-limit=2",
    "--remote-debugging-port=0",
    "--host-resolver-rules=MAP *.example 127.0.0.1",  # a hostile name that leads to this machine
    "--force-color-profile=srgb",
)
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowDown": 40}
"""What keys are called, and their numbers."""


def found() -> str | None:
    """Return where the browser is; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def running(program: str) -> Iterator[str]:
    """Run a browser inside the block; yield the address at which it is led."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # which root cannot have
        words = [program, *FLAGS, *sandbox, f"--user-data-dir={folder}", "about:blank"]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                yield _address(Path(folder) / "DevToolsActivePort", process)
            finally:
                process.terminate()


def _address(file: Path, process: subprocess.Popen[bytes]) -> str:
    latest = time.monotonic() + PATIENCE
    while time.monotonic() < latest and process.poll() is None:
        if file.exists() and len(lines := file.read_text("utf-8").splitlines()) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    raise RuntimeError("the browser does not start")


class Line:
    """The connection to a browser: commands, their answers, and events of the pages."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.pages: dict[str, Page] = {}

    async def listen(self) -> None:
        """Hand on what the browser says, until it is closed."""
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                waiting = self._waiting.pop(said["id"])
                if "error" in said:
                    waiting.set_exception(RuntimeError(said["error"]["message"]))
                else:
                    waiting.set_result(said["result"])
            elif (page := self.pages.get(said.get("sessionId", ""))) is not None:
                page.hear(said["method"], said["params"])

    async def call(self, method: str, session: str = "", **given: Any) -> dict[str, Any]:
        """Have the browser do something, or a page of it, and return what it answers."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        command: dict[str, Any] = {"id": number, "method": method, "params": given}
        await self._socket.send_str(json.dumps(command | ({"sessionId": session} if session else {})))
        return await asyncio.wait_for(self._waiting[number], PATIENCE)


class Page:
    """A page, as a person uses it: they look at it, and have a mouse and a keyboard. `problems` is what the
    browser's console holds against it."""

    def __init__(self, line: Line, session: str) -> None:
        self._line, self._session = line, session
        self.problems: list[str] = []
        self._fields: asyncio.Queue[int] = asyncio.Queue()  # those for which a file is to be chosen
        line.pages[session] = self

    def hear(self, method: str, told: Mapping[str, Any]) -> None:
        """Take what the browser tells of this page."""
        if method == "Page.fileChooserOpened":
            self._fields.put_nowait(told["backendNodeId"])
        elif method == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.problems.append(" ".join(str(each.get("value")) for each in told["args"]))
        elif method == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.problems.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")

    async def call(self, method: str, **given: Any) -> dict[str, Any]:
        """Have this page do something."""
        return await self._line.call(method, self._session, **given)

    async def go(self, address: str) -> None:
        """Open an address."""
        await self.call("Page.navigate", url=address)

    async def run(self, script: str) -> Any:
        """Return what a script says, as JSON."""
        said = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in said:
            raise AssertionError(said["exceptionDetails"]["exception"].get("description", said))
        return said["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait until a script says something that is true, and return that."""
        latest = time.monotonic() + PATIENCE
        while time.monotonic() < latest:
            with suppress(AssertionError):  # while another page comes, nothing is there to be asked
                if value := await self.run(script):
                    return value
            await asyncio.sleep(0.03)
        raise AssertionError(f"never: {script}\n{await self.run('document.body.innerText')}")

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            about = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
            text = {"text": {"Enter": "\r", " ": " "}[key]} if key in ("Enter", " ") else {}
            await self.call("Input.dispatchKeyEvent", type="keyDown", **about, **text)
            await self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    async def write(self, words: str) -> None:
        """Write where the focus is."""
        await self.call("Input.insertText", text=words)

    async def click(self, element: str) -> None:
        """Click on what a script finds, once it is there, where its middle is to be seen, and stays."""
        find = (
            f"(() => {{ const found = {element}; if (!found) return null;"
            "found.scrollIntoView({block: 'center', inline: 'nearest'});"
            "const box = found.getBoundingClientRect();"
            "const at = {x: box.x + box.width / 2, y: box.y + box.height / 2};"
            "const top = document.elementFromPoint(at.x, at.y);"
            "return found.contains(top) ? at : null })()"
        )
        before, place = None, await self.until(find)
        while before != place:
            await asyncio.sleep(0.06)
            before, place = place, await self.until(find)
        for kind, buttons in (("mousePressed", 1), ("mouseReleased", 0)):
            await self.call(
                "Input.dispatchMouseEvent", type=kind, button="left", buttons=buttons, clickCount=1, **place
            )

    async def choose(self, file: Path) -> None:
        """Choose a file, once the page asks for one."""
        field = await asyncio.wait_for(self._fields.get(), PATIENCE)
        await self.call("DOM.setFileInputFiles", files=[str(file)], backendNodeId=field)

    async def saved(self, folder: Path, save: Awaitable[None]) -> Path:
        """Return the file that the page saves in this folder, which is empty."""
        await self.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        await save
        latest = time.monotonic() + PATIENCE
        while time.monotonic() < latest:
            if (there := _text_in(folder)) is not None:
                return there
            await asyncio.sleep(0.03)
        raise AssertionError("nothing is saved")

    async def picture(self) -> bytes:
        """Return what the page looks like, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])

    async def look(self, wide: int, high: int, *, dark: bool = False, sharp: float = 1) -> None:
        """Give it a screen of this size, in light or dark."""
        screen = {"width": wide, "height": high, "deviceScaleFactor": sharp, "mobile": False}
        await self.call("Emulation.setDeviceMetricsOverride", **screen)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])


def _text_in(folder: Path) -> Path | None:
    return next(folder.glob("*.txt"), None)


@asynccontextmanager
async def pages(address: str, languages: Sequence[str]) -> AsyncIterator[list[Page]]:
    """Yield a new page for each of these languages of a browser; they share what a browser remembers."""
    async with ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
        line = Line(socket)
        listening = asyncio.create_task(line.listen())
        context = (await line.call("Target.createBrowserContext"))["browserContextId"]
        try:
            yield [await _page(line, context, language) for language in languages]
        finally:
            await line.call("Target.disposeBrowserContext", browserContextId=context)
            listening.cancel()


async def _page(line: Line, context: str, language: str) -> Page:
    target = await line.call("Target.createTarget", url="about:blank", browserContextId=context)
    session = await line.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
    page = Page(line, session["sessionId"])
    for domain in ("Page", "Runtime", "Log"):
        await page.call(f"{domain}.enable")
    agent = (await line.call("Browser.getVersion"))["userAgent"]
    await page.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)
    await page.call("Page.setInterceptFileChooserDialog", enabled=True)
    await page.look(1360, 800)
    return page
