"""Holds the httpx clients of the faces: every request of theirs, and of `.raw`, is sent by one of the two `send`s."""

from typing import Any

import httpx

from ventanilla import _deadline, _flow
from ventanilla._attempts import FAILURES, Calls, in_our_words, monotonic_end
from ventanilla._attempts import UNKNOWN as UNNAMED
from ventanilla.errors import RateLimited, VentanillaError


class SyncClient(httpx.Client):
    """httpx's client, whose failures are ventanilla's and whose calls end in time.

    Args:
        calls: what its calls have in common.
        options: of httpx's client.
    """

    def __init__(self, calls: Calls, **options: Any) -> None:
        super().__init__(**options)
        self._calls = calls
        # httpx has no public way to put something around the transports that it makes; its version is bounded.
        self._transport = _bounded(self._transport, calls)
        self._mounts = {pattern: mounted and _bounded(mounted, calls) for pattern, mounted in self._mounts.items()}

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send one request, again where that is safe and may help."""
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
        super().__init__(**options)
        self._calls = calls
        if calls.limiter is not None:
            self._transport = _AsyncPaced(self._transport, calls)
            self._mounts = {
                pattern: mounted and _AsyncPaced(mounted, calls) for pattern, mounted in self._mounts.items()
            }

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send one request, again where that is safe and may help."""
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
    return transport if calls.limiter is None else _Paced(transport, calls)


class _Paced(httpx.BaseTransport):
    """Waits for the moment that the limiter gives to a request."""

    def __init__(self, transport: httpx.BaseTransport, calls: Calls) -> None:
        self._inner, self._calls = transport, calls

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if wait := _turn(request, self._calls):
            _flow.waiting.sleep(wait)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class _AsyncPaced(httpx.AsyncBaseTransport):
    """Likewise, asynchronously."""

    def __init__(self, transport: httpx.AsyncBaseTransport, calls: Calls) -> None:
        self._inner, self._calls = transport, calls

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if wait := _turn(request, self._calls):
            await _flow.waiting.asleep(wait)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


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
