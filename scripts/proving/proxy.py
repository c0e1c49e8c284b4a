"""Stands between a face and a real server on the loopback, and does to chosen connections what networks do."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import TypeVar

from attrs import define, field

from proving import faults
from proving.faults import Fault
from proving.proxy_acts import AFTER, BEFORE, Asked, drip, read, written

T = TypeVar("T")


class Loop:
    """An event loop in a thread of its own, in which proxies live."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies", daemon=True)
        self._thread.start()

    def do(self, work: Awaitable[T]) -> T:
        """Do something in the loop and wait for it."""

        async def done() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(30)

    def close(self) -> None:
        """End the loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


@contextmanager
def looping() -> Generator[Loop]:
    """Keep a loop for the time of the block."""
    loop = Loop()
    try:
        yield loop
    finally:
        loop.close()


Send = Callable[[], Awaitable[None]]


@define
class Limbo:
    """What reaches the server later, each with its moment of a clock: `seconds` after it was sent."""

    now: Callable[[], float]
    seconds: float
    held: list[tuple[float, Send]] = field(factory=list[tuple[float, Send]])

    def hold(self, send: Send) -> None:
        """Keep something back."""
        self.held.append((self.now() + self.seconds, send))

    async def arrive(self) -> None:
        """Let arrive what is due."""
        due = [send for moment, send in self.held if moment <= self.now()]
        self.held = [late for late in self.held if late[0] > self.now()]
        for send in due:
            await send()


@define
class Proxy:
    """One listening socket before a server; each request has a connection of its own.

    Args:
        upstream: host and port of the server.
        provider: whose answers are imitated where one comes in the place of the server's own.
        strikes: what happens to the first connection, to the second one … counted from 1.
        limbo: keeps what reaches the server later.
    """

    upstream: tuple[str, int]
    provider: str
    strikes: Mapping[int, Fault]
    limbo: "Limbo"
    port: int = 0
    met: int = 0
    injected: int = 0
    _server: asyncio.Server | None = None
    _bound: socket.socket | None = None
    _tasks: set[asyncio.Task[None]] = field(factory=set[asyncio.Task[None]], repr=False)

    async def open(self) -> None:
        """Listen, unless the first connection is to be refused."""
        self._bound = socket.socket()
        self._bound.bind(("127.0.0.1", 0))
        self.port = self._bound.getsockname()[1]
        if not self._refuses(1):
            self._server = await asyncio.start_server(self._take, sock=self._bound)

    async def close(self) -> None:
        """End, with whatever is still under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
        elif self._bound is not None:
            self._bound.close()

    def _refuses(self, number: int) -> bool:
        fault = self.strikes.get(number)
        if fault is None or fault.name != "refused":
            return False
        self.injected += 1
        return True

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self.met += 1
        fault = self.strikes.get(self.met)
        # What comes next must be refused from the moment when this answer can be read.
        if self._refuses(self.met + 1) and self._server is not None:
            self._server.close()
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self.limbo.arrive()
            if fault is None:
                writer.write(await self.ask(await read(reader)))
                await writer.drain()
            else:
                self.injected += 1
                await self._strike(fault, reader, writer)
        writer.close()

    async def _strike(self, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if fault.name in BEFORE:
            await BEFORE[fault.name](reader, writer)
            return
        asked = await read(reader)
        answer = await self.ask(asked) if fault.executed == "yes" else b""
        if (instead := faults.canned(fault, self.provider)) is not None:
            await drip(writer, written(instead), 1)
        elif fault.executed == "later":
            self.limbo.hold(lambda: self._late(asked))
            await reader.read()
        else:
            await AFTER[fault.name](reader, writer, answer)

    async def _late(self, asked: Asked) -> None:
        await self.ask(asked)

    async def ask(self, asked: Asked) -> bytes:
        """Have the server do what is asked, and return its whole answer."""
        reader, writer = await asyncio.open_connection(*self.upstream)
        try:
            writer.write(asked.closing)
            return await reader.read()
        finally:
            writer.close()
