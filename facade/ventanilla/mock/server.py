"""Knows how to serve the mock over HTTP: for the command until a signal comes, or in a thread for a `with` block."""

import asyncio
import ipaddress
import logging
import secrets
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ventanilla._signals import stopping
from ventanilla.mock._listener import Listener, address_of, bound_to, listening
from ventanilla.mock._lobby import Limits, Lobby
from ventanilla.mock._pulse import Pulse
from ventanilla.mock.clock import Clock, Moment
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier

if TYPE_CHECKING:
    # Imported where one is asked for.
    from ventanilla.mock.statefile import StateFile
    from ventanilla.tapes import Tape

# How often a state file is thought of while there is nothing to save.
GLANCE_SECONDS = 0.5
TOKEN_BYTES = 24
_log = logging.getLogger("ventanilla.mock")


@asynccontextmanager
async def _house(
    mock: Mock, courier: AsyncCourier, limits: Limits, state: "StateFile | None" = None
) -> AsyncGenerator[Lobby]:
    """Keep a mock going while its connections are served."""
    pulse = Pulse(mock, courier)
    pulse.start()
    keeping = None if state is None else asyncio.create_task(_keep(state, mock))
    try:
        yield Lobby(mock, pulse, limits)
    finally:
        await pulse.stop()
        if state is not None and keeping is not None:
            keeping.cancel()
            _save(state, mock, is_last=True)


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
    replay: "Tape | str | Path | None" = None,
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
        mock: who answers; one with `seed`, `at`, `rate`, `admin`, `token` and `replay` when left out.
        at: when the time of its worlds begins: an aware datetime, ISO 8601 text with a zone, or unix seconds; now if
            left out. One that comes out of `state` goes on with its own time.
        rate: how many seconds pass there in one of the wall's; 0 stands still.
        admin: whether there is more to /_mock than its health.
        token: what whoever controls it has to know.
        state: the file in which the worlds outlast the process: read first, written now and then and at the end.
        replay: a tape, whose answers are all that it gives.
        allow_remote: whether webhook calls may go to other machines than this one.
        limits: what is borne with.

    Raises OSError when it cannot listen there, StateFileError or TapeError when a file cannot be used, ValueError for
    a token that no header can carry and for a time that no clock shows.
    """
    lines = list[str]()
    if mock is None and admin and token is None and not is_loopback(host):
        token = secrets.token_urlsafe(TOKEN_BYTES)
        lines.append(f"ventanilla mock: token {token}\n")
    mock = mock or Mock(clock=Clock.beginning(at, rate), seed=seed, admin=admin, token=token, replay=replay)
    with bound_to(host, port) as bound:
        lines.insert(0, f"ventanilla mock: {address_of(bound, host)}\n")
        kept = None if state is None else _loaded(state, mock)
        courier = AsyncCourier(mock, allow_remote=allow_remote)
        listener = Listener(bound, partial(_house, mock, courier, limits or Limits(), kept), partial(_say, lines))
        with stopping(listener.stop):
            asyncio.run(listener.work())


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
    mock = mock or Mock(seed=seed)
    courier = courier or AsyncCourier(mock, allow_remote=allow_remote)
    with listening(partial(_house, mock, courier, limits or Limits()), "ventanilla mock", host, port) as url:
        yield url


async def _keep(state: "StateFile", mock: Mock) -> None:
    """Save the worlds now and then, beside the server's work."""
    while True:
        due = state.due(mock)
        if due == 0:
            await asyncio.to_thread(_save, state, mock)
        await asyncio.sleep(due or GLANCE_SECONDS)


def _save(state: "StateFile", mock: Mock, *, is_last: bool = False) -> None:
    try:
        state.save(mock, is_last=is_last)
    except (OSError, TypeError):
        _log.exception("the mock's state could not be saved in %s", state.path)


def _loaded(path: str | Path, mock: Mock) -> "StateFile":
    from ventanilla.mock.statefile import StateFile

    state = StateFile(path)
    state.open(mock)
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
