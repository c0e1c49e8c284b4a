from __future__ import annotations

from typing import TypeAlias

ExtraNodeA: TypeAlias = dict[str, str]
"""Attributes."""
