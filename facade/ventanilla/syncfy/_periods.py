"""Turns what callers say of times and yes or no into the wire's unix seconds and 0 or 1."""

from datetime import datetime
from typing import TypeAlias

from ventanilla.errors import InvalidRequest
from ventanilla_clients._runtime import UNSET, Unset

Moment: TypeAlias = datetime | int


def seconds(moment: Moment | None) -> int | Unset:
    """Return unix seconds; a datetime without zone is refused, since nobody knows when it is."""
    if moment is None:
        return UNSET
    if isinstance(moment, int):
        return moment
    if moment.tzinfo is None:
        raise InvalidRequest("a time needs a zone: use datetime(..., tzinfo=...) or unix seconds", field="time")
    return int(moment.timestamp())


def flag(value: bool | None) -> int | Unset:
    """Return 1, 0 or unset."""
    return UNSET if value is None else int(value)
