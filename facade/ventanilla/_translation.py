"""Turns what the generated code raises into ventanilla's errors, and says in each which operation failed."""

from ventanilla.errors import InvalidRequest, MalformedAnswer, UnexpectedAnswer, VentanillaError
from ventanilla_clients._runtime import UnexpectedBody, UnexpectedStatus, UnsafeSegment


class TypedErrors:
    """Wraps one call of an operation."""

    def __init__(self, operation: str) -> None:
        self.operation = operation

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, VentanillaError):
            error.operation = error.operation or self.operation
        elif isinstance(error, UnexpectedBody):
            raise MalformedAnswer(str(error), operation=self.operation, status_code=error.status_code) from None
        elif isinstance(error, UnexpectedStatus):
            raise UnexpectedAnswer(str(error), operation=self.operation, status_code=error.status_code) from None
        elif isinstance(error, UnsafeSegment):
            raise InvalidRequest(str(error), field=error.name, operation=self.operation) from None
