"""Bounds what sockets may take in all: httpx's timeouts bound each read, and a server that drips a byte a second has
no end.

The synchronous client puts `Backend` under its connection pools, and `_deadline` says when the call of a thread ends.
The asynchronous client is cancelled from outside and needs none of this. Loaded with the first real connection pool,
for httpx too loads httpcore only then.
"""

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

from ventanilla._deadline import call

Option = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


def _bounded(timeout: float | None, problem: Callable[[str], Exception]) -> float | None:
    if call.ends_at is None:
        return timeout
    left = call.ends_at - time.monotonic()
    if left <= 0:
        raise problem("the deadline of the call has passed")
    return left if timeout is None else min(timeout, left)


def bound(transport: httpx.HTTPTransport) -> None:
    """Let the connections of a transport keep to the deadlines of the calls."""
    # httpx has no public way to reach the connections that it makes; its version is bounded.
    pool: Any = vars(transport)["_pool"]
    if not isinstance(pool._network_backend, Backend):
        pool._network_backend = Backend(pool._network_backend)


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
        try:
            allowed = _bounded(timeout, httpcore.ConnectTimeout)
            return _Stream(self._stream.start_tls(ssl_context, server_hostname, allowed))
        except BaseException:
            self.close()  # httpcore does not: it has the streams close themselves where their handshake fails
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
