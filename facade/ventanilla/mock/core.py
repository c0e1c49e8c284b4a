"""Knows the mock as a whole: its worlds, their time, and the webhook calls that leave them."""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve

from ventanilla.mock import listening, passage
from ventanilla.mock._agenda import Agenda
from ventanilla.mock._ours import ours
from ventanilla.mock.clock import Clock
from ventanilla.mock.namespaces import NAMESPACES, NAMING, is_name, prefix_of
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.provider import Look, Provider, Refused, Reply
from ventanilla.mock.wire import Request, Response
from ventanilla.mock.world import PACE, World

if TYPE_CHECKING:
    # Tapes know the mock's specs and its server, so it cannot know them first.
    from ventanilla.tapes import Tape

# Those that stay until they are deleted, and those beside them that were only ever read from.
MOST_WORLDS, MOST_IDLE = 4096, 256
READS = frozenset({"GET", "HEAD", "OPTIONS"})
A = TypeVar("A")
_log = logging.getLogger("ventanilla.mock")


class Mock:
    """The three providers behind one function: handle(request) → response. No sockets, no threads, no waiting.

    `seed` decides every id and datum, `clock` every moment, `pace` the seconds that one step of a job or of
    stamping takes. The same requests at the same moments get byte-identical responses.

    A path that begins with `/_ns/<name>` belongs to a world of that name, with the same seed and pace and a clock of
    its own that begins like this one; it is made when it is first asked for. All other paths belong to `world`. A world
    that has had nothing but reads gives way when 256 others like it were read from more recently; at most 4,096 stay.

    With `replay`, a tape or the folder of one, the providers answer what a service once did, and nothing else: a
    request gets the answer to the same operation, path, query and body (secrets left out), in recorded order, in the
    end the last one again. Faults strike these answers as any others.

    Each world is governed below `/_mock`, for whoever knows the `token` if there is one; not `admin` leaves nothing of
    that but the question whether the mock is there. Raises ValueError for a token that no header can carry and for a
    provider with an operation that nothing handles, and TapeError or ValueError for a tape that cannot be replayed.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 0,
        pace: float = PACE,
        providers: Sequence[Provider] | None = None,
        facturaonline_auth_status: int = 200,
        admin: bool = True,
        token: str | None = None,
        replay: "Tape | str | Path | None" = None,
    ) -> None:
        # Imported late: these know the core, so the core cannot know them first.
        from ventanilla.mock import control

        if providers is None:
            from ventanilla.mock.registry import every_provider

            providers = every_provider(facturaonline_auth_status=facturaonline_auth_status)
        if replay is not None:
            from ventanilla.mock._replay import replaying
            from ventanilla.tapes import Tape

            providers = replaying(providers, replay if isinstance(replay, Tape) else Tape.read(replay))
        for provider in providers:
            provider.check()
        self.seed, self.pace = seed, pace
        self.providers = {provider.name: provider for provider in providers}
        own = control.provider(self, admin=admin, token=token)
        own.check()
        self._served = {**self.providers, own.name: own}
        self.world = World(clock, seed, pace)
        self.worlds: dict[str, World] = {"": self.world}
        # By name, the one that was asked last at the end.
        self._idle = OrderedDict[str, None]()
        # Whether anything has happened since somebody, a state file, said that it was False.
        self.unsaved = False
        self._clock = self.world.clock.copy()
        self._lock = threading.Lock()
        self._agenda = Agenda(self.worlds)

    @ours("Below /_ns/<name> there is a world of its own for each name; no provider has such a path.")
    def world_of(self, name: str) -> World:
        """Return the world of a namespace, made anew if there is none yet; "" is the default one.

        It stays until somebody deletes it.

        Raises ValueError for a name that is not 1 to 64 letters, digits, dots, hyphens or underscores (a letter or a
        digit first), and OverflowError when there are too many worlds.
        """
        return self._found(name, stays=True)

    def _found(self, name: str, *, stays: bool) -> World:
        """Return a world, made anew if there is none; one that need not stay may go when others like it are asked."""
        if (world := self.worlds.get(name)) is not None and world.is_kept:
            return world
        if not is_name(name):
            raise ValueError(NAMING)
        with self._lock:
            # Kept before anybody can make it go, so that nothing is ever written into a world that is gone.
            if stays:
                self._keep(name)
            world = self.worlds.get(name) or self._made(name, self.seed, self.pace)
            world.is_kept = world.is_kept or stays
            if not world.is_kept:
                self._idle[name] = None
                self._idle.move_to_end(name)
                if len(self._idle) > MOST_IDLE:
                    self._drop(next(iter(self._idle)))
            return world

    def begin(self, name: str, *, seed: int | None = None, pace: float | None = None) -> World:
        """Make a namespace anew, in the place of one that there was.

        Args:
            name: its name; not "", the default world is reset instead.
            seed: what its ids and data come from; as the mock's if left out.
            pace: seconds that a step takes; as the mock's if left out.

        Raises as world_of() does.
        """
        if not is_name(name):
            raise ValueError(NAMING)
        with self._lock:
            self._keep(name)
            self.unsaved = True
            world = self._made(name, self.seed if seed is None else seed, self.pace if pace is None else pace)
            world.is_kept = True
            return world

    def forget(self, name: str) -> bool:
        """Delete a namespace and all that is in it; return whether there was one. The default one stays."""
        if name == "":
            return False
        with self._lock:
            self.unsaved = True
            return self._drop(name)

    def _keep(self, name: str) -> None:
        """Count a world among those that stay. Raises OverflowError when there are too many of them."""
        world = self.worlds.get(name)
        if (world is None or not world.is_kept) and len(self.worlds) - len(self._idle) > MOST_WORLDS:
            raise OverflowError(f"there are {MOST_WORLDS} namespaces already; delete some of them")
        self._idle.pop(name, None)

    def _made(self, name: str, seed: int, pace: float) -> World:
        self._agenda.drop(name)
        world = self.worlds[name] = World(self._clock.copy(), seed, pace, name)
        world.is_kept = False
        return world

    def _drop(self, name: str) -> bool:
        self._agenda.drop(name)
        self._idle.pop(name, None)
        return self.worlds.pop(name, None) is not None

    def handle(self, request: Request) -> Response:
        """Answer one request, after doing whatever has fallen due; never raises for what a caller sends."""
        return self._pass(request, passage.answer)

    def look(self, request: Request, *, is_first: bool = True) -> Look | Response:
        """See what a WebSocket at this address has to tell by now; never raises for what a caller sends.

        Returns the answer of plain HTTP in its place where no WebSocket is to be had. `is_first` is for the handshake,
        which alone is written into the journal.
        """
        return self._pass(request, partial(listening.look, is_first=is_first))

    def _pass(self, request: Request, way: Callable[[World, passage.Providers, Request], A]) -> A | Response:
        """Let a request pass through its world, whose clock stands still meanwhile."""
        try:
            world, request = self._whose(request)
        except Refused as refusal:
            return passage.respond(Reply({"error": refusal.message}, status=refusal.status), request)
        with world.lock:
            self._run_due(world)
            # As standing() does it, which takes longer: every request comes by here.
            before = world.hold(world.clock.now())
            try:
                found = way(world, self._served, request)
            finally:
                world.hold(before)
            self._agenda.mind(world)
        # Looking at a world through its controls does nothing to it; asking a provider does, if only to a token.
        self.unsaved = self.unsaved or request.method != "GET" or request.segments[0] != "_mock"
        return found

    @property
    def is_busy(self) -> bool:
        """Whether something will happen by itself in any world: run_due() or outgoing() will have something to do."""
        return len(self._agenda) > 0

    def busy(self, name: str) -> World | None:
        """Return the world of a namespace if something will happen in it by itself."""
        return self._agenda.get(name)

    def run_due(self, world: World | None = None) -> None:
        """Do whatever has fallen due, without a request: in one world, or wherever something has."""
        for each in [world] if world is not None else self._agenda:
            with each.lock:
                self._run_due(each)
                self._agenda.mind(each)

    def seconds_left(self) -> float | None:
        """Return the real seconds until run_due() has something to do; None when nothing comes by itself."""
        return self._agenda.seconds_left()

    def outgoing(self, world: World | None = None) -> list[Delivery]:
        """Take the webhook calls that wait to be made, of one world or all; report back through delivered()."""
        taken: list[Delivery] = []
        for each in [world] if world is not None else self._agenda:
            with each.lock:
                taken += each.outbox.take()
                self._agenda.mind(each)
        return taken

    def leaving(self, world: World | None = None) -> Generator[Delivery]:
        """Yield the webhook calls that outgoing() takes; whoever stops on the way leaves the rest waiting."""
        taken = deque(self.outgoing(world))
        try:
            while taken:
                yield taken.popleft()
        finally:
            self.give_back(taken)

    def give_back(self, deliveries: Iterable[Delivery]) -> None:
        """Have webhook calls wait again that were taken and not made."""
        for delivery in reversed([*deliveries]):
            if (world := self.worlds.get(delivery.world)) is not None:
                with world.lock:
                    world.outbox.give_back(delivery)
                    self._agenda.mind(world)

    def awaits(self, delivery: Delivery) -> bool:
        """Say whether a webhook call that was taken is still to be made: its world may have begun anew, or be gone."""
        world = self.worlds.get(delivery.world)
        return world is not None and world.outbox.awaits(delivery)

    def delivered(self, delivery: Delivery, status: int | None, error: str | None = None) -> None:
        """Report what became of a webhook call: the receiver's status, or None and why there is none."""
        world = self.worlds.get(delivery.world)
        if world is not None:
            with world.lock:
                world.outbox.settle(world, delivery, status, error)
                self._agenda.mind(world)
            self.unsaved = True

    def travel(self, world: World, moment: float) -> Generator[Delivery]:
        """Move a clock to a moment, stopping at everything that falls due on the way.

        Yields the webhook calls as they leave; each has to be reported to delivered() before the next one is asked for,
        so that what comes of it happens at its time as well. What waits already leaves before time goes on.
        """
        with self._agenda.led(world):
            is_there = False
            while not is_there:
                self.run_due(world)
                yield from self.leaving(world)
                with world.lock:
                    # Whoever took a call may have brought about others, which leave before time goes on, too.
                    due = world.clock.now() if world.outbox.waiting else world.next_due()
                    is_there = due is None or due > moment
                    world.clock.move(moment if due is None else min(due, moment))
                    self.unsaved = True

    def _whose(self, request: Request) -> tuple[World, Request]:
        """Return the world that a request is for, and the request as that world sees it."""
        if not request.target.startswith(NAMESPACES):
            return self.world, request
        name, slash, rest = request.target.removeprefix(NAMESPACES).partition("/")
        if not is_name(name):
            raise Refused(404, NAMING)
        try:
            world = self._found(name, stays=request.method not in READS)
            return world, evolve(request, target=slash + rest, prefix=prefix_of(name))
        except OverflowError as problem:
            raise Refused(503, str(problem)) from None

    def _run_due(self, world: World) -> None:
        """Fire the timers that are due; one that fails stops neither the others nor whoever asked."""
        while True:
            try:
                self.unsaved = world.run_due() or self.unsaved
                return
            except Exception as defect:
                _log.exception("a timer of the mock failed")
                world.defect = f"a timer failed: {type(defect).__name__}: {defect}"
                self.unsaved = True
