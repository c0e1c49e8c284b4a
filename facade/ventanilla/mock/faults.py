"""Knows what goes wrong in a world, on purpose: which exchanges and webhook calls are struck, and how often."""

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any

from attrs import define, field

from ventanilla.mock._effects import (
    BrokenChunk,
    Change,
    ContentType,
    Drip,
    Header,
    Latency,
    MalformedJson,
    Remove,
    Reset,
    Status,
    Truncated,
)
from ventanilla.mock._fault import Fault
from ventanilla.mock._ours import ours
from ventanilla.mock._webhook_effects import (
    WebhookDuplicate,
    WebhookEffect,
    WebhookLate,
    WebhookLost,
    WebhookReorder,
)
from ventanilla.mock.provider import Provider, Reply
from ventanilla.mock.wire import Response

if TYPE_CHECKING:
    from ventanilla.mock.world import World

MOST_FAULTS = 1000


@define(eq=False)
class Standing:
    """A fault that stands in a world, and what it has met so far.

    `matched` counts what it is meant for, `struck` what it was let loose on, `missed` those of them that it could
    change nothing about, because the answer has no such place or is not JSON. `until` is the end of its ttl, in unix
    seconds.
    """

    fault: Fault
    until: float | None = None
    matched: int = 0
    struck: int = 0
    missed: int = 0
    # Thrown for every match, so that one fault's luck depends on nothing but its own matches …
    luck: Random = field(factory=Random, repr=False)
    # … and for what its own answers need, so that the world's dice stay as they are.
    dice: Random = field(factory=Random, repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the fault as plain values, and beside it what it has met."""
        met = {"matched": self.matched, "struck": self.struck, "missed": self.missed}
        return self.fault.to_json() | met | ({} if self.until is None else {"until": self.until})

    def strikes(self, now: float) -> bool:
        """Count something that the fault is meant for, and return whether it would strike it."""
        fault = self.fault
        if self.until is not None and now >= self.until:
            return False
        self.matched += 1
        is_lucky = fault.probability is None or self.luck.random() < fault.probability
        is_its_turn = fault.nth is None or self.matched == fault.nth
        return is_lucky and is_its_turn and (fault.times is None or self.struck < fault.times)


class Faults:
    """The faults of one world, in the order in which they were added.

    Each counts whatever it is meant for; of those that would strike, the first one does. What does not get as far as
    the handler (nobody's path, wrong credentials, an invalid request) is neither counted nor struck.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._standing: dict[str, Standing] = {}
        self._count = 0

    def add(self, fault: Fault, now: float | None = None) -> Fault:
        """Have things go wrong from now on.

        Args:
            fault: what, and for whom; one without an id gets f1, f2 and so on.
            now: the world's time (`world.now`), from which a `ttl` counts; only needed when there is one.

        Returns: the fault with its id.
        Raises: ValueError that names the field and what is allowed, also for an id that is taken.
        """
        fault = Fault.from_json(fault.to_json())
        if fault.ttl is not None and now is None:
            raise ValueError("ttl: needs the moment from which it counts; give it with add(fault, world.now)")
        if fault.id in self._standing:
            raise ValueError(f"id: there is a fault {fault.id} already; remove it first or leave the id out")
        if len(self._standing) >= MOST_FAULTS:
            raise ValueError(f"there are {MOST_FAULTS} faults already; remove some of them")
        fault = fault if fault.id else fault.named(self._free_id())
        until = None if fault.ttl is None or now is None else now + fault.ttl
        luck, dice = (Random(f"{use} of fault {fault.id} {self._seed}") for use in ("luck", "dice"))
        self._standing[fault.id] = Standing(fault, until, luck=luck, dice=dice)
        return fault

    def remove(self, id: str) -> None:
        """Take a fault away. Raises LookupError when there is none of this id."""
        del self._standing[self[id].fault.id]

    def clear(self) -> None:
        """Take all faults away."""
        self._standing.clear()

    def __getitem__(self, id: str) -> Standing:
        if (standing := self._standing.get(id)) is None:
            raise LookupError(f"there is no fault {id}; there are {', '.join(self._standing) or 'none at all'}")
        return standing

    def __iter__(self) -> Iterator[Standing]:
        return iter(tuple(self._standing.values()))

    def __len__(self) -> int:
        return len(self._standing)

    @ours("What goes wrong on purpose does so where and as often as told: in the provider's form, or on the wire.")
    def strikes(self, provider: str, operation: str, now: float) -> Fault | None:
        """Return the fault that strikes this exchange, and count it; None when none does."""
        if not self._standing:
            return None
        return self._first([each for each in self if each.fault.is_for_exchange(provider, operation)], now)

    def webhook(self, profile: str, event: str, now: float) -> WebhookEffect | None:
        """Return what goes wrong with this webhook call, and count it; None when nothing does."""
        if not self._standing:
            return None
        struck = self._first([each for each in self if each.fault.is_for_webhook(profile, event)], now)
        return struck.effect if struck is not None and isinstance(struck.effect, WebhookEffect) else None

    def instead(self, fault: Fault, world: "World", provider: Provider) -> Reply | None:
        """Return what is answered in place of the handler's reply; None when the fault leaves the reply as it is."""
        if isinstance(fault.effect, WebhookEffect):
            return None
        with world.apart(self[fault.id].dice):
            if fault.holds:
                return provider.refuse(world, 503, "the request is held and has not been handled yet")
            return fault.effect.instead(world, provider)

    def bend(self, fault: Fault, response: Response) -> Response:
        """Return the response as it leaves."""
        if isinstance(fault.effect, WebhookEffect):
            return response
        try:
            return fault.effect.bend(response)
        except LookupError:
            self[fault.id].missed += 1
            return response

    def _first(self, concerned: list[Standing], now: float) -> Fault | None:
        # Every one counts, also behind one that strikes: "the second" means the second to whoever asked for it.
        striking = [each for each in concerned if each.strikes(now)]
        if not striking:
            return None
        striking[0].struck += 1
        return striking[0].fault

    def _free_id(self) -> str:
        while True:
            self._count += 1
            if f"f{self._count}" not in self._standing:
                return f"f{self._count}"


__all__ = [
    "BrokenChunk",
    "Change",
    "ContentType",
    "Drip",
    "Fault",
    "Faults",
    "Header",
    "Latency",
    "MalformedJson",
    "Remove",
    "Reset",
    "Standing",
    "Status",
    "Truncated",
    "WebhookDuplicate",
    "WebhookEffect",
    "WebhookLate",
    "WebhookLost",
    "WebhookReorder",
]
