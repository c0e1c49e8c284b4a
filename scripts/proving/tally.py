"""Knows what a suite has counted, and shows the counts of all suites as one table."""

import os
import sys
from collections.abc import Sequence
from typing import Any

from attrs import define, field

HEADINGS = (
    "suite",
    "faults",
    "correct",
    "unknown",
    "duplicates",
    "false successes",
    "wrong refusals",
    "delivered",
    "lost",
    "twice",
    "stale",
    "outside",
    "secrets",
    "kills",
    "seeds",
    "seconds",
    "verdict",
)
SHOWN = 12


@define
class Tally:
    """The counts of one suite; None where it does not count that.

    `broken` has one sentence for each promise that was seen broken, with what is needed to see it again. `notes` are
    worth reading beside the table. `outside` counts exceptions that are not ventanilla's, `secrets` those that showed
    up; `found` has every single problem, where a suite sums them up.
    """

    suite: str
    faults: int | None = None
    correct: int | None = None
    unknown: int | None = None
    duplicates: int | None = None
    false_successes: int | None = None
    wrong_refusals: int | None = None
    delivered: int | None = None
    lost: int | None = None
    twice: int | None = None
    stale: int | None = None
    outside: int | None = None
    secrets: int | None = None
    kills: int | None = None
    seeds: str = ""
    seconds: float = 0.0
    broken: list[str] = field(factory=list[str])
    notes: list[str] = field(factory=list[str])
    found: list[Any] = field(factory=list[Any])

    def breaks(self, sentence: str) -> None:
        """Note a promise that was seen broken."""
        self.broken.append(sentence)

    @property
    def verdict(self) -> str:
        """`kept`, or how many promises were seen broken."""
        return f"BROKEN {len(self.broken)}" if self.broken else "kept"

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table."""
        counts = (
            self.faults,
            self.correct,
            self.unknown,
            self.duplicates,
            self.false_successes,
            self.wrong_refusals,
            self.delivered,
            self.lost,
            self.twice,
            self.stale,
            self.outside,
            self.secrets,
            self.kills,
        )
        shown = ("" if count is None else f"{count:,}" for count in counts)
        return (self.suite, *shown, self.seeds, f"{self.seconds:.1f}", self.verdict)


def table(tallies: Sequence[Tally]) -> str:
    """Return the table as plain columns, coloured on a terminal, and below it what was broken and noted."""
    rows = [tally.cells() for tally in tallies]
    used = [place for place in range(len(HEADINGS)) if any(row[place] for row in rows)]
    widths = {place: max(len(row[place]) for row in (HEADINGS, *rows)) for place in used}
    lines = ["  ".join(_aligned(HEADINGS[place], widths[place], place) for place in used).rstrip()]
    for tally, row in zip(tallies, rows, strict=True):
        line = "  ".join(_aligned(row[place], widths[place], place) for place in used).rstrip()
        lines.append(_coloured(line, "31" if tally.broken else "32"))
    for tally in tallies:
        lines += [f"{tally.suite}: {sentence}" for sentence in tally.broken[:SHOWN]]
        if len(tally.broken) > SHOWN:
            lines.append(f"{tally.suite}: and {len(tally.broken) - SHOWN} more")
        lines += [f"{tally.suite}: {note}" for note in tally.notes]
    return "\n".join(lines)


def _aligned(text: str, width: int, place: int) -> str:
    is_text = HEADINGS[place] in ("suite", "seeds", "verdict")
    return text.ljust(width) if is_text else text.rjust(width)


def _coloured(text: str, colour: str) -> str:
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\x1b[{colour}m{text}\x1b[0m"
