from __future__ import annotations

from typing import Any, TypeAlias

DeviationReport: TypeAlias = dict[str, Any]
"""How sure the mock is, of everything."""
