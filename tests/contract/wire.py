"""The wire between an adapter and its messenger, which can be cut, and tells how many lines are open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Wire:
    """A TCP forwarder before the server at `to`, such as "http://127.0.0.1:8008"; `url` is its own."""

    def __init__(self, to: str) -> None:
        target = urlsplit(to)
        self.url = ""
        self.host, self.port = target.hostname or "", target.port or 80
        self.is_cut = False
        self.open: set[_Line] = set()

    @property
    def lines(self) -> int:
        """How many connections the adapter holds open."""
        return len(self.open)

    def cut(self) -> None:
        """Break every connection, and each that is opened from now on."""
        self.is_cut = True
        for line in self.open:
            line.breaks()

    def mend(self) -> None:
        """Let connections through again."""
        self.is_cut = False


class _Line(asyncio.Protocol):
    """One connection of the adapter; what comes before the other half stands waits for it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._here: asyncio.Transport
        self._there: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._here = transport
        if self._wire.is_cut:
            transport.abort()
            return
        self._wire.open.add(self)
        self._connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(
            lambda: _OtherHalf(self._here), self._wire.host, self._wire.port
        )
        self._there = transport
        if self._here.is_closing():
            transport.abort()
        for data in self._waiting:
            transport.write(data)

    def data_received(self, data: bytes) -> None:
        if self._there is None:
            self._waiting.append(data)
        else:
            self._there.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._wire.open.discard(self)
        if self._there is not None:
            self._there.close()

    def breaks(self) -> None:
        """Break off, as a line does."""
        self._here.abort()


class _OtherHalf(asyncio.Protocol):
    """The same connection on its way to the server."""

    def __init__(self, here: asyncio.Transport) -> None:
        self._here = here

    def data_received(self, data: bytes) -> None:
        self._here.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._here.close()


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    """A wire that carries, until it is cut."""
    wire = Wire(url)
    server = await asyncio.get_running_loop().create_server(lambda: _Line(wire), "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()
        wire.cut()
        await asyncio.sleep(0)
