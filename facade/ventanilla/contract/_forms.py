"""Knows how PHP reads and writes forms: arrays and objects in brackets, everything text."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from ventanilla.contract._answers import is_list, is_mapping
from ventanilla.mock._spec import Spec


def form_text(fields: Mapping[str, Any]) -> str:
    """Write a form as PHP reads it, arrays and objects in brackets."""
    pairs = (pair for name, item in fields.items() for pair in _pairs(name, item))
    return "&".join(f"{_quoted(name)}={_quoted(text)}" for name, text in pairs)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if is_mapping(value):
        for key, item in value.items():
            yield from _pairs(f"{name}[{key}]", item)
    elif is_list(value):
        for index, item in enumerate(value):
            yield from _pairs(f"{name}[{index}]", item)
    elif isinstance(value, float):
        yield name, format(Decimal(repr(value)), "f")
    elif value is None or isinstance(value, bool):
        yield name, json.dumps(value)
    else:
        yield name, str(value)


def _quoted(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")


def names(value: Any) -> Iterator[str]:
    """Return the names of all properties, at any depth."""
    if is_mapping(value):
        for name, item in value.items():
            yield name
            yield from names(item)
    elif is_list(value):
        for item in value:
            yield from names(item)


def nested(form: str) -> dict[str, Any]:
    """Read a form as PHP does, every value still text."""
    nested: dict[str, Any] = {}
    for name, text in parse_qsl(form, keep_blank_values=True):
        *path, last = name.replace("]", "").split("[")
        node: dict[str, Any] = nested
        for part in path:
            node = node.setdefault(part, {})
        node[last] = text
    return nested


def typed(spec: Spec, schema: Mapping[str, Any], value: Any) -> Any:
    """Return text as numbers, and numbered fields as lists, wherever the schema has them."""
    schema = spec.resolve(schema)
    kinds: Sequence[str] = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if not is_mapping(value):
        is_number = {"integer", "number"} & set(kinds) and "string" not in kinds
        return _number(str(value)) if is_number else value
    if "array" in kinds and all(name.isdecimal() for name in value):
        return [typed(spec, schema["items"], value[name]) for name in sorted(value, key=int)]
    return {name: typed(spec, schema.get("properties", {}).get(name, {}), item) for name, item in value.items()}


def _number(text: str) -> int | Decimal | str:
    """Return what a text reads as where a number belongs: itself if it is none."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return text
    number = Decimal(text)
    return int(number) if number == int(number) else number
