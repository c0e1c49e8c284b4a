"""Holds the steps that a workflow may take: what it yields, and what the drivers do for it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct

from ventanilla_clients._runtime import Operation, Response

if TYPE_CHECKING:
    from ventanilla._frames import Lines

T = TypeVar("T")


class _Step(Struct, frozen=True, eq=False):
    """A step of a flow: its repr is its name alone, since what it carries may be secret.

    Structs, because making a class of them costs a twentieth of what it costs attrs, at every start of a program.
    """

    def __repr__(self) -> str:
        return type(self).__name__


class Call(_Step, frozen=True, eq=False):
    """Send the request of a generated `sync_detailed`, or of the `asyncio_detailed` beside it."""

    endpoint: Callable[..., Response[Any]]
    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] = {}

    @property
    def operation(self) -> str:
        """The operationId: the endpoint's module is named after it."""
        return self.endpoint.__module__.rpartition(".")[2]

    @property
    def writes(self) -> bool:
        """Whether it may have an effect, as the endpoint's module says."""
        operation: Operation | None = getattr(self.endpoint, "__globals__", {}).get("OPERATION")
        return operation is not None and operation.effect == "write"


class Wait(_Step, frozen=True, eq=False):
    """Sleep for this many seconds."""

    seconds: float


class Listen(_Step, frozen=True, eq=False):
    """Open a WebSocket, wait until a message is `wanted` or the seconds are over, close it; say whether one came."""

    lines: Lines
    path: str
    wanted: Callable[[bytes], bool]
    seconds: float


class Now(_Step, frozen=True, eq=False):
    """Read the monotonic clock, in seconds."""


class Ask(_Step, frozen=True, eq=False):
    """Put a question to the caller; asynchronous faces also accept an awaitable answer."""

    callback: Callable[[Any], Any]
    question: Any


class Do(_Step, frozen=True, eq=False):
    """Call a function that reads or writes something of this machine; asynchronous faces call it in a thread."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


class Page(_Step, Generic[T], frozen=True, eq=False):
    """Hand items to whoever iterates; the next step is taken when they are used up, or meanwhile if `ahead`."""

    items: Sequence[T]
    ahead: bool = False


Step = Call | Wait | Listen | Now | Ask | Do
Flow = Generator[Step, Any, T]
# It returns how many of its rows could not be read; what decides something must not do without them.
Listing = Generator[Step | Page[T], Any, Any]
