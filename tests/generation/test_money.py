"""Money goes from the bytes to the user and back without a digit changed, in every money field of every model."""

import importlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_type_hints

import attrs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla_clients._runtime import encode_json

GENERATED = Path(__file__).resolve().parents[2] / "generated" / "ventanilla_clients"
Decimals = Literal["number", "string"]
WIRE: dict[str, Decimals] = {"syncfy": "number", "facti": "number", "facturaonline": "string"}
# Minus zero without decimals is an integer to every JSON reader, so its sign is nobody's money.
AMOUNTS = st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,10})?", fullmatch=True).filter(lambda text: text != "-0")


def money_fields() -> list[Any]:
    found: list[Any] = []
    for provider, decimals in WIRE.items():
        models = importlib.import_module(f"ventanilla_clients.{provider}.models")
        for name in models.__all__:
            model = getattr(models, name)
            if attrs.has(model):
                for field, hint in get_type_hints(model).items():
                    if "Decimal" in str(hint):
                        found.append(pytest.param(hint, decimals, id=f"{provider}-{name}.{field}"))
    return found


def declared(provider: str) -> int:
    """How many properties the spec declares as decimal; the same one counts once."""
    spec = json.loads((GENERATED / provider / "openapi.json").read_text(encoding="utf-8"))
    schemas: dict[str, Any] = spec["components"]["schemas"]
    parts = [part for schema in schemas.values() for part in (schema, *schema.get("allOf", []))]
    properties = [value for part in parts for value in part.get("properties", {}).values()]
    return sum('"format": "decimal"' in json.dumps(value) for value in properties)


@pytest.mark.parametrize("provider", WIRE)
def test_every_decimal_of_the_spec_is_a_decimal_of_a_model(provider: str) -> None:
    made = [param for param in money_fields() if str(param.id).startswith(f"{provider}-")]
    # Forms and answers that only webhooks carry have models too.
    assert len(made) == declared(provider) > 0


@pytest.mark.parametrize(("hint", "decimals"), money_fields())
@settings(max_examples=60, derandomize=True)
@given(amount=AMOUNTS)
def test_amount_survives_both_ways(hint: Any, decimals: Decimals, amount: str) -> None:
    text = amount if decimals == "number" else f'"{amount}"'
    wire = f"[{text}]" if "list[" in str(hint) else text
    decoded: Any = msgspec.json.decode(wire, type=hint)
    value: Any = decoded[0] if wire.startswith("[") else decoded
    assert type(value) is Decimal
    assert str(value) == amount
    assert encode_json(decoded, decimals=decimals) == wire.encode()
