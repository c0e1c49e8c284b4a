"""Knows the webhook calls of one world: those that wait to be made, and what became of those that were."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import field, frozen

from ventanilla.mock.wire import Headers

if TYPE_CHECKING:
    from ventanilla.mock.world import World

KEPT_ATTEMPTS = 10_000


@frozen(eq=False)
class Delivery:
    """One webhook call that is to be made: an HTTP POST of `body` to `url`.

    `profile` is sync-v1, sync-v3 or facti-ipn; `event` the event's name; `at` the moment it was put in the outbox;
    `world` the name of the world that it leaves. `settled`, when given, is told the receiver's HTTP status, or None
    when nothing answered.
    """

    id: str
    profile: str
    event: str
    url: str
    headers: Headers
    body: bytes
    at: float
    world: str = ""
    settled: Callable[[int | None], None] | None = field(default=None, repr=False)


@frozen(eq=False)
class Attempt:
    """What became of a delivery: the receiver's status, or why there is none."""

    delivery: Delivery
    status: int | None
    error: str | None


class Outbox:
    """The webhook calls of one world."""

    def __init__(self) -> None:
        self.waiting: deque[Delivery] = deque()
        self.attempts: deque[Attempt] = deque(maxlen=KEPT_ATTEMPTS)

    def put(
        self,
        world: "World",
        profile: str,
        event: str,
        url: str,
        body: bytes,
        headers: Headers,
        settled: Callable[[int | None], None] | None = None,
    ) -> Delivery:
        """Have a webhook call made; an adapter makes it and reports with settle()."""
        delivery = Delivery(world.uuid(), profile, event, url, headers, body, world.now, world.name, settled)
        self.waiting.append(delivery)
        return delivery

    def take(self) -> list[Delivery]:
        """Take the calls that wait to be made; whoever takes them reports back."""
        taken = list(self.waiting)
        self.waiting.clear()
        return taken

    def settle(self, world: "World", delivery: Delivery, status: int | None, error: str | None = None) -> None:
        """Note what became of a delivery and tell whoever sent it."""
        self.attempts.append(Attempt(delivery, status, error))
        if delivery.settled is not None:
            delivery.settled(status)
