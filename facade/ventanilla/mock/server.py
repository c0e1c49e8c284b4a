"""Knows how to serve the mock over HTTP: for the command until a signal comes, or in a thread for a `with` block."""

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from ventanilla.mock.asgi import App
from ventanilla.mock.core import Mock

STOP_SECONDS = 10.0


class _Server(uvicorn.Server):
    """uvicorn, told when it is ready and stopped at once instead of at its next tick of a tenth of a second."""

    def __init__(self, app: App, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            lifespan="on",
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self._ready = ready
        self._over = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        if not self.should_exit:
            await self._over.wait()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.stop()

    def stop(self) -> None:
        """Stop serving; may be called from any thread."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._over.set)


def serve(host: str = "127.0.0.1", port: int = 8765, seed: int = 0) -> None:
    """Serve the mock until SIGTERM or SIGINT; port 0 picks a free one. Prints the address when it is ready."""
    bound = _bound(host, port)

    def announce() -> None:
        sys.stdout.write(f"ventanilla mock: {_address(bound, host)}\n")
        sys.stdout.flush()

    # uvicorn raises the signal again once it has stopped; with nothing to do then, the process ends with 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _nothing)
    with bound:
        _Server(App(Mock(seed=seed)), announce).run(sockets=[bound])


@contextmanager
def running(
    seed: int = 0, *, mock: Mock | None = None, host: str = "127.0.0.1", port: int = 0, allow_remote: bool = False
) -> Generator[str]:
    """Serve a mock in a thread while the block runs, and yield its base URL.

    `mock` is a new one with `seed` unless given; port 0 picks a free one. Webhooks go to this machine alone unless
    `allow_remote`. Raises RuntimeError when the server does not come up.
    """
    bound = _bound(host, port)
    ready = threading.Event()
    app = App(mock or Mock(seed=seed), allow_remote=allow_remote)
    server = _Server(app, ready.set)

    def work() -> None:
        try:
            server.run(sockets=[bound])
        finally:
            ready.set()

    thread = threading.Thread(target=work, name="ventanilla mock", daemon=True)
    with bound:
        thread.start()
        ready.wait()
        if not server.started:
            raise RuntimeError(f"the mock did not come up on {_address(bound, host)}")
        try:
            yield _address(bound, host)
        finally:
            server.stop()
            thread.join(STOP_SECONDS)


def _nothing(number: int, frame: FrameType | None) -> None:
    pass


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def _address(bound: socket.socket, host: str) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}"
