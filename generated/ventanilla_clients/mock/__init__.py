"""A typed client of ventanilla mock, written by scripts/generate.py: do not edit."""

from .client import Client

__all__ = ["Client"]
