"""Converts between the wire's absent values and Python's None."""

from typing import TypeVar

from ventanilla_clients._runtime import UNSET, Unset

T = TypeVar("T")


def given(value: T | None) -> T | Unset:
    """Return a value for a generated function: None becomes unset, so that nothing is sent."""
    return UNSET if value is None else value


def known(value: T | Unset | None) -> T | None:
    """Return a value from a generated model: unset becomes None."""
    return None if isinstance(value, Unset) else value
