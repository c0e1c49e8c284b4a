"""Knows the webhook calls of one world: when each one leaves and leaves again, and what became of it."""

import heapq
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ventanilla.mock._delivery import Attempt, Cause, Delivery, State, shown
from ventanilla.mock._ours import ours
from ventanilla.mock._retries import RETRIES, checked
from ventanilla.mock._webhook_effects import WebhookDuplicate, WebhookEffect, WebhookLate, WebhookLost, WebhookReorder
from ventanilla.mock.wire import Headers

if TYPE_CHECKING:
    from ventanilla.mock.world import World

__all__ = ["RETRIES", "Attempt", "Cause", "Delivery", "Outbox", "State", "shown"]
MOST_KEPT, MOST_WAITING = 10_000, 5_000
MOST_REPLAYS = 1000
# How long a call lets another one go before it when none comes.
HELD_SECONDS = 5.0


class Outbox:
    """The webhook calls of one world.

    First attempts leave for each receiver in the order of their events; one that fails is made again after the
    seconds of `retries`, while newer ones go on. `waiting` are the calls to be made now: whoever takes them (take)
    makes them and reports each one (settle).

    The last 10,000 calls are remembered. At most 5,000 wait at a time; the oldest gives way to a newer one and is lost.
    """

    def __init__(self) -> None:
        self.waiting: deque[Delivery] = deque()
        self._retries = RETRIES
        self._kept: dict[str, Delivery] = {}
        self._open: OrderedDict[str, Delivery] = OrderedDict()
        self._closed: deque[Delivery] = deque()
        # By moment, then in the order arranged; what has another `due` by now is void.
        self._later: list[tuple[float, int, Delivery]] = []
        # By url: the call that lets the next one go before it.
        self._held: dict[str, Delivery] = {}
        self._count = 0

    @property
    @ours(
        "Calls that fail are made again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h, as is usual elsewhere; no "
        "provider documents whether and when it tries again."
    )
    def retries(self) -> tuple[float, ...]:
        """The seconds of the world's clock from each attempt that fails to the next; none at all is one try."""
        return self._retries

    @retries.setter
    def retries(self, seconds: Iterable[float]) -> None:
        """Set them, also for the calls that wait already. Raises ValueError for what is no time to wait."""
        self._retries = checked(seconds)

    @property
    def is_under_way(self) -> bool:
        """Whether calls have been taken that nobody has reported yet."""
        return any(delivery.leaving for delivery in self._kept.values())

    def put(
        self,
        world: "World",
        profile: str,
        event: str,
        url: str,
        body: bytes,
        headers: Headers,
        settled: Callable[[int | None], None] | None = None,
        ended: Callable[[], str | None] | None = None,
    ) -> Delivery:
        """Have a webhook call made, unless a fault has it otherwise; see Delivery for what the arguments mean."""
        at = world.now
        delivery = Delivery(world.uuid(), profile, event, url, headers, body, at, world.name, settled, ended)
        self._kept[delivery.id] = self._open[delivery.id] = delivery
        if len(self._open) > MOST_WAITING:
            self._give_way(next(iter(self._open.values())))
        if len(self._kept) > MOST_KEPT:
            del self._kept[self._closed.popleft().id]
        effect = world.faults.webhook(profile, event, at)
        if effect is None:
            self._queue(delivery, "event")
        else:
            self._disturb(delivery, effect)
        return delivery

    def take(self) -> list[Delivery]:
        """Take the calls that wait to be made, in their order; whoever takes them reports each one to settle().

        A call that is to be made twice is there twice. One whose receiver gets nothing any more is not there.
        """
        taken: list[Delivery] = []
        while self.waiting:
            delivery = self.waiting.popleft()
            cause = delivery.queued.pop(0)
            reason = None if cause == "replay" else _ended(delivery)
            if reason is None:
                delivery.leaving.append(cause)
                taken.append(delivery)
            else:
                self._close(delivery, "disabled", reason)
        return taken

    def give_back(self, delivery: Delivery) -> None:
        """Have a call wait again, before all others, that was taken and not made."""
        if self.awaits(delivery):
            delivery.queued.insert(0, delivery.leaving.pop())
            self.waiting.appendleft(delivery)

    def awaits(self, delivery: Delivery) -> bool:
        """Say whether a call is under way whose report means anything here."""
        return self._kept.get(delivery.id) is delivery and bool(delivery.leaving)

    def settle(self, world: "World", delivery: Delivery, status: int | None, error: str | None = None) -> None:
        """Note what became of an attempt: done with a 2xx, another one otherwise, as long as there is one left.

        A report that nobody waits for (the world was reset or put back meanwhile) changes nothing.
        """
        if not self.awaits(delivery):
            return
        attempt = delivery.note(world.now, status, error)
        # What is replayed by hand is no doing of the provider's.
        if delivery.settled is not None and attempt.cause != "replay":
            delivery.settled(status)
        if attempt.is_success:
            self._close(delivery, "delivered")
        elif delivery.state == "waiting" and delivery.due is None and not delivery.queued and not delivery.leaving:
            self._try_again(delivery, attempt)

    def replay(self, id: str, times: int = 1) -> Delivery:
        """Make a call again, whatever it came to: the same id, headers and body; a replay that fails is not retried.

        Outside of Mock.handle() use `triggers.replay`, which also lets the mock know that there is something to do.

        Raises LookupError when there is no call of this id, and ValueError when it cannot be replayed so often.
        """
        delivery = self[id]
        if not 1 <= times <= MOST_REPLAYS:
            raise ValueError(f"a call is replayed 1 to {MOST_REPLAYS} times, not {times}")
        if len(self.waiting) + times > MOST_KEPT:
            raise ValueError(f"{len(self.waiting)} calls wait to be made already; have them made first")
        for _ in range(times):
            self._queue(delivery, "replay")
        return delivery

    def deliveries(
        self, profile: str | None = None, event: str | None = None, state: str | None = None, url: str | None = None
    ) -> list[Delivery]:
        """Return the calls that are remembered, the oldest first; only those with the given values."""
        wanted = {"profile": profile, "event": event, "state": state, "url": url}
        given = [(name, value) for name, value in wanted.items() if value is not None]
        return [each for each in self._kept.values() if all(getattr(each, name) == value for name, value in given)]

    def __getitem__(self, id: str) -> Delivery:
        if (delivery := self._kept.get(id)) is None:
            raise LookupError(f"there is no webhook call {id}; the last {MOST_KEPT} are remembered")
        return delivery

    def __len__(self) -> int:
        return len(self._kept)

    def next_due(self) -> float | None:
        """Return the moment at which release() has something to do; None when there is nothing."""
        while self._later and self._later[0][2].due != self._later[0][0]:
            heapq.heappop(self._later)
        return self._later[0][0] if self._later else None

    def release(self, moment: float) -> None:
        """Put what is due by a moment among what waits to be made now."""
        while (due := self.next_due()) is not None and due <= moment:
            delivery = heapq.heappop(self._later)[2]
            self._queue(delivery, "retry" if delivery.retried else "event")

    def _disturb(self, delivery: Delivery, effect: WebhookEffect) -> None:
        match effect:
            case WebhookLost():
                self._close(delivery, "lost", "a fault lost it")
            case WebhookLate(seconds=seconds):
                self._delay(delivery, delivery.at + seconds)
            # Were all of them held, none would go before another: of two in a row the second one goes first.
            case WebhookReorder() if delivery.url not in self._held:
                self._held[delivery.url] = delivery
                self._delay(delivery, delivery.at + HELD_SECONDS)
            case _:
                self._queue(delivery, "event")
                for _ in range(effect.copies if isinstance(effect, WebhookDuplicate) else 0):
                    self._queue(delivery, "duplicate")

    def _queue(self, delivery: Delivery, cause: Cause) -> None:
        if cause in ("event", "retry"):
            delivery.due = None
        delivery.queued.append(cause)
        self.waiting.append(delivery)
        held = self._held.pop(delivery.url, None)
        if held is not None and held is not delivery:
            self._queue(held, "event")

    def _delay(self, delivery: Delivery, moment: float) -> None:
        if len(self._later) >= 2 * MOST_WAITING:
            self._later = [entry for entry in self._later if entry[2].due == entry[0]]
            heapq.heapify(self._later)
        delivery.due = moment
        self._count += 1
        heapq.heappush(self._later, (moment, self._count, delivery))

    def _try_again(self, delivery: Delivery, failed: Attempt) -> None:
        if (reason := _ended(delivery)) is not None:
            self._close(delivery, "disabled", reason)
        elif delivery.retried < len(self._retries):
            self._delay(delivery, failed.at + self._retries[delivery.retried])
            delivery.retried += 1
        else:
            self._close(delivery, "failed", f"none of {failed.number} attempts was answered with a 2xx")

    def _give_way(self, delivery: Delivery) -> None:
        for _ in delivery.queued:
            self.waiting.remove(delivery)
        delivery.queued.clear()
        self._close(delivery, "lost", f"it gave way to newer ones: more than {MOST_WAITING} calls waited")

    def _close(self, delivery: Delivery, state: State, reason: str | None = None) -> None:
        if delivery.state == "waiting":
            del self._open[delivery.id]
            self._closed.append(delivery)
        elif state != "delivered":
            # A copy or a replay that comes to nothing takes nothing back.
            return
        delivery.state, delivery.reason, delivery.due = state, reason, None
        if self._held.get(delivery.url) is delivery:
            del self._held[delivery.url]

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Come back from a snapshot: what was under way then is to be made again, for nobody will report it."""
        vars(self).update(state)
        under_way = [delivery for delivery in self._kept.values() for _ in delivery.leaving]
        for delivery in dict.fromkeys(under_way):
            delivery.queued[:0] = delivery.leaving
            delivery.leaving.clear()
        self.waiting.extendleft(reversed(under_way))


def _ended(delivery: Delivery) -> str | None:
    return None if delivery.ended is None else delivery.ended()
