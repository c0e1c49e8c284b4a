"""Knows how a mock is treated roughly for some time, and whether its memory has grown by that."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence

from attrs import field, frozen
from roughness import MANNERS, batter, fill_journal
from served import Served, served

from bench_rows import progress
from campaigning.endings import answered, how_it_ended

PARTS = 6
GLANCE_SECONDS = 0.25
# From the end of the first third on, when what is loaded once has been loaded.
GROWTH_MB = 6.0
KINDS = tuple(manner.__name__.strip("_") for manner in MANNERS)


@frozen
class Memory:
    """The resident memory of a server in MB: before, and in each part of the time the least that it had.

    The least, because the most is what callers have under way at the moment: bodies of 10 MB among them.
    """

    before: float
    parts: Sequence[float]
    after: float

    @property
    def growth(self) -> float:
        """How much the least has grown since the end of the first third."""
        return self.parts[-1] - self.parts[len(self.parts) // 3 - 1]

    @property
    def is_flat(self) -> bool:
        """Whether nothing is kept of what callers send."""
        return self.growth <= GROWTH_MB


@frozen
class Treated:
    """What came of it: `counts` as batter() returns them, `answered` of REQUESTS proper requests afterwards."""

    seed: int
    seconds: float
    counts: Counter[str]
    memory: Memory
    answered: int
    ending: Sequence[str] = field(default=())

    def problems(self) -> Iterator[str]:
        """Say what went wrong, and how to see it again."""
        found = list[str]()
        if not self.memory.is_flat:
            found.append(f"rough: the server's memory has grown by {self.memory.growth:.1f} MB; {GROWTH_MB:g} are flat")
        if self.counts["5xx"]:
            found.append(f"rough: {self.counts['5xx']} answers of 500 or more")
        if self.counts["left waiting"]:
            found.append(f"rough: {self.counts['left waiting']} callers were left waiting")
        if missing := [kind for kind in KINDS if not self.counts[kind]]:
            found.append(f"rough: never tried: {', '.join(missing)}; give it more seconds")
        found += self.ending
        yield from found
        if found:
            yield f"again: scripts/campaign --only rough --seed {self.seed} --seconds {self.seconds:g}"


def treat(seconds: float, seed: int) -> Treated:
    """Start a mock, treat it roughly for so many seconds, and see what it keeps of it and whether it still answers."""
    with served() as mock:
        counts, memory = asyncio.run(watched(mock, seconds, seed))
        good = answered(mock.base)
        told = f"{sum(counts[kind] for kind in KINDS)} connections, growth {memory.growth:+.1f} MB"
        progress(f"rough: seed {seed}, {seconds:g} s, {told}, {good} requests answered afterwards", done=True)
        return Treated(seed, seconds, counts, memory, good, how_it_ended(mock, "rough"))


async def watched(mock: Served, seconds: float, seed: int) -> tuple[Counter[str], Memory]:
    """Treat a mock roughly, and read its memory meanwhile.

    Its journal, which keeps so many exchanges on purpose, is filled first; else it would grow all the time.
    """
    await fill_journal(mock.base)
    before = mock.memory()
    task = asyncio.create_task(batter(mock.base, seconds, seed))
    parts = [await _least(mock, seconds / PARTS, f"rough: {part} of {PARTS}") for part in range(1, PARTS + 1)]
    counts = await task
    return counts, Memory(before, parts, mock.memory())


async def _least(mock: Served, seconds: float, what: str) -> float:
    """Return the least memory that a mock has within so many seconds."""
    until = asyncio.get_running_loop().time() + seconds
    least = mock.memory()
    while asyncio.get_running_loop().time() < until:
        progress(f"{what}, {least:.1f} MB")
        await asyncio.sleep(min(GLANCE_SECONDS, seconds / 4))
        least = min(least, mock.memory())
    return least
