"""Brings two versions of a schema into one form, so that other ways to write the same are no differences."""

from typing import Any

from specdiff._place import ABSENT, TEXTS, Place, except_for, is_list, is_map, listed, mapped, same
from specdiff._types import followed, plain
from specdiff._values import Mapped

UNIONS = ("anyOf", "oneOf")
OF_FIELDS = frozenset({"properties", "required"})
DEEPEST = 16  # parts of parts; more is a schema that contains itself


def in_one_form(place: Place, before: Mapped, after: Mapped) -> tuple[Mapped, Mapped]:
    """Return both versions with references to scalars followed, unions beside unions, and parts put together."""
    return _composed(place, *_united(*_referring(place, before, after)))


def _referring(place: Place, old: Mapped, new: Mapped) -> tuple[Mapped, Mapped]:
    """Follow references to scalars, unless both refer to the same."""
    if "$ref" in old and same(old["$ref"], new.get("$ref", ABSENT)):
        return old, new
    return plain(place.old, old), plain(place.new, new)


def _united(old: Mapped, new: Mapped) -> tuple[Mapped, Mapped]:
    """Take a schema that is no union for a union of one, where the other is a union."""
    for key in UNIONS:
        if is_list(old.get(key)) and not any(each in new for each in UNIONS):
            return old, _union_of_one(new, key)
        if is_list(new.get(key)) and not any(each in old for each in UNIONS):
            return _union_of_one(old, key), new
    return old, new


def _union_of_one(schema: Mapped, key: str) -> Mapped:
    texts = {name: value for name, value in schema.items() if name in TEXTS}
    return texts | {key: [except_for(schema, TEXTS)]}


def _composed(place: Place, old: Mapped, new: Mapped) -> tuple[Mapped, Mapped]:
    """Put the parts of allOf together: those that stand here, and the others too where they are not the same."""
    before, after = _merged(old, None), _merged(new, None)
    if same(before.get("allOf", ABSENT), after.get("allOf", ABSENT)):
        return before, after
    return _merged(old, place.old), _merged(new, place.new)


def _merged(schema: Mapped, document: Mapped | None, depth: int = 0) -> Mapped:
    if not is_list(parts := schema.get("allOf")) or depth > DEEPEST:
        return schema
    found: Mapped = {"type": "object"} | except_for(schema, OF_FIELDS | {"allOf"})
    rest: list[Any] = []
    properties: Mapped = {}
    required: list[Any] = []
    for part in [*parts, {key: schema[key] for key in OF_FIELDS if key in schema}]:
        whole = followed(document, part) if document is not None else part
        whole = _merged(whole, document, depth + 1) if is_map(whole) else whole
        if _is_mergeable(whole):
            properties |= mapped(whole.get("properties"))
            required += [name for name in listed(whole.get("required")) if name not in required]
        else:
            rest.append(part)
    return found | {"properties": properties, "required": required} | ({"allOf": rest} if rest else {})


def _is_mergeable(part: Any) -> bool:
    known = {"type", *OF_FIELDS, *TEXTS}
    return is_map(part) and set(part) <= known and part.get("type", "object") == "object"
