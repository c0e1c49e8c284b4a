"""Knows how the figures of a campaign are shown: plain columns, with colours on a terminal only."""

import sys
from collections.abc import Iterator, Sequence

from campaigning.endings import REQUESTS
from campaigning.fuzz import Fuzzed
from campaigning.rough import KINDS, Treated
from ventanilla.contract._engine import PHASES

HEADINGS = ("spec", "seeds", *PHASES, "cases", "failures", "5xx", "links", "operations", "time", "verdict")
LEFT = (0, 1)
RED, GREEN, PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[0m"


def show(fuzzed: Sequence[Fuzzed], treated: Sequence[Treated], problems: Sequence[str]) -> None:
    """Print the figures, and below them whatever went wrong."""
    if fuzzed:
        rows = [HEADINGS, *(_cells(each) for each in fuzzed)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [_aligned(text, width, place) for place, (text, width) in enumerate(zip(row, widths, strict=True))]
            print(_coloured("  ".join(cells).rstrip()))
    for each in treated:
        print(*map(_coloured, _lines(each)), sep="\n")
    for problem in problems:
        print(f"\n{problem}")


def _cells(each: Fuzzed) -> tuple[str, ...]:
    last = each.seed + len(each.runs) - 1
    cases = each.cases
    figures = (*(cases[phase] for phase in PHASES), cases.total(), each.failures, each.server_errors)
    shares = (f"{done} of {all_}" for done, all_ in (each.links, each.operations))
    return (
        each.name,
        f"{each.seed}-{last}" if last > each.seed else f"{each.seed}",
        *(f"{figure:,}" for figure in figures),
        *shares,
        f"{sum(run.seconds for run in each.runs):.0f} s",
        _verdict(each),
    )


def _lines(treated: Treated) -> Iterator[str]:
    memory, counts, step = treated.memory, treated.counts, treated.seconds / len(treated.memory.parts)
    yield f"\nrough treatment, seed {treated.seed}, {treated.seconds:g} s: {_verdict(treated)}"
    tried = sum(counts[kind] for kind in KINDS)
    yield f"  connections  {tried:,}: " + ", ".join(f"{kind.replace('_', ' ')} {counts[kind]:,}" for kind in KINDS)
    answers = ", ".join(f"{status} {counts[status]:,}" for status in ("2xx", "4xx", "5xx"))
    yield f"  answers      {answers} beside those to proper requests; {counts['left waiting']} callers left waiting"
    parts = ", ".join(f"{size:.1f} at {step * number:g} s" for number, size in enumerate(memory.parts, 1))
    yield f"  memory, MB   {memory.before:.1f} before; least {parts}; {memory.after:.1f} after"
    yield f"  growth, MB   {memory.growth:+.1f} since the end of the first third"
    yield f"  afterwards   {treated.answered} of {REQUESTS} requests answered"


def _verdict(each: Fuzzed | Treated) -> str:
    return "FAILED" if any(True for _ in each.problems()) else "ok"


def _aligned(text: str, width: int, place: int) -> str:
    return text.ljust(width) if place in LEFT else text.rjust(width)


def _coloured(line: str) -> str:
    if not sys.stdout.isatty():
        return line
    if line.endswith("FAILED"):
        return f"{RED}{line}{PLAIN}"
    return f"{GREEN}{line}{PLAIN}" if line.endswith("ok") else line
