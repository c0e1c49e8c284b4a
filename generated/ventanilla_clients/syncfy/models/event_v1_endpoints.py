from __future__ import annotations

from typing import TypeAlias

EventV1Endpoints: TypeAlias = dict[str, list[str] | str]
"""Links to what is new, by kind."""
