"""Knows what an inbox promises, and decides what becomes of an event that comes again or fails; it does no I/O.

An event is *pending* until a handler has done with it; then it is *done*, or, when it has failed too often, *dead*.

**When the same event comes again** (its key is the same, see `repeated`):

- while it is pending, it is still one event: whoever handles it reads what is so then. It falls due at once.
- once it is dead, it gets another chance, from its first attempt.
- once it is done, it is a repeat and nothing happens; providers send an event again when our answer got lost.

The last rule has one exception. Events of version 1 have no id, so that their key is their content; and two refreshes
on different days may well have equal bodies. An event whose key is its content is therefore a new one when it comes
`RECURS_AFTER` (12 hours) after the one before. A repeat that comes as late is handled twice, which costs a read; the
other way round an event would be lost. Facti's key is the payment: it is paid once and for all, so one notification
that was confirmed is enough. Until one is, each arrival counts: a forged one does not stand in the true one's way.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypeAlias

from attrs import field, frozen

from ventanilla.webhooks.events import Event, Provider

State = Literal["pending", "done", "dead"]
Arrival = Literal["new", "again", "repeat"]
RECURS_AFTER = timedelta(hours=12)


@frozen
class Kept:
    """What became of an event that was put into an inbox.

    Attributes:
        id: its number in the inbox.
        event: the event.
        arrival: `new`; `again` when it will be handled and was known before; `repeat` when it has been handled already.
    """

    id: int
    event: Event
    arrival: Arrival


@frozen(kw_only=True)
class Stored:
    """An event in an inbox.

    Attributes:
        id: its number, in the order of arrival.
        event: the event.
        state: `pending`, `done` or `dead`.
        received_at: when it came first.
        seen: how often it has come.
        attempts: how often a handler has begun with it.
        due_at: when it may be handled next.
        reason: why the last attempt failed; None where none has.
    """

    id: int
    event: Event
    state: State
    received_at: datetime
    seen: int
    attempts: int
    due_at: datetime
    reason: str | None = None
    lease: str = field(default="", repr=False)


@frozen
class Cursor:
    """How far something has been read at a provider, as text that grows with it.

    Attributes:
        name: whose, e.g. `facti:5`.
        value: up to where; of two the greater one is kept.
    """

    name: str
    value: str


Effect: TypeAlias = Callable[[Any], object]


class Inbox(Protocol):
    """Where events are kept. `SqliteInbox` and `MemoryInbox` are two; another database takes these methods.

    Each method is one transaction. Whatever it raises means that nothing has happened; `InboxUnavailable` says why.
    """

    def put(self, events: Sequence[Event], *, cursor: Cursor | None = None) -> tuple[Kept, ...]:
        """Keep all events or none, and the cursor with them; they are on disk when this returns."""
        ...

    def lease(self, seconds: float, *, provider: Provider | None = None) -> Stored | None:
        """Return the event that has been due for the longest time, and keep others from it for so many seconds.

        None when none is due. An event is not due while another one of its subject is leased.
        """
        ...

    def done(self, stored: Stored, effect: Effect | None = None) -> bool:
        """Mark a leased event as done, and apply an effect in the same transaction; return whether that happened.

        The effect is given the transaction's connection. It does not happen when the lease is over.
        What the effect raises undoes everything.
        """
        ...

    def failed(self, stored: Stored, reason: str, retry_in: float | None) -> bool:
        """Give a leased event back, due in so many seconds; None makes it a dead letter. Return whether it was leased.

        When it has come again meanwhile, it is due at once, whatever was to become of it.
        """
        ...

    def cursor(self, name: str) -> str | None:
        """Return how far something has been read; None at the beginning."""
        ...

    def list(self, *states: State, limit: int = 100) -> list[Stored]:
        """Return events, the latest first; only those in the given states."""
        ...

    def replay(self, ids: Collection[int]) -> int:
        """Make events pending, due at once, from their first attempt, whatever became of them; return how many."""
        ...

    def forget(self, before: datetime) -> int:
        """Remove what was done before a moment; return how many. A repeat that comes later is handled as new."""
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...


def repeated(state: State, *, recurs: bool, age: float, recurs_after: float) -> Arrival:
    """Decide what an event is whose key is known.

    Args:
        state: of the one that came before.
        recurs: whether an equal event may be another one, see `Event.recurs`.
        age: seconds since the one before came first.
        recurs_after: from how many on it is another one.
    """
    if state != "done":
        return "again"
    return "new" if recurs and age >= recurs_after else "repeat"
