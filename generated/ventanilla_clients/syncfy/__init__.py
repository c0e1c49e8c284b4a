"""A typed client of Paybook Sync (Syncfy), written by scripts/generate.py: do not edit."""

from .client import Client

__all__ = ["Client"]
