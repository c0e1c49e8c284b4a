"""A typed client of Facti, written by scripts/generate.py: do not edit."""

from .client import Client

__all__ = ["Client"]
