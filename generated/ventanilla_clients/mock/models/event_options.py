from __future__ import annotations

from typing import TypeAlias

EventOptions: TypeAlias = dict[str, str]
"""What an event takes, and what each of it means."""
