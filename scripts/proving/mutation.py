"""Puts small mistakes into the modules that carry the promises, and counts how many of them their tests notice."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Lock
from typing import Any

from attrs import define, field, frozen

from proving.mutants import Mutant, mutants
from proving.places import ROOT, environment
from proving.setting import Setting
from proving.tally import Tally
from proving.zygote import BROKEN, WHOLE

ENOUGH = 0.9
# For all modules together, in seconds; what does not fit in is left to a sample.
BUDGET, SMALL_BUDGET = 1100.0, 20.0
SLACK = 4.0
# So many of a module's mutants say something about it, if there was no time for all.
TELLING = 40


@frozen
class Target:
    """One module that carries a promise: its file, its fast tests, and which of its top-level names, if not all.

    `tests` go to pytest, with whatever keeps slow ones out.
    """

    path: str
    tests: tuple[str, ...]
    only: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The name by which it is imported."""
        return ".".join(Path(self.path).with_suffix("").parts[1:])


RETRY, ONCE = (f"tests/flows/test_{name}.py" for name in ("retry", "once"))
ATTEMPTS, SOCKETS, LOST = (f"tests/facade/test_{name}.py" for name in ("attempts", "sockets", "lost_answers"))
HOOKS = "tests/webhooks"
# Some wait on purpose, or start processes: what they show is shown by other suites here.
NO_DRIPS, NO_RACES = ("-k", "not drips and not under_the_sockets"), ("-k", "not race")
TARGETS = (
    Target("facade/ventanilla/_retry.py", (RETRY,)),
    Target("facade/ventanilla/_attempts.py", (RETRY, ATTEMPTS, *NO_DRIPS)),
    Target("facade/ventanilla/_clients.py", (ATTEMPTS, SOCKETS, *NO_DRIPS)),
    Target("facade/ventanilla/_sockets.py", (SOCKETS,)),
    Target("facade/ventanilla/_limiter.py", (RETRY, ATTEMPTS, *NO_DRIPS)),
    Target("facade/ventanilla/_once.py", (ONCE, LOST, *NO_RACES)),
    Target("facade/ventanilla/_keeping.py", (ONCE, LOST, *NO_RACES)),
    Target("facade/ventanilla/_lost.py", ("tests/flows/test_lost.py", LOST)),
    Target("facade/ventanilla/intents/_journal.py", (ONCE, *NO_RACES)),
    Target("facade/ventanilla/intents/_sqlite.py", (ONCE, "tests/flows/test_journal_file.py", *NO_RACES)),
    Target(
        "facade/ventanilla/facti/_asking.py", ("tests/flows/test_watermark.py", "tests/flows/test_facti_flows.py", LOST)
    ),
    Target("facade/ventanilla/facturaonline/_queueing.py", ("tests/flows/test_facturaonline_flows.py", LOST)),
    Target("facade/ventanilla/_redact.py", ("tests/facade/test_redact.py", "tests/facade/test_errors.py")),
    Target("generated/ventanilla_clients/_runtime.py", ("tests/generation/test_clients.py",), ("segment",)),
    Target("facade/ventanilla/webhooks/verification.py", (f"{HOOKS}/test_verification.py",)),
    Target("facade/ventanilla/webhooks/ordering.py", (f"{HOOKS}/test_ordering.py",)),
    Target("facade/ventanilla/webhooks/receiver.py", (f"{HOOKS}/test_receiver.py",)),
    Target("facade/ventanilla/webhooks/inbox.py", (f"{HOOKS}/test_inbox.py", f"{HOOKS}/test_worker.py")),
    Target("facade/ventanilla/webhooks/sqlite.py", (f"{HOOKS}/test_inbox.py", f"{HOOKS}/test_worker.py")),
    Target("facade/ventanilla/webhooks/worker.py", (f"{HOOKS}/test_worker.py",)),
    Target("facade/ventanilla/webhooks/_reading.py", (f"{HOOKS}/test_events.py",)),
)


@define
class Score:
    """What became of the mutants of one module."""

    target: Target
    all: int
    tried: int = 0
    noticed: int = 0
    survivors: list[Mutant] = field(factory=list[Mutant])

    @property
    def share(self) -> float:
        """How many of those tried were noticed, 0 to 1."""
        return self.noticed / self.tried if self.tried else 1.0

    def __str__(self) -> str:
        tried = f"{self.tried}" if self.tried == self.all else f"{self.tried} of {self.all}"
        return f"{self.target.module} {self.share:.0%} ({self.noticed} of {tried} mutants noticed)"


class Zygote:
    """A process that forks one for each mutant."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "proving.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=environment(),
        )

    def ended(self, target: Target, index: int, seconds: float) -> str:
        """Return how the tests of a module end on one of its mutants, or on the module itself for -1."""
        job: dict[str, Any] = {"module": target.module, "path": str(ROOT / target.path), "only": target.only}
        job |= {"index": index, "tests": target.tests, "seconds": seconds}
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the zygote has no pipes")
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        ended: str = json.loads(self._process.stdout.readline())["ended"]
        return ended

    def close(self) -> None:
        """End it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait(30)


@define
class Work:
    """What is still to be tried, shared by the threads that have a zygote each."""

    jobs: list[tuple[Score, Mutant, int, float]]
    ends_at: float
    lock: Lock = field(factory=Lock)

    def take(self) -> tuple[Score, Mutant, int, float] | None:
        """Take the next one, while there is time."""
        with self.lock:
            return self.jobs.pop() if self.jobs and time.monotonic() < self.ends_at else None

    def note(self, score: Score, mutant: Mutant, ended: str) -> None:
        """Take note of how it ended."""
        with self.lock:
            score.tried += 1
            score.noticed += ended != "passed"
            if ended == "passed":
                score.survivors.append(mutant)


def run(setting: Setting, targets: Sequence[Target] = TARGETS) -> Tally:
    """Try the mutants of all modules, in an order of chance, as far as the time goes."""
    tally = Tally("mutation", seeds=str(setting.seed))
    ends_at = time.monotonic() + (SMALL_BUDGET if setting.small else BUDGET)
    zygotes = [Zygote() for _ in range(os.cpu_count() or 1)]
    try:
        seconds = {target.module: _measured(zygotes[0], target) for target in targets}
        scores = [Score(target, 0) for target in targets]
        jobs = list[tuple[Score, Mutant, int, float]]()
        for score in scores:
            if (base := seconds[score.target.module]) is None:
                tally.breaks(f"the tests of {score.target.module} fail on the module as it is, or pass without it")
                continue
            made = mutants((ROOT / score.target.path).read_text(), score.target.only)
            score.all = len(made)
            jobs += [(score, mutant, index, base * SLACK + SLACK) for index, mutant in enumerate(made)]
        _shuffle(jobs, setting.dice("mutation"))
        work, count = Work(jobs, ends_at), len(jobs)
        with ThreadPoolExecutor(len(zygotes)) as threads:
            for done in [threads.submit(_try, zygote, work, setting, count) for zygote in zygotes]:
                done.result()
    finally:
        for zygote in zygotes:
            zygote.close()
    _judge(tally, scores, is_sample=setting.small)
    return tally


def _try(zygote: Zygote, work: Work, setting: Setting, count: int) -> None:
    while (job := work.take()) is not None:
        score, mutant, index, seconds = job
        setting.say(f"mutation: {count - len(work.jobs):,} of {count:,}")
        work.note(score, mutant, zygote.ended(score.target, index, seconds))


def _measured(zygote: Zygote, target: Target) -> float | None:
    """Return the seconds that the tests of a module take on the module itself; None if they fail.

    None as well if they pass without the module: then no mutant would reach them either.
    """
    is_noticed = zygote.ended(target, BROKEN, 300) == "failed"
    begun = time.monotonic()
    passes = zygote.ended(target, WHOLE, 300) == "passed"
    return time.monotonic() - begun if passes and is_noticed else None


def _shuffle(jobs: list[tuple[Score, Mutant, int, float]], dice: Random) -> None:
    dice.shuffle(jobs)


def _judge(tally: Tally, scores: Sequence[Score], *, is_sample: bool) -> None:
    for score in scores:
        tally.notes.append(str(score))
        # A few mutants by chance say that the machinery works, and little about a module.
        is_telling = score.tried in (score.all, *range(TELLING, score.all))
        if score.share < ENOUGH and is_telling and not is_sample:
            tally.breaks(f"{score}: at least {ENOUGH:.0%} are wanted")
        survivors = sorted(map(str, score.survivors))
        tally.notes += [f"not noticed in {score.target.module}, {survivor}" for survivor in survivors]
