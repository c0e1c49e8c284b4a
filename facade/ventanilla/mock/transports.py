"""Knows how httpx talks to a mock in the same process: no sockets, nothing patched."""

import httpx

from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier, Courier, Sink
from ventanilla.mock.wire import Request, Response


class MockTransport(httpx.BaseTransport):
    """Answers an httpx.Client from a mock: `httpx.Client(transport=MockTransport(mock))`.

    Webhook calls that fall due are made after each request: to `sink` when given, else by HTTP to this machine
    (anywhere with `allow_remote`).
    """

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        self.mock = mock
        self._courier = Courier(mock, sink=sink, allow_remote=allow_remote)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        request.read()
        answer = self.mock.handle(_received(request))
        self.deliver()
        return _sent(answer, request)

    def deliver(self) -> None:
        """Do what has fallen due and make the webhook calls that wait, without a request."""
        self.mock.run_due()
        self._courier.deliver()

    def close(self) -> None:
        """Close the connections that webhook calls opened."""
        self._courier.close()


class AsyncMockTransport(httpx.AsyncBaseTransport):
    """Answers an httpx.AsyncClient from a mock; webhooks as in MockTransport."""

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        self.mock = mock
        self._courier = AsyncCourier(mock, sink=sink, allow_remote=allow_remote)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        await request.aread()
        answer = self.mock.handle(_received(request))
        await self.deliver()
        return _sent(answer, request)

    async def deliver(self) -> None:
        """Do what has fallen due and make the webhook calls that wait, without a request."""
        self.mock.run_due()
        await self._courier.deliver()

    async def aclose(self) -> None:
        """Close the connections that webhook calls opened."""
        await self._courier.close()


def _received(request: httpx.Request) -> Request:
    url = request.url
    return Request(request.method, url.raw_path.decode("ascii"), request.headers, request.content, url.scheme)


def _sent(answer: Response, request: httpx.Request) -> httpx.Response:
    return httpx.Response(answer.status, headers=list(answer.headers), content=answer.body, request=request)
