"""Turns what the generated code raises into ventanilla's errors, and says in each which operation failed."""

from ventanilla.errors import MalformedAnswer, OutcomeUnknown, UnexpectedAnswer, VentanillaError
from ventanilla_clients._runtime import UnexpectedBody, UnexpectedStatus


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
        if not isinstance(error, VentanillaError | UnexpectedBody | UnexpectedStatus):
            return
        typed = _typed(error)
        typed.operation = typed.operation or self.operation
        if self.writes and typed.outcome == "unknown":
            raise _unknown(typed) from typed
        if typed is not error:
            raise typed from None


def _typed(error: VentanillaError | UnexpectedBody | UnexpectedStatus) -> VentanillaError:
    if isinstance(error, VentanillaError):
        return error
    kind = MalformedAnswer if isinstance(error, UnexpectedBody) else UnexpectedAnswer
    return kind(str(error), status_code=error.status_code)


def _unknown(error: VentanillaError) -> OutcomeUnknown:
    facts = {name: getattr(error, name) for name in ("provider", "operation", "status_code", "request_id")}
    return OutcomeUnknown(error.message, **facts)
