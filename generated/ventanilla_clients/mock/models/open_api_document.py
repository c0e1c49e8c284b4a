from __future__ import annotations

from typing import Any, TypeAlias

OpenApiDocument: TypeAlias = dict[str, Any]
"""An OpenAPI 3.1 document."""
