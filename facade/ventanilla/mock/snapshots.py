"""Knows the moments of a world that somebody wanted to come back to."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import field, frozen

from ventanilla.mock._packing import packed, unpacked
from ventanilla.mock.namespaces import NAMED, is_name

if TYPE_CHECKING:
    # A world has snapshots.
    from ventanilla.mock.world import World

MOST_SNAPSHOTS = 100
MOST_BYTES = 64 * 1024 * 1024


@frozen
class Snapshot:
    """A world as it was: `at` is its time then, in unix seconds, `size` what it takes, in bytes."""

    id: str
    at: float
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.content)


class Snapshots:
    """The snapshots of one world, the oldest first; they outlast its resets.

    A snapshot keeps everything that decides what the world will do: what the providers remember, what is scheduled and
    what is held, the webhook calls that wait and what became of the others, the faults and what they have met, the
    dice, the pace and the lifecycles. It does not keep the journal, the record of what really happened.
    """

    def __init__(self, world: "World") -> None:
        self._world = world
        self._kept: dict[str, Snapshot] = {}
        self._count = 0

    def take(self, name: str | None = None) -> Snapshot:
        """Keep the world as it is now.

        Args:
            name: its id; another snapshot of this name is replaced. Without one ids count: s1, s2 and so on.

        Raises: ValueError for a name that is not 1 to 64 letters, digits, dots, hyphens or underscores (a letter or a
            digit first); OverflowError when there are 100 or when they would take more than 64 MiB; TypeError when
            something in the world cannot be kept.
        """
        if name is not None and not is_name(name):
            raise ValueError(f"a snapshot has {NAMED}")
        snapshot = Snapshot(name or self._free_id(), self._world.now, packed(self._world))
        others = [other for other in self if other.id != snapshot.id]
        if len(others) >= MOST_SNAPSHOTS:
            raise OverflowError(f"there are {MOST_SNAPSHOTS} snapshots already; drop some of them")
        if sum(other.size for other in others) + snapshot.size > MOST_BYTES:
            raise OverflowError(
                f"with this one ({snapshot.size} bytes) the snapshots would take more than {MOST_BYTES} bytes; drop "
                "some of them"
            )
        self._kept.pop(snapshot.id, None)
        self._kept[snapshot.id] = snapshot
        return snapshot

    def restore(self, id: str) -> Snapshot:
        """Put the world back to what it was; the snapshot stays and can be restored again.

        The clock goes back as far as it is virtual: frozen or scaled it shows the snapshot's moment again; when it ran
        with the wall it is put as far ahead of the wall as it was then, so that what has fallen due meanwhile happens.

        Raises LookupError for an unknown id.
        """
        snapshot = self[id]
        unpacked(self._world, snapshot.content)()
        return snapshot

    def drop(self, id: str) -> Snapshot:
        """Forget a snapshot. Raises LookupError for an unknown id."""
        return self._kept.pop(self[id].id)

    def __getitem__(self, id: str) -> Snapshot:
        if (snapshot := self._kept.get(id)) is None:
            raise LookupError(f"there is no snapshot {id}; there are {', '.join(self._kept) or 'none at all'}")
        return snapshot

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(tuple(self._kept.values()))

    def __len__(self) -> int:
        return len(self._kept)

    def _free_id(self) -> str:
        while True:
            self._count += 1
            if f"s{self._count}" not in self._kept:
                return f"s{self._count}"
