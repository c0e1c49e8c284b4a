from __future__ import annotations

from typing import TypeAlias

Calls: TypeAlias = dict[str, int]
"""How often each operation has been called, by operationId."""
