"""Keeps what was sent out of tracebacks: their frames hold requests, bodies and arguments, and reporters print them.

What leaves a call says by itself what happened, so it comes without the frames below the call that raised it. The
caller's own functions keep theirs.
"""

import re
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import NoReturn, Self, TypeVar

import httpx

from ventanilla._redact import carried, hidden, redact

E = TypeVar("E", bound=BaseException)
# h11 quotes the bytes that it cannot read, and those may be an echo of what was sent.
_QUOTED = re.compile(r"\W*\bb(ytearray\(b)?['\"].*", re.DOTALL)


class Quietly:
    """Wraps a piece of work whose frames shall not be seen when it raises."""

    __slots__ = ("_handled",)

    def __enter__(self) -> Self:
        # What the caller is dealing with meanwhile stays as it is: it is the context of all that is raised now.
        self._handled = sys.exception()
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        del traceback
        if error is not None:
            self._leave(error)

    def _leave(self, error: BaseException) -> NoReturn:
        error = silenced(error, self._handled)
        try:
            raise error
        finally:
            if error is not self._handled:
                error.__context__ = self._handled


def silenced(error: E, handled: BaseException | None = None) -> E:
    """Take from an error, and from what led to it, the frames, the requests and the values.

    Args:
        error: the error.
        handled: what the caller was dealing with before; it and what led to it are left alone.
    """
    for each in _chain(error, handled):
        each.__traceback__ = each.__context__ = None
        if each.__cause__ is not None and not isinstance(each.__cause__, OSError) and _is_plain(each.__cause__):
            each.__cause__ = None
        if isinstance(each, httpx.RequestError):
            _unburden(each)
    return error


def _is_plain(error: BaseException) -> bool:
    """Return whether an error is one of Python's own or of a decoder, which quote the values that they trip over."""
    return type(error).__module__.partition(".")[0] in ("builtins", "json", "decimal", "msgspec")


def theirs(traceback: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback that begins in the caller's own function."""
    while traceback is not None and traceback.tb_frame.f_globals.get("__name__", "").startswith("ventanilla"):
        traceback = traceback.tb_next
    return traceback


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
    error.__cause__ = None
    said = _QUOTED.sub("", str(error))
    try:
        sent = error.request
    except RuntimeError:  # httpx's way to say that it has none
        pass
    else:
        said = hidden(said, {*carried(sent)})
        error.request = httpx.Request(sent.method, redact(str(sent.url)))
    error.args = (said,)
