"""Knows in which worlds something will happen by itself, and when: timers that are set, webhook calls that wait."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager

from ventanilla.mock.world import World

# How often a frozen clock is looked at: whoever holds it may move it at any time.
GLANCE_SECONDS = 0.05


class Agenda:
    """The worlds of one mock that somebody has to look after, though nobody asks them for anything.

    Iterating gives those of the moment, so that they may change meanwhile.
    """

    def __init__(self, worlds: Mapping[str, World]) -> None:
        self._worlds = worlds
        self._busy: dict[str, World] = {}
        self._led: list[World] = []

    def mind(self, world: World) -> None:
        """Take up a world or let it go, as it stands now; hold its lock meanwhile.

        One that was replaced or deleted is over, and in one whose clock somebody moves nothing happens by itself.
        """
        is_busy = world.outbox.waiting or world.next_due() is not None
        if is_busy and self._worlds.get(world.name) is world and world not in self._led:
            self._busy[world.name] = world
        elif self._busy and self._busy.get(world.name) is world:
            self._busy.pop(world.name, None)

    def drop(self, name: str) -> None:
        """Let the world of a name go."""
        self._busy.pop(name, None)

    @contextmanager
    def led(self, world: World) -> Generator[None]:
        """Leave a world alone meanwhile: whoever moves its clock sees to everything that happens."""
        with world.lock:
            self._led.append(world)
            self.mind(world)
        try:
            yield
        finally:
            with world.lock:
                self._led.remove(world)
                self.mind(world)

    def seconds_left(self) -> float | None:
        """Return the real seconds until something happens; None when nothing does by itself."""
        return min((seconds for seconds in map(_seconds_left, self) if seconds is not None), default=None)

    def get(self, name: str) -> World | None:
        """Return the world of a name, if it is one of them."""
        return self._busy.get(name)

    def __iter__(self) -> Iterator[World]:
        return iter(list(self._busy.values()))

    def __len__(self) -> int:
        return len(self._busy)


def _seconds_left(world: World) -> float | None:
    with world.lock:
        if world.outbox.waiting:
            return 0.0
        due = world.next_due()
        left = None if due is None else world.clock.left(due)
        return GLANCE_SECONDS if due is not None and left is None else left
