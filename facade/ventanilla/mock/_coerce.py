"""Knows how text from a path, a query or a form becomes the types that the spec declares."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from ventanilla.mock._spec import Operation, Spec

# As long as a number may be in JSON (wire.LARGEST_EXPONENT); ASCII, since int() also reads other scripts' digits.
_integer = re.compile(r"-?\d{1,400}", re.ASCII)
_number = re.compile(r"-?\d{1,400}(\.\d{1,400})?", re.ASCII)
_index = re.compile(r"\d{1,9}", re.ASCII)
_brackets = re.compile(r"\[([^\[\]]*)\]")
DEEPEST = 8
# What JSON Schema knows by one name only: nothing about it changes. Most values are such.
_PLAIN = frozenset({str, int, bool, type(None)})


def coerce(spec: Spec, schema: Mapping[str, Any], value: Any) -> Any:
    """Return `value` in the type that `schema` asks for where its text reads so; otherwise as it came.

    Whatever cannot be read is left alone, for the validation to name.
    """
    kinds = _kinds(spec, schema)
    if isinstance(value, str):
        return _from_text(kinds, value)
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        properties = spec.resolve(schema).get("properties", {})
        return {name: coerce(spec, properties.get(name, {}), item) for name, item in fields.items()}
    if isinstance(value, list):
        items = spec.resolve(schema).get("items", {})
        return [coerce(spec, items, item) for item in cast("Iterable[Any]", value)]
    if isinstance(value, bool):
        return int(value) if "integer" in kinds and "boolean" not in kinds else value
    if isinstance(value, int | Decimal) and "string" in kinds and not kinds & {"integer", "number"}:
        return str(value)
    return whole(spec, schema, value)


def whole(spec: Spec, schema: Mapping[str, Any], value: Any) -> Any:
    """Return JSON in which 5.0 is 5 wherever `schema` asks for an integer: JSON Schema takes both for one."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        if _PLAIN.issuperset(map(type, fields.values())):
            return fields
        found = spec.resolve(schema)
        properties = found.get("properties", {})
        # Not asked with isinstance(…, dict): additionalProperties may be a schema or just true.
        rest: Mapping[str, Any] = (
            {} if found.get("additionalProperties", True) in (True, False) else found["additionalProperties"]
        )
        return {name: whole(spec, properties.get(name, rest), item) for name, item in fields.items()}
    if isinstance(value, list):
        items = spec.resolve(schema).get("items", {})
        return [whole(spec, items, item) for item in cast("Iterable[Any]", value)]
    if isinstance(value, Decimal):
        is_whole = "integer" in _kinds(spec, schema) and value == value.to_integral_value()
        return int(value) if is_whole else value
    return value


def _from_text(kinds: set[str], text: str) -> Any:
    if "string" in kinds or not kinds:
        return text
    if "integer" in kinds and _integer.fullmatch(text):
        return int(text)
    if "number" in kinds and _number.fullmatch(text):
        return Decimal(text)
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    return text


def _kinds(spec: Spec, schema: Mapping[str, Any]) -> set[str]:
    schema = spec.resolve(schema)
    kind = schema.get("type", [])
    kinds = {kind} if isinstance(kind, str) else set(kind)
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        kinds |= _kinds(spec, choice)
    return kinds


def parameters(spec: Spec, operation: Operation, where: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declared parameters of one place, coerced; nulls count as absent and the rest is ignored."""
    if not values:
        return {}
    return {
        parameter.name: coerce(spec, parameter.schema, values[parameter.name])
        for parameter in operation.parameters
        if parameter.where == where and values.get(parameter.name) is not None
    }


def form(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nest form pairs in the way of PHP: `conceptos[0][pu]=1` → {"conceptos": [{"pu": "1"}]}; `a[]=1` appends."""
    nested: dict[str, Any] = {}
    for key, value in pairs:
        name, bracket, _ = key.partition("[")
        path = [name, *_brackets.findall(key)] if bracket and name else [key]
        _place(nested, path[:DEEPEST], value)
    return {key: _listed(value) for key, value in nested.items()}


def _place(node: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        child = node.setdefault(part or str(len(node)), {})
        if not isinstance(child, dict):
            # A scalar stood here already; PHP lets the later one win.
            child = node[part] = {}
        node = cast("dict[str, Any]", child)
    node[path[-1] if path[-1] or len(path) == 1 else str(len(node))] = value


def _listed(value: Any) -> Any:
    """Turn {"0": a, "1": b} into [a, b], all the way down."""
    if not isinstance(value, dict):
        return value
    fields = {key: _listed(item) for key, item in cast("dict[str, Any]", value).items()}
    if fields and all(_index.fullmatch(key) for key in fields):
        return [fields[key] for key in sorted(fields, key=int)]
    return fields
