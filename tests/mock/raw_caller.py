"""Speaks to a server byte by byte, for tests of what stands on the wire."""

import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from attrs import evolve
from syncfy_caller import JSON, KEY

from ventanilla.mock.core import Mock
from ventanilla.mock.wire import Conduct, Request, Response, encode

SECONDS = 5.0
USER = {"name": "Ñandú", "id_external": "a"}


@contextmanager
def line(base: str) -> Generator[socket.socket]:
    """Open a connection."""
    address = urlsplit(base)
    with socket.create_connection((address.hostname, address.port), SECONDS) as opened:
        yield opened


def request(
    method: str = "POST", path: str = "/syncfy/v1/users", body: Any = USER, headers: Mapping[str, str] | None = None
) -> bytes:
    """Return the bytes of a request."""
    content = b"" if body is None else encode(body)
    sent = {"Host": "mock.test", "Authorization": KEY, "Content-Type": JSON, "Content-Length": str(len(content))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (sent | dict(headers or {})).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + content


def everything(opened: socket.socket) -> bytes:
    """Read until the other side closes; ConnectionResetError when it breaks off."""
    parts = list[bytes]()
    while part := opened.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def exchange(base: str, *parts: bytes) -> bytes:
    """Send something and return all that comes back until the other side closes."""
    with line(base) as opened:
        for part in parts:
            opened.sendall(part)
        return everything(opened)


def answer(opened: socket.socket) -> tuple[bytes, bytes]:
    """Read one answer whose length is announced: its head and its body."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += _received(opened, 1)
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    body = b""
    while len(body) < length:
        body += _received(opened, length - len(body))
    return head.removesuffix(b"\r\n\r\n"), body


def _received(opened: socket.socket, count: int) -> bytes:
    part = opened.recv(count)
    assert part, "the connection ended in the middle of an answer"
    return part


class Wayward(Mock):
    """A mock whose answers misbehave."""

    conduct = Conduct()

    def handle(self, request: Request) -> Response:
        """Answer as the mock does, and then leave as told."""
        return evolve(super().handle(request), conduct=self.conduct)
