"""What the endpoints raise by themselves."""

from .._runtime import UnexpectedBody, UnexpectedStatus

__all__ = ["UnexpectedBody", "UnexpectedStatus"]
