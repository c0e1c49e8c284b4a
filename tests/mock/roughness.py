"""Treats a server roughly: no HTTP, far too much of it, far too slowly, or gone in the middle; all from one seed."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from urllib.parse import urlsplit

from attrs import define, field
from raw_caller import request

from ventanilla.mock.journal import KEPT_EXCHANGES
from ventanilla.mock.passage import LARGEST_BODY

WORKERS = 16
# Held open by those who have forgotten them, so many at a time.
FORGOTTEN = 64
PATIENCE = 10.0
PIPED = 500
ABRUPTLY = struct.pack("ii", 1, 0)
HEALTH = request("GET", "/_mock/health", None)
# It is refused for its credentials, so that nothing is left of it but the journal.
POST = request("POST", "/syncfy/v1/users", {"name": "a"}, {"Authorization": "nobody"})
UPGRADE = request(
    "GET",
    "/syncfy/v1/status/0",
    None,
    {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    },
)


@define
class _Line:
    """One connection to the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, *parts: bytes) -> None:
        """Send; a server that has had enough is no failure."""
        with suppress(ConnectionError):
            for part in parts:
                self.writer.write(part)
                await self.writer.drain()

    async def hear(self) -> bytes:
        """Return all that comes until the server closes, or breaks off."""
        heard = b""
        with suppress(ConnectionError):
            while part := await self.reader.read(65_536):
                heard += part
        return heard

    async def end(self) -> None:
        """Be gone."""
        self.writer.transport.abort()
        with suppress(OSError):
            await self.writer.wait_closed()

    def reset(self) -> None:
        """Be gone with a reset."""
        sock: socket.socket = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPTLY)
        self.writer.transport.abort()


@define
class _Rough:
    """All that is done to one server."""

    base: str
    counts: Counter[str] = field(factory=Counter[str])
    forgotten: list[_Line] = field(factory=list[_Line])

    async def line(self) -> _Line:
        address = urlsplit(self.base)
        return _Line(*await asyncio.open_connection(address.hostname, address.port))

    async def work(self, dice: Random, until: float) -> None:
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            manner = dice.choice(MANNERS)
            line = await self.line()
            try:
                async with asyncio.timeout(PATIENCE):
                    await manner(self, line, dice)
                self.counts[manner.__name__.strip("_")] += 1
            except TimeoutError:
                self.counts["left waiting"] += 1
            finally:
                if line not in self.forgotten:
                    await line.end()

    def note(self, heard: bytes) -> None:
        """Count the statuses of answers."""
        for part in heard.split(b"HTTP/1.1 ")[1:]:
            self.counts[f"{part[:1].decode('latin-1')}xx"] += 1

    async def close(self) -> None:
        for line in self.forgotten:
            await line.end()


async def batter(base_url: str, seconds: float, seed: int) -> Counter[str]:
    """Treat a server roughly, and a proper request now and then.

    Args:
        base_url: where it is, e.g. http://127.0.0.1:8765.
        seconds: for how long.
        seed: what is done, and in which order, by each of the callers in parallel.

    Returns how often each manner was tried, and: `proper` requests that were answered, `2xx` to `5xx` answers to all
    others, `left waiting` callers whom the server kept for 10 seconds.
    """
    rough = _Rough(base_url)
    until = asyncio.get_running_loop().time() + seconds
    try:
        async with asyncio.TaskGroup() as group:
            for number in range(WORKERS):
                group.create_task(rough.work(Random(f"{seed}/{number}"), until))
    finally:
        await rough.close()
    return rough.counts


async def fill_journal(base_url: str) -> None:
    """Have the journal of a server filled by requests that are refused, so that no others can make it grow."""
    line = await _Rough(base_url).line()
    for _ in range(0, KEPT_EXCHANGES, PIPED):
        await line.say(POST * PIPED)
        for _ in range(PIPED):
            await line.reader.readuntil(b'"response":null}')
    await line.end()


async def _proper(rough: _Rough, line: _Line, dice: Random) -> None:
    await line.say(HEALTH)
    answer = await line.reader.readuntil(b'"ok"}')
    assert answer.startswith(b"HTTP/1.1 200 "), answer


async def _nonsense(rough: _Rough, line: _Line, dice: Random) -> None:
    await line.say(dice.randbytes(dice.choice((1, 100, 10_000))) + b"\r\n\r\n")
    await _end(rough, line)


async def _mutated(rough: _Rough, line: _Line, dice: Random) -> None:
    sent = bytearray(dice.choice((HEALTH, POST, UPGRADE)))
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(sent))
        sent[place : place + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
    await line.say(bytes(sent))
    await _end(rough, line)


async def _giant_head(rough: _Rough, line: _Line, dice: Random) -> None:
    size = dice.choice((70_000, 300_000, 3_000_000))
    many = b"".join(b"X-%d: %b\r\n" % (number, b"a" * 80) for number in range(size // 90))
    head = dice.choice(
        (b"GET /%b HTTP/1.1\r\n" % (b"a" * size), b"GET / HTTP/1.1\r\nX: " + b"a" * size, HEALTH[:-2] + many)
    )
    await line.say(head)
    await _end(rough, line)


async def _giant_body(rough: _Rough, line: _Line, dice: Random) -> None:
    head = POST.partition(b"Content-Length")[0]
    if dice.random() < 0.5:
        await line.say(head + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1), b"a" * dice.choice((0, 1_000_000)))
    else:
        chunks = [b"100000\r\n" + b"a" * 0x100000 + b"\r\n"] * dice.choice((2, 11))
        await line.say(head + b"Transfer-Encoding: chunked\r\n\r\n", *chunks)
    await _end(rough, line)


async def _bad_chunks(rough: _Rough, line: _Line, dice: Random) -> None:
    head = POST.partition(b"Content-Length")[0] + b"Transfer-Encoding: chunked\r\n\r\n"
    await line.say(
        head, dice.choice((b"xyz\r\n", b"-1\r\n", b"f" * 40 + b"\r\n", b"1\r\nab\r\n", b"0\r\nX: " + b"a" * 200_000))
    )
    await _end(rough, line)


async def _slow(rough: _Rough, line: _Line, dice: Random) -> None:
    for place in range(0, dice.randrange(len(POST)), 16):
        await line.say(POST[place : place + 16])
        await asyncio.sleep(0.005)


async def _forgetful(rough: _Rough, line: _Line, dice: Random) -> None:
    await line.say(dice.choice((b"", HEALTH[:20], POST[:-3], UPGRADE[:-2])))
    rough.forgotten.append(line)
    if len(rough.forgotten) > FORGOTTEN:
        await rough.forgotten.pop(0).end()


async def _piped(rough: _Rough, line: _Line, dice: Random) -> None:
    count = dice.choice((2, 50, PIPED))
    await line.say(HEALTH * count)
    for _ in range(count):
        await line.reader.readuntil(b'"ok"}')


async def _piped_and_gone(rough: _Rough, line: _Line, dice: Random) -> None:
    await line.say((HEALTH + POST) * 200)
    if dice.random() < 0.5:
        line.reset()


async def _gone(rough: _Rough, line: _Line, dice: Random) -> None:
    await line.say(POST[: dice.randrange(len(POST) + 1)])
    if dice.random() < 0.5:
        line.reset()


async def _reading_nothing(rough: _Rough, line: _Line, dice: Random) -> None:
    await line.say(request("GET", "/_mock/openapi/syncfy.json", None) * 20)
    await asyncio.sleep(0.05)


async def _web_socket(rough: _Rough, line: _Line, dice: Random) -> None:
    await line.say(UPGRADE + dice.randbytes(dice.randrange(200)))
    await _end(rough, line)


async def _end(rough: _Rough, line: _Line) -> None:
    """Say that no more comes, as far as that is true, and take what there is to hear."""
    with suppress(OSError):
        line.writer.write_eof()
    rough.note(await line.hear())


MANNERS: tuple[Callable[[_Rough, _Line, Random], Awaitable[None]], ...] = (
    _proper,
    _nonsense,
    _mutated,
    _giant_head,
    _giant_body,
    _bad_chunks,
    _slow,
    _forgetful,
    _piped,
    _piped_and_gone,
    _gone,
    _reading_nothing,
    _web_socket,
)
