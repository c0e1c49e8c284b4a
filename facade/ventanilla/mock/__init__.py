"""Knows the stateful mock of Syncfy, Facti and Factura Online: a pure core and thin adapters."""

import importlib
from typing import TYPE_CHECKING, Any

from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.wire import Request, Response

if TYPE_CHECKING:
    from ventanilla.mock.transports import AsyncMockTransport, MockTransport

else:

    def __getattr__(name: str) -> Any:
        # httpx is loaded when a transport is first asked for: a server does without.
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{__name__}.transports"), name)


__all__ = [
    "AsyncMockTransport",
    "Clock",
    "ManualClock",
    "Mock",
    "MockTransport",
    "Request",
    "Response",
]


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
