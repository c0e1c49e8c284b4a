"""Measures ventanilla against the other ways to do the same, both sides in turns in one run.

python scripts/bench.py clients --setup           make the competitors' environment (once), then measure
python scripts/bench.py clients                   measure, and show a table
python scripts/bench.py clients --only 5 6        only these rows
python scripts/bench.py clients --rounds 15       more rounds, where the machine is noisy
python scripts/bench.py clients --check           exit 1 when a row is over its limit, and name it
python scripts/bench.py clients --json            the figures of every round, for programs
python scripts/bench.py mock --setup              install Prism (once), then measure the mock; --check and all the
                                                  other options as above

Figures are medians over the rounds; µs and ms are CPU time (user and system) of the process that does the work,
where the row does not say that they are wall time. A limit is the largest ratio of ours to theirs, or the largest
figure of ours.

`clients` measures each round in a fresh process. `mock` keeps its servers running over the rounds, warm, and loads
them with wrk over 8 connections: a figure is the CPU time of the server's processes for one request. Both get the same
request and answer with as many bytes: Prism serves our compiled spec and its examples, the mock has its state, its
journal and the validation of both directions. It needs Linux, wrk and Node.js (Debian: wrk, nodejs; npm for --setup),
no network once Prism is there, and about six minutes, half of them for the million requests of rows 5 and 6.
"""

import argparse
import json
import platform
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from rich.console import Console
from rich.table import Table

from bench_clients.group import CLIENTS
from bench_mock.group import MOCK
from bench_rows import BenchFailed, Group, Result, Row, measure, progress

GROUPS = {group.name: group for group in (CLIENTS, MOCK)}
HEADINGS = ("", "what", "against", "ours", "theirs", "ratio", "limit", "verdict")
LEFT = (1, 2, 7)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure a group; return 0, or 1 when a check fails, or 2 when nothing could be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = "; ".join(f"{group.name}: {group.about}" for group in GROUPS.values())
    parser.add_argument("group", choices=GROUPS, help=known)
    parser.add_argument("--setup", action="store_true", help="first make what the group needs and does not have")
    parser.add_argument("--check", action="store_true", help="exit 1 when a row is over its limit")
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    parser.add_argument("--rounds", type=_positive, default=5, metavar="N", help="rounds of each series (default 5)")
    parser.add_argument("--only", type=int, nargs="+", metavar="ROW", help="measure only the rows of these numbers")
    options = parser.parse_args(arguments)
    # Unwinds, so that whoever has started a server also ends it.
    signal.signal(signal.SIGTERM, _unwound)
    group = GROUPS[options.group]
    rows = [row for row in group.rows if options.only is None or row.number in options.only]
    if unknown := set(options.only or ()) - {row.number for row in rows}:
        parser.error(f"no row {', '.join(map(str, sorted(unknown)))}; known: 1 to {len(group.rows)}")
    try:
        results = _measured(group, rows, options.rounds, set_up=options.setup)
    except BenchFailed as failure:
        print(failure, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(_as_json(group, results), ensure_ascii=False, indent=1))
    else:
        show(results)
    return _checked(results) if options.check else 0


def _unwound(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _measured(group: Group, rows: Sequence[Row], rounds: int, *, set_up: bool) -> list[Result]:
    if set_up:
        group.set_up(lambda text: progress(text, done=True))
    if problem := group.missing():
        raise BenchFailed(problem)
    return measure(group, rows, rounds)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return int(text)


def _as_json(group: Group, results: Sequence[Result]) -> dict[str, object]:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return {"group": group.name, "python": python, "rows": [result.as_json() for result in results]}


def _checked(results: Sequence[Result]) -> int:
    over = [result for result in results if result.is_over]
    for result in over:
        against = f" against {result.row.against}" if result.row.against else ""
        found, limit = _cells(result)[5 if result.row.is_ratio else 3], _cells(result)[6]
        name = f"row {result.row.number} ({result.row.what}{against})"
        print(f"over its limit: {name}: {found}, limit {limit}", file=sys.stderr)
    return 1 if over else 0


def show(results: Sequence[Result]) -> None:
    """Print the table: with colours on a terminal, as plain columns elsewhere."""
    rows = [_cells(result) for result in results]
    if not sys.stdout.isatty():
        widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
        for row in (HEADINGS, *rows):
            cells = [_aligned(text, width, place) for place, (text, width) in enumerate(zip(row, widths, strict=True))]
            print("  ".join(cells).rstrip())
        return
    table = Table()
    for place, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if place in LEFT else "right")
    for result, row in zip(results, rows, strict=True):
        table.add_row(*row, style="red" if result.is_over else None)
    Console().print(table)


def _aligned(text: str, width: int, place: int) -> str:
    return text.ljust(width) if place in LEFT else text.rjust(width)


def _cells(result: Result) -> tuple[str, ...]:
    said, row = result.as_json(), result.row
    ours = f"{_figure(said['ours'])} {row.unit}"
    theirs = f"{_figure(said['theirs'])} {row.unit}" if result.theirs else ""
    ratio = f"{result.compared:.2f}" if row.is_ratio else ""
    limit = f"{row.limit:.2f}" if row.is_ratio else f"{row.limit:g} {row.unit}"
    return str(row.number), row.what, row.against, ours, theirs, ratio, limit, "over" if result.is_over else "ok"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


if __name__ == "__main__":
    sys.exit(main())
