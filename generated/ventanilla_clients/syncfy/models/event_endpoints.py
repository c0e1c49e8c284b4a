from __future__ import annotations

from typing import TypeAlias

EventEndpoints: TypeAlias = dict[str, list[str]]
"""Links by kind, such as credential, accounts, transactions and attachments."""
