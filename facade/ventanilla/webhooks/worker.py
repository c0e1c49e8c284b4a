"""Has the events of an inbox handled: again after a failure, never two of one subject at once, and not for ever.

    Worker(inbox, handle).run()                     # effects elsewhere: handle(event), at least once
    Worker(inbox, facti.confirm, apply=book).run()  # effects in the inbox's own database: once

With `apply` an event is claimed in the transaction of its effect: what `confirm` returned is written and the event is
done, or neither. A process that dies in between changes nothing, and its event is handled again once the lease is over.
"""

from __future__ import annotations

import inspect
import logging
import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import evolve, frozen

from ventanilla._flow import Ask, Do, Flow, Now, Wait, arun, run
from ventanilla.errors import VentanillaError
from ventanilla.webhooks.events import Event, Provider
from ventanilla.webhooks.inbox import Inbox, Stored

if TYPE_CHECKING:
    import sqlite3

Outcome = Literal["done", "failed", "dead", "lost"]
Handler: TypeAlias = Callable[[Event], Any]
Apply: TypeAlias = "Callable[[sqlite3.Connection, Event, Any], object]"
LEASE_SECONDS, IDLE_SECONDS, FORGETS_EVERY = 60.0, 0.5, 3600.0
DAY = timedelta(days=1)
_log = logging.getLogger("ventanilla.webhooks")


@frozen(kw_only=True)
class Retries:
    """When an event that failed is tried again. The defaults give up after about half a day.

    Attributes:
        attempts: how often it is tried in all; then it is a dead letter.
        first: seconds until the second attempt; each further wait is twice as long.
        longest: seconds of the longest wait.
    """

    attempts: int = 16
    first: float = 5.0
    longest: float = 14_400.0

    def wait(self, attempts: int, error: BaseException, luck: float) -> float | None:
        """Return the seconds until the next attempt; None when there is none.

        Args:
            attempts: made so far.
            error: of the last one; when it names a `retry_after`, the wait is no shorter, and not above `longest`.
            luck: from 0 to 1; spreads what failed together over the second half of the wait.
        """
        if attempts >= self.attempts:
            return None
        wait = min(self.longest, self.first * 2.0 ** min(attempts - 1, 60)) * (0.5 + luck / 2)
        asked = getattr(error, "retry_after", None)
        return max(wait, min(asked, self.longest)) if isinstance(asked, int | float) and asked > 0 else wait


@frozen
class Processed:
    """What a worker has done.

    Attributes:
        done: events that were handled.
        failed: attempts that failed, and will be followed by another one.
        dead: events that became dead letters.
        lost: events whose lease went to another worker before they were handled; nothing was applied.
    """

    done: int = 0
    failed: int = 0
    dead: int = 0
    lost: int = 0


class Worker:
    """Takes events from an inbox, one at a time, and has each one handled. Several may share an inbox.

    An event stays with its worker for `lease` seconds; if it takes longer, another one may begin with it. Choose more
    than a handler ever needs. What a handler raises has the event tried again later (see `Retries`); in the end it is
    a dead letter, which `inbox.list("dead")` shows and `inbox.replay` revives.

    Args:
        inbox: whose events.
        handler: called with an event, at least once for each; with `apply` it reads what is to be written and returns
            it. For `arun` it may be a coroutine function. None where `apply` needs nothing.
        apply: called with the `sqlite3.Connection` of the inbox, the event, and what the handler returned, in the
            transaction that marks the event as done. It must not wait for anything: senders wait for it meanwhile.
        provider: only events of this one.
        retries: when and how often it is tried again.
        lease: seconds for which an event stays with its worker.
        retention: how long what was done is kept, at least a day: a repeat that comes later is handled as new. It is
            seen to once an hour, when nothing is due. None keeps it for ever; what is dead is kept in any case.
    """

    def __init__(
        self,
        inbox: Inbox,
        handler: Handler | None = None,
        *,
        apply: Apply | None = None,
        provider: Provider | None = None,
        retries: Retries | None = None,
        lease: float = LEASE_SECONDS,
        retention: timedelta | None = None,
    ) -> None:
        if handler is None and apply is None:
            raise ValueError("a worker needs a handler, or something to apply")
        if retention is not None and retention < DAY:
            raise ValueError("retention: at least a day, since providers repeat events")
        self._inbox, self._handler, self._apply = inbox, handler, apply
        self._provider: Provider | None = provider
        self._retries, self._lease = retries or Retries(), lease
        self._retention, self._forgets_at = retention, -math.inf

    def drain(self) -> Processed:
        """Handle what is due now, and return what was done."""
        self._refuse_coroutines()
        return run(self._drain())

    async def adrain(self) -> Processed:
        """Handle what is due now, asynchronously; the inbox is used in a thread."""
        return await arun(self._drain())

    def run(self, until: Callable[[], bool] = lambda: False, *, idle: float = IDLE_SECONDS) -> Processed:
        """Handle whatever falls due, looking every `idle` seconds, until `until` returns True between two events."""
        self._refuse_coroutines()
        return run(self._run(until, idle))

    async def arun(self, until: Callable[[], bool] = lambda: False, *, idle: float = IDLE_SECONDS) -> Processed:
        """Handle whatever falls due, asynchronously, as `run` does."""
        return await arun(self._run(until, idle))

    def _refuse_coroutines(self) -> None:
        # Noticed event by event it would be a failure of each.
        if inspect.iscoroutinefunction(self._handler):
            raise TypeError("the handler is asynchronous: use arun() or adrain()")

    def _run(self, until: Callable[[], bool], idle: float) -> Flow[Processed]:
        total = Processed()
        while not until():
            try:
                outcome = yield from self._turn()
                if outcome is None:
                    yield from self._forget()
            except VentanillaError as problem:
                _log.warning("the inbox cannot be used", exc_info=problem)
                outcome = None
            if outcome is None:
                yield Wait(idle)
            else:
                total = _counted(total, outcome)
        return total

    def _drain(self) -> Flow[Processed]:
        total = Processed()
        while (outcome := (yield from self._turn())) is not None:
            total = _counted(total, outcome)
        yield from self._forget()
        return total

    def _forget(self) -> Flow[None]:
        """Remove what has been kept for long enough, once an hour."""
        now: float = yield Now()
        if self._retention is not None and now >= self._forgets_at:
            self._forgets_at = now + FORGETS_EVERY
            yield Do(self._inbox.forget, (datetime.now(UTC) - self._retention,))

    def _turn(self) -> Flow[Outcome | None]:
        """Handle one event; None when none is due."""
        stored: Stored | None = yield Do(partial(self._inbox.lease, self._lease, provider=self._provider))
        if stored is None:
            return None
        if stored.attempts > self._retries.attempts:
            error = RuntimeError(f"no attempt of {self._retries.attempts} has come to an end")
            return (yield from self._give_up(stored, error))
        try:
            found = (yield Ask(self._handler, stored.event)) if self._handler is not None else None
            effect = None if self._apply is None else partial(_bound, self._apply, stored.event, found)
            is_ours: bool = yield Do(self._inbox.done, (stored, effect))
        except Exception as error:
            return (yield from self._give_up(stored, error))
        return "done" if is_ours else "lost"

    def _give_up(self, stored: Stored, error: Exception) -> Flow[Outcome]:
        """Give an event back after a failed attempt."""
        wait = self._retries.wait(stored.attempts, error, random.random())
        level = logging.WARNING if wait is None else logging.INFO
        _log.log(level, "attempt %d of event %d failed", stored.attempts, stored.id, exc_info=error)
        is_ours: bool = yield Do(self._inbox.failed, (stored, _reason(error), wait))
        if not is_ours:
            return "lost"
        return "dead" if wait is None else "failed"


def _bound(apply: Apply, event: Event, found: object, connection: sqlite3.Connection) -> None:
    apply(connection, event, found)


def _counted(total: Processed, outcome: Outcome) -> Processed:
    return evolve(total, **{outcome: getattr(total, outcome) + 1})


def _reason(error: Exception) -> str:
    # Ours say nothing that is secret; what others say is not known, and their traceback is in the log.
    return f"{type(error).__name__}: {error}" if isinstance(error, VentanillaError) else type(error).__name__
