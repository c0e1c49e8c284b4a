"""Knows how an ASGI server talks to a mock, and keeps its timers and webhooks going between requests.

ASGI has no words for what goes wrong on a wire, so this comes as near as it can: of a body that is to be cut off or
broken the first part is sent, then ConnectionAbortedError is raised, and servers close the connection; in place of a
reset ConnectionResetError is raised, and servers answer 500. httpx.ASGITransport lets both out. The mock's own server
does on the wire what is asked.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import anyio

from ventanilla.mock import _conduct
from ventanilla.mock._conduct import leaves_at_once
from ventanilla.mock._errands import arun, finishing
from ventanilla.mock._pulse import Pulse
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier, Sink
from ventanilla.mock.passage import LARGEST_BODY
from ventanilla.mock.wire import Headers, Lowered, Request, Response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
A = TypeVar("A")
REFUSAL = "websocket.http.response"


class App:
    """The ASGI application of one mock, at the root of a server or mounted below a path.

    With lifespan events, as servers send them, timers fire and webhooks leave at their moment; without, both
    happen after each request, and no request waits for something to happen.
    """

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        self.mock = mock
        self._courier = AsyncCourier(mock, sink=sink, allow_remote=allow_remote)
        self._pulse = Pulse(mock, self._courier)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI says."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._listen(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._pulse.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._pulse.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        body = await body_of(receive)
        if body is None:
            return
        is_cut = len(body) > LARGEST_BODY
        request = request_of(scope, b"" if is_cut else body, is_cut=is_cut)
        first = self.mock.handle(request)
        self._pulse.touched()
        if not self._pulse.is_beating:
            answer: Response | None = await arun(finishing(self.mock, request, first, None), self._courier)
        elif leaves_at_once(first):
            answer = first
        else:
            answer = await _unless_gone(receive, self._pulse.settled(request, first))
        if answer is not None:
            await _send(answer, send)

    async def _listen(self, scope: Message, receive: Receive, send: Send) -> None:
        await receive()
        request = request_of(scope, b"")
        look = self.mock.look(request)
        self._pulse.touched()
        if isinstance(look, Response):
            await _turn_away(look, scope, send)
            return

        async def say(text: str) -> None:
            await send({"type": "websocket.send", "text": text})

        await send({"type": "websocket.accept"})
        code = await _unless_gone(receive, self._pulse.tell(request, look, say))
        if code is not None:
            await send({"type": "websocket.close", "code": code})


async def _unless_gone(receive: Receive, work: Coroutine[Any, Any, A]) -> A | None:
    """Return what comes of the work; None when the caller goes away first, which breaks it off."""
    found: A | None = None
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            while (await receive())["type"] not in ("http.disconnect", "websocket.disconnect"):
                pass
            group.cancel_scope.cancel()

        group.start_soon(watch)
        found = await work
        group.cancel_scope.cancel()
    return found


async def body_of(receive: Receive) -> bytes | None:
    """Return the body, of one that is too large a little too much; None when the caller has gone."""
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


def request_of(scope: Message, body: bytes, *, is_cut: bool = False) -> Request:
    """Return the request that an ASGI scope describes."""
    root: str = scope.get("root_path", "").rstrip("/")
    query = scope.get("query_string", b"").decode("latin-1")
    target = f"{_path(scope, root)}?{query}" if query else _path(scope, root)
    headers = Lowered((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
    scheme: str = scope.get("scheme", "http")
    scheme = {"ws": "http", "wss": "https"}.get(scheme, scheme)
    method: str = scope.get("method", "GET")
    return Request(method, target, headers, body, scheme, is_cut=is_cut, root=quote(root, safe="/%"))


def _path(scope: Message, root: str) -> str:
    """Return the path below the root, percent-encoded as it came: an encoded slash stays inside its segment.

    A path has its root in it, says ASGI; Starlette before 0.33 and uvicorn before 0.26 leave it out. With the raw path
    some do and some do not, so that only the path tells where it begins.
    """
    path: str = scope["path"]
    raw: str = (scope.get("raw_path") or b"").decode("latin-1")
    if not root:
        return raw or quote(path)
    if path == root or path.startswith(f"{root}/"):
        path = path[len(root) :] or "/"
    tails = (raw[found.start() :] for found in re.finditer("/", raw))
    return next((tail for tail in tails if unquote(tail) == path), quote(path))


async def _send(answer: Response, send: Send) -> None:
    ending, drip = answer.conduct.ending, answer.conduct.drip
    if ending == "reset":
        raise ConnectionResetError("the mock resets this connection, as a fault asks it to")
    # Whether a body comes in chunks is for the server to say.
    headers = answer.headers if ending == "broken-chunk" else _conduct.headers(answer)
    await send({"type": "http.response.start", "status": answer.status, "headers": _encoded(headers)})
    content = _conduct.sound(answer)
    for pause, part in _conduct.dripping(content, drip) if drip else [(0.0, content)]:
        await anyio.sleep(pause)
        await send({"type": "http.response.body", "body": part, "more_body": True})
    if ending != "whole":
        raise ConnectionAbortedError("the mock breaks this body off, as a fault asks it to")
    await send({"type": "http.response.body"})


async def _turn_away(answer: Response, scope: Message, send: Send) -> None:
    if REFUSAL not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close"})
        return
    headers = _encoded(_conduct.headers(answer))
    await send({"type": f"{REFUSAL}.start", "status": answer.status, "headers": headers})
    await send({"type": f"{REFUSAL}.body", "body": answer.body})


def _encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
