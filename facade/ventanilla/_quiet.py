"""Keeps what was sent out of tracebacks: their frames hold requests, bodies and arguments, and reporters print them.

An error of ventanilla says by itself what happened, so it comes without the frames below the call that raised it.
Errors of other kinds are bugs, or come out of the caller's own functions: they keep theirs.
"""

import sys
from collections.abc import Iterator
from typing import TypeVar

import httpx
from msgspec import UnsetType

from ventanilla._redact import redact
from ventanilla.errors import MalformedAnswer, VentanillaError

E = TypeVar("E", bound=BaseException)


class Quietly:
    """Wraps a piece of work whose frames shall not be seen when it raises an error of ventanilla."""

    __slots__ = ("_handled",)

    def __enter__(self) -> None:
        # What the caller is dealing with meanwhile stays as it is: it is the context of all that is raised now.
        self._handled = sys.exception()

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, VentanillaError):
            raise silenced(error, self._handled)
        if isinstance(error, AttributeError) and isinstance(error.obj, UnsetType):
            # A part of an answer was another kind of thing than documented, and was left out when it was decoded.
            raise MalformedAnswer(f"the part of the answer that has `{error.name}` has another shape") from None


def silenced(error: E, handled: BaseException | None = None) -> E:
    """Take from an error, and from what led to it, the frames and the requests.

    Args:
        error: the error.
        handled: what the caller was dealing with before; it and what led to it are left alone.
    """
    for each in _chain(error, handled):
        each.__traceback__ = None
        if isinstance(each, httpx.RequestError):
            _unburden(each)
        if each.__suppress_context__ and each.__context__ is not handled:
            each.__context__ = None  # it is not shown, so it need not be kept
    return error


def _chain(error: BaseException, handled: BaseException | None) -> Iterator[BaseException]:
    seen = {id(handled)}
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            waiting += [each.__cause__, each.__context__]
            yield each


def _unburden(error: httpx.RequestError) -> None:
    try:
        sent = error.request
    except RuntimeError:  # httpx's way to say that it has none
        return
    error.request = httpx.Request(sent.method, redact(str(sent.url)))
