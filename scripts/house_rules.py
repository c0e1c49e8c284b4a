"""Knows the house rules that a spec must keep so that nothing is dropped, guessed or left without its source."""

import keyword
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeGuard, cast
from unicodedata import normalize

Broken = tuple[int, str]
Mapping = dict[str, Any]  # ruamel's CommentedMap, which also knows its lines
Node = Any  # a mapping, ruamel's CommentedSeq, or a scalar
SURENESS = ("documented", "recorded", "client", "third-party", "inferred", "invented")
# What a generated model is made of: its methods, the types of its fields, and what the class itself calls.
RESERVED = {
    *("Any", "Decimal", "Model", "UNSET", "Unset", "bool", "bytes", "dict", "float", "int", "list", "str"),
    *("classmethod", "field", "from_dict", "property", "self", "to_dict", "unknown_fields"),
}
METHODS = ("get", "put", "post", "delete")


def broken_rules(spec: Node) -> list[Broken]:
    """Return (line, what is wrong and where) for each broken rule of a spec loaded with ruamel's round trip."""
    return sorted({found for rule in RULES for found in rule(spec)})


def left_behind(spec: Node) -> list[Broken]:
    """Return (line, what and where) for what an edit has left behind; it is untidy, but nothing is lost by it."""
    return sorted({found for rule in (schemas_are_used, links_lead_somewhere) for found in rule(spec)})


def _line(parent: Node, key: Any = None) -> int:
    """Return the line of `key` in its mapping or list, counted from 1."""
    position = getattr(parent, "lc", None)
    if position is None:
        return 1
    try:
        return int((position.key(key) if isinstance(parent, dict) else position.item(key))[0]) + 1
    except (KeyError, TypeError):
        return int(position.line) + 1


def _operations(spec: Node) -> Iterator[tuple[int, str, Mapping]]:
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                yield _line(item, method), f"{method.upper()} {path}", item[method]


def _walk(node: Node, where: str = "#") -> Iterator[tuple[str, Mapping]]:
    """Yield every mapping below `node` with its pointer, examples left out: they are data, not schemas."""
    if isinstance(node, dict):
        mapping = cast(Mapping, node)
        yield where, mapping
        for key, value in mapping.items():
            if key not in ("examples", "example") or _lists_fields(where):
                yield from _walk(value, f"{where}/{key}")
    elif _is_list(node):
        for index, value in enumerate(node):
            yield from _walk(value, f"{where}/{index}")


def _lists_fields(where: str) -> bool:
    """Return whether a pointer ends in the keyword `properties`, and not in a field of that name."""
    return (len(where) - len(re.sub("(/properties)+$", "", where))) // len("/properties") % 2 == 1


def _is_list(node: Node) -> TypeGuard[list[Node]]:
    return isinstance(node, list)


def _target(spec: Node, node: Node) -> Node:
    while "$ref" in node:
        reference, node = node["$ref"], spec
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    return node


def _reachable(spec: Node, node: Node, seen: set[str]) -> Iterator[Mapping]:
    """Yield every mapping that `node` leads to, references followed once each."""
    for _, part in _walk(node):
        yield part
        reference = part.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            yield from _reachable(spec, _target(spec, part), seen)


def _is_object(spec: Node, schema: Node) -> bool:
    schema = _target(spec, schema)
    return schema.get("type") == "object" or "properties" in schema or "allOf" in schema


def self_contained(spec: Node) -> Iterator[Broken]:
    for where, node in _walk(spec):
        if isinstance(reference := node.get("$ref"), str) and not reference.startswith("#/"):
            yield _line(node, "$ref"), f"self-contained: {where} refers to another file, {reference}"


def operations_are_named(spec: Node) -> Iterator[Broken]:
    seen: dict[str, str] = {}
    for line, name, operation in _operations(spec):
        identifier = operation.get("operationId", "")
        if not re.fullmatch(r"[a-z][a-z0-9_]*", identifier):
            yield line, f"operation-id: {name} needs an explicit snake_case operationId"
        elif identifier in seen:
            yield line, f"operation-id: {name} repeats {identifier} of {seen[identifier]}"
        seen[identifier] = name
        tags = operation.get("tags", [])
        if len(tags) != 1 or not tags[0].isascii():
            yield line, f"one-ascii-tag: {name} has tags {list(tags)}"
        for key in ("summary", "security"):
            if key not in operation:
                yield line, f"{key}: {name} has none"


def sources_are_given(spec: Node) -> Iterator[Broken]:
    for line, name, operation in _operations(spec):
        if "x-source" not in operation:
            yield line, f"x-source: {name} does not say how sure we are"
    for where, node in _walk(spec):
        if isinstance(source := node.get("x-source"), str) and source.split(":")[0] not in SURENESS:
            yield _line(node, "x-source"), f"x-source: {where} must start with one of {', '.join(SURENESS)}"


def effects_are_known(spec: Node) -> Iterator[Broken]:
    for line, name, operation in _operations(spec):
        stated = operation.get("x-effect")
        if stated is not None and (name.startswith("GET ") or not re.match(r"read: .", str(stated))):
            yield line, f"x-effect: {name} may only say `read: why`, and only where it is no GET"


def one_success_with_example(spec: Node) -> Iterator[Broken]:
    for line, name, operation in _operations(spec):
        if [code for code in operation["responses"] if str(code).startswith("2")] != ["200"]:
            yield line, f"one-success: {name} must document 200 and no other 2xx"
            continue
        content = _target(spec, operation["responses"]["200"])["content"]
        if not any("examples" in media for media in content.values()):
            yield line, f"examples: {name} has no example of its 200 answer"


def failures_come_last(spec: Node) -> Iterator[Broken]:
    for line, name, operation in _operations(spec):
        media = _target(spec, operation["responses"]["200"])["content"].get("application/json")
        choices: list[Mapping] = media["schema"].get("anyOf", []) if media else []
        for choice in choices[:-1]:
            if choice.get("$ref", "").endswith("/Failure"):
                yield line, f"failure-last: {name} lists Failure before the success that the client decodes"


def unions_have_one_object(spec: Node) -> Iterator[Broken]:
    for where, node in _walk(spec):
        choices: list[Mapping] = [*node.get("anyOf", []), *node.get("oneOf", [])]
        objects = [c for c in choices if _is_object(spec, c) and not c.get("$ref", "").endswith("/Failure")]
        if len(objects) > 1:
            yield _line(node), f"one-object-per-union: {where} unites {len(objects)} object schemas"


def arrays_have_items(spec: Node) -> Iterator[Broken]:
    for where, node in _walk(spec):
        kind = node.get("type")
        if (kind == "array" or (isinstance(kind, list) and "array" in kind)) and "items" not in node:
            yield _line(node, "type"), f"array-items: {where} has no items"


def nulls_are_types(spec: Node) -> Iterator[Broken]:
    for where, node in _walk(spec):
        if "nullable" in node and not _lists_fields(where):
            yield _line(node, "nullable"), f"nulls: {where} says nullable; OpenAPI 3.1 lists 'null' among the types"


def keys_have_values(spec: Node) -> Iterator[Broken]:
    # An unquoted comma in a {flow, mapping} cuts a description in two and leaves a key without a value.
    for where, node in _walk(spec):
        for key, value in node.items():
            if value is None:
                yield _line(node, key), f"stray-key: {where} has the key {key!r} without a value"


def moment(name: str) -> str:
    """Return the property name of a unix-seconds field: dt_refresh is read as refresh_at."""
    stem = name.removeprefix("dt_")
    return f"{stem}_at" if not keyword.iskeyword(stem) else f"{stem}_"


def properties_are_identifiers(spec: Node) -> Iterator[Broken]:
    for where, node in _walk(spec):
        if _lists_fields(where):
            moments = [moment(str(name)) for name, field in node.items() if _is_moment(field)]
            for name in node:
                if not _is_attribute(name, node):
                    said = f"{where}/{name} cannot be an attribute: leave it out, its value stays in unknown_fields"
                    yield _line(node, name), f"identifiers: {said}"
                elif name.endswith("_") and name[:-1] in node:
                    said = f"identifiers: {where}/{name} and {name[:-1]} cannot be two attributes: leave one out"
                    yield _line(node, name), said
                elif name in moments or (_is_moment(node[name]) and moments.count(moment(name)) > 1):
                    yield _line(node, name), f"moments: {where}/{name} and the time of another field share a name"


def _is_attribute(name: Node, properties: Mapping) -> bool:
    """Return whether a field can be an attribute of a generated model under the very name that it has."""
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        return False
    # Python reads identifiers in NFKC; and in its class a model's attribute hides what its annotations name.
    types = {reference.rpartition("/")[2] for _, part in _walk(properties) if (reference := _reference(part))}
    return name == normalize("NFKC", name) and name not in RESERVED | types


def _reference(node: Mapping) -> str:
    reference = node.get("$ref")
    return reference if isinstance(reference, str) else ""


def _is_moment(field: Node) -> bool:
    return isinstance(field, dict) and cast(Mapping, field).get("format") == "unix-time"


def numbers_are_decimal(spec: Node) -> Iterator[Broken]:
    for where, node in _walk(spec):
        kind = node.get("type")
        if (kind == "number" or (isinstance(kind, list) and "number" in kind)) and node.get("format") != "decimal":
            yield _line(node, "type"), f"decimal: {where} is a number without format: decimal"


def responses_stay_open(spec: Node) -> Iterator[Broken]:
    answers = [operation["responses"] for _, _, operation in _operations(spec)]
    for node in _reachable(spec, answers, set()):
        for key in ("enum", "const"):
            if key in node and "type" in node:
                yield _line(node, key), f"open-responses: {key} in a response; use x-known-values"
        if node.get("additionalProperties") is False:
            yield _line(node, "additionalProperties"), "open-responses: additionalProperties false in a response"
        if node.get("format") in ("date", "date-time", "uuid"):
            yield _line(node, "format"), f"open-responses: format {node['format']} in a response"


def ids_have_patterns(spec: Node) -> Iterator[Broken]:
    for where, node in _walk(spec):
        if node.get("in") == "path" and not {"pattern", "enum"} & set(_target(spec, node["schema"])):
            yield _line(node), f"path-pattern: {where} ({node['name']}) has neither pattern nor enum"


def objects_are_named(spec: Node) -> Iterator[Broken]:
    named = re.compile(r"#/components/schemas/\w+(/allOf/\d+)?")
    for where, node in _walk(spec):
        is_object = isinstance(node.get("properties"), dict) and not _lists_fields(where)
        if is_object and not named.fullmatch(where):
            yield _line(node), f"named-objects: {where} has properties; give it a name in components/schemas"


def bodies_have_one_form(spec: Node) -> Iterator[Broken]:
    for line, name, operation in _operations(spec):
        if len(_target(spec, operation.get("requestBody", {})).get("content", {})) > 1:
            yield line, f"one-body: {name} takes several content types; the generated module would not import"


def schemas_are_used(spec: Node) -> Iterator[Broken]:
    used: set[str] = set()
    list(_reachable(spec, {"paths": spec["paths"], "webhooks": spec.get("webhooks", {})}, used))
    for name in spec["components"]["schemas"]:
        if f"#/components/schemas/{name}" not in used:
            yield _line(spec["components"]["schemas"], name), f"used-schemas: nothing refers to {name}"


def links_lead_somewhere(spec: Node) -> Iterator[Broken]:
    known = {operation.get("operationId") for _, _, operation in _operations(spec)}
    for where, node in _walk(spec):
        if "/links/" in where and "operationId" in node and node["operationId"] not in known:
            yield _line(node, "operationId"), f"links: {where} leads to {node['operationId']}, which is not there"


RULES: tuple[Callable[[Node], Iterator[Broken]], ...] = (
    self_contained,
    operations_are_named,
    sources_are_given,
    effects_are_known,
    one_success_with_example,
    failures_come_last,
    unions_have_one_object,
    arrays_have_items,
    nulls_are_types,
    keys_have_values,
    properties_are_identifiers,
    numbers_are_decimal,
    responses_stay_open,
    ids_have_patterns,
    objects_are_named,
    bodies_have_one_form,
)
