"""Knows how long a spec is fuzzed over a socket: seed after seed, each in a process of its own, until it is enough."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from attrs import field, frozen
from fuzz_stages import TOKEN
from fuzzing import STAGES, campaign_over
from served import COMMAND, served

from bench_rows import progress
from campaigning.endings import how_it_ended
from ventanilla.contract._campaign import Campaign

SPECS = tuple(STAGES)
FULL = 10_000
# Of one seed in a full campaign: of each operation, and of all together.
EXAMPLES, SEQUENCES = 50, 60
MOST_SEEDS = 20
# Where `ventanilla mock` is if nobody says otherwise, so where a curl command finds it.
USUAL = "http://127.0.0.1:8765"
LEAST_LINKS = 0.8
# How often it is said how far it has got: on a terminal, where one line changes, and elsewhere.
GLANCE_SECONDS, LINE_SECONDS = 1.0, 30.0


@frozen
class Fuzzed:
    """What was found in one spec by all seeds, from `seed` on: at least `wanted` cases if all went well.

    `base` is where the mock was meanwhile, `ending` what was wrong with it afterwards.
    """

    name: str
    wanted: int
    seed: int
    runs: Sequence[Campaign]
    ending: Sequence[str] = field(default=())
    base: str = USUAL

    @property
    def cases(self) -> Counter[str]:
        """How many cases each phase had."""
        return sum((run.cases for run in self.runs), Counter[str]())

    @property
    def failures(self) -> int:
        """How many checks failed at how many operations, and errors of schemathesis itself."""
        return sum(len(run.failures) + len(run.errors) for run in self.runs)

    @property
    def server_errors(self) -> int:
        """How many answers had a status of 500 or more."""
        return sum(run.server_errors for run in self.runs)

    @property
    def links(self) -> tuple[int, int]:
        """How many of the spec's links were followed, of how many."""
        followed = set[str]().union(*(run.followed for run in self.runs))
        return len(followed), max((len(run.links) for run in self.runs), default=0)

    @property
    def operations(self) -> tuple[int, int]:
        """How many operations succeeded, of how many."""
        reached = set[str]().union(*(run.reached for run in self.runs))
        return len(reached), max((len(run.operations) for run in self.runs), default=0)

    @property
    def is_enough(self) -> bool:
        """Whether there are as many cases as are wanted, and, in a full campaign, as many links."""
        followed, links = self.links
        return self.cases.total() >= self.wanted and (self.wanted < FULL or followed >= LEAST_LINKS * links)

    def problems(self) -> Iterator[str]:
        """Say what went wrong, and how to see it again."""
        for run in self.runs:
            again = f"again: scripts/campaign --only {self.name} --seed {run.seed} --cases {self.wanted}"
            if run.failures or run.errors:
                yield f"{run.report.replace(self.base, USUAL)}\n{again}; curl: to `ventanilla mock --token {TOKEN}`"
            elif run.server_errors:
                yield f"{self.name}: {run.server_errors} answers of 500 or more with seed {run.seed}\n{again}"
        (followed, links), (reached, operations) = self.links, self.operations
        if not self.is_enough:
            told = f"{self.cases.total()} cases and {followed} of {links} links after {len(self.runs)} seeds"
            yield f"{self.name}: {told}; wanted are {self.wanted} cases and {LEAST_LINKS:.0%} of the links"
        if reached < operations:
            yield f"{self.name}: only {reached} of {operations} operations ever succeeded"
        yield from self.ending


def fuzz(name: str, cases: int, seed: int, command: Sequence[str] = COMMAND) -> Fuzzed:
    """Start a mock and test one of its specs over a socket.

    Args:
        name: syncfy, facti, facturaonline, or mock for its own control.
        cases: how many at least; the links count from 10,000 on.
        seed: the first one; those that follow it are used until there are enough.
        command: what starts the mock.
    """
    runs, ending = list[Campaign](), list[str]()
    with served(command, TOKEN) as mock:
        while len(runs) < MOST_SEEDS and not Fuzzed(name, cases, seed, runs).is_enough and mock.is_alive:
            try:
                # In a process of its own: schemathesis keeps much in memory.
                with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                    runs.append(pool.submit(_one_seed, mock.base, name, seed + len(runs), cases).result())
            except Exception as defect:
                ending.append(f"{name}: seed {seed + len(runs)} broke off: {type(defect).__name__}: {defect}")
                break
            progress(str(runs[-1]), done=True)
        return Fuzzed(name, cases, seed, runs, [*ending, *how_it_ended(mock, name)], mock.base)


def _one_seed(base: str, name: str, seed: int, cases: int) -> Campaign:
    examples, sequences = (max(1, each * min(cases, FULL) // FULL) for each in (EXAMPLES, SEQUENCES))
    is_line = not sys.stderr.isatty()
    said = time.monotonic()

    def say(campaign: Campaign, phase: str) -> None:
        nonlocal said
        if time.monotonic() - said >= (LINE_SECONDS if is_line else GLANCE_SECONDS):
            said = time.monotonic()
            found = f", {len(campaign.failures)} failures" if campaign.failures else ""
            progress(f"{name}: seed {seed}, {campaign.cases.total()} cases{found}, {phase}", done=is_line)

    return campaign_over(base, name, seed, examples, sequences, say)
