"""Converts between the wire's absent, odd and repeated values and Python's."""

from typing import Any, TypeVar

from ventanilla_clients._runtime import UNSET, Unset

T = TypeVar("T")
# Digits of a number that is an id or a code; Python refuses to read very long ones.
LONGEST = 18


def given(value: T | None) -> T | Unset:
    """Return a value for a generated function: None becomes unset, so that nothing is sent."""
    return UNSET if value is None else value


def known(value: T | Unset | None) -> T | None:
    """Return a value from a generated model: unset becomes None."""
    return None if isinstance(value, Unset) else value


def text(value: object) -> str:
    """Return what an answer has in the place of a text: numbers as they are written, nothing as an empty text."""
    return value if isinstance(value, str) else "" if value is None or isinstance(value, Unset) else str(value)


def number(value: object) -> int | None:
    """Return what an answer has in the place of an id or a code: digits are one too, all else is None."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= LONGEST:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def rows_in(value: object) -> tuple[Any, ...]:
    """Return what an answer has in the place of a list inside a row; what is none is empty, and has been reported."""
    listed: Any = value
    return tuple(listed) if isinstance(value, list) else ()
