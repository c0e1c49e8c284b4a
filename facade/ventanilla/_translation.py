"""Turns what the generated code raises into ventanilla's errors, and says in each which operation failed."""

import httpx

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

# Of a request that could not be written (two of them quote it), and of an answer that is not as documented.
Generated = UnsafeSegment | UnicodeEncodeError | httpx.InvalidURL | UnexpectedBody | UnexpectedStatus


class TypedErrors:
    """Wraps one call of an operation.

    Args:
        operation: its operationId.
        writes: whether it may have an effect: then a lost answer is an outcome that nobody knows.
    """

    def __init__(self, operation: str, *, writes: bool = False) -> None:
        self.operation, self.writes = operation, writes

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if not isinstance(error, VentanillaError | Generated):
            return
        typed = _typed(error)
        typed.operation = typed.operation or self.operation
        if self.writes and typed.outcome == "unknown" and not is_unproven_refusal(typed):
            raise _unknown(typed) from typed
        if typed is not error:
            raise typed from None


def is_unproven_refusal(error: VentanillaError) -> bool:
    """Return whether an answer refuses by its HTTP status alone: it is looked for once, and then is what it says."""
    return isinstance(error, ProviderError) and not isinstance(error, ServiceUnavailable) and error.outcome == "unknown"


def _typed(error: VentanillaError | Generated) -> VentanillaError:
    if isinstance(error, VentanillaError):
        return error
    if isinstance(error, UnsafeSegment):
        return InvalidRequest(str(error), field=error.name)
    if isinstance(error, UnicodeEncodeError | httpx.InvalidURL):
        return InvalidRequest("a text is too long for an address, or has half a character in it (a lone surrogate)")
    kind = MalformedAnswer if isinstance(error, UnexpectedBody) else UnexpectedAnswer
    return kind(str(error), status_code=error.status_code)


def _unknown(error: VentanillaError) -> OutcomeUnknown:
    facts = {name: getattr(error, name) for name in ("provider", "operation", "status_code", "request_id")}
    return OutcomeUnknown(error.words, **facts)
