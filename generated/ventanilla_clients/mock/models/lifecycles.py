from __future__ import annotations

from typing import TypeAlias

from ..models.lifecycle import Lifecycle

Lifecycles: TypeAlias = dict[str, Lifecycle]
"""How the processes of each provider get on."""
