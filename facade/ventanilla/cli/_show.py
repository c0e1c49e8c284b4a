"""Knows how results look: tables with colours on a terminal, plain columns elsewhere, JSON when asked."""

import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

WIDEST = 60


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, red: Sequence[bool] = ()) -> None:
    """Print rows under headings; those that are `red` stand out on a terminal."""
    if not sys.stdout.isatty():
        _plain(headings, rows)
        return
    from rich import box  # a program that reads the output does not wait for it
    from rich.console import Console
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    for place, row in enumerate(rows):
        made.add_row(*row, style="red" if place < len(red) and red[place] else None)
    Console().print(made)


def _plain(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())


def cut(text: str, widest: int = WIDEST) -> str:
    """Return a text on one line, cut where a terminal has no room for it; programs get it whole."""
    line = " ".join(text.split())
    if not sys.stdout.isatty() or len(line) <= widest:
        return line
    return line[: min(widest, shutil.get_terminal_size().columns) - 1] + "…"


def moment(at: Decimal) -> str:
    """Return a moment of a world's clock as it is read: UTC, to the second."""
    return f"{datetime.fromtimestamp(float(at), UTC):%Y-%m-%d %H:%M:%S}"
