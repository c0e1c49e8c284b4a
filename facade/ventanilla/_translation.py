"""Turns whatever goes wrong into ventanilla's errors, with what they prove of the effect.

*Not sent is a matter of place.* Before a request is handed on by the outermost of our transports nothing of it can
have left; after that nothing is proven by the class of what is raised, whoever raises it.
"""

from contextlib import suppress
from contextvars import ContextVar

import httpx
from msgspec import UnsetType

from ventanilla._quiet import Quietly, theirs
from ventanilla.errors import (
    InvalidRequest,
    MalformedAnswer,
    OutcomeUnknown,
    ProviderError,
    ServiceUnavailable,
    UnexpectedAnswer,
    VentanillaError,
)
from ventanilla_clients._runtime import UnexpectedBody, UnexpectedStatus, UnsafeSegment

# The step that a flow is taking; None for requests that no flow makes, as those of `.raw`.
under_way: ContextVar["TypedErrors | None"] = ContextVar("ventanilla step", default=None)


class TypedErrors:
    """Wraps one call of an operation.

    Args:
        operation: its operationId.
        writes: whether it may have an effect: then a lost answer is an outcome that nobody knows.
        handed_on: whether a request of it has been handed on; from now on the transport says so.

    Attributes:
        has_written: whether it may have had an effect.
    """

    __slots__ = ("_token", "handed_on", "has_written", "operation", "writes")

    def __init__(self, operation: str, *, writes: bool = False, handed_on: bool = False) -> None:
        self.operation, self.writes, self.handed_on = operation, writes, handed_on
        self.has_written = False

    def __enter__(self) -> None:
        self._token = under_way.set(self)

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        with suppress(ValueError):  # the coroutine is being closed somewhere else
            under_way.reset(self._token)
        self.handed_on |= error is None
        self.has_written = self.writes and self.handed_on
        if not isinstance(error, Exception) or isinstance(error, Warning):
            return
        typed = _typed(error, handed_on=self.handed_on)
        typed.operation = typed.operation or self.operation
        self.has_written &= typed.outcome not in ("not_sent", "refused")
        if self.writes and typed.outcome == "unknown" and not is_unproven_refusal(typed):
            raise _unknown(typed) from typed
        if typed is not error:
            raise typed from None


class FlowErrors(Quietly):
    """Lets nothing leave a flow but ventanilla's errors and the caller's own.

    Attributes:
        own: what a function of the caller has raised.
    """

    __slots__ = ("_last", "_write", "own")

    def __init__(self) -> None:
        self.own: Exception | None = None
        self._last: TypedErrors | None = None
        self._write: TypedErrors | None = None

    def follow(self, step: TypedErrors) -> TypedErrors:
        """Take note of what the flow sends next."""
        if self._last is not None and self._last.has_written:
            self._write = self._last
        self._last = step
        return step

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        del traceback
        if error is None:
            return
        if isinstance(error, Exception) and error is self.own:
            raise error.with_traceback(theirs(error.__traceback__))
        # An argument that the function does not have, or lacks: Python says so, in the frame that calls it.
        is_miscall = isinstance(error, TypeError) and error.__traceback__ and error.__traceback__.tb_next is None
        if isinstance(error, Exception) and not isinstance(error, VentanillaError | Warning) and not is_miscall:
            error = self._typed(error)
        self._leave(error)

    def _typed(self, error: Exception) -> VentanillaError:
        last = self._last
        write = last if last is not None and last.has_written else self._write
        if write is None:
            typed = _typed(error, handed_on=last is not None and last.handed_on)
            typed.operation = None if last is None else last.operation
            return typed
        said = (
            f"the request was sent, and then its response could not be used ({where(error)})",
            f"la solicitud se envió, y después no se pudo usar la respuesta ({where(error)})",
        )
        return OutcomeUnknown(said, operation=write.operation)


def is_unproven_refusal(error: VentanillaError) -> bool:
    """Return whether an answer refuses by its HTTP status alone: it is looked for once, and then is what it says."""
    return isinstance(error, ProviderError) and not isinstance(error, ServiceUnavailable) and error.outcome == "unknown"


def _typed(error: Exception, *, handed_on: bool) -> VentanillaError:
    match error:
        case VentanillaError():
            return error
        case UnsafeSegment():
            return InvalidRequest(str(error), field=error.name)
        case UnexpectedBody():
            return MalformedAnswer(str(error), status_code=error.status_code)
        case UnexpectedStatus():
            return UnexpectedAnswer(str(error), status_code=error.status_code)
        case AttributeError() if isinstance(error.obj, UnsetType) and handed_on:
            # A part of an answer was another kind of thing than documented, and was left out when it was decoded.
            return MalformedAnswer(f"field `{error.name}` of the response does not match the spec")
        case _:
            return unusable(error) if handed_on else unsendable(error)


def unusable(error: Exception) -> UnexpectedAnswer:
    """Return the error of a request that was handed on and then failed in a way that no transport documents."""
    said = f"the response cannot be used ({where(error)})", f"la respuesta no se puede usar ({where(error)})"
    return UnexpectedAnswer(said)


def unsendable(error: Exception) -> InvalidRequest:
    """Return the error of a request that could not be made."""
    if isinstance(error, UnicodeEncodeError | httpx.InvalidURL):
        return InvalidRequest(
            (
                "a value is too long for a URL, or contains a lone surrogate (half a character)",
                "un valor es demasiado largo para una URL, o contiene medio carácter (un surrogate suelto)",
            )
        )
    said = f"the request cannot be made ({where(error)})", f"no se puede armar la solicitud ({where(error)})"
    return InvalidRequest(said)


def where(error: BaseException) -> str:
    """Return the class of an error and the line that raised it; its own words may quote values."""
    place, name = error.__traceback__, type(error).__name__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return name if place is None else f"{name} in {place.tb_frame.f_globals.get('__name__')}, line {place.tb_lineno}"


def _unknown(error: VentanillaError) -> OutcomeUnknown:
    facts = {name: getattr(error, name) for name in ("provider", "operation", "status_code", "request_id")}
    return OutcomeUnknown(error.words, **facts)
