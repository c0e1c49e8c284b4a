"""Lets processes, threads and tasks ask for the same at the same moment: one request goes out, and all hear of it."""

import asyncio
import contextlib
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from attrs import evolve, frozen

from proving import guards
from proving.crashes import hospital
from proving.interleaved import ask
from proving.late import OPERATIONS
from proving.setting import Setting
from proving.stage import Way, of_origin, was_done
from proving.tally import Tally
from proving.verdicts import Verdict, count
from ventanilla import Policy
from ventanilla.errors import VentanillaError
from ventanilla.intents import Journal, MemoryJournal, SqliteJournal
from ventanilla.mock import Mock
from ventanilla.mock.faults import Fault, Latency
from ventanilla.mock.server import running

Kind = Literal["processes", "threads", "tasks"]
KINDS: tuple[Kind, ...] = ("processes", "threads", "tasks")
ROUNDS, SMALL_ROUNDS = 8, 1
RACERS, SMALL_RACERS = 8, 4
# Long enough that all have begun before the first one is done: who asks for the same content later asks anew.
HELD_SECONDS, LONG_HELD_SECONDS = 0.3, 2.5
# Most of a race is waiting.
AT_ONCE = 3
POLICY = Policy(settle=15.0)
SECONDS = 60.0


@frozen
class Race:
    """One race: who runs, with which journal, by which operation id if any, and before which mock."""

    provider: str
    kind: Kind
    journal: Path | None
    operation_id: str | None
    racers: int
    origin: str = ""

    def __str__(self) -> str:
        key = "the same id" if self.operation_id else "the same content"
        where = "a file" if self.journal else "memory"
        return f"{self.racers} {self.kind} ask {self.provider} for {key}, intents in {where}"


@frozen
class Result:
    """How it ended for one of them: with the provider's id, or an error."""

    id: str | None
    error: str | None


def run(setting: Setting) -> Tally:
    """Run the races."""
    tally = Tally("races", seeds=str(setting.seed))
    verdicts: Counter[Verdict] = Counter()
    _warm_up()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as threads:
        planned = list(_planned(setting, Path(folder)))
        for race, found in setting.progress("races", threads.map(_run, planned), len(planned)):
            _judge(race, found, tally, verdicts)
    count(tally, verdicts)
    return tally


def _warm_up() -> None:
    """Use everything once: that first uses do not meet is shown by `first use`, and here is no matter of chance."""
    for provider in OPERATIONS:
        _run(Race(provider, "tasks", None, "first", 1))


def _planned(setting: Setting, folder: Path) -> Iterator[Race]:
    rounds, racers = (SMALL_ROUNDS, SMALL_RACERS) if setting.small else (ROUNDS, RACERS)
    for number, provider, kind, is_by_id in product(range(rounds), OPERATIONS, KINDS, (True, False)):
        if setting.small and is_by_id != (provider == "facti"):
            continue
        name = f"{number}-{provider}-{kind}-{is_by_id}"
        path = None if kind != "processes" and number % 2 else folder / name
        yield Race(provider, kind, path, name if is_by_id else None, racers)


@frozen
class Found:
    """What became of a race: how it ended for each, and how many requests came and took effect."""

    results: list[Result]
    sent: int
    made: int


def _run(race: Race) -> tuple[Race, Found]:
    mock = Mock(pace=0.001)
    operation = OPERATIONS[race.provider]
    seconds = HELD_SECONDS if race.operation_id else LONG_HELD_SECONDS
    mock.world.faults.add(Fault(Latency(seconds=seconds), operation=operation, when="before"))
    with running(mock=mock) as origin:
        results = _RUNNERS[race.kind](evolve(race, origin=origin))
    sent = mock.world.journal.find(operation=operation)
    return race, Found(results, len(sent), sum(map(was_done, sent)))


def _judge(race: Race, found: Found, tally: Tally, verdicts: Counter[Verdict]) -> None:
    ids = {result.id for result in found.results if result.id}
    verdict: Verdict = "correct"
    if found.sent > 1 or found.made > 1:
        verdict = "duplicate"
    elif len(ids) != 1:
        verdict = "unknown" if not ids else "false success"
    verdicts[verdict] += 1
    if verdict != "correct":
        ended = Counter(result.error or "returned" for result in found.results)
        tally.breaks(f"{verdict}: {race}: {found.sent} requests made {found.made}; {dict(ended)}")


def _result(do: Callable[[], Any]) -> Result:
    try:
        value = do()
    except VentanillaError as error:
        return Result(None, f"{type(error).__name__}: {error}"[:200])
    return Result(str(getattr(value, "request_id", value)), None)


def _face(race: Race, way: Way, journal: Journal) -> Any:
    return of_origin(race.provider, way, race.origin, policy=POLICY, journal=journal)


def _journal(race: Race) -> Journal:
    return MemoryJournal() if race.journal is None else SqliteJournal(race.journal)


def _threads(race: Race) -> list[Result]:
    barrier, results, journal = threading.Barrier(race.racers), list[Result](), _journal(race)

    def ran() -> None:
        with _face(race, "sync", journal) as face:
            barrier.wait(SECONDS)
            results.append(_result(lambda: ask(race.provider, face, race.operation_id)))

    threads = [threading.Thread(target=ran) for _ in range(race.racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return results


def _tasks(race: Race) -> list[Result]:
    async def ran(face: Any) -> Result:
        try:
            value = await ask(race.provider, face, race.operation_id)
        except VentanillaError as error:
            return Result(None, f"{type(error).__name__}: {error}"[:200])
        return _result(lambda: value)

    async def all_of_them() -> list[Result]:
        async with _face(race, "async", _journal(race)) as face:
            return await asyncio.gather(*(ran(face) for _ in range(race.racers)))

    return asyncio.run(all_of_them())


def _processes(race: Race) -> list[Result]:
    context = hospital().context
    barrier, lines, processes = context.Barrier(race.racers), list[Any](), list[Any]()
    for _ in range(race.racers):
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_process, args=(race, guards.taken(), barrier, there))
        process.start()
        there.close()
        lines.append(here)
        processes.append(process)
    results = list[Result]()
    for line, process in zip(lines, processes, strict=True):
        with contextlib.suppress(EOFError):
            if line.poll(SECONDS):
                results.append(line.recv())
        process.join(SECONDS)
        line.close()
    return results


def _process(race: Race, without: str | None, barrier: Any, pipe: Connection) -> None:
    with guards.without(without), _face(race, "sync", _journal(race)) as face:
        barrier.wait(SECONDS)
        pipe.send(_result(lambda: ask(race.provider, face, race.operation_id)))
    pipe.close()


_RUNNERS: dict[Kind, Callable[[Race], list[Result]]] = {
    "processes": _processes,
    "threads": _threads,
    "tasks": _tasks,
}
