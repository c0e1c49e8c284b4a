"""A server that answers so slowly that no single read of it takes long: what only a total deadline ends."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

PAUSE = 0.3
# Whatever is longer comes at once.
SHORT = 40
BODY = b'{"rid":"drip","code":200,"errors":null,"status":true,"message":null,"response":[]}' + b" " * 100
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)


def slow_head() -> Iterator[bytes]:
    """The head comes one byte at a time."""
    yield from _bytes(HEAD + BODY)


def slow_body() -> Iterator[bytes]:
    """The head comes at once, the body one byte at a time."""
    yield HEAD
    yield from _bytes(BODY)


def slow_chunks() -> Iterator[bytes]:
    """The body has no length, and comes in chunks of one byte for ever."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"1\r\n \r\n"


def slow_interim() -> Iterator[bytes]:
    """The server says that it goes on working, and never ends."""
    while True:
        yield b"HTTP/1.1 102 Processing\r\n\r\n"


def hurried_off() -> Iterator[bytes]:
    """Every attempt is refused at once, to come back in half a second."""
    body = b'{"rid":"drip","code":429,"errors":null,"status":false,"message":"slow down","response":null}'
    head = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
    yield head + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body


def silent() -> Iterator[bytes]:
    """Nothing comes at all."""
    while True:
        yield b""


def _bytes(content: bytes) -> Iterator[bytes]:
    for place in range(len(content)):
        yield content[place : place + 1]


Manner = Callable[[], Iterator[bytes]]
MANNERS: dict[str, Manner] = {
    "slow head": slow_head,
    "slow body": slow_body,
    "slow chunks": slow_chunks,
    "slow interim answers": slow_interim,
    "asked to come back": hurried_off,
    "silence": silent,
}


@contextmanager
def dripping(manner: Manner, lasts: float) -> Generator[str]:
    """Serve on the loopback while the block runs, and yield the address; connections end after `lasts` seconds."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as bound:
        door = threading.Thread(target=_welcome, args=(bound, manner, lasts, over), daemon=True)
        door.start()
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            over.set()
            # Wakes the door, which then ends.
            with contextlib.suppress(OSError):
                bound.shutdown(socket.SHUT_RDWR)
            door.join(2)


def _welcome(bound: socket.socket, manner: Manner, lasts: float, over: threading.Event) -> None:
    while not over.is_set():
        try:
            caller, _ = bound.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(caller, manner, lasts, over), daemon=True).start()


def _answer(caller: socket.socket, manner: Manner, lasts: float, over: threading.Event) -> None:
    with caller, contextlib.suppress(OSError):
        caller.settimeout(60)
        caller.recv(65_536)
        ends_at = time.monotonic() + lasts
        for part in manner():
            caller.sendall(part)
            if over.wait(PAUSE if len(part) < SHORT else 0) or time.monotonic() > ends_at:
                return
