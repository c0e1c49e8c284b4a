"""Is what no program with these libraries can do without: import them."""

import attrs
import httpx
import msgspec

__all__ = ["attrs", "httpx", "msgspec"]
