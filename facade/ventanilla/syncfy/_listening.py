"""Knows when a job's WebSocket gives reason to look at the job, and when it is of no use.

What comes by it is a hint and no more: a job's state is only ever what GET status says of it.
Source: the official JavaScript client's tests (`ws` sends `{code, …}`, needs no token, ends from 200 on).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from ventanilla._flow import Flow, Listen
from ventanilla._waiting import sleep
from ventanilla.errors import MalformedAnswer, TransportError, UnexpectedAnswer
from ventanilla.syncfy import _codes

if TYPE_CHECKING:
    from ventanilla._frames import Lines

# A look now and then, for a connection may be dead without a sign; polling looks every 5 seconds.
SILENCE_SECONDS = 10.0
# Documented jobs have a dozen codes.
MOST_FRAMES = 100
logger = logging.getLogger("ventanilla.frames")


class _Frame(msgspec.Struct):
    code: int


_decoder = msgspec.json.Decoder(_Frame)


class Ear:
    """Passes the time between two looks at a job: listens while that is of use, else sleeps.

    Args:
        lines: the WebSockets of the face; None where there are none.
        id_job: the job, checked.

    Attributes:
        known: the codes that the last look found.
    """

    def __init__(self, lines: Lines | None, id_job: str) -> None:
        self.known: tuple[int, ...] = ()
        self._lines = lines
        self._id_job = id_job
        self._doubted: tuple[int, ...] | None = None

    def pause(self, interval: float, left: float) -> Flow[None]:
        """Pause until there is reason to look again: news, a long silence, a failure, or without ears the interval."""
        # News that the look did not confirm: until the job has moved, sleep, or a hasty server would be asked at once.
        if self._lines is None or self._doubted == self.known:
            yield from sleep(interval, left)
            return
        path, seconds = f"status/{self._id_job}", min(SILENCE_SECONDS, left)
        try:
            if (yield Listen(self._lines, path, _news_beyond(self.known), seconds)):
                self._doubted = self.known
        except (TransportError, UnexpectedAnswer) as problem:
            logger.info("job %s is polled, its WebSocket failed: %s", self._id_job, problem.message)
            self._lines = None


def _news_beyond(known: tuple[int, ...]) -> Callable[[bytes], bool]:
    heard: list[int] = []

    def is_news(message: bytes) -> bool:
        heard.append(_code(message))
        if len(heard) > MOST_FRAMES:
            raise MalformedAnswer(f"more than {MOST_FRAMES} codes came of one job")
        # Servers may begin by repeating what was reached before they were asked: all of it, or the last of it.
        is_repeated = heard in ([*known[: len(heard)]], [*known[-1:]])
        return not is_repeated and (heard[-1] == _codes.WAITING or _codes.ends_job(heard[-1]))

    return is_news


def _code(message: bytes) -> int:
    try:
        return _decoder.decode(message).code
    except (ValueError, RecursionError):
        raise MalformedAnswer(f"a frame of {len(message)} bytes is not the JSON documented") from None
