"""Turns what the generated code raises into ventanilla's errors, and says in each which operation failed."""

import httpx

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
        elif isinstance(error, UnicodeEncodeError | httpx.InvalidURL):
            # Their own words quote the text. Nothing has been sent: the request could not be written.
            problem = "a text is too long for an address, or has half a character in it (a lone surrogate)"
            raise InvalidRequest(problem, operation=self.operation) from None
