"""Knows how to serve the mock over HTTP: for the command until a signal comes, or in a thread for a `with` block."""

import asyncio
import contextlib
import ipaddress
import logging
import secrets
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field

from ventanilla._signals import stopping
from ventanilla.mock._lobby import Limits, Lobby
from ventanilla.mock._protocol import Connection
from ventanilla.mock._pulse import Pulse
from ventanilla.mock.clock import Clock, Moment
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier

if TYPE_CHECKING:
    # Imported where one is asked for.
    from ventanilla.mock.statefile import StateFile

STOP_SECONDS = 10.0
BACKLOG = 1024
# How often a state file is thought of while there is nothing to save.
GLANCE_SECONDS = 0.5
TOKEN_BYTES = 24
_log = logging.getLogger("ventanilla.mock")


@define(eq=False)
class _Server:
    """One mock on one bound socket: work() serves until stop() is called, from whatever thread."""

    mock: Mock
    bound: socket.socket
    ready: Callable[[], None]
    allow_remote: bool = False
    limits: Limits = field(factory=Limits)
    state: "StateFile | None" = None
    courier: AsyncCourier | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _over: asyncio.Event = field(factory=asyncio.Event)

    async def work(self) -> None:
        self._loop = asyncio.get_running_loop()
        pulse = Pulse(self.mock, self.courier or AsyncCourier(self.mock, allow_remote=self.allow_remote))
        lobby = Lobby(self.mock, pulse, self.limits)
        door = await self._loop.create_server(partial(Connection, lobby), sock=self.bound, backlog=BACKLOG)
        pulse.start()
        keeping = None if self.state is None else asyncio.create_task(_keep(self.state, self.mock))
        self.ready()
        await self._over.wait()
        door.close()
        lobby.close()
        await pulse.stop()
        if self.state is not None and keeping is not None:
            keeping.cancel()
            _save(self.state, self.mock)

    def stop(self) -> None:
        if self._loop is None:
            self._over.set()
            return
        # The loop may have ended by itself.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._over.set)


def serve(
    host: str = "127.0.0.1",
    port: int = 8765,
    seed: int = 0,
    *,
    mock: Mock | None = None,
    at: Moment | None = None,
    rate: float = 1.0,
    admin: bool = True,
    token: str | None = None,
    state: str | Path | None = None,
    allow_remote: bool = False,
    limits: Limits | None = None,
) -> None:
    """Serve a mock until SIGTERM or SIGINT.

    Prints `ventanilla mock: http://HOST:PORT` when it is ready and, where others than this machine may call it and no
    token is given, `ventanilla mock: token TOKEN` with one of its own.

    Args:
        host: the address to listen on.
        port: the port; 0 picks a free one.
        seed: what ids and data come from.
        mock: who answers; one with `seed`, `at`, `rate`, `admin` and `token` when left out.
        at: when the time of its worlds begins: an aware datetime, ISO 8601 text with a zone, or unix seconds; now if
            left out. One that comes out of `state` goes on with its own time.
        rate: how many seconds pass there in one of the wall's; 0 stands still.
        admin: whether there is more to /_mock than its health.
        token: what whoever controls it has to know.
        state: the file in which the worlds outlast the process: read first, written now and then and at the end.
        allow_remote: whether webhook calls may go to other machines than this one.
        limits: what is borne with.

    Raises OSError when it cannot listen there, StateFileError when the file cannot be used, ValueError for a token
    that no header can carry and for a time that no clock shows.
    """
    lines = list[str]()
    if mock is None and admin and token is None and not is_loopback(host):
        token = secrets.token_urlsafe(TOKEN_BYTES)
        lines.append(f"ventanilla mock: token {token}\n")
    mock = mock or Mock(clock=Clock.beginning(at, rate), seed=seed, admin=admin, token=token)
    with _bound(host, port) as bound:
        lines.insert(0, f"ventanilla mock: {_address(bound, host)}\n")
        kept = None if state is None else _loaded(state, mock)
        server = _Server(mock, bound, partial(_say, lines), allow_remote, limits or Limits(), kept)
        with stopping(server.stop):
            asyncio.run(server.work())


@contextmanager
def running(
    seed: int = 0,
    *,
    mock: Mock | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    allow_remote: bool = False,
    limits: Limits | None = None,
    courier: AsyncCourier | None = None,
) -> Generator[str]:
    """Serve a mock in a thread while the block runs, and yield its base URL.

    Args:
        seed: what ids and data come from.
        mock: who answers; a new one with `seed` when left out.
        host: the address to listen on.
        port: the port; 0 picks a free one.
        allow_remote: whether webhook calls may go to other machines than this one.
        limits: what is borne with.
        courier: makes the webhook calls, in place of one that goes by `allow_remote`.

    Raises OSError when it cannot listen there, RuntimeError when the server does not come up.
    """
    ready = threading.Event()
    with _bound(host, port) as bound:
        server = _Server(mock or Mock(seed=seed), bound, ready.set, allow_remote, limits or Limits(), courier=courier)
        thread = threading.Thread(target=lambda: asyncio.run(server.work()), name="ventanilla mock", daemon=True)
        thread.start()
        while not ready.wait(GLANCE_SECONDS):
            if not thread.is_alive():
                raise RuntimeError(f"the mock did not come up on {_address(bound, host)}")
        try:
            yield _address(bound, host)
        finally:
            server.stop()
            thread.join(STOP_SECONDS)


async def _keep(state: "StateFile", mock: Mock) -> None:
    """Save the worlds now and then, beside the server's work."""
    while True:
        due = state.due(mock)
        if due == 0:
            await asyncio.to_thread(_save, state, mock)
        await asyncio.sleep(due or GLANCE_SECONDS)


def _save(state: "StateFile", mock: Mock) -> None:
    try:
        state.save(mock)
    except (OSError, TypeError):
        _log.exception("the mock's state could not be saved in %s", state.path)


def _loaded(path: str | Path, mock: Mock) -> "StateFile":
    from ventanilla.mock.statefile import StateFile

    state = StateFile(path)
    state.load(mock)
    return state


def _say(lines: list[str]) -> None:
    sys.stdout.writelines(lines)
    sys.stdout.flush()


def is_loopback(host: str) -> bool:
    """Say whether an address to listen on is for this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _bound(host: str, port: int) -> socket.socket:
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


def _address(bound: socket.socket, host: str) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}"
