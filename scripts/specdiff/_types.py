"""Knows which Python types a schema stands for, and whether a constraint lets more or less through."""

from collections.abc import Iterator
from typing import Any

from specdiff._place import (
    ABSENT,
    Place,
    is_list,
    is_map,
    listed,
    mapped,
    not_understood,
    same,
    shown,
    written_otherwise,
)
from specdiff._values import Change, Kind, Mapped

SCHEMAS = "#/components/schemas/"
# Formats that give a field another Python type, or another property beside it.
TYPED_FORMATS = frozenset({"decimal", "unix-time", "date", "date-time", "uuid", "binary", "byte"})
HIGHEST = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
LOWEST = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
RESTRICTIONS = frozenset({"pattern", "format", "multipleOf", "uniqueItems", "propertyNames", "contentMediaType"})
ANYTHING = frozenset({"anything"})
NULL = frozenset({"null"})


def followed(document: Mapped, node: Any) -> Any:
    """Return what a reference leads to, its siblings laid over it; a node that leads nowhere is itself."""
    seen: set[str] = set()
    while is_map(node) and isinstance(reference := node.get("$ref"), str) and reference not in seen:
        seen.add(reference)
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = mapped(target).get(part.replace("~1", "/").replace("~0", "~"), ABSENT)
        if not is_map(target):
            return node
        node = target | {key: value for key, value in node.items() if key != "$ref"}
    return node


def plain(document: Mapped, schema: Any) -> Any:
    """Return a schema with a reference to a scalar followed: only objects are Python names."""
    target = followed(document, schema)
    return schema if is_map(target) and ("$ref" in target or is_object(target)) else target


def is_object(schema: Mapped) -> bool:
    """Return whether a schema becomes a Python class or mapping of its own name."""
    return schema.get("type") == "object" or "properties" in schema or "allOf" in schema


def kinds(document: Mapped, schema: Any) -> frozenset[str]:
    """Return the alternatives of a schema's type, as a reader would name them."""
    schema = plain(document, schema)
    if not is_map(schema):
        return ANYTHING
    if isinstance(reference := schema.get("$ref"), str):
        return frozenset({reference.removeprefix(SCHEMAS)})
    if alternatives := [*listed(schema.get("anyOf")), *listed(schema.get("oneOf"))]:
        return frozenset(kind for each in alternatives for kind in kinds(document, each))
    types: Any = schema.get("type", "object" if is_object(schema) else "anything")
    return frozenset(_kind(each, schema.get("format")) for each in (types if is_list(types) else [types]))


def is_typed(form: object) -> bool:
    """Return whether a format gives another Python type."""
    return isinstance(form, str) and form in TYPED_FORMATS


def in_order(types: frozenset[str]) -> list[str]:
    """Return alternatives in a stable order, null last."""
    return sorted(types, key=lambda each: (each == "null", each))


def _kind(name: object, form: object) -> str:
    return f"{name} ({form})" if is_typed(form) and name != "null" else str(name)


def retyped(place: Place, before: frozenset[str], after: frozenset[str]) -> Change:
    """Return the change of a type: wider, narrower, or another one."""
    old, new = in_order(before), in_order(after)
    change = f"{' or '.join(old)} → {' or '.join(new)}"
    if before > after or before == ANYTHING:
        says = f"is never null: {change}" if before - after == NULL else f"narrows: {change}"
        return place.told(Kind.NARROWED, says, old, new)
    if before < after or after == ANYTHING:
        says = f"may be null: {change}" if after - before == NULL else f"widens: {change}"
        return place.told(Kind.WIDENED, says, old, new)
    return place.told(Kind.RETYPED, f"has another type: {change}", old, new)


def limit(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield the change of a number that bounds a value."""
    name = place.pointer.rpartition("/")[2]
    bounds = [each for each in (before, after) if each is not ABSENT]
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in bounds):
        yield from not_understood(place, before, after)
        return
    if before == after:  # 1 and 1.0
        yield from written_otherwise(place, before, after)
        return
    is_tighter = before is ABSENT or (after is not ABSENT and (after < before) == (name in HIGHEST))
    kind, verb = (Kind.NARROWED, "tightens") if is_tighter else (Kind.WIDENED, "loosens")
    yield place.told(kind, f"{verb} its {name}: {shown(before)} → {shown(after)}", before, after)


def restriction(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield a restriction that comes or goes; nobody can tell which of two patterns lets more through."""
    name = place.pointer.rpartition("/")[2]
    if before is ABSENT:
        yield place.told(Kind.NARROWED, f"gets a {name}: {shown(after)}", before, after)
    elif after is ABSENT:
        yield place.told(Kind.WIDENED, f"loses its {name}: {shown(before)}", before, after)
    else:
        yield place.told(Kind.CHANGED, f"has another {name}: {shown(before)} → {shown(after)}", before, after)


def closed(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield what an enumeration or a constant lets through no more, and what it does now."""
    name = place.pointer.rpartition("/")[2]
    old, new = ([value] if name == "const" and value is not ABSENT else value for value in (before, after))
    if any(value is not ABSENT and not is_list(value) for value in (old, new)):
        yield from not_understood(place, before, after)
    elif old is ABSENT:
        yield place.told(Kind.NARROWED, f"takes only {shown(new)}", before, after)
    elif new is ABSENT:
        yield place.told(Kind.WIDENED, f"takes more than {shown(old)}", before, after)
    else:
        if gone := without(old, new):
            yield place.told(Kind.NARROWED, f"no longer has the value {_values(gone)}", before, after)
        if come := without(new, old):
            yield place.told(Kind.WIDENED, f"may have the value {_values(come)}", before, after)
        if not gone and not come:
            yield place.told(Kind.TEXT, "lists its values in another order", before, after)


def known_values(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield the values that a reader should know of beside others; none of them is a type."""
    old, new = ([*value] if is_map(value) else listed(value) for value in (before, after))
    if gone := without(old, new):
        yield place.told(Kind.NOTED, f"is no longer known to have the value {_values(gone)}", before, after)
    if come := without(new, old):
        yield place.told(Kind.NOTED, f"is known to have the value {_values(come)}", before, after)
    if not gone and not come:
        yield place.told(Kind.TEXT, "describes its known values otherwise", before, after)


def without(values: list[Any], others: list[Any]) -> list[Any]:
    """Return the values that are not among the others."""
    return [value for value in values if not any(same(value, other) for other in others)]


def _values(values: list[Any]) -> str:
    return " or ".join(shown(value) for value in values)
