"""Holds the httpx clients of the faces: every request of theirs, and of `.raw`, is sent by one of the two `send`s."""

from functools import partial
from typing import Any

import httpx

from ventanilla import _deadline, _flow
from ventanilla._attempts import FAILURES, Calls, in_our_words, monotonic_end
from ventanilla._attempts import UNKNOWN as UNNAMED
from ventanilla._bodies import AsyncBoundedTransport, BoundedTransport, Bounds
from ventanilla._quiet import Quietly
from ventanilla.errors import RateLimited, VentanillaError


class SyncClient(httpx.Client):
    """httpx's client, whose failures are ventanilla's and whose calls end in time.

    Args:
        calls: what its calls have in common.
        options: of httpx's client.
    """

    def __init__(self, calls: Calls, **options: Any) -> None:
        # Called for every request, those for a session too.
        super().__init__(**options, event_hooks={"request": [partial(_pace, calls=calls)]})
        self._calls = calls
        # httpx has no public way to put something around the transports that it makes; its version is bounded.
        self._transport = _bounded(self._transport, calls)
        self._mounts = {pattern: mounted and _bounded(mounted, calls) for pattern, mounted in self._mounts.items()}

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send one request, again where that is safe and may help; nobody can have redirects followed."""
        with Quietly():
            try:
                return self._send(request, **{**options, "follow_redirects": False})
            finally:
                del request  # a traceback would show its address

    def _send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        if options.get("stream"):  # a WebSocket's handshake: who listens knows what to do when there is none
            return self._send_once(request, **options)
        call = self._calls.begin(request)
        while True:
            try:
                with _deadline.until(monotonic_end(call.left())):
                    response = super().send(request, **options)
            except (*FAILURES, VentanillaError) as problem:
                error, wait = call.failed(problem)
                if wait is None:
                    raise error from _cause(problem, error)
            else:
                call.done(response)
                return response
            _flow.waiting.sleep(wait)

    def _send_once(self, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            return super().send(request, **options)
        except FAILURES as problem:
            raise in_our_words(problem, UNNAMED) from problem


class AsyncClient(httpx.AsyncClient):
    """httpx's asynchronous client, likewise."""

    def __init__(self, calls: Calls, **options: Any) -> None:
        super().__init__(**options, event_hooks={"request": [partial(_apace, calls=calls)]})
        self._calls = calls
        bounds = _bounds(calls)
        self._transport = AsyncBoundedTransport(self._transport, bounds)
        self._mounts = {
            pattern: mounted and AsyncBoundedTransport(mounted, bounds) for pattern, mounted in self._mounts.items()
        }

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send one request, again where that is safe and may help; nobody can have redirects followed."""
        with Quietly():
            try:
                return await self._send(request, **{**options, "follow_redirects": False})
            finally:
                del request

    async def _send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        if options.get("stream"):
            return await self._send_once(request, **options)
        import anyio  # only asynchronous programs pay for it

        call = self._calls.begin(request)
        while True:
            try:
                with anyio.fail_after(call.left()):
                    response = await super().send(request, **options)
            except (*FAILURES, TimeoutError, VentanillaError) as problem:
                error, wait = call.failed(problem)
                if wait is None:
                    raise error from _cause(problem, error)
            else:
                call.done(response)
                return response
            await _flow.waiting.asleep(wait)

    async def _send_once(self, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            return await super().send(request, **options)
        except FAILURES as problem:
            raise in_our_words(problem, UNNAMED) from problem


def _cause(problem: Exception, error: VentanillaError) -> BaseException | None:
    return error.__cause__ if problem is error else problem


def _bounded(transport: httpx.BaseTransport, calls: Calls) -> httpx.BaseTransport:
    if isinstance(transport, httpx.HTTPTransport):
        from ventanilla._sockets import bound  # brings httpcore, which a transport in process has no use for

        bound(transport)
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
    taken, wait = calls.limiter.reserve(calls.now(), request.extensions.get("ends_at", float("inf")))
    if not taken:
        error = RateLimited(f"the key may send its next request in {wait:.1f} seconds, after the deadline of the call")
        error.retry_after = wait
        raise error
    return wait
