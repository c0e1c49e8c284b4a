"""Knows the stateful mock of Syncfy, Facti and Factura Online: a pure core and thin adapters."""

from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.transports import AsyncMockTransport, MockTransport
from ventanilla.mock.wire import Request, Response

__all__ = [
    "AsyncMockTransport",
    "Clock",
    "ManualClock",
    "Mock",
    "MockTransport",
    "Request",
    "Response",
]
