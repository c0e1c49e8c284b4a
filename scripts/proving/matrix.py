"""Tries every write with every fault, on both faces and `.raw`, and counts what the mock has done for each call."""

import asyncio
from collections import Counter
from collections.abc import Iterator

from attrs import frozen

from proving import writes
from proving.faults import FAULTS, Fault
from proving.sabotage import Sabotage
from proving.setting import Setting
from proving.stage import WAYS, Ended, Way, staged, transport_of
from proving.tally import Tally
from proving.verdicts import BROKEN, Verdict, claims_too_little, count, judged
from proving.write import Write
from proving.writes import CATALOGUE

ROUNDS = 4


@frozen
class Case:
    """One write that meets faults: `plan` strikes its first request, its second one …"""

    write: Write
    way: Way
    plan: tuple[Fault | None, ...]
    read_chance: float
    number: int

    def __str__(self) -> str:
        met = ", then ".join("nothing" if fault is None else fault.name for fault in self.plan)
        reads = f", reads fail with {self.read_chance:.0%}" if self.read_chance else ""
        return f"{self.write}, {self.way}, {met}{reads} (case {self.number})"


@frozen
class Seen:
    """What became of a case, and of its operation once it was resumed, where its outcome was unknown."""

    operation: str
    ended: Ended
    effects: int
    injected: int
    resumed: Ended | None = None
    effects_later: int = 0

    def __str__(self) -> str:
        later = "" if self.resumed is None else f", resumed: {self.resumed}, {self.effects_later} times by then"
        return f"{self.ended}, the server did it {self.effects} times{later}"

    @property
    def verdict(self) -> Verdict:
        """How that is judged."""
        if self.resumed is not None:
            later = judged(self.resumed, self.effects_later, self.operation)
            # Nothing is wrong with an operation that never arrived, and of which resume() says no more.
            if later in BROKEN:
                return later
        return judged(self.ended, self.effects, self.operation)

    @property
    def is_found(self) -> bool:
        """Whether resume() has found what was unknown."""
        return self.resumed is not None and self.resumed.error is None


def cases(setting: Setting) -> Iterator[Case]:
    """Yield every write × fault × face, in rounds that differ in what else goes wrong; a small run takes one face."""
    number = 0
    for turn in range(1 if setting.small else ROUNDS):
        for write in CATALOGUE:
            for place, fault in enumerate(FAULTS):
                dice = setting.dice("plan", turn, write, fault.name)
                for way in (WAYS[(place + turn) % 2],) if setting.small else WAYS:
                    number += 1
                    yield Case(write, way, *_plan(turn, fault, dice.choice(FAULTS)), number)


def _plan(turn: int, fault: Fault, other: Fault) -> tuple[tuple[Fault | None, ...], float]:
    """Return the faults of one round: once, again and again, with another one behind, with reads that fail too."""
    match turn:
        case 0:
            return (fault,), 0.0
        case 1:
            return (fault,) * 8, 0.0
        case 2:
            return (fault, other), 0.0
        case _:
            return (fault, other), 0.2


def tried(case: Case, setting: Setting, runner: asyncio.Runner) -> Seen:
    """Try one case on a mock of its own."""
    write = case.write
    with staged(runner) as stage:
        given = write.arrange(stage, stage.plain(write.provider))
        sabotage = Sabotage(
            stage, write.provider, write.operation, case.plan, setting.dice("case", case), case.read_chance
        )
        transport = transport_of(case.way, sabotage.answer)
        face = stage.face(write.provider, case.way, transport, **write.options)
        before = stage.last
        ended = stage.end(lambda: write.do(face, given))
        sabotage.settle()
        effects, injected = stage.effects(write.provider, write.operation, before), sabotage.injected
        sabotage.plan, sabotage.read_chance = (), 0.0
        resumed = stage.resumed(face, ended)
        again = stage.effects(write.provider, write.operation, before)
        stage.close(face)
        return Seen(write.operation, ended, effects, injected, resumed, again)


def run(setting: Setting) -> Tally:
    """Try all cases."""
    tally = Tally("matrix", faults=0, seeds=str(setting.seed))
    for missing in writes.missing():
        tally.breaks(f"{' '.join(missing)} is a write that the matrix does not try")
    verdicts: Counter[Verdict] = Counter()
    weak = unknown = found = 0
    planned = list(cases(setting))
    with asyncio.Runner() as runner:
        for case in setting.progress("matrix", planned, len(planned)):
            seen = tried(case, setting, runner)
            verdicts[seen.verdict] += 1
            tally.faults = (tally.faults or 0) + seen.injected
            if not seen.injected:
                tally.breaks(f"{case}: nothing was struck, so nothing is shown")
            if seen.verdict in BROKEN:
                tally.breaks(f"{seen.verdict}: {case} {seen}")
            unknown, found = unknown + (seen.resumed is not None), found + seen.is_found
            weak += not case.read_chance and claims_too_little(seen.ended, case.plan, case.write.operation)
    count(tally, verdicts)
    tally.notes.append(
        f"{unknown} payment requests and payrolls were unknown, and resume() found {found} of them later"
    )
    if weak:
        tally.notes.append(f"{weak} calls say that they do not know, though nothing can have been sent")
    return tally
