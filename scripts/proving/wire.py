"""Tries a sample of the matrix on real sockets, and whether they say the same as the faults of the same process."""

import asyncio
import math
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from attrs import frozen

from proving.faults import FAULTS, Fault
from proving.matrix import Seen
from proving.proxy import Limbo, Loop, Proxy, looping
from proving.sabotage import LATEST_SECONDS, Sabotage
from proving.setting import Setting
from proving.stage import WAYS, Way, staged, transport_of
from proving.tally import Tally
from proving.verdicts import BROKEN, Verdict, count
from proving.write import Write
from proving.writes import CATALOGUE
from ventanilla import Policy
from ventanilla.mock.server import running

# What a hanging server costs each time.
TIMEOUT = 0.15
SMALL = 60
# A port that refuses once goes on refusing: a second attempt would not be the same here and there.
ONCE = Policy(requests_per_second=math.inf, retries=0)


@frozen
class Cell:
    """One write, one fault, one face."""

    write: Write
    fault: Fault
    way: Way

    def __str__(self) -> str:
        return f"{self.write}, {self.way}, {self.fault.name}"


def cells(setting: Setting) -> Iterator[Cell]:
    """Yield every write with every fault that a socket can show, on one of the faces; a small run takes a few."""
    found = [
        Cell(write, fault, WAYS[(number + place) % 2])
        for number, write in enumerate(CATALOGUE)
        for place, fault in enumerate(FAULTS)
        if fault.on_wire and write.name != "link"
    ]
    if setting.small:
        found = setting.dice("wire").sample(found, SMALL)
    yield from found


def place(cell: Cell, runner: asyncio.Runner) -> int:
    """Return which of the requests of a call it is that does the write, counted from 1, when nothing goes wrong."""
    write = cell.write
    with staged(runner) as stage:
        given = write.arrange(stage, stage.plain(write.provider))
        sabotage = Sabotage(stage, write.provider, write.operation, ())
        face = stage.face(write.provider, cell.way, transport_of(cell.way, sabotage.answer), **write.options)
        before = stage.last
        stage.end(lambda: write.do(face, given))
        entries = stage.mock.world.journal.find(since=before)
        return next(number for number, entry in enumerate(entries, 1) if entry.operation == write.operation)


def on_wire(cell: Cell, number: int, late: float, loop: Loop, runner: asyncio.Runner) -> Seen:
    """Try a cell over a real server and the proxy before it."""
    write = cell.write
    with staged(runner) as stage, running(mock=stage.mock) as base:
        given = write.arrange(stage, stage.plain(write.provider))
        before = stage.last
        limbo = Limbo(stage.clock.now, late)
        proxy = Proxy(_address(base), write.provider, {number: cell.fault}, limbo)
        loop.do(proxy.open())
        try:
            face = stage.face(
                write.provider,
                cell.way,
                origin=f"http://127.0.0.1:{proxy.port}",
                timeout=TIMEOUT,
                policy=ONCE,
                **write.options,
            )
            ended = stage.end(lambda: write.do(face, given))
            stage.close(face)
            for moment, _ in sorted(limbo.held, key=lambda held: held[0]):
                stage.clock.move(moment)
                loop.do(limbo.arrive())
        finally:
            loop.do(proxy.close())
        return Seen(write.operation, ended, stage.effects(write.provider, write.operation, before), proxy.injected)


def in_process(cell: Cell, late: float, runner: asyncio.Runner) -> Seen:
    """Try the same cell without sockets."""
    write = cell.write
    with staged(runner) as stage:
        given = write.arrange(stage, stage.plain(write.provider))
        sabotage = Sabotage(stage, write.provider, write.operation, (cell.fault,), late_seconds=late)
        transport = transport_of(cell.way, sabotage.answer)
        face = stage.face(write.provider, cell.way, transport, timeout=TIMEOUT, policy=ONCE, **write.options)
        before = stage.last
        ended = stage.end(lambda: write.do(face, given))
        sabotage.settle()
        stage.close(face)
        return Seen(write.operation, ended, stage.effects(write.provider, write.operation, before), sabotage.injected)


def run(setting: Setting) -> Tally:
    """Try the cells both ways."""
    tally = Tally("wire", faults=0, seeds=str(setting.seed))
    verdicts: Counter[Verdict] = Counter()
    planned = list(cells(setting))
    with asyncio.Runner() as runner, looping() as loop:
        for cell in setting.progress("wire", planned, len(planned)):
            late = setting.dice("late", cell).uniform(0, LATEST_SECONDS)
            seen = on_wire(cell, place(cell, runner), late, loop, runner)
            imitated = in_process(cell, late, runner)
            verdicts[seen.verdict] += 1
            tally.faults = (tally.faults or 0) + seen.injected
            if not seen.injected:
                tally.breaks(f"{cell}: nothing was struck, so nothing is shown")
            if seen.verdict in BROKEN:
                tally.breaks(f"{seen.verdict}: {cell} {seen}")
            if (str(seen.ended), seen.effects) != (str(imitated.ended), imitated.effects):
                tally.breaks(
                    f"{cell}: {seen.ended} and {seen.effects} effects on a socket, "
                    f"{imitated.ended} and {imitated.effects} effects without"
                )
    count(tally, verdicts)
    return tally


def _address(base: str) -> tuple[str, int]:
    parts = urlsplit(base)
    return str(parts.hostname), int(parts.port or 0)
