"""Bounds what sockets may take in all: httpx's timeouts bound each read, and a server that drips a byte a second has
no end.

The synchronous client puts `Backend` under its connection pools, and `_deadline` says when the call of a thread ends.
The asynchronous client is cancelled from outside and needs none of this. Loaded with the first real connection pool,
for httpx too loads httpcore only then.
"""

import asyncio
import importlib
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import suppress
from typing import Any

import httpcore
import httpx

from ventanilla._bodies import Direct
from ventanilla._deadline import call
from ventanilla._fork import after_fork

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
    after_fork(transport, forked)


# What a child must not touch: closing it would speak to the event loop, or over the connections, of the parent.
_of_the_parent: list[object] = []


def forked(transport: httpx.HTTPTransport | httpx.AsyncHTTPTransport) -> None:
    """Let the transport open connections of its own in a child: its parent goes on with those that there are."""
    pool: Any = vars(transport)["_pool"]
    if isinstance(transport, httpx.AsyncHTTPTransport):
        _of_the_parent.append(pool._connections)
    else:
        for connection in pool._connections:
            with suppress(Exception):
                connection.close()  # closes the child's descriptor, and says nothing to the server
    pool._connections, pool._requests = [], []
    pool._optional_thread_lock = type(pool._optional_thread_lock)()


Lease = AsyncGenerator[httpx.AsyncBaseTransport]


class LoopTransport(Direct):
    """Sends over a pool of connections of the event loop that is running, since none can be used in another.

    Args:
        make: makes such a pool.
    """

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport]) -> None:
        make()  # what is wrong with it is said at once
        self._make = make
        self._pools: dict[object, tuple[httpx.AsyncBaseTransport, Lease]] = {}
        after_fork(self, LoopTransport._forked)

    def _forked(self) -> None:
        _of_the_parent.append(self._pools)
        self._pools = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        found = self._pools.get(loop := _running())
        if found is None:
            for ended in [each for each in [*self._pools] if isinstance(each, asyncio.AbstractEventLoop)]:
                if ended.is_closed():
                    self._pools.pop(ended, None)
            lease = self._lease(loop)
            found = self._pools[loop] = await anext(lease), lease
        return await found[0].handle_async_request(request)

    async def _lease(self, loop: object) -> Lease:
        # A loop ends its asynchronous generators before it is closed, and with this one the connections.
        pool = self._make()
        try:
            yield pool
        finally:
            self._pools.pop(loop, None)
            await pool.aclose()

    async def aclose(self) -> None:
        """Close the connections of this loop; those of others are closed by their loops."""
        _, lease = self._pools.pop(_running(), (None, None))
        self._pools.clear()
        if lease is not None:
            await lease.aclose()


def _running() -> object:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        token: object = importlib.import_module("trio").lowlevel.current_trio_token()
        return token


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
