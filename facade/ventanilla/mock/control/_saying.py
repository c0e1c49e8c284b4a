"""Knows how a problem of the mock becomes a refusal in the same words."""

from collections.abc import Generator
from contextlib import contextmanager

from ventanilla.mock.provider import Refused


@contextmanager
def refusing(problem: type[Exception], status: int) -> Generator[None]:
    """Refuse with an HTTP status, and with the problem's own sentence, when one of this kind is raised inside."""
    try:
        yield
    except problem as raised:
        # Not str(): that of a KeyError has quotes around it.
        raise Refused(status, str(raised.args[0])) from None
