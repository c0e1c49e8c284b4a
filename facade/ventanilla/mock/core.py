"""Knows the mock as a whole: its worlds, their time, and the webhook calls that leave them."""

import logging
import re
import threading
from collections.abc import Iterator, Sequence

from attrs import evolve

from ventanilla.mock import passage
from ventanilla.mock.clock import Clock
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.provider import Provider, Refused, Reply
from ventanilla.mock.wire import Request, Response
from ventanilla.mock.world import PACE, World

MOST_WORLDS = 4096
NAMESPACES = "/_ns/"
# How often a frozen clock is looked at: whoever holds it may move it at any time.
GLANCE_SECONDS = 0.05
_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
NAMING = "a namespace has 1 to 64 letters, digits, dots, hyphens or underscores for its name, a letter or digit first"
_log = logging.getLogger("ventanilla.mock")


class Mock:
    """The three providers behind one function: handle(request) → response. No sockets, no threads, no waiting.

    `seed` decides every id and datum, `clock` every moment, `pace` the seconds that one step of a job or of
    stamping takes. The same requests at the same moments get byte-identical responses.

    A path that begins with `/_ns/<name>` belongs to a world of that name, with the same seed and pace and a clock of
    its own that begins like this one; it is made when it is first asked for. All other paths belong to `world`.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 0,
        pace: float = PACE,
        providers: Sequence[Provider] | None = None,
        facturaonline_auth_status: int = 200,
    ) -> None:
        if providers is None:
            # Imported late: the providers know the core, so the core cannot know them first.
            from ventanilla.mock.registry import every_provider

            providers = every_provider(facturaonline_auth_status=facturaonline_auth_status)
        self.seed, self.pace = seed, pace
        self.providers = {provider.name: provider for provider in providers}
        self.world = World(clock, seed, pace)
        self.worlds: dict[str, World] = {"": self.world}
        self._clock = self.world.clock.copy()
        self._lock = threading.Lock()
        # The worlds in which something will happen by itself: timers that are set, webhook calls that wait.
        self._busy: dict[str, World] = {}

    def world_of(self, name: str) -> World:
        """Return the world of a namespace, made anew if there is none yet; "" is the default one.

        Raises ValueError for a name that is not 1 to 64 letters, digits, dots, hyphens or underscores (a letter or a
        digit first), and OverflowError when there are too many worlds.
        """
        if (world := self.worlds.get(name)) is not None:
            return world
        if not _name.fullmatch(name):
            raise ValueError(NAMING)
        with self._lock:
            if name not in self.worlds and len(self.worlds) > MOST_WORLDS:
                raise OverflowError(f"there are {MOST_WORLDS} namespaces already; delete some of them")
            return self.worlds.setdefault(name, World(self._clock.copy(), self.seed, self.pace, name))

    def forget(self, name: str) -> bool:
        """Delete a namespace and all that is in it; return whether there was one. The default one stays."""
        with self._lock:
            self._busy.pop(name, None)
            return name != "" and self.worlds.pop(name, None) is not None

    def handle(self, request: Request) -> Response:
        """Answer one request, after doing whatever has fallen due; never raises for what a caller sends."""
        try:
            world, request = self._whose(request)
        except Refused as refusal:
            return passage.respond(Reply({"error": refusal.message}, status=refusal.status), request)
        with world.lock:
            self._run_due(world)
            with world.standing(world.clock.now()):
                response = passage.answer(world, self.providers, request)
            self._mind(world)
            return response

    def run_due(self, world: World | None = None) -> None:
        """Do whatever has fallen due, without a request: in one world, or wherever something has."""
        for each in [world] if world is not None else list(self._busy.values()):
            with each.lock:
                self._run_due(each)
                self._mind(each)

    def seconds_left(self) -> float | None:
        """Return the real seconds until run_due() has something to do; None when nothing comes by itself."""
        left = [self._seconds_left(world) for world in list(self._busy.values())]
        return min((seconds for seconds in left if seconds is not None), default=None)

    def outgoing(self, world: World | None = None) -> list[Delivery]:
        """Take the webhook calls that wait to be made, of one world or all; report back through delivered()."""
        taken: list[Delivery] = []
        for each in [world] if world is not None else list(self._busy.values()):
            with each.lock:
                taken += each.outbox.take()
                self._mind(each)
        return taken

    def delivered(self, delivery: Delivery, status: int | None, error: str | None = None) -> None:
        """Report what became of a webhook call: the receiver's status, or None and why there is none."""
        world = self.worlds.get(delivery.world)
        if world is not None:
            with world.lock:
                world.outbox.settle(world, delivery, status, error)
                self._mind(world)

    def travel(self, world: World, moment: float) -> Iterator[Delivery]:
        """Move a clock to a moment, stopping at everything that falls due on the way.

        Yields the webhook calls as they leave; each has to be reported to delivered() before the next one is asked for,
        so that what comes of it happens at its time as well.
        """
        while True:
            with world.lock:
                due = world.next_due()
                world.clock.move(moment if due is None else min(due, moment))
                self._run_due(world)
                leaving = world.outbox.take()
                self._mind(world)
            yield from leaving
            if not leaving and (due is None or due > moment):
                return

    def _whose(self, request: Request) -> tuple[World, Request]:
        """Return the world that a request is for, and the request as that world sees it."""
        if not request.target.startswith(NAMESPACES):
            return self.world, request
        name, slash, rest = request.target.removeprefix(NAMESPACES).partition("/")
        if not _name.fullmatch(name):
            raise Refused(404, NAMING)
        try:
            return self.world_of(name), evolve(request, target=slash + rest, prefix=NAMESPACES + name)
        except OverflowError as problem:
            raise Refused(503, str(problem)) from None

    def _mind(self, world: World) -> None:
        """Remember whether anything will happen in a world by itself."""
        if world.outbox.waiting or world.next_due() is not None:
            self._busy[world.name] = world
        else:
            self._busy.pop(world.name, None)

    def _seconds_left(self, world: World) -> float | None:
        with world.lock:
            if world.outbox.waiting:
                return 0.0
            due = world.next_due()
            left = None if due is None else world.clock.left(due)
            return GLANCE_SECONDS if due is not None and left is None else left

    def _run_due(self, world: World) -> None:
        """Fire the timers that are due; one that fails stops neither the others nor whoever asked."""
        while True:
            try:
                return world.run_due()
            except Exception as defect:
                _log.exception("a timer of the mock failed")
                world.defect = f"a timer failed: {type(defect).__name__}: {defect}"
