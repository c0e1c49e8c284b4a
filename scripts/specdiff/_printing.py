"""Prints a comparison: as plain text, as a table on a terminal, as Markdown, or as JSON."""

import json
import os
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from specdiff._report import Report, grouped, judgements
from specdiff._uses import Traced
from specdiff._values import Verdict

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 118
FORMAT = 1  # of the JSON; a higher one takes something away
COLOURS = {Verdict.BREAKING: "bold red", Verdict.UNCERTAIN: "yellow", Verdict.COMPATIBLE: "green"}


def as_text(report: Report) -> str:
    """Return the report as plain lines."""
    blocks = ["\n".join(_block(report, provider)) for provider in report.changed]
    return "\n\n".join([*blocks, *_ending(report)])


def _block(report: Report, provider: str) -> Iterator[str]:
    yield report.summary(provider)
    for each in report.of(provider):
        change = each.change
        yield f"  {change.verdict:<11} {change.kind}: {change.element.title} ({judgements(each)}) {change.says}"
        for label, lines in _facade(each):
            yield f"  {'':<11} {label} {lines}"


def _facade(traced: Traced) -> Iterator[tuple[str, str]]:
    if traced.breaks:
        yield "breaks", grouped(traced.breaks)
    if others := traced.uses - traced.breaks:
        yield "used in", grouped(others)


def _ending(report: Report) -> Iterator[str]:
    if not report.changed:
        yield f"Nothing differs from {report.revision} in the specs of {', '.join(report.providers)}."
        return
    yield from report.troubles
    if report.unexplained:
        lines = (f"  {problem.line} {problem.message}" for problem in report.unexplained)
        yield "\n".join(["Lines that do not type-check with the new clients, for no reason named above:", *lines])
    yield report.release
    if report.changelog:
        stub = (textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False) for text in report.changelog)
        yield "For the changelog:\n\n" + textwrap.indent("\n\n".join(stub), "  ")


def show(report: Report) -> None:
    """Print tables in colours; NO_COLOR turns the colours off."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False, no_color=bool(os.environ.get("NO_COLOR")) or None)
    for provider in report.changed:
        console.print(report.summary(provider), markup=False)
        if report.of(provider):
            console.print(_table(report, provider))
        console.print()
    console.print("\n\n".join(_ending(report)), markup=False, soft_wrap=True)


def _table(report: Report, provider: str) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table("judgement", "change", "what", "facade", show_lines=True)
    for each in report.of(provider):
        change = each.change
        lines = "\n".join(f"{label} {lines}" for label, lines in _facade(each))
        verdict = Text(change.verdict, COLOURS[change.verdict])
        what = f"{change.element.title} {change.says}"
        table.add_row(verdict, f"{change.kind}\n{judgements(each)}", Text(what), Text(lines))
    return table


def as_markdown(report: Report) -> str:
    """Return the report for a pull request."""
    blocks: list[str] = []
    for provider in report.changed:
        blocks.append(f"**{report.summary(provider)}**")
        if rows := [_row(each) for each in report.of(provider)]:
            head = ["| judgement | change | direction | what | facade |", "|---|---|---|---|---|"]
            blocks.append("\n".join([*head, *rows]))
    return "\n\n".join([*blocks, *_ending(report)])


def _row(traced: Traced) -> str:
    change = traced.change
    lines = "; ".join(f"{label} {lines}" for label, lines in _facade(traced))
    cells = (change.verdict, change.kind, judgements(traced), f"`{change.element.title}` {change.says}", lines)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def as_json(report: Report) -> str:
    """Return the report for programs; `--help` describes its shape."""
    shape: dict[str, Any] = {
        "format": FORMAT,
        "revision": report.revision,
        "version": {"before": report.versions[0], "after": report.versions[1]},
        "exit_code": report.exit_code,
        "changes": [_entry(each) for each in report.traced],
        "texts": {provider: report.texts.get(provider, 0) for provider in report.providers},
        "refused": dict(report.found.refused) if report.found else {},
        "unchecked": report.found.failed if report.found else "not asked for",
        "unexplained": [{"line": str(each.line), "message": each.message} for each in report.unexplained],
        "changelog": report.changelog,
    }
    return json.dumps(shape, ensure_ascii=False, indent=2)


def _entry(traced: Traced) -> dict[str, Any]:
    change = traced.change
    return {
        "provider": traced.provider,
        "element": change.element.title,
        "sort": change.element.sort,
        "kind": change.kind,
        "judgement": change.verdict,
        "directions": dict(change.verdicts),
        "says": change.sentence,
        "pointer": change.pointer,
        "before": None if change.before is None else json.loads(change.before),
        "after": None if change.after is None else json.loads(change.after),
        "breaks": [str(line) for line in sorted(traced.breaks)],
        "uses": [str(line) for line in sorted(traced.uses - traced.breaks)],
    }
