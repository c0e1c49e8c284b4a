from __future__ import annotations

from typing import TypeAlias

Headers: TypeAlias = dict[str, str]
"""Headers by name."""
