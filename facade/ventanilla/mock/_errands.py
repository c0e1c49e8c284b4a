"""Knows what comes before a caller in the same process has its answer: webhook calls to make, time to wait.

It says so step by step; the two drivers run() and arun() do it.
"""

import time
from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier, Courier
from ventanilla.mock.namespaces import namespace_of
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.wire import Request, Response

A = TypeVar("A")
# A webhook call to make, or seconds to wait.
Steps = Generator[Delivery | float, None, A]


class TooSlow(Exception):
    """The answer would come later than the caller waits."""


def finishing(mock: Mock, request: Request, response: Response, patience: float | None) -> Steps[Response]:
    """Do what has to be done before a response leaves, and return what then leaves.

    There is nothing to do as long as the mock is not busy and the response leaves at once. Raises TooSlow when the
    caller's patience (seconds; None is for ever) is not enough.
    """
    if response.errands is not None:
        yield from response.errands
    if mock.is_busy and (world := mock.busy(namespace_of(request.target))) is not None:
        mock.run_due(world)
        yield from mock.leaving(world)
    if delay := response.conduct.delay:
        if patience is not None and delay >= patience:
            raise TooSlow
        yield delay
    if (again := response.again) is not None:
        return (yield from finishing(mock, again, mock.handle(again), patience))
    return response


def delivering(mock: Mock) -> Steps[None]:
    """Do what has fallen due in any world, and make the webhook calls that wait."""
    mock.run_due()
    yield from mock.leaving()


def advancing(mock: Mock, seconds: float, namespace: str) -> Steps[None]:
    """Move a clock, and make the webhook calls that fall due on the way, each at its moment."""
    if not seconds >= 0:
        raise ValueError(f"time runs forward only; cannot advance by {seconds} seconds")
    world = mock.world_of(namespace)
    yield from mock.travel(world, world.clock.now() + seconds)


def run(steps: Steps[A], courier: Courier) -> A:
    """Take the steps, blocking, and return what comes of them."""
    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                found: A = end.value
                return found
            if isinstance(step, Delivery):
                courier.deliver_one(step)
            else:
                time.sleep(step)


async def arun(steps: Steps[A], courier: AsyncCourier) -> A:
    """Take the steps without blocking, and return what comes of them."""
    # httpx, which calls this, has it loaded; a server does without.
    import anyio

    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                found: A = end.value
                return found
            if isinstance(step, Delivery):
                await courier.deliver_one(step)
            else:
                await anyio.sleep(step)
