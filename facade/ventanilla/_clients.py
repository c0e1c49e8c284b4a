"""Holds the httpx clients of the faces: every request of theirs, and of `.raw`, is sent by one of the two `send`s."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx

from ventanilla import _deadline, _flow
from ventanilla._attempts import LOST, Call, Calls, monotonic_end, sending
from ventanilla._bodies import AsyncBoundedTransport, BoundedTransport, Bounds
from ventanilla._environment import closed, surroundings
from ventanilla._fork import after_fork
from ventanilla._quiet import Quietly
from ventanilla.errors import RateLimited, VentanillaError


class SyncClient(httpx.Client):
    """httpx's client, whose failures are ventanilla's and whose calls end in time.

    Args:
        calls: what its calls have in common.
        transport: where to send to; a pool of connections of its own if None.
        options: of httpx's client.

    Raises:
        ConfigurationError: a variable of the environment cannot be used.
    """

    def __init__(self, calls: Calls, transport: httpx.BaseTransport | None = None, **options: Any) -> None:
        # Called for every request, those for a session too.
        options |= {"transport": transport, "event_hooks": {"request": [partial(_pace, calls=calls)]}}
        surroundings(calls.provider, super().__init__, options)
        self._calls = calls
        # httpx has no public way to put something around the transports that it makes; its version is bounded.
        self._transport = _bounded(self._transport, calls)
        self._mounts = {pattern: mounted and _bounded(mounted, calls) for pattern, mounted in self._mounts.items()}

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send one request, again where that is safe and may help; nobody can have redirects followed."""
        with Quietly(), self._calls.begin(request) as call:
            try:
                return self._send(call, request, **{**options, "follow_redirects": False})
            finally:
                del request, options, self  # a traceback would show its address and its keys

    def _send(self, call: Call, request: httpx.Request, **options: Any) -> httpx.Response:
        if self.is_closed:
            raise closed(self._calls.provider)
        if options.get("stream"):  # a WebSocket's handshake: who listens knows what to do when there is none
            try:
                return super().send(request, **options)
            except Exception as problem:
                raise call.judged(problem) from _cause(problem)
        while True:
            try:
                with _deadline.until(monotonic_end(call.left())):
                    response = super().send(request, **options)
            except Warning:
                raise
            except Exception as problem:
                error, wait = call.failed(problem)
                if wait is None:
                    raise error from _cause(problem)
            else:
                call.done(response)
                return response
            _flow.waiting.sleep(wait)


class AsyncClient(httpx.AsyncClient):
    """httpx's asynchronous client, likewise; it may be used in one event loop after the other."""

    def __init__(self, calls: Calls, transport: httpx.AsyncBaseTransport | None = None, **options: Any) -> None:
        options |= {"transport": transport, "event_hooks": {"request": [partial(_apace, calls=calls)]}}
        surroundings(calls.provider, super().__init__, options)
        self._calls = calls
        bounds = _bounds(calls)
        if type(transport) is httpx.AsyncHTTPTransport:
            from ventanilla._sockets import forked

            after_fork(transport, forked)
        self._transport = AsyncBoundedTransport(self._transport, bounds)
        self._mounts = {
            pattern: mounted and AsyncBoundedTransport(mounted, bounds) for pattern, mounted in self._mounts.items()
        }

    def _init_transport(self, *given: Any, **options: Any) -> httpx.AsyncBaseTransport:
        from ventanilla._sockets import LoopTransport

        chosen: httpx.AsyncBaseTransport | None = options["transport"]
        return chosen or LoopTransport(partial(super()._init_transport, *given, **options))

    def _init_proxy_transport(self, *given: Any, **options: Any) -> httpx.AsyncBaseTransport:
        from ventanilla._sockets import LoopTransport

        return LoopTransport(partial(super()._init_proxy_transport, *given, **options))

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send one request, again where that is safe and may help; nobody can have redirects followed."""
        with Quietly(), self._calls.begin(request) as call:
            try:
                return await self._send(call, request, **{**options, "follow_redirects": False})
            finally:
                del request, options, self

    async def _send(self, call: Call, request: httpx.Request, **options: Any) -> httpx.Response:
        if self.is_closed:
            raise closed(self._calls.provider)
        if options.get("stream"):
            try:
                return await super().send(request, **options)
            except Exception as problem:
                raise call.judged(problem) from _cause(problem)
        import anyio  # only asynchronous programs pay for it

        while True:
            try:
                with anyio.fail_after(call.left()):
                    response = await super().send(request, **options)
            except Warning:
                raise
            except Exception as problem:
                error, wait = call.failed(problem)
                if wait is None:
                    raise error from _cause(problem)
            else:
                call.done(response)
                return response
            await _flow.waiting.asleep(wait)


def _cause(problem: Exception) -> BaseException | None:
    """Return what an error came from: what httpx says of the network, not what anything else quotes."""
    if isinstance(problem, VentanillaError):
        return problem.__cause__
    return problem if isinstance(problem, LOST) else None


def _reached(transport: Any) -> Iterator[httpx.HTTPTransport]:
    """Yield the transports of httpx that a transport is, or sends through."""
    if isinstance(transport, httpx.HTTPTransport):
        yield transport
    elif isinstance(transport, httpx.BaseTransport):
        for each in vars(transport).values():
            yield from _reached(each)


def _bounded(transport: httpx.BaseTransport, calls: Calls) -> httpx.BaseTransport:
    for each in _reached(transport):
        from ventanilla._sockets import bound  # brings httpcore, which a transport in process has no use for

        bound(each)
    return BoundedTransport(transport, _bounds(calls))


def _bounds(calls: Calls) -> Bounds:
    return Bounds(calls.provider, max_bytes=calls.policy.max_bytes, max_file_bytes=calls.policy.max_file_bytes)


def _pace(request: httpx.Request, calls: Calls) -> None:
    """Wait for the moment that the limiter gives to a request."""
    if wait := _turn(request, calls):
        _flow.waiting.sleep(wait)


async def _apace(request: httpx.Request, calls: Calls) -> None:
    if wait := _turn(request, calls):
        await _flow.waiting.asleep(wait)


def _turn(request: httpx.Request, calls: Calls) -> float:
    """Return the seconds until the request may be sent, or say that the call has not that many left."""
    if calls.limiter is None or not _flow.waiting.paced:
        return 0.0
    call = sending.get()
    taken, wait = calls.limiter.reserve(calls.now(), float("inf") if call is None else call.ends_at)
    if not taken:
        error = RateLimited(f"the key may send its next request in {wait:.1f} seconds, after the deadline of the call")
        error.retry_after = wait
        raise error
    return wait
