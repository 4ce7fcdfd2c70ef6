"""The line to a homeserver, which can be cut, slowed down, and counted."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import ClientSession, ClientTimeout, web

from tests.support.synapse import Synapse

Fault = Callable[[web.Request], web.Response | None]
"""What is answered instead of the homeserver; None lets a request through."""


class Line:
    """A proxy before a homeserver. `fault` decides on each request, and `loses` on each that got through:
    whether its answer is lost on the way back. `requests` are those that came."""

    def __init__(self, server: Synapse, session: ClientSession) -> None:
        self.url = ""
        self._session = session
        self.fault: Fault = lambda request: None
        self.fault_of_body: Callable[[web.Request, bytes], web.Response | None] = lambda request, body: None
        self.loses: Callable[[web.Request], bool] = lambda request: False
        self.requests: list[str] = []
        self._server = server

    async def _carry(self, request: web.Request) -> web.Response:
        self.requests.append(f"{request.method} {request.path}")
        body = await request.read()
        if (answer := self.fault(request) or self.fault_of_body(request, body)) is not None:
            return answer
        kept = ("Authorization", "Content-Type")
        headers = {name: request.headers[name] for name in kept if name in request.headers}
        async with self._session.request(
            request.method,
            f"{self._server.url}{request.raw_path}",
            data=body,
            headers=headers,
        ) as response:
            if self.loses(request):
                return web.Response(status=502)
            return web.Response(
                status=response.status,
                body=await response.read(),
                headers={"Content-Type": response.headers.get("Content-Type", "application/json")},
            )


@asynccontextmanager
async def line_to(server: Synapse) -> AsyncIterator[Line]:
    """A line that works, until its `fault` is set."""
    async with ClientSession(timeout=ClientTimeout(60), auto_decompress=False) as session:
        line = Line(server, session)
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", line._carry)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        line.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield line
        finally:
            await runner.cleanup()


def away(request: web.Request) -> web.Response | None:
    """What a proxy says whose homeserver is not there."""
    return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")


def refusing(part: str, code: str, status: int, **more: object) -> Fault:
    """Requests whose path holds `part` get this error of the specification."""

    def fault(request: web.Request) -> web.Response | None:
        if part not in request.path:
            return None
        return web.json_response({"errcode": code, "error": "of the tests", **more}, status=status)

    return fault
