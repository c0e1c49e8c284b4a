"""Knows how a connection of the server is served: HTTP/1.1 comes off a socket and goes onto it, well-behaved or not."""

import asyncio
import logging
import math
import os
import socket
import struct
from typing import cast

from ventanilla.mock import _conduct
from ventanilla.mock._conduct import leaves_at_once
from ventanilla.mock._lobby import Lobby
from ventanilla.mock._reader import Phase, Reader, Upgrade
from ventanilla.mock.wire import ORDERLY, Request, Response

# Closes without a farewell, so that the other side sees a reset: linger, for no seconds.
ABRUPTLY = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_log = logging.getLogger("ventanilla.mock")


class Connection(asyncio.Protocol):
    """One connection of a server: its requests are answered one after the other."""

    _transport: asyncio.Transport

    def __init__(self, lobby: Lobby) -> None:
        self._lobby = lobby
        self._reader = Reader(lobby.limits.head)
        self._task: asyncio.Task[None] | None = None
        self._is_writable = True
        self._state = self._present()
        self.deadline = lobby.after(lobby.limits.head_seconds)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._lobby.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; nobody is there for an answer any more."""
        self._lobby.go(self)
        self._reader.stop()
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Read what has come and answer what is complete."""
        self._reader.feed(data)
        self._work()

    def pause_writing(self) -> None:
        """Wait until the caller takes what has been sent."""
        self._is_writable = False

    def resume_writing(self) -> None:
        """Go on."""
        self._is_writable = True
        self._work()

    def expire(self) -> None:
        """Tell a caller who sends too slowly; end with one who does nothing at all."""
        if self._is_writable and self._reader.phase in (Phase.HEAD, Phase.BODY):
            self._reader.refuse(408, "the request did not arrive in time")
            self._work()
        else:
            self._transport.abort()

    def leave(self) -> None:
        """End at once."""
        self._transport.abort()

    def _work(self) -> None:
        """Answer what has been read, as far as that goes; what is left waits, and nothing more is read meanwhile."""
        items = self._reader.items
        # Once a caller is found to be gone, nothing more is done for him.
        while items and self._task is None and self._is_writable and not self._transport.is_closing():
            self._answer(items.popleft())
        if self._reader.is_asked and self._task is None:
            self._reader.is_asked = False
            self._transport.write(CONTINUE)
        if items:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()
        if (present := self._present()) != self._state:
            self._state = present
            self.deadline = self._lobby.after(self._seconds())

    def _present(self) -> tuple[Phase, int, bool, bool]:
        return self._reader.phase, self._reader.count, self._task is None, self._is_writable

    def _seconds(self) -> float:
        """Return how long things may stay as they are."""
        limits = self._lobby.limits
        if not self._is_writable:
            return limits.stall_seconds
        if self._task is not None:
            return math.inf
        by_phase = {
            Phase.NOTHING: limits.idle_seconds,
            Phase.HEAD: limits.head_seconds,
            Phase.BODY: limits.body_seconds,
            Phase.OVER: limits.leave_seconds,
        }
        return by_phase[self._reader.phase]

    def _answer(self, item: Request | Response | Upgrade) -> None:
        if isinstance(item, Response):
            self._write(item)
        elif isinstance(item, Upgrade):
            self._upgrade(item)
        else:
            response = self._lobby.host.handle(item)
            self._lobby.pulse.touched()
            if response.conduct is ORDERLY and leaves_at_once(response):
                self._write(response)
            else:
                self._task = self._lobby.loop.create_task(self._perform(item, response))

    async def _perform(self, request: Request, response: Response) -> None:
        """Do what it takes until a response may leave, and have it misbehave as it is meant to."""
        try:
            if not leaves_at_once(response):
                response = await self._lobby.pulse.settled(request, response)
            await self._act(response)
        except Exception:
            _log.exception("the mock failed to send an answer")
            self._transport.abort()
        finally:
            self._task = None
        self._work()

    async def _act(self, response: Response) -> None:
        if response.conduct.ending == "reset":
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPTLY)
            self._transport.abort()
            return
        if response.conduct.ending != "whole":
            self._reader.items.clear()
            self._reader.phase = Phase.OVER
        if response.conduct.drip is None:
            self._write(response)
            return
        self._transport.write(_conduct.head(response, closes=self._is_last))
        for pause, part in _conduct.dripping(_conduct.payload(response), response.conduct.drip):
            await asyncio.sleep(pause)
            self._transport.write(part)
        self._end_if_last()

    @property
    def _is_last(self) -> bool:
        return self._reader.phase is Phase.OVER and not self._reader.items

    def _write(self, response: Response) -> None:
        self._transport.write(_conduct.head(response, closes=self._is_last) + _conduct.payload(response))
        self._end_if_last()

    def _end_if_last(self) -> None:
        # What the caller still sends is read and forgotten until he closes: closing first would reset the connection,
        # and with it the answer that he has not read yet.
        if self._is_last and self._transport.can_write_eof():
            self._transport.write_eof()

    def _upgrade(self, upgrade: Upgrade) -> None:
        look = self._lobby.host.look(upgrade.request)
        self._lobby.pulse.touched()
        if isinstance(look, Response):
            self._write(look)
            return
        # Loaded when the first one comes: the server starts faster without.
        from ventanilla.mock.sockets import WebSocket

        self._lobby.go(self)
        self._reader.stop()
        spoken = WebSocket(self._lobby, upgrade, look)
        self._transport.set_protocol(spoken)
        spoken.connection_made(self._transport)
