"""The types that every module of this client shares."""

from .._runtime import UNSET, Response, Unset

__all__ = ["UNSET", "Response", "Unset"]
