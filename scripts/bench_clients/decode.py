"""Measures bytes → 5,000 typed transactions, envelope included, in CPU seconds."""

import importlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx

from bench_clients import data
from bench_clients.timing import cpu_seconds

REPETITIONS = 20
# What the generated Transaction declares; a transaction's attachments are empty lists in these data.
FIELDS: dict[str, Any] = {
    **dict.fromkeys(("id_transaction", "id_account", "id_account_type", "id_credential", "id_currency"), str),
    **dict.fromkeys(("id_site", "id_site_organization", "id_site_organization_type", "id_user"), str),
    **dict.fromkeys(("description", "currency"), str),
    **dict.fromkeys(("id_disable_type", "id_external", "reference"), str | None),
    **dict.fromkeys(("is_account_disable", "is_deleted", "is_disable", "is_pending"), int),
    **dict.fromkeys(("dt_transaction", "dt_refresh"), int),
    **dict.fromkeys(("dt_disable", "dt_deleted"), int | None),
    **dict.fromkeys(("extra", "keywords"), Any),
    "amount": Decimal,
    "attachments": list[Any],
}
ENVELOPE: dict[str, Any] = {"rid": str, "code": int, "errors": Any, "status": bool, "message": str | None}


def ours() -> float:
    """The generated endpoint's own parsing of an httpx response."""
    from ventanilla_clients._runtime import decode
    from ventanilla_clients.syncfy.models import TransactionListAnswer

    response = httpx.Response(200, content=_body())
    return _measured(lambda: decode(response, TransactionListAnswer))


def pydantic() -> float:
    """The same fields in pydantic v2, from the same bytes."""
    library: Any = importlib.import_module("pydantic")
    # Every field is required, as in the generated model.
    row: Any = library.create_model("Transaction", **{name: (kind, ...) for name, kind in FIELDS.items()})
    envelope = {name: (kind, ...) for name, kind in ENVELOPE.items()}
    model = library.create_model("TransactionListAnswer", **envelope, response=(list[row], ...))
    body = _body()
    return _measured(lambda: model.model_validate_json(body))


def stock() -> float:
    """The models that the generator's own templates give: json, then from_dict; amounts are floats."""
    model: Any = importlib.import_module("stock_syncfy.models").TransactionListAnswer
    body = _body()
    return _measured(lambda: model.from_dict(json.loads(body)), exact=False)


def struct() -> float:
    """The same fields in msgspec's own structs, the fastest that Python has."""
    library: Any = importlib.import_module("msgspec")
    row: Any = library.defstruct("Transaction", list(FIELDS.items()), kw_only=True)
    model = library.defstruct("TransactionListAnswer", [*ENVELOPE.items(), ("response", list[row])], kw_only=True)
    decoder, body = library.json.Decoder(model), _body()
    return _measured(lambda: decoder.decode(body))


def _body() -> bytes:
    return data.answer(data.transactions())


def _measured(decode: Callable[[], Any], *, exact: bool = True) -> float:
    rows = decode().response
    read = sum((Decimal(str(row.amount)) for row in rows), Decimal(0))
    if len(rows) != data.ROWS or read != data.total() or (exact and not isinstance(rows[0].amount, Decimal)):
        raise SystemExit("the transactions were not read as they were written")
    del rows
    return cpu_seconds(decode, repetitions=REPETITIONS)
