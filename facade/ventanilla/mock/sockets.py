"""Knows how a WebSocket of the server is served: it tells what a process reaches, and closes once that is over.

The protocol is that of the `websockets` package, which does no I/O here.
"""

import asyncio
import logging
from typing import cast

from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

from ventanilla.mock._lobby import Lobby
from ventanilla.mock._pulse import GONE
from ventanilla.mock._reader import Upgrade
from ventanilla.mock.provider import Look

# Nothing that a caller could say is of interest.
LARGEST_MESSAGE = 65_536
_log = logging.getLogger("ventanilla.mock")


class WebSocket(asyncio.Protocol):
    """One WebSocket, from the handshake that a connection of HTTP has read."""

    _transport: asyncio.Transport

    def __init__(self, lobby: Lobby, upgrade: Upgrade, look: Look) -> None:
        self._lobby, self._upgrade, self._look = lobby, upgrade, look
        self._protocol = ServerProtocol(max_size=LARGEST_MESSAGE)
        self._task: asyncio.Task[None] | None = None
        self._is_doubted = False
        self.deadline = lobby.after(lobby.limits.idle_seconds)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open the WebSocket, and begin to tell."""
        self._transport = cast("asyncio.Transport", transport)
        self._lobby.enter(self)
        self._protocol.receive_data(self._upgrade.head)
        for event in self._protocol.events_received():
            if isinstance(event, Handshake):
                self._protocol.send_response(self._protocol.accept(event))
        if self._protocol.state is State.OPEN:
            self._task = self._lobby.loop.create_task(self._tell())
        self.data_received(self._upgrade.rest)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; nobody listens any more."""
        self._lobby.go(self)
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what has come: pings are answered, a farewell returned, the rest is of no interest."""
        self._is_doubted = False
        self.deadline = self._lobby.after(self._lobby.limits.idle_seconds)
        if data:
            self._protocol.receive_data(data)
        self._protocol.events_received()
        self._send()

    def eof_received(self) -> None:
        """Note that nothing more comes."""
        self._protocol.receive_eof()
        self._send()

    def expire(self) -> None:
        """Ask for a sign of life; end with a caller who gave none."""
        if self._is_doubted or self._protocol.state is not State.OPEN:
            self._transport.abort()
            return
        self._is_doubted = True
        self._protocol.send_ping(b"")
        self._send()
        self.deadline = self._lobby.after(self._lobby.limits.leave_seconds)

    def leave(self) -> None:
        """End at once."""
        self._close(GONE)
        if self._transport.get_write_buffer_size():
            self._transport.abort()
        else:
            self._transport.close()

    async def _tell(self) -> None:
        self._close(await self._lobby.pulse.tell(self._upgrade.request, self._look, self._say))
        self.deadline = self._lobby.after(self._lobby.limits.leave_seconds)

    async def _say(self, text: str) -> None:
        # A caller who has said farewell is heard of here only when his connection ends.
        if self._protocol.state is State.OPEN:
            self._protocol.send_text(text.encode())
            self._send()

    def _close(self, code: int) -> None:
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code)
            self._send()

    def _send(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()
        if self._protocol.state is State.CLOSED:
            self._transport.close()
