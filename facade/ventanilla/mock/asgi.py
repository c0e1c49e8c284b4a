"""Knows how an ASGI server talks to a mock, and keeps its timers and webhooks going between requests."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier, Sink
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.passage import LARGEST_BODY
from ventanilla.mock.wire import Request, Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class App:
    """The ASGI application of one mock.

    With lifespan events, as servers send them, timers fire and webhooks leave at their moment; without, both
    happen after each request.
    """

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        self.mock = mock
        self._courier = AsyncCourier(mock, sink=sink, allow_remote=allow_remote)
        self._pump: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._calls: set[asyncio.Task[None]] = set()
        self._lines: dict[str, deque[Delivery]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI says."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        answer = self.mock.handle(_request(scope, body))
        await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer)})
        await send({"type": "http.response.body", "body": answer.body})
        if self._pump is None:
            self.mock.run_due()
            await self._courier.deliver()
        else:
            self._wake.set()

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._pump = asyncio.create_task(self._run())
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _run(self) -> None:
        """Fire timers and send webhooks, each at its moment, until cancelled."""
        while True:
            self._wake.clear()
            self.mock.run_due()
            for delivery in self.mock.outgoing():
                self._enqueue(delivery)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self.mock.seconds_left())

    def _enqueue(self, delivery: Delivery) -> None:
        """Let each receiver have its events in their order, without waiting for the other receivers."""
        if (line := self._lines.get(delivery.url)) is not None:
            line.append(delivery)
            return
        self._lines[delivery.url] = deque([delivery])
        call = asyncio.create_task(self._call(delivery.url))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _call(self, url: str) -> None:
        line = self._lines[url]
        try:
            while line:
                await self._courier.deliver_one(line.popleft())
        finally:
            del self._lines[url]

    async def _stop(self) -> None:
        tasks = [task for task in (self._pump, *self._calls) if task is not None]
        self._pump = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._courier.close()


async def _body(receive: Receive) -> bytes | None:
    """Return the body, cut off just past the largest one; None when the caller has gone."""
    parts, size, more = list[bytes](), 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        if size <= LARGEST_BODY:
            parts.append(part)
            size += len(part)
    return b"".join(parts)


def _request(scope: Scope, body: bytes) -> Request:
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    query: bytes = scope.get("query_string", b"")
    target = raw + b"?" + query if query else raw
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    return Request(scope["method"], target.decode("latin-1"), headers, body, scope.get("scheme", "http"))


def _headers(answer: Response) -> list[tuple[bytes, bytes]]:
    pairs = (*answer.headers, ("Content-Length", str(len(answer.body))))
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
