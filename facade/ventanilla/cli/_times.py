"""Knows how times are written on a command line: how long something takes, and a moment."""

import re
from decimal import Decimal, InvalidOperation

import typer

# Fewer digits are a date (20260101) or a slip.
_unix = re.compile(r"\d{9,10}(\.\d+)?", re.ASCII)


def seconds(text: str) -> Decimal:
    """Return seconds from 90, 90s, 15m, 27h or 2d."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    number, unit = (text[:-1], units[text[-1]]) if text[-1:] in units else (text, 1)
    try:
        found = Decimal(number) * unit
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or found < 0:
        raise typer.BadParameter(f"{text!r} is no time; write 90, 90s, 15m, 27h or 2d")
    return found


def moment(text: str) -> float:
    """Return unix seconds from 2026-01-01T12:00:00Z, or from themselves."""
    from ventanilla.mock.clock import seconds_of  # the other commands and --help do not need it

    if _unix.fullmatch(text):
        return float(text)
    try:
        return seconds_of(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no moment; write 2026-01-01T12:00:00Z, with its zone, or unix seconds"
        ) from None
