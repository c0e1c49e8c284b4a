"""Reads the intents of a journal of version 1, for the table of version 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from ventanilla.intents._values import Intent

if TYPE_CHECKING:
    import sqlite3

# Where an operation id, or an open natural key, stands under several spellings of a URL: which of them keeps it.
_BEST_FIRST = ("committed", "unknown", "sent", "prepared", "failed")


def taken_out(database: sqlite3.Connection) -> list[Intent]:
    """Return the intents of version 1 under scopes without URL, and drop their table."""
    rows = [_decoded(content) for (content,) in database.execute("SELECT intent FROM intents")]
    database.execute("DROP VIEW open_intents")
    database.execute("DROP TABLE intents")
    ids, keys, kept = set[tuple[str, str]](), set[tuple[str, str]](), list[Intent]()
    for each in sorted(rows, key=lambda row: _BEST_FIRST.index(row.state)):
        while (each.scope, each.operation_id) in ids:
            each = replace(each, operation_id=f"{each.operation_id} #")
        while each.is_open and (each.scope, each.key) in keys:
            each = replace(each, key=f"{each.key} #")
        ids.add((each.scope, each.operation_id))
        keys |= {(each.scope, each.key)} if each.is_open else set()
        kept.append(each)
    return kept


def _decoded(content: bytes) -> Intent:
    intent = msgspec.json.decode(content, type=Intent)
    provider, url, digest = intent.scope.rsplit(" ", 2)
    scope = f"{provider} {'sandbox' if 'sandbox' in url else 'production'} {digest}"
    made: Any = msgspec.json.decode(intent.result or b'""')  # the uid of a payroll, or a payment request
    id = made if isinstance(made, str) else str(made.get("request_id", ""))
    return replace(intent, scope=scope, id=id, changed_at=max(intent.created_at, intent.sent_at or 0.0))
