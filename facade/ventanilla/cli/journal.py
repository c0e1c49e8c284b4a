"""Is `ventanilla journal`: what is kept of payment requests and payrolls, and how to remove what is old."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from ventanilla.cli import _times
from ventanilla.cli._show import cut, moment, table


def journal(
    path: Annotated[Path | None, typer.Argument(help="The file; else VENTANILLA_JOURNAL, else the default.")] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove what is committed or failed and old.")] = False,
    older_than: Annotated[str, typer.Option(help="How old, since the last change: 30d, 36h; a day or more.")] = "400d",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one intent a line.")] = False,
) -> None:
    """List the kept intents, the oldest first; the requests themselves are not shown.

    A removed idempotency key begins anew: asked with it again, ventanilla sends again. Open intents are never removed.

    ventanilla journal

    ventanilla journal --json | jq 'select(.state == "unknown")'

    ventanilla journal --prune --older-than 90d
    """
    import msgspec

    from ventanilla.errors import VentanillaError
    from ventanilla.intents import SqliteJournal
    from ventanilla.intents._place import VARIABLE
    from ventanilla.intents._sqlite import DEFAULT

    kept = SqliteJournal(path or os.environ.get(VARIABLE) or DEFAULT)
    if not kept.path.exists():
        raise typer.BadParameter(f"there is no journal {kept.path}")
    try:
        if prune:
            print(f"{kept.prune(float(_times.seconds(older_than)) / 86400)} removed from {kept.path}")
            return
        intents = kept.intents()
    except VentanillaError as problem:
        raise typer.BadParameter(problem.message) from None
    if as_json:
        for each in intents:
            shown = ("scope", "operation_id", "kind", "state", "id", "note", "created_at", "sent_at", "changed_at")
            print(msgspec.json.encode({name: getattr(each, name) for name in shown}).decode())
        return
    rows = [
        (each.operation_id, each.kind, each.state, moment(Decimal(each.changed_at)), each.id, cut(each.scope))
        for each in intents
    ]
    table(("KEY", "KIND", "STATE", "CHANGED", "ID", "ACCOUNT"), rows, red=[each.is_open for each in intents])
