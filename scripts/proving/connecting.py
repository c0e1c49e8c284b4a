"""Failures to connect, acted out as httpcore shows and raises them."""

import inspect
from contextlib import suppress
from typing import Any, NoReturn

import httpcore
import httpx


def cannot_connect(request: httpx.Request, kind: type[httpx.TransportError], words: str) -> NoReturn:
    """Raise what httpx raises where httpcore could not connect, after telling the trace that it tried to.

    Args:
        request: what was to be sent.
        kind: ConnectError, ConnectTimeout or PoolTimeout of httpx.
        words: what the error says.
    """
    trace: Any = request.extensions.get("trace")
    told = None if trace is None else trace("connection.connect_tcp.started", {})
    if inspect.iscoroutine(told):  # it only takes note, and waits for nothing
        with suppress(StopIteration):
            told.send(None)
    raise kind(words) from getattr(httpcore, kind.__name__)(words)
