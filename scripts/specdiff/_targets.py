"""Knows which elements of the old client stand behind a change, and which words a line must have to use them."""

import re
from collections.abc import Iterator
from pathlib import Path

from specdiff._checking import FACADE
from specdiff._marking import class_name, python_name
from specdiff._place import is_map, listed, mapped
from specdiff._reach import Reach, operations
from specdiff._types import SCHEMAS, followed
from specdiff._values import Change, Element, Kind, Mapped

_word = re.compile(r"\w+")


def targets(change: Change, old: Mapped, reached: Reach) -> set[Element]:
    """Return what to look for: nothing uses what is new, but what is new and required concerns who uses its owner."""
    element = change.element
    is_new = change.kind is Kind.ADDED and element.sort in ("parameter", "field", "schema")
    if is_new or change.kind is Kind.TEXT:
        return set()
    is_demanded = change.kind is Kind.DEMANDED
    match element.sort:
        case "parameter":
            return {Element("operation", element.owner) if is_demanded else element}
        case "field":
            owners = {element.owner, *_heirs(old, element.owner)}
            if is_demanded:
                return {Element("schema", each) for each in owners}
            return {Element("field", each, element.member) for each in owners}
        case "shared":
            return {*_shared(element.owner, old, reached)}
        case "document":
            return set()
        case _:
            return {element}


def _heirs(document: Mapped, owner: str) -> set[str]:
    """Return the schemas that contain another by allOf, and so have its fields."""
    found: set[str] = set()
    waiting = [owner]
    schemas = mapped(mapped(document.get("components")).get("schemas"))
    while waiting:
        reference = f"{SCHEMAS}{waiting.pop()}"
        for name, schema in schemas.items():
            parts = [part for part in listed(mapped(schema).get("allOf")) if is_map(part)]
            if name not in found and any(part.get("$ref") == reference for part in parts):
                found.add(name)
                waiting.append(name)
    return found


def _shared(owner: str, document: Mapped, reached: Reach) -> Iterator[Element]:
    """Yield what a shared part is a part of: a parameter of operations, or operations."""
    reference = f"#/components/{owner}"
    users = reached.operations.get(reference, frozenset())
    name = mapped(followed(document, {"$ref": reference})).get("name")
    is_parameter = owner.startswith("parameters/") and isinstance(name, str)
    for each in operations(document):
        if each.id in users:
            yield Element("parameter", each.id, str(name)) if is_parameter else Element("operation", each.id)


def words_of(element: Element) -> set[str]:
    """Return the words that stand in every file that uses an element, one of which is enough to look closer."""
    match element.sort:
        case "operation" | "parameter":
            return {element.owner}
        case "schema":
            return {class_name(element.owner)}
        case "field":
            # refresh_at is dt_refresh too.
            return {element.member, f"{element.member.removeprefix('dt_')}_at"}
        case _:
            return set()


def names_of(element: Element) -> set[str]:
    """Return the names by which a type checker speaks of an element."""
    match element.sort:
        case "operation":
            return {element.owner}
        case "parameter":
            return {python_name(element.member)}
        case "schema":
            return {class_name(element.owner)}
        case _:
            return {element.member}


def facade_words(root: Path) -> set[str]:
    """Return every word of the facade's code."""
    files = (root / FACADE).rglob("*.py")
    return {word for path in files for word in _word.findall(path.read_text(encoding="utf-8"))}
