"""Is `ventanilla drift`: how services differ from their specs, by what was recorded of them or logged."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ventanilla.cli._show import table

if TYPE_CHECKING:
    from ventanilla.tapes import Drift, Finding, Tape

NONE, SOME, BAD_INPUT = 0, 1, 2
HEADINGS = ("OPERATION", "STATUS", "WHAT", "WHERE", "EXPECTED", "CAME", "TIMES", "EXAMPLE")
WIDEST = 120
SPECS = Path("specs")


def drift(
    paths: Annotated[list[Path], typer.Argument(help="Tapes, HTTP archives, and logs.", metavar="TAPE|LOG...")],
    spec: Annotated[
        str | None,
        typer.Option(help="Whose spec it is, if the exchanges do not say so: syncfy, facti, facturaonline."),
    ] = None,
    unseen: Annotated[bool, typer.Option("--unseen", help="Also list what never came.")] = False,
    as_patch: Annotated[
        bool, typer.Option("--patch", help="Print a diff of the specs that makes them say what was recorded.")
    ] = False,
    specs: Annotated[
        Path | None,
        typer.Option(help="Folder of the specs, in place of those that are installed; a patch takes ./specs."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a table of Markdown.")] = False,
) -> None:
    """Say where services differ from their specs: fields, types, nulls, statuses, content types, headers.

    Paths and types are shown, never a value. What ends with 0 has no difference, with 1 some, with 2 bad input. Logs
    are what the logger `ventanilla.drift` has written, in any format.

    ventanilla drift tape

    ventanilla drift tape app.log --markdown > drift.md

    ventanilla drift tape --patch --specs specs | git apply

    ventanilla drift browser.har --spec syncfy --json
    """
    from ventanilla.tapes import TapeError, compare, specs_in  # --help does not need it
    from ventanilla.tapes._drift import tapes_and_logs
    from ventanilla.tapes._places import PROVIDERS

    if spec is not None and spec not in PROVIDERS:
        raise typer.BadParameter(f"there is no {spec!r}; there are {', '.join(PROVIDERS)}", param_hint="--spec")
    try:
        tapes, logs = tapes_and_logs(paths)
        if as_patch:
            compare([], logs=logs)  # which refuses what is neither tape nor log
            raise typer.Exit(_patch(tapes, specs or SPECS, spec))
        found = compare(tapes, spec=spec, specs=None if specs is None else specs_in(specs), logs=logs)
    except TapeError as problem:
        print(f"ventanilla: {problem}", file=sys.stderr)
        raise typer.Exit(BAD_INPUT) from None
    if as_json:
        print(json.dumps(found.to_json(), indent=1))
    else:
        _show(found, markdown=markdown, unseen=unseen)
    raise typer.Exit(SOME if found.findings else NONE)


def _patch(tapes: "list[Tape]", folder: Path, spec: str | None) -> int:
    from ventanilla.tapes import compare
    from ventanilla.tapes._patch import patch, specs_in

    specs = specs_in(folder)
    findings = compare(tapes, spec=spec, specs=specs).findings
    made = patch(findings, folder, specs)
    print(made.diff, end="")
    for each in made.left:
        print(f"ventanilla: not in the patch: {_printable(each)}", file=sys.stderr)
    return SOME if findings else NONE


def _show(found: "Drift", *, markdown: bool, unseen: bool) -> None:
    rows = [_row(each) for each in found.findings]
    if rows:
        _print(HEADINGS, rows, markdown)
        print()
    print(summary(found))
    if unseen:
        print()
        missing = [
            (operation, path) for operation, paths in found.unseen.items() for path in paths or ("never called",)
        ]
        _print(("OPERATION", "NEVER SEEN"), missing, markdown)


def summary(found: "Drift") -> str:
    """Return in one line how much was looked at and found."""
    looked = _count(found.exchanges, "exchange") + (
        f" and {_count(found.log_lines, 'log line')}" * bool(found.log_lines)
    )
    said = f"{_count(len(found.findings), 'difference') if found.findings else 'no difference'} in {looked}"
    cut = f"; {_count(found.cut, 'body', 'bodies')} not compared, being cut" if found.cut else ""
    fields = sum(map(len, found.unseen.values()))
    never = sum(not paths for paths in found.unseen.values())
    seen = f"; never seen: {_count(fields, 'field')}, {_count(never, 'operation')}" if found.unseen else ""
    return said + cut + seen


def _count(number: int, name: str, several: str = "") -> str:
    return f"{number} {name if number == 1 else several or name + 's'}"


def _row(finding: "Finding") -> tuple[str, ...]:
    operation = f"{finding.provider}.{finding.operation}" if finding.provider else finding.operation
    return (
        _printable(operation),
        "" if finding.status is None else str(finding.status),
        finding.kind,
        _printable(finding.path),
        finding.expected,
        finding.came,
        str(finding.count),
        _printable(finding.example),
    )


def _printable(text: str) -> str:
    """Return names that a service has chosen without what could move a cursor."""
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
    return shown if len(shown) <= WIDEST else shown[: WIDEST - 1] + "…"


def _print(headings: Sequence[str], rows: Sequence[Sequence[str]], markdown: bool) -> None:
    if markdown:
        for row in (headings, ["---"] * len(headings), *rows):
            print(f"| {' | '.join(_cells(row))} |")
    else:
        table(headings, rows)


def _cells(row: Iterable[str]) -> list[str]:
    return [cell.replace("|", "\\|") for cell in row]
