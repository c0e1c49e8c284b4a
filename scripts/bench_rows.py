"""Knows what a benchmark is: sides measured in turns, rows that compare two of them, and a limit for each row.

A group (`bench_clients`, `bench_mock`) says what its rows are and how each side is measured; everything else is here.
"""

import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from attrs import field, frozen

Measure = Callable[[], float]
Sides = Mapping[str, Measure]
SCALES = {"µs": 1e6, "ms": 1e3, "s": 1.0, "MB": 1.0}


class BenchFailed(Exception):
    """A measurement could not be made; the message says which and why."""


@frozen
class Row:
    """One line of the table: ours against theirs, both named as sides of a series, or ours against a limit alone.

    Attributes:
        number: stable, so that a row can be spoken of and chosen.
        what: the work that both do.
        against: who else does it; empty where ours has an absolute limit.
        ours: the side that is ours.
        theirs: the other side; None where there is none.
        unit: what the figures are shown in: `µs` and `ms` of CPU unless `what` says otherwise, `s` of wall time, `MB`.
        limit: the largest ours / theirs that is accepted, or the largest ours, in the unit.
        is_absolute: whether the limit is one of ours alone although theirs is shown beside it.
    """

    number: int
    what: str
    against: str
    ours: str
    theirs: str | None
    unit: str
    limit: float
    is_absolute: bool = field(default=False, kw_only=True)

    @property
    def is_ratio(self) -> bool:
        """Whether the limit is one of ours / theirs."""
        return self.theirs is not None and not self.is_absolute


@frozen
class Series:
    """Sides that are measured in turns (A, B, C, A, B, C …), so that a slow minute hits them all.

    Attributes:
        name: for the progress line.
        sides: opens what the measurements need and gives them; each measures a process that is its own.
        least: rounds below which its median says nothing.
        most: rounds beyond which it only takes time.
    """

    name: str
    sides: Callable[[], AbstractContextManager[Sides]]
    least: int = 1
    most: int = 1000

    def rounds(self, wished: int) -> int:
        """Return how many rounds to make."""
        return min(max(wished, self.least), self.most)


@frozen
class Group:
    """Benchmarks that share a set-up.

    Attributes:
        name: as on the command line.
        about: one phrase.
        missing: says what the set-up lacks, or None.
        set_up: makes what is missing; says so on the way.
        series: in the order in which they are measured.
        rows: in the order of the table; each names sides of one series, by names unique in the group.
    """

    name: str
    about: str
    missing: Callable[[], str | None]
    set_up: Callable[[Callable[[str], None]], None]
    series: Sequence[Series]
    rows: Sequence[Row]


@frozen
class Result:
    """A row and what came out: the figures of each round, in the row's unit."""

    row: Row
    ours: Sequence[float]
    theirs: Sequence[float] = field(default=())

    @property
    def compared(self) -> float:
        """What the limit applies to: the ratio of the medians, or our median."""
        ours = statistics.median(self.ours)
        return ours / statistics.median(self.theirs) if self.row.is_ratio else ours

    @property
    def is_over(self) -> bool:
        """Whether the row is over its limit."""
        return self.compared > self.row.limit

    def as_json(self) -> dict[str, Any]:
        """Return plain values for `--json`."""
        row = self.row
        return {
            "number": row.number,
            "what": row.what,
            "against": row.against or None,
            "unit": row.unit,
            "ours": statistics.median(self.ours),
            "theirs": statistics.median(self.theirs) if self.theirs else None,
            "ratio": self.compared if row.is_ratio else None,
            "limit": row.limit,
            "ok": not self.is_over,
            "rounds": {"ours": list(self.ours), "theirs": list(self.theirs)},
        }


def measure(group: Group, rows: Sequence[Row], rounds: int) -> list[Result]:
    """Measure the sides that `rows` name, each series in turns, and return one result for each row."""
    wanted = {side for row in rows for side in (row.ours, row.theirs) if side}
    figures: dict[str, list[float]] = {}
    for series in group.series:
        figures |= _in_turns(series, wanted, rounds)
    return [_result(row, figures) for row in rows]


def _in_turns(series: Series, wanted: set[str], rounds: int) -> dict[str, list[float]]:
    if not any(name.startswith(f"{series.name}.") for name in wanted):
        return {}
    rounds = series.rounds(rounds)
    with series.sides() as sides:
        chosen = {f"{series.name}.{name}": side for name, side in sides.items()}
        figures: dict[str, list[float]] = {name: [] for name in chosen if name in wanted}
        for turn in range(1, rounds + 1):
            for name, seen in figures.items():
                progress(f"round {turn} of {rounds}: {name}")
                seen.append(chosen[name]())
    progress(f"{series.name}: {rounds} round{'s' if rounds > 1 else ''} of {', '.join(sides)}", done=True)
    return figures


def _result(row: Row, figures: Mapping[str, list[float]]) -> Result:
    scale = SCALES[row.unit]
    theirs = figures[row.theirs] if row.theirs else []
    return Result(row, [value * scale for value in figures[row.ours]], [value * scale for value in theirs])


def progress(text: str, *, done: bool = False) -> None:
    """Say on stderr what is going on: on a terminal in one line that changes, else only what is done."""
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{text}", end="\n" if done else "", file=sys.stderr, flush=True)
    elif done:
        print(text, file=sys.stderr, flush=True)
