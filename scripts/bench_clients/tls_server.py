"""Serves the answer to the creation of a user over TLS with keep-alive, on loopback, until its stdin is closed.

`python -m bench_clients.tls_server FOLDER` makes an authority and a certificate in FOLDER and prints its port.
"""

import asyncio
import contextlib
import importlib
import ssl
import sys
from pathlib import Path
from typing import Any

from bench_clients import data

LONGEST = 1800.0


async def serve(context: ssl.SSLContext) -> None:
    """Answer every request alike; end when stdin ends, or after half an hour."""
    server = await asyncio.start_server(_connection, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    parent = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(parent), sys.stdin)
    async with server:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(parent.read(), LONGEST)


async def _connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    body = data.user_answer()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    try:
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(request))
            writer.write(head + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        writer.close()  # the client has left


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0)


def certified(folder: Path) -> ssl.SSLContext:
    """Make an authority, put its certificate in `folder`, and return a server context that it vouches for."""
    library: Any = importlib.import_module("trustme")
    authority = library.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


if __name__ == "__main__":
    asyncio.run(serve(certified(Path(sys.argv[1]))))
