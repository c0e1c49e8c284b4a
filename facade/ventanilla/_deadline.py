"""Bounds what sockets may take in all: httpx's timeouts bound each read, and a server that drips a byte a second has
no end.

The synchronous client puts `Backend` under its connection pools, and says with `until` when the call of this thread
ends. The asynchronous client is cancelled from outside and needs none of this.
"""

import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any

import httpcore

Option = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class _Call(threading.local):
    ends_at: float | None = None


_call = _Call()


@contextmanager
def until(ends_at: float) -> Generator[None]:
    """Let no socket of this thread wait beyond a moment of the monotonic clock."""
    outer, _call.ends_at = _call.ends_at, ends_at
    try:
        yield
    finally:
        _call.ends_at = outer


def _bounded(timeout: float | None, problem: Callable[[str], Exception]) -> float | None:
    if _call.ends_at is None:
        return timeout
    left = _call.ends_at - time.monotonic()
    if left <= 0:
        raise problem("the deadline of the call has passed")
    return left if timeout is None else min(timeout, left)


class Backend(httpcore.NetworkBackend):
    """Opens connections whose every wait ends with the call."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Option] | None = None,
    ) -> httpcore.NetworkStream:
        """Open a connection."""
        allowed = _bounded(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, allowed, local_address, socket_options))

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Option] | None = None
    ) -> httpcore.NetworkStream:
        """Open a connection to a socket of this machine."""
        allowed = _bounded(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_unix_socket(path, allowed, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _bounded(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _bounded(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _bounded(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
