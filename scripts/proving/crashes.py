"""Kills a process at every step of a journaled operation, lets others go on, and counts the requests that were sent."""

import multiprocessing
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from multiprocessing.context import ForkServerContext
from pathlib import Path

from attrs import define, evolve, field, frozen

from proving import guards
from proving.dying import DIED, WRITES, Life, live
from proving.setting import Setting
from proving.stage import WAYS, Way, was_done
from proving.tally import Tally
from proving.verdicts import Verdict, count
from ventanilla.mock import Mock
from ventanilla.mock.server import running

# What was sent by a process that died has to reach the server.
ARRIVAL = 0.02
SECONDS = 60.0
SMALL = 4


@frozen
class Lived:
    """What became of a process: it died, or it told how the call ended, with which id, after which steps."""

    ended: str
    id: str | None = None
    steps: tuple[str, ...] = ()


@define
class Hospital:
    """Starts processes, and looks after them."""

    context: ForkServerContext
    kills: int = 0
    _numbers: Counter[str] = field(factory=Counter[str])

    def lived(self, life: Life) -> Lived:
        """Let a process live, and wait for its end."""
        here, there = self.context.Pipe(duplex=False)
        process = self.context.Process(target=live, args=(life, there))
        process.start()
        there.close()
        try:
            told = here.recv() if here.poll(SECONDS) else None
        except EOFError:
            told = None
        process.join(SECONDS)
        here.close()
        if told is None:
            if process.exitcode != DIED:
                return Lived(f"process ended with {process.exitcode}")
            self.kills += 1
            return Lived("died")
        ended, id, steps = told
        return Lived(ended, id, tuple(steps))


def hospital() -> Hospital:
    """Return one whose processes begin with everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["proving.dying"])
    return Hospital(context)


@frozen
class Ward:
    """One operation, and the mock before which it is tried."""

    provider: str
    way: Way
    origin: str
    mock: Mock
    folder: Path

    def life(self, name: str, without: str | None) -> Life:
        """Return the first life of an operation with a journal of its own."""
        return Life(self.provider, self.way, self.origin, str(self.folder / name), name, "ask", without=without)

    def requests(self, since: int) -> int:
        """Return how many requests for the write have come."""
        return len(self.mock.world.journal.find(operation=WRITES[self.provider], since=since))

    def effects(self, since: int) -> list[str]:
        """Return the provider's ids of what was made."""
        found = self.mock.world.journal.find(operation=WRITES[self.provider], since=since)
        bodies = [entry.response.json() for entry in found if was_done(entry)]
        return [str(body.get("request_id", body.get("uid"))) for body in bodies]

    @property
    def last(self) -> int:
        """The id of the last exchange."""
        found = self.mock.world.journal.find(limit=1)
        return found[0].id if found else 0


def run(setting: Setting) -> Tally:
    """Kill at every step."""
    tally = Tally("crashes", seeds=str(setting.seed))
    verdicts: Counter[Verdict] = Counter()
    doctor = hospital()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mock = Mock(pace=0.001)
        origin = stack.enter_context(running(mock=mock))
        for provider in WRITES:
            for way in WAYS:
                _tried(Ward(provider, way, origin, mock, folder), doctor, setting, tally, verdicts)
    count(tally, verdicts)
    tally.kills = doctor.kills
    return tally


def _tried(ward: Ward, doctor: Hospital, setting: Setting, tally: Tally, verdicts: Counter[Verdict]) -> None:
    """Kill one operation at each of its steps, and its recovery at a step of chance."""
    without = guards.taken()
    whole = doctor.lived(ward.life(f"{ward.provider}-{ward.way}-whole", without))
    if whole.ended != "returned":
        tally.breaks(f"{ward.provider}, {ward.way}: nothing was killed, and it ended with {whole.ended}")
        return
    dice = setting.dice("crashes", ward.provider, ward.way)
    numbers = list(range(1, len(whole.steps) + 1))
    if setting.small:
        numbers = sorted(dice.sample(numbers, min(SMALL, len(numbers))))
    for number in setting.progress(f"crashes of {ward.provider}, {ward.way}", numbers, len(numbers)):
        life = ward.life(f"{ward.provider}-{ward.way}-{number}", without)
        again = dice.randrange(1, len(whole.steps)) if number % 2 else None
        before = ward.last
        first = doctor.lived(evolve(life, dies_at=number))
        time.sleep(ARRIVAL)
        if again is not None:
            doctor.lived(evolve(life, does="recover", dies_at=again))
            time.sleep(ARRIVAL)
        last = doctor.lived(evolve(life, does="recover"))
        where = f"{ward.provider}, {ward.way}, killed at step {number} ({whole.steps[number - 1]}), then {again}"
        _judge(ward, where, first, last, before, tally, verdicts)


def _judge(
    ward: Ward, where: str, first: Lived, last: Lived, before: int, tally: Tally, verdicts: Counter[Verdict]
) -> None:
    made, sent = ward.effects(before), ward.requests(before)
    verdict: Verdict = "unknown"
    if sent > 1 or len(made) > 1:
        verdict = "duplicate"
    elif last.ended == "returned":
        verdict = "correct" if made == [last.id] else "false success"
    elif last.ended != "OutcomeUnknown":
        verdict = "not ours"
    verdicts[verdict] += 1
    if first.ended != "died":
        tally.breaks(f"{where}: the first process did not die, but {first.ended}")
    if verdict not in ("correct", "unknown"):
        tally.breaks(f"{verdict}: {where}: {last.ended} {last.id}; {sent} requests made {made}")
