"""The port at which a browser of this machine finds the stage, and nobody else does."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from importlib import resources
from itertools import count
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.browser import words
from adapters.browser.lines import Refused
from adapters.browser.performance import Performance, Stage
from adapters.terminal.script import Unreadable
from bot.support.port import served

PAGE = resources.files("adapters.browser") / "page"
EXAMPLE = resources.files("adapters.browser") / "example.txt"
"""A script for whoever sees the stage for the first time."""
TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{what}-src 'self'" for what in ("script", "style", "img", "connect")),
        *(f"{what} 'none'" for what in ("base-uri", "form-action", "frame-ancestors")),
    ]
)
"""What the page may load: its own files alone, and nothing that stands inside it."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
LARGEST = 2**20
"""Bytes that a page may send: a script, at most."""
AGAIN_MS = 1000
"""After which a page asks again whose line was lost."""


@asynccontextmanager
async def open_to_browsers(
    stage: Callable[[Callable[[str], None]], Stage],
    seed: Sequence[str],
    languages: Sequence[str],
    port: int,
) -> AsyncIterator[str]:
    """Show a stage at this port of this machine inside the block, and yield its address. `stage` makes one,
    `seed` are its people, and `languages` those the bot has. Raises OSError where the port is taken."""
    house = _House(stage, seed, languages)
    app = web.Application(middlewares=[_only_own_pages(port)], client_max_size=LARGEST)
    app.router.add_get("/", house.page)
    app.router.add_get("/events", house.events)
    app.router.add_get("/script", house.script)
    app.router.add_get("/words/{language}", house.words)
    app.router.add_get(r"/files/{run:\d+}/{number:\d+}", house.file)
    app.router.add_get(r"/{name:[a-z]+\.(css|js|svg)}", house.page)
    app.router.add_post("/act", house.act)
    app.router.add_post("/begin", house.begin)
    await house.open(None)
    try:
        async with served(app, f"127.0.0.1:{port}"):
            try:
                yield f"http://127.0.0.1:{port}/"
            finally:
                house.now.recording.end()  # else their lines would be waited for
    finally:
        await house.now.close()


def _only_own_pages(port: int) -> Middleware:
    """Return what refuses requests under another name (a name of somebody else's may lead to this machine),
    and those that pages of others make."""
    hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
    origins = {f"http://{host}" for host in hosts}

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers
        origin, site = given.get("Origin"), given.get("Sec-Fetch-Site", "same-origin")
        is_visit = request.path == "/" and given.get("Sec-Fetch-Mode") == "navigate"
        if (
            given.get("Host") not in hosts
            or (origin is not None and origin not in origins)
            or (origin is None and request.method == "POST")
            or (site not in ("same-origin", "none") and not is_visit)
        ):
            raise web.HTTPForbidden(headers=HEADERS)
        return await handler(request)

    return guard


class _House:
    """The performance of the moment, and what pages ask of it."""

    def __init__(
        self,
        stage: Callable[[Callable[[str], None]], Stage],
        seed: Sequence[str],
        languages: Sequence[str],
    ) -> None:
        self._stage, self._seed, self._languages = stage, seed, languages
        self._runs = count(int(time.time()))  # also those of a program before this one are others
        self._run = 0
        self._one_at_a_time = asyncio.Lock()
        self.now: Performance

    async def open(self, script: str | None) -> None:
        """Begin a new performance in the place of the one there is. Raises Unreadable; then that goes on."""
        new = Performance(self._stage, self._seed)
        try:
            await new.begin(None if script is None else script.splitlines())
        except BaseException:
            await new.close()
            raise
        old, self.now = getattr(self, "now", None), new
        self._run = next(self._runs)
        if old is not None:
            await old.close()

    # --- what is read ----------------------------------------------------------------------------

    async def page(self, request: web.Request) -> web.Response:
        """Answer with a file of the page."""
        name = request.match_info.get("name", "index.html")
        file = PAGE / name
        if not file.is_file():
            raise web.HTTPNotFound(headers=HEADERS)
        return web.Response(
            text=file.read_text("utf-8"), content_type=TYPES[name.rpartition(".")[2]], headers=HEADERS
        )

    async def words(self, request: web.Request) -> web.Response:
        """Answer with the page's words in a language, and in which languages there are any."""
        return web.json_response(words.of(request.match_info["language"], self._languages), headers=HEADERS)

    async def script(self, _: web.Request) -> web.Response:
        """Answer with all that was played, as a file to keep."""
        keep = {"Content-Disposition": 'attachment; filename="transcript.txt"'}
        return web.Response(text=self.now.script, content_type="text/plain", headers=HEADERS | keep)

    async def file(self, request: web.Request) -> web.Response:
        """Answer with a file that the bot has made: a picture to look at, any other to keep."""
        run, number = int(request.match_info["run"]), int(request.match_info["number"])
        if run != self._run or number >= len(self.now.files):
            raise web.HTTPNotFound(headers=HEADERS)
        file = self.now.files[number]
        keep = {} if file.type == "image/png" else {"Content-Disposition": "attachment"}
        return web.Response(body=file.content, content_type=file.type, headers=HEADERS | keep)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Tell what has happened and what happens, as server-sent events; to a page that comes back what it
        has missed. Each new performance begins with an event that says so."""
        answer = web.StreamResponse(headers=HEADERS | {"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        with suppress(ConnectionResetError):  # the page is gone
            await self._tell(request, answer)
        return answer

    async def _tell(self, request: web.Request, answer: web.StreamResponse) -> None:
        run, _, seen = request.headers.get("Last-Event-ID", "").partition("-")
        after = int(seen) if run == str(self._run) and seen.isdecimal() else 0
        await answer.write(f"retry: {AGAIN_MS}\n\n".encode())
        while True:
            run, performance = str(self._run), self.now
            if not after:
                await answer.write(_event(f"{run}-0", {"kind": "begin", "run": self._run}))
            async for number, happening in performance.recording.events(after):
                await answer.write(_event(f"{run}-{number}" if number else "", happening))
            after = 0
            if performance is self.now:  # the house closes
                return

    # --- what is done ----------------------------------------------------------------------------

    async def act(self, request: web.Request) -> web.Response:
        """Do what a page asks, once what others asked before is done."""
        asked = await _json(request)
        async with self._one_at_a_time:
            try:
                await self.now.act(asked)
            except Refused as refused:
                return _refusal(str(refused))
        return web.json_response({}, headers=HEADERS)

    async def begin(self, request: web.Request) -> web.Response:
        """Begin anew, with a script that is sent, or with the example."""
        asked = await _json(request)
        script = EXAMPLE.read_text("utf-8") if asked.get("example") else asked.get("script")
        async with self._one_at_a_time:
            try:
                await self.open(None if script is None else str(script))
            except (Unreadable, Refused) as wrong:
                return _refusal("unreadable", line=getattr(wrong, "line", 1))
        return web.json_response({}, headers=HEADERS)


async def _json(request: web.Request) -> Mapping[str, Any]:
    try:
        asked = await request.json()
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise web.HTTPBadRequest(headers=HEADERS)
    return asked


def _refusal(why: str, **more: Any) -> web.Response:
    return web.json_response({"why": why, **more}, status=HTTPStatus.CONFLICT, headers=HEADERS)


def _event(number: str, happening: Mapping[str, Any]) -> bytes:
    name = f"id: {number}\n" if number else ""
    return f"{name}data: {json.dumps(happening)}\n\n".encode()
