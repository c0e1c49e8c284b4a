"""Knows how httpx talks to a mock in the same process: no sockets, nothing patched."""

import time
from collections.abc import AsyncIterator, Iterator

import httpx

from ventanilla.mock import _conduct
from ventanilla.mock._conduct import leaves_at_once
from ventanilla.mock._errands import TooSlow, advancing, arun, delivering, finishing, run
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier, Courier, Sink
from ventanilla.mock.wire import Lowered, Request, Response

Slices = Iterator[tuple[float, bytes]]


class MockTransport(httpx.BaseTransport):
    """Answers an httpx.Client from a mock: `httpx.Client(transport=MockTransport(mock))`.

    What goes wrong on purpose is acted out: the client meets the exceptions that a socket would give it. Only a delay
    that is longer than its read timeout is not waited for. A request that waits for something to happen (below
    /_mock/requests) is answered at once.

    Args:
        mock: who answers.
        sink: takes the webhook calls that fall due, after each request; they are made by HTTP when left out.
        allow_remote: whether those may go to other machines than this one.
    """

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        self.mock = mock
        self._courier = Courier(mock, sink=sink, allow_remote=allow_remote)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        request.read()
        received = _received(request)
        answer = self.mock.handle(received)
        if self.mock.is_busy or not leaves_at_once(answer):
            try:
                answer = run(finishing(self.mock, received, answer, _read_seconds(request)), self._courier)
            except TooSlow:
                raise _timed_out() from None
        return _sent(answer, request)

    def deliver(self) -> None:
        """Do what has fallen due and make the webhook calls that wait, without a request."""
        run(delivering(self.mock), self._courier)

    def advance(self, seconds: float, namespace: str = "") -> None:
        """Move a clock on, and make the webhook calls that fall due on the way, each at its moment.

        Args:
            seconds: how far, in seconds of that clock, 0 or more.
            namespace: whose clock; the default world's when left out.

        Raises ValueError for negative seconds, and for what is no name of a namespace.
        """
        run(advancing(self.mock, seconds, namespace), self._courier)

    def close(self) -> None:
        """Close the connections that webhook calls opened."""
        self._courier.close()


class AsyncMockTransport(httpx.AsyncBaseTransport):
    """Answers an httpx.AsyncClient from a mock; all else as in MockTransport."""

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        self.mock = mock
        self._courier = AsyncCourier(mock, sink=sink, allow_remote=allow_remote)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        await request.aread()
        received = _received(request)
        answer = self.mock.handle(received)
        if self.mock.is_busy or not leaves_at_once(answer):
            try:
                answer = await arun(finishing(self.mock, received, answer, _read_seconds(request)), self._courier)
            except TooSlow:
                raise _timed_out() from None
        return _sent(answer, request)

    async def deliver(self) -> None:
        """Do what has fallen due and make the webhook calls that wait, without a request."""
        await arun(delivering(self.mock), self._courier)

    async def advance(self, seconds: float, namespace: str = "") -> None:
        """Move a clock on as MockTransport.advance() does."""
        await arun(advancing(self.mock, seconds, namespace), self._courier)

    async def aclose(self) -> None:
        """Close the connections that webhook calls opened."""
        await self._courier.close()


class _Misbehaving(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a response that comes slowly, not whole, or broken."""

    def __init__(self, answer: Response, seconds: float | None) -> None:
        self._answer, self._seconds = answer, seconds

    def __iter__(self) -> Iterator[bytes]:
        for pause, part in self._slices():
            time.sleep(pause)
            yield part
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        import anyio

        for pause, part in self._slices():
            await anyio.sleep(pause)
            yield part
        self._end()

    def _slices(self) -> Slices:
        content, rate = _conduct.sound(self._answer), self._answer.conduct.drip
        for pause, part in _conduct.dripping(content, rate) if rate else [(0.0, content)]:
            if self._seconds is not None and pause >= self._seconds:
                raise _timed_out()
            yield pause, part

    def _end(self) -> None:
        # The words are those of httpx when it reads the same from a socket.
        if self._answer.conduct.ending == "truncated":
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
        if self._answer.conduct.ending == "broken-chunk":
            raise httpx.RemoteProtocolError(f"illegal chunk header: {bytearray(_conduct.NO_CHUNK)}")


def _received(request: httpx.Request) -> Request:
    url = request.url
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers.raw}
    return Request(request.method, url.raw_path.decode("ascii"), Lowered(headers), request.content, url.scheme)


def _sent(answer: Response, request: httpx.Request) -> httpx.Response:
    conduct = answer.conduct
    if conduct.ending == "reset":
        raise httpx.ReadError("[Errno 104] Connection reset by peer")
    is_orderly = conduct.ending == "whole" and conduct.drip is None
    # Given as a stream it is read by the client, as what comes over a socket is; so it has an `elapsed`, too.
    stream = httpx.ByteStream(answer.body) if is_orderly else _Misbehaving(answer, _read_seconds(request))
    return httpx.Response(answer.status, headers=_conduct.headers(answer), stream=stream)


def _read_seconds(request: httpx.Request) -> float | None:
    seconds: float | None = request.extensions.get("timeout", {}).get("read")
    return seconds


def _timed_out() -> httpx.ReadTimeout:
    return httpx.ReadTimeout("timed out")
