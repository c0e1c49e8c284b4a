"""Stands between a face and a real server on the loopback, and does to chosen connections what networks do."""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from attrs import define, field, frozen

from proving import faults
from proving.faults import Fault

T = TypeVar("T")
# Long enough to be seen, short enough for a thousand of them.
DRIP_SECONDS = 0.005
DRIPS = 8


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


@frozen
class Asked:
    """One request as it came, head and body."""

    head: bytes
    body: bytes

    @property
    def closing(self) -> bytes:
        """The same request, asking the server to close the connection after its answer."""
        lines = [line for line in self.head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
        return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + self.body


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
                writer.write(await self.ask(await _read(reader)))
                await writer.drain()
            else:
                self.injected += 1
                await self._strike(fault, reader, writer)
        writer.close()

    async def _strike(self, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if fault.name in _BEFORE:
            await _BEFORE[fault.name](reader, writer)
            return
        asked = await _read(reader)
        answer = await self.ask(asked) if fault.executed == "yes" else b""
        if (instead := faults.canned(fault, self.provider)) is not None:
            await _drip(writer, _written(instead), 1)
        elif fault.executed == "later":
            self.limbo.hold(lambda: self._late(asked))
            await reader.read()
        else:
            await _AFTER[fault.name](reader, writer, answer)

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


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return Asked(head[:-2], await reader.readexactly(length))


def _written(answer: faults.Canned) -> bytes:
    headers = (*answer.headers, ("Content-Length", str(len(answer.body))), ("Connection", "close"))
    lines = [f"HTTP/1.1 {answer.status} ", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode() + answer.body


async def _drip(writer: asyncio.StreamWriter, content: bytes, drips: int) -> None:
    size = max(1, len(content) // drips)
    for start in range(0, len(content), size):
        writer.write(content[start : start + size])
        await writer.drain()
        if drips > 1:
            await asyncio.sleep(DRIP_SECONDS)


def _reset(writer: asyncio.StreamWriter) -> None:
    opened = writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _close_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _reset_early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    _reset(writer)


async def _reset_before(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _read(reader)
    _reset(writer)


async def _hang_before(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _read(reader)
    await reader.read()


async def _close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    writer.close()


async def _reset_after(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    _reset(writer)


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    await reader.read()


async def _truncate(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    head, gap, body = answer.partition(b"\r\n\r\n")
    writer.write(head + gap + body[: len(body) // 2])
    await writer.drain()


async def _break_chunk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    half = body[: len(body) // 2]
    chunked = b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", b"%x" % len(half), half, b"this is no chunk"])
    writer.write(chunked + b"\r\n")
    await writer.drain()


async def _garble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    writer.write(b"garbage\r\n\r\n")
    await writer.drain()


async def _slow_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    head, gap, body = answer.partition(b"\r\n\r\n")
    await _drip(writer, head + gap, DRIPS)
    writer.write(body)
    await writer.drain()


async def _slow_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    head, gap, body = answer.partition(b"\r\n\r\n")
    writer.write(head + gap)
    await _drip(writer, body, DRIPS)


_BEFORE: dict[str, Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[Any]]] = {
    "closed on accept": _close_at_once,
    "reset while sending": _reset_early,
    "reset before executing": _reset_before,
    "hang before executing": _hang_before,
}
_AFTER: dict[str, Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[Any]]] = {
    "closed after executing": _close,
    "reset after executing": _reset_after,
    "hang after executing": _hang,
    "truncated": _truncate,
    "broken chunk": _break_chunk,
    "garbage": _garble,
    "slow head": _slow_head,
    "slow body": _slow_body,
}
