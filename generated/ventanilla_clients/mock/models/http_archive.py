from __future__ import annotations

from typing import Any, TypeAlias

HttpArchive: TypeAlias = dict[str, Any]
"""An HTTP Archive, HAR 1.2."""
