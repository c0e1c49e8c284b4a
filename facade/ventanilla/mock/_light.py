"""Knows a way to make values that only the type checkers keep frozen, for those that every request makes some of."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attrs import frozen as lightly_frozen
else:
    from attrs import define

    # attrs makes a value that is frozen as it runs five times as slowly, and a request takes three.
    lightly_frozen = define(unsafe_hash=True)

__all__ = ["lightly_frozen"]
