"""Knows how the webhook calls of one world reach whoever the test names: an application in this process, or a URL."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Generator, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import anyio
import httpx
from attrs import evolve, frozen

from ventanilla.mock._errands import arun, run
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier, Courier, refusal
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Message = MutableMapping[str, Any]
AsgiApplication = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
# How long the calls that a server makes are waited for before a clock moves.
MOST_SECONDS, GLANCE_SECONDS = 1.0, 0.001
_log = logging.getLogger("ventanilla.mock")


@frozen
class Receiver:
    """Takes webhook calls in place of the network: `call` in any thread, `acall` in a running event loop."""

    call: Callable[[Delivery], int | None]
    acall: Callable[[Delivery], int | Awaitable[int | None] | None]


class _Courier(Courier):
    """A courier that can be sent elsewhere."""

    def turn_to(self, receiver: Receiver | None) -> None:
        self._sink = None if receiver is None else receiver.call

    def post(self, delivery: Delivery) -> int:
        return self._post(delivery)


class _AsyncCourier(AsyncCourier):
    """An asynchronous courier that can be sent elsewhere."""

    def turn_to(self, receiver: Receiver | None) -> None:
        self._sink = None if receiver is None else receiver.acall

    async def post(self, delivery: Delivery) -> int:
        return await self._post(delivery)


class Post:
    """Makes the webhook calls of one world, by its two couriers.

    Args:
        mock: whose calls.
        is_shared: whether a server makes calls of this world too, in a thread of its own.
    """

    def __init__(self, mock: Mock, *, is_shared: bool) -> None:
        self.courier, self.async_courier = _Courier(mock), _AsyncCourier(mock)
        self._mock, self._is_shared = mock, is_shared

    def turn_to(self, receiver: Receiver | None) -> None:
        """Have all calls taken by a receiver from now on; without one they go where their URL leads."""
        self.courier.turn_to(receiver)
        self.async_courier.turn_to(receiver)

    def moved(self, url: str) -> Receiver:
        """Return what makes the calls at another place, their paths as they are. Raises ValueError for a remote one."""
        if reason := refusal(url):
            raise ValueError(reason)
        place = httpx.URL(url)

        def there(delivery: Delivery) -> Delivery:
            to = httpx.URL(delivery.url).copy_with(scheme=place.scheme, host=place.host, port=place.port)
            return evolve(delivery, url=str(to))

        return Receiver(
            lambda delivery: self.courier.post(there(delivery)),
            lambda delivery: self.async_courier.post(there(delivery)),
        )

    def do(self, deliveries: Iterable[Delivery]) -> None:
        """Make calls, each once the one before is over."""
        run(_steps(deliveries), self.courier)

    async def ado(self, deliveries: Iterable[Delivery]) -> None:
        """Make calls in the running event loop, each once the one before is over."""
        await arun(_steps(deliveries), self.async_courier)

    def settle(self, world: World, seconds: float = MOST_SECONDS) -> bool:
        """Do what has fallen due, make the calls that wait, and let those end that the server makes meanwhile.

        Returns whether all are over; not all are when this is asked within one, or when one takes too long.
        """
        until = time.monotonic() + seconds
        while True:
            self.do(self._due(world))
            if not self._is_leaving(world) or time.monotonic() > until:
                return not self._is_leaving(world)
            time.sleep(GLANCE_SECONDS)

    async def asettle(self, world: World, seconds: float = MOST_SECONDS) -> bool:
        """Settle as `settle` does, in the running event loop."""
        until = time.monotonic() + seconds
        while True:
            await self.ado(self._due(world))
            if not self._is_leaving(world) or time.monotonic() > until:
                return not self._is_leaving(world)
            await anyio.sleep(GLANCE_SECONDS)

    def close(self) -> None:
        """Close the connections."""
        self.courier.close()

    def _due(self, world: World) -> Iterable[Delivery]:
        self._mock.run_due(world)
        return self._mock.outgoing(world)

    def _is_leaving(self, world: World) -> bool:
        with world.lock:
            return self._is_shared and any(each.leaving for each in world.outbox.deliveries())


def to_wsgi(app: "WSGIApplication") -> Receiver:
    """Return what gives the calls to a WSGI application (Flask, Django, Bottle)."""

    def call(delivery: Delivery) -> int:
        with _telling(delivery), httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
            return client.post(delivery.url, content=delivery.body, headers=list(delivery.headers)).status_code

    return Receiver(call, call)


def to_asgi(app: AsgiApplication) -> Receiver:
    """Return what gives the calls to an ASGI application (Starlette, FastAPI, Quart), without its lifespan."""

    async def acall(delivery: Delivery) -> int:
        transport = httpx.ASGITransport(app=app)
        with _telling(delivery):
            async with httpx.AsyncClient(transport=transport) as client:
                answer = await client.post(delivery.url, content=delivery.body, headers=list(delivery.headers))
                return answer.status_code

    def call(delivery: Delivery) -> int:
        # A loop of its own in a thread of its own: this one may have a loop that runs.
        with ThreadPoolExecutor(1, "ventanilla webhook") as thread:
            return thread.submit(asyncio.run, acall(delivery)).result()

    return Receiver(call, acall)


def to_function(function: Callable[[Delivery], int | None]) -> Receiver:
    """Return what gives the calls to a function, which returns the HTTP status to answer; None is 200."""

    def call(delivery: Delivery) -> int | None:
        with _telling(delivery):
            return function(delivery)

    return Receiver(call, call)


@contextmanager
def _telling(delivery: Delivery) -> Generator[None]:
    """Log what a receiver raises: to the mock it is a call that nobody answered, to whoever tests it is a defect."""
    try:
        yield
    except Exception:
        _log.exception("whoever received %s raised", delivery.event)
        raise


def _steps(deliveries: Iterable[Delivery]) -> Generator[Delivery, None, None]:
    yield from deliveries
