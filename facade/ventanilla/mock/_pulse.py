"""Knows how a mock keeps going in an event loop: timers fire and webhooks leave at their moment, asked or not."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Generator

from ventanilla.mock._agenda import GLANCE_SECONDS
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier
from ventanilla.mock.namespaces import namespace_of
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.provider import Look
from ventanilla.mock.wire import Request, Response, encode

# What happens within it is looked at in one go; it is longer where that takes long.
TURN_SECONDS = 0.001
# Looking takes one part of the time at most, and so many parts are for all else: there may be much to look through.
SHARE = 10
# How a WebSocket closes (RFC 6455, 7.4.1): all is told, or what it told of is gone.
TOLD, GONE = 1000, 1001


class Pulse:
    """Keeps one mock going in the running event loop, from start() to stop()."""

    def __init__(self, mock: Mock, courier: AsyncCourier) -> None:
        self.mock = mock
        self._courier = courier
        self._loop: asyncio.AbstractEventLoop | None = None
        self._soon: asyncio.TimerHandle | None = None
        self._later: asyncio.TimerHandle | None = None
        self._pause = TURN_SECONDS
        self._waiting: set[asyncio.Future[None]] = set()
        self._calls: set[asyncio.Task[None]] = set()
        self._lines: dict[str, deque[Delivery]] = {}

    @property
    def is_beating(self) -> bool:
        """Whether it has been started, and not stopped."""
        return self._loop is not None

    def start(self) -> None:
        """Keep the mock going from now on."""
        self._loop = asyncio.get_running_loop()
        self._turn()

    async def stop(self) -> None:
        """Let nothing happen by itself any more; webhook calls that are under way are broken off."""
        self._loop = None
        for handle in (self._soon, self._later):
            if handle is not None:
                handle.cancel()
        for task in self._calls:
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        # A task that has not begun yet ends without a word.
        for line in self._lines.values():
            self.mock.give_back(line)
        self._lines.clear()
        await self._courier.close()

    def touched(self) -> None:
        """Note that the mock has been asked something; what follows from it happens in a moment."""
        if self._soon is None and self._loop is not None and (self._waiting or self.mock.is_busy):
            self._soon = self._loop.call_later(self._pause, self._turn)

    async def settled(self, request: Request, response: Response) -> Response:
        """Do what has to be done before a response leaves, wait for as long as it says, and return what then leaves."""
        if response.errands is not None:
            await self._do(request, response.errands)
        if (again := response.again) is not None:
            await asyncio.sleep(response.conduct.delay)
            late = self.mock.handle(again)
            self.touched()
            return await self.settled(again, late)
        if response.patience:
            response = await self._improved(request, response.patience)
        await asyncio.sleep(response.conduct.delay)
        return response

    async def tell(self, request: Request, look: Look, say: Callable[[str], Awaitable[None]]) -> int:
        """Say by WebSocket what there is to tell, as it comes, the first look first; return the code to close with."""
        said = 0
        while True:
            for row in look.rows[said:]:
                await say(encode(row).decode())
            said = len(look.rows)
            if look.is_over:
                return TOLD
            if not look.again:
                await self._something(GLANCE_SECONDS)
            found = self.mock.look(request, is_first=False)
            self.touched()
            if isinstance(found, Response):
                return GONE
            look = found

    async def _do(self, request: Request, errands: Generator[Delivery]) -> None:
        await self._reported(request)
        try:
            with contextlib.closing(errands):
                for delivery in errands:
                    await self._courier.deliver_one(delivery)
        finally:
            # What is left comes sooner now that time has gone on, or has been left behind by a caller who went away.
            self.touched()

    async def _reported(self, request: Request) -> None:
        """Wait for the calls that are under way in a world: those that fail do so before its time goes on."""
        world = self.mock.worlds.get(namespace_of(request.target))
        while world is not None and self._calls and world.outbox.is_under_way:
            await self._something(GLANCE_SECONDS)

    async def _improved(self, request: Request, patience: float) -> Response:
        """Handle a request again whenever something may have happened, until there is nothing to wait for any more."""
        now = asyncio.get_running_loop().time
        until, took = now() + patience, 0.0
        while True:
            await asyncio.sleep(min(SHARE * took, until - now()))
            await self._something(min(GLANCE_SECONDS, until - now()))
            begun = now()
            response = self.mock.handle(request)
            took = now() - begun
            if not response.patience or now() >= until:
                return response

    async def _something(self, seconds: float) -> None:
        """Wait until something has happened, for so many seconds at most."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(future, seconds)
        finally:
            self._waiting.discard(future)

    def _turn(self) -> None:
        """Do what has fallen due, let the webhooks go, and say when to look again."""
        if self._loop is None:
            return
        for handle in (self._soon, self._later):
            if handle is not None:
                handle.cancel()
        self._soon = self._later = None
        begun = self._loop.time()
        self.mock.run_due()
        for delivery in self.mock.outgoing():
            self._enqueue(delivery)
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        if (left := self.mock.seconds_left()) is not None:
            self._later = self._loop.call_later(left, self._turn)
        self._pause = max(TURN_SECONDS, SHARE * (self._loop.time() - begun))

    def _enqueue(self, delivery: Delivery) -> None:
        """Let each receiver have its events in their order, without waiting for the other receivers."""
        if (line := self._lines.get(delivery.url)) is not None:
            line.append(delivery)
            return
        self._lines[delivery.url] = deque([delivery])
        call = asyncio.create_task(self._call(delivery.url))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _call(self, url: str) -> None:
        line = self._lines[url]
        try:
            while line:
                await self._courier.deliver_one(line.popleft())
                self.touched()
        finally:
            self.mock.give_back(self._lines.pop(url))
