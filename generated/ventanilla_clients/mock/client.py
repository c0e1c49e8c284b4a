"""The client view that every endpoint takes."""

from .._runtime import Client

__all__ = ["Client"]
