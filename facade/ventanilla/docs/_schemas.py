"""Writes what data looks like: the type of a value in a phrase, the fields of an object as a table."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from ventanilla._markdown import anchor, code, link, prose, table
from ventanilla.docs._spec import Row, notes, resolved, source

HEADINGS = ("field", "type", "required", "what it is")
# Limits in words, in the order in which they are told.
_LIMITS = {
    "format": "format",
    "contentMediaType": "content",
    "pattern": "pattern",
    "const": "always",
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "minLength": "characters at least",
    "maxLength": "characters at most",
    "minItems": "items at least",
    "maxItems": "items at most",
    "minProperties": "fields at least",
    "maxProperties": "fields at most",
    "default": "default",
}
# What the rest of this module tells, or what concerns code and no reader.
_TOLD = frozenset(
    {"$ref", "type", "items", "description", "properties", "required", "allOf", "anyOf", "oneOf", "enum", *_LIMITS}
    | {"additionalProperties", "contentSchema", "propertyNames", "example", "examples"}
    | {"x-source", "x-note", "x-secret", "x-credential", "x-known-values", "x-unprinted", "x-unofficial"}
)


def schema_id(name: str) -> str:
    """Return the anchor of a schema."""
    return f"schema-{name.lower()}"


def type_of(schema: Row) -> str:
    """Return the type of a value as a phrase, with links to the schemas that it names."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return link(name, schema_id(name))
    for key, word in (("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")):
        if key in schema:
            choices = [type_of(each) for each in schema[key] if _is_type(each)]
            if choices:
                return word.join(dict.fromkeys(choices))
    kinds = schema.get("type", "any")
    return " or ".join(_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _is_type(schema: Row) -> bool:
    return bool({"$ref", "type", "anyOf", "oneOf", "allOf"} & set(schema)) or not schema


def _kind(kind: str, schema: Row) -> str:
    if kind == "array":
        inner = type_of(schema.get("items", {}))
        return f"array of ({inner})" if " or " in inner else f"array of {inner}"
    others = schema.get("additionalProperties")
    if kind == "object" and isinstance(others, dict) and others:
        inner = type_of(cast("Row", others))
        return f"object of ({inner})" if " or " in inner else f"object of {inner}"
    return kind


def limits(schema: Row) -> Iterator[str]:
    """Yield what a value must keep to, one limit after the other."""
    if "enum" in schema:
        yield f"one of {', '.join(code(_shown(each)) for each in schema['enum'])}"
    yield from (f"{words} {code(_shown(schema[key]))}" for key, words in _LIMITS.items() if key in schema)
    if "contentSchema" in schema:
        yield f"as {type_of(schema['contentSchema'])}"
    if "propertyNames" in schema:
        yield from (f"names: {each}" for each in limits(schema["propertyNames"]))
    if schema.get("additionalProperties") is False:
        yield "no other fields"
    elif isinstance(others := schema.get("additionalProperties"), dict) and "$ref" not in others:
        yield from (f"each value: {each}" for each in limits(cast("Row", others)))
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from (
            f"{type_of(choice)}: {each}" for each in limits(choice) if _is_type(choice) and "$ref" not in choice
        )
    # A rule that has no words here is shown as it stands.
    for key, value in schema.items():
        if key not in _TOLD:
            yield f"{key} {code(json.dumps(value, ensure_ascii=False))}"
    if "items" in schema and "$ref" not in schema["items"]:
        yield from (f"each item: {each}" for each in limits(schema["items"]))


def _inline(schema: Row) -> list[Row]:
    """Return the choices of a value that are told in place; the others have sections of their own."""
    return [each for key in ("anyOf", "oneOf") for each in schema.get(key, ()) if "$ref" not in each]


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def about(schema: Row) -> list[str]:
    """Return all that is said of a value: what it is, its limits and known values, its source and its oddities."""
    said = [prose(" ".join(str(schema["description"]).split()))] if "description" in schema else []
    found = "; ".join(limits(schema))
    said += [f"{found[:1].upper()}{found[1:]}."] if found else []
    said += list(_known(schema))
    inner = schema.get("items", {})
    if "$ref" not in inner:
        said += [*_known(inner), *source(inner), *notes(inner)]
    for choice in _inline(schema):
        said += [*_known(choice), *source(choice), *notes(choice)]
    return [*said, *source(schema), *notes(schema)]


def _known(schema: Row) -> Iterator[str]:
    values: Any = schema.get("x-known-values")
    if isinstance(values, dict):
        pairs = cast("Mapping[str, str]", values).items()
        yield f"*Known values:* {', '.join(f'{code(value)} ({prose(meaning)})' for value, meaning in pairs)}"
    elif values:
        yield f"*Known values:* {', '.join(code(_shown(value)) for value in values)}"


def fields(schema: Row) -> list[str]:
    """Return the fields of an object as a table; none where it has none of its own."""
    rows: list[tuple[str, str, str, str]] = []
    for part in parts(schema):
        required = part.get("required", ())
        for name, each in part.get("properties", {}).items():
            rows.append((code(name), type_of(each), "yes" if name in required else "", "<br>".join(about(each))))
    return table(HEADINGS, rows)


def parts(schema: Row) -> Iterator[Row]:
    """Yield a schema and what it joins in place; what it only refers to is told elsewhere."""
    yield schema
    for each in schema.get("allOf", ()):
        if "$ref" not in each:
            yield from parts(each)


def names(document: Row, schema: Row) -> list[str]:
    """Return an object's fields in a few words each, those of the schemas that it joins or refers to included."""
    found: dict[str, str] = {}
    waiting = [schema]
    while waiting:
        each = resolved(document, waiting.pop(0))
        if each.get("type") == "array" and not found:
            waiting.insert(0, each.get("items", {}))
        choices = [one for one in (*each.get("anyOf", ()), *each.get("oneOf", ())) if "/Failure" not in str(one)]
        waiting = [*each.get("allOf", ()), *choices, *waiting]
        found |= {name: f"{code(name)} ({type_of(value)})" for name, value in each.get("properties", {}).items()}
    return list(found.values())


def section(name: str, schema: Row) -> list[str]:
    """Return the section of one named schema."""
    lines = [anchor(schema_id(name)), "", f"### {name}", ""]
    joined = [type_of(each) for each in schema.get("allOf", ()) if "$ref" in each]
    if joined:
        lines += [f"All of {' and '.join(joined)}, and what follows.", ""]
    if "properties" not in schema and "allOf" not in schema:
        lines += [f"Type: {type_of(schema)}.", ""]
    for part in parts(schema):
        lines += [text for each in about(part) for text in (each, "")]
        required = [each for each in part.get("required", ()) if each not in part.get("properties", {})]
        if required:
            lines += [f"Required here: {', '.join(map(code, required))}.", ""]
    shown = fields(schema)
    return [*lines, *shown, ""] if shown else lines
