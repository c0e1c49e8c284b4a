from __future__ import annotations

from typing import TypeAlias

ScenarioNames: TypeAlias = dict[str, list[str]]
"""The names that wait for something to happen to, by provider, the oldest first."""
