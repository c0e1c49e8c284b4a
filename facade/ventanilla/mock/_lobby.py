"""Knows all connections of a server: how many there may be, and which of them has kept it waiting for too long."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Protocol

from attrs import frozen

from ventanilla.mock.provider import Look
from ventanilla.mock.wire import Request, Response


@frozen
class Limits:
    """What a server bears with; bodies have the mock's own limit, passage.LARGEST_BODY.

    - `head`: bytes of a request line and its headers; more is 431.
    - `head_seconds`, `body_seconds`: until they are there; later is 408.
    - `idle_seconds`: between two requests of a connection, and between two signs of life of a WebSocket.
    - `stall_seconds`: for a caller who does not take what is sent.
    - `leave_seconds`: for a caller to close, once it has been told that the connection ends.
    - `connections`: at once; of too many the one goes that has been given the longest time already.
    """

    head: int = 65_536
    head_seconds: float = 20.0
    body_seconds: float = 60.0
    idle_seconds: float = 75.0
    stall_seconds: float = 60.0
    leave_seconds: float = 2.0
    connections: int = 512


class Guest(Protocol):
    """A connection, as the lobby knows it: `deadline` is the loop's time at which expire() is called."""

    deadline: float

    def expire(self) -> None:
        """End what takes too long."""

    def leave(self) -> None:
        """End at once."""


class Host(Protocol):
    """Who answers: a mock, or whoever has answers from elsewhere."""

    def handle(self, request: Request) -> Response:
        """Answer at once, or say that there is something to wait for."""
        ...

    def look(self, request: Request) -> Look | Response:
        """Return what a WebSocket there has to tell, or the answer of plain HTTP."""
        ...


class Pace(Protocol):
    """What comes between an answer and its leaving."""

    def touched(self) -> None:
        """Note that the host has been asked something."""

    async def settled(self, request: Request, response: Response) -> Response:
        """Wait for as long as a response says, and return what then leaves."""
        ...

    async def tell(self, request: Request, look: Look, say: Callable[[str], Awaitable[None]]) -> int:
        """Say by WebSocket what there is to tell, and return the code to close with."""
        ...


class Lobby:
    """The connections of one server, in the running event loop."""

    def __init__(self, host: Host, pulse: Pace, limits: Limits) -> None:
        self.host, self.pulse, self.limits = host, pulse, limits
        self.loop = asyncio.get_running_loop()
        self.guests: set[Guest] = set()
        self._every = min(1.0, limits.head_seconds / 4, limits.body_seconds / 4, limits.idle_seconds / 4)
        self._round: asyncio.TimerHandle | None = None

    def enter(self, guest: Guest) -> None:
        """Add a connection; of too many another one goes."""
        if len(self.guests) >= self.limits.connections:
            first = min(self.guests, key=lambda one: one.deadline)
            self.guests.discard(first)
            first.leave()
        self.guests.add(guest)
        if self._round is None:
            self._round = self.loop.call_later(self._every, self._look_round)

    def go(self, guest: Guest) -> None:
        """Forget a connection that has ended."""
        self.guests.discard(guest)

    def close(self) -> None:
        """End every connection."""
        if self._round is not None:
            self._round.cancel()
        for guest in tuple(self.guests):
            guest.leave()

    def after(self, seconds: float) -> float:
        """Return the loop's time so many seconds from now."""
        return self.loop.time() + seconds

    def _look_round(self) -> None:
        now = self.loop.time()
        for guest in [guest for guest in self.guests if guest.deadline <= now]:
            guest.deadline = math.inf
            guest.expire()
        self._round = self.loop.call_later(self._every, self._look_round) if self.guests else None
