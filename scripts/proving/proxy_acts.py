"""Does to one connection what networks do: before anything is asked of the server, or to its answer."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from attrs import frozen

from proving import faults

# Long enough to be seen, short enough for a thousand of them.
DRIP_SECONDS = 0.005
DRIPS = 8


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


async def read(reader: asyncio.StreamReader) -> Asked:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return Asked(head[:-2], await reader.readexactly(length))


def written(answer: faults.Canned) -> bytes:
    headers = (*answer.headers, ("Content-Length", str(len(answer.body))), ("Connection", "close"))
    lines = [f"HTTP/1.1 {answer.status} ", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode() + answer.body


async def drip(writer: asyncio.StreamWriter, content: bytes, drips: int) -> None:
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
    await read(reader)
    _reset(writer)


async def _hang_before(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read(reader)
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
    await drip(writer, head + gap, DRIPS)
    writer.write(body)
    await writer.drain()


async def _slow_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    head, gap, body = answer.partition(b"\r\n\r\n")
    writer.write(head + gap)
    await drip(writer, body, DRIPS)


BEFORE: dict[str, Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[Any]]] = {
    "closed on accept": _close_at_once,
    "reset while sending": _reset_early,
    "reset before executing": _reset_before,
    "hang before executing": _hang_before,
}
AFTER: dict[str, Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[Any]]] = {
    "closed after executing": _close,
    "reset after executing": _reset_after,
    "hang after executing": _hang,
    "truncated": _truncate,
    "broken chunk": _break_chunk,
    "garbage": _garble,
    "slow head": _slow_head,
    "slow body": _slow_body,
}
