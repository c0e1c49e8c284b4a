"""Knows how a webhook call leaves the mock: to a sink in the same process, or over HTTP to this machine alone."""

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from ventanilla.mock.core import Mock
from ventanilla.mock.outbox import Delivery

# Takes a delivery in place of the network and returns the status that the receiver would have answered.
Sink = Callable[[Delivery], int]
TIMEOUT = 5.0
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, ValueError)


def refusal(url: str) -> str | None:
    """Say why a URL is not called, or None when it leads to this machine."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return "refused: not a URL"
    if host == "localhost" or host.endswith(".localhost"):
        return None
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    return None if is_loopback else f"refused: {host} is not this machine; allow_remote permits it"


class Courier:
    """Makes the webhook calls of one mock, one after the other, blocking."""

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        self._mock, self._sink, self._allow_remote = mock, sink, allow_remote
        self._client: httpx.Client | None = None

    def deliver(self) -> None:
        """Make every call that waits."""
        for delivery in self._mock.outgoing():
            if self._sink is not None:
                self._mock.delivered(delivery, self._sink(delivery))
            elif reason := None if self._allow_remote else refusal(delivery.url):
                self._mock.delivered(delivery, None, reason)
            else:
                self._post(delivery)

    def _post(self, delivery: Delivery) -> None:
        if self._client is None:
            self._client = httpx.Client(timeout=TIMEOUT, trust_env=False)
        try:
            answer = self._client.post(delivery.url, content=delivery.body, headers=list(delivery.headers))
        except _FAILURES as failure:
            self._mock.delivered(delivery, None, type(failure).__name__)
        else:
            self._mock.delivered(delivery, answer.status_code)

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None


class AsyncCourier:
    """Makes the webhook calls of one mock without blocking."""

    def __init__(self, mock: Mock, *, sink: Sink | None = None, allow_remote: bool = False) -> None:
        self._mock, self._sink, self._allow_remote = mock, sink, allow_remote
        self._client: httpx.AsyncClient | None = None

    async def deliver(self) -> None:
        """Make every call that waits, in order."""
        for delivery in self._mock.outgoing():
            await self.deliver_one(delivery)

    async def deliver_one(self, delivery: Delivery) -> None:
        """Make one call that was taken from the mock."""
        if self._sink is not None:
            self._mock.delivered(delivery, self._sink(delivery))
        elif reason := None if self._allow_remote else refusal(delivery.url):
            self._mock.delivered(delivery, None, reason)
        else:
            await self._post(delivery)

    async def _post(self, delivery: Delivery) -> None:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)
        try:
            answer = await self._client.post(delivery.url, content=delivery.body, headers=list(delivery.headers))
        except _FAILURES as failure:
            self._mock.delivered(delivery, None, type(failure).__name__)
        else:
            self._mock.delivered(delivery, answer.status_code)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None
