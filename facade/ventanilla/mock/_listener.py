"""Knows how connections are let in on a bound socket until somebody says that it is over."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial

from attrs import define, field

from ventanilla.mock._lobby import Lobby
from ventanilla.mock._protocol import Connection

STOP_SECONDS = 10.0
BACKLOG = 1024
GLANCE_SECONDS = 0.5
House = Callable[[], AbstractAsyncContextManager[Lobby]]


@define(eq=False)
class Listener:
    """One bound socket: work() serves whoever comes until stop() is called, from whatever thread.

    `house` is entered in the event loop, and whoever answers lives in it; `ready` is called once callers may come.
    """

    bound: socket.socket
    house: House
    ready: Callable[[], None]
    _loop: asyncio.AbstractEventLoop | None = None
    _over: asyncio.Event = field(factory=asyncio.Event)

    async def work(self) -> None:
        """Serve until it is over."""
        self._loop = asyncio.get_running_loop()
        async with self.house() as lobby:
            door = await self._loop.create_server(partial(Connection, lobby), sock=self.bound, backlog=BACKLOG)
            self.ready()
            await self._over.wait()
            door.close()
            lobby.close()

    def stop(self) -> None:
        """Let it be over."""
        if self._loop is None:
            self._over.set()
            return
        # The loop may have ended by itself.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._over.set)


@contextmanager
def listening(house: House, name: str, host: str, port: int) -> Generator[str]:
    """Serve in a thread while the block runs, and yield the base URL.

    Raises OSError when it cannot listen there, RuntimeError when the server does not come up.
    """
    ready = threading.Event()
    with bound_to(host, port) as bound:
        listener = Listener(bound, house, ready.set)
        thread = threading.Thread(target=lambda: asyncio.run(listener.work()), name=name, daemon=True)
        thread.start()
        while not ready.wait(GLANCE_SECONDS):
            if not thread.is_alive():
                raise RuntimeError(f"{name} did not come up on {address_of(bound, host)}")
        try:
            yield address_of(bound, host)
        finally:
            listener.stop()
            thread.join(STOP_SECONDS)


def bound_to(host: str, port: int) -> socket.socket:
    """Return a socket that is bound; port 0 picks a free one. Raises OSError when that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off where it sees that the protocol is TCP; else answers wait for 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def address_of(bound: socket.socket, host: str) -> str:
    """Return the base URL of whoever serves there."""
    return f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}"
