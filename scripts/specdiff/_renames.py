"""Recognises what went and what came as one thing with another name."""

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from specdiff._place import TEXTS, canonical, is_list, is_map
from specdiff._values import Mapped

ALIKE = 0.6  # of two names: dt_create and dt_created, total and total_amount
SHARED = 0.6  # of the fields of two schemas
BARE = frozenset({"type", "in", "name", "required"})

Likeness = Callable[[str, str], float]


def matched(gone: Sequence[str], come: Sequence[str], likeness: Likeness) -> dict[str, str]:
    """Return the new name of each old one that has one, the likest pairs first; no likeness (0) is no pair."""
    pairs = sorted(((likeness(old, new), old, new) for old in gone for new in come), key=lambda each: -each[0])
    found: dict[str, str] = {}
    for value, old, new in pairs:
        if value > 0 and old not in found and new not in found.values():
            found[old] = new
    return found


def names_alike(old: str, new: str) -> float:
    """Return how much two names have in common, 0 to 1."""
    return SequenceMatcher(None, old.lower(), new.lower()).ratio()


def same_but_for_name(old: object, new: object, name: float, *, same_place: bool) -> float:
    """Return the likeness of two nodes: the same content under a like name, or at the same place if it is telling."""
    if canonical(core(old)) != canonical(core(new)):
        return 0
    is_telling = not (is_map(old) and set(core(old)) <= BARE) or _described_alike(old, new)
    return 1 + name if name >= ALIKE or (same_place and is_telling) else 0


def _described_alike(old: Mapped, new: object) -> bool:
    text = old.get("description")
    return text is not None and is_map(new) and new.get("description") == text


def schemas_alike(old: Mapped, new: Mapped, name: float) -> float:
    """Return the likeness of two schemas of different names: the same content, or mostly the same fields."""
    if canonical(core(old)) == canonical(core(new)):
        return 2 + name if name >= ALIKE or set(core(old)) - BARE else 0
    before, after = _fields(old), _fields(new)
    if not before or not after:
        return 0
    share = len(before.items() & after.items()) / len(before.keys() | after.keys())
    return share + name if share >= SHARED else 0


def _fields(schema: Mapped) -> Mapping[str, str]:
    properties = schema.get("properties")
    return {name: canonical(core(value)) for name, value in properties.items()} if is_map(properties) else {}


def neighbour(names: Sequence[str], name: str) -> str | None:
    """Return the name before this one: two fields at the same place have the same neighbour."""
    index = names.index(name)
    return names[index - 1] if index else None


def core(node: Any, *, is_names: bool = False) -> Any:
    """Return a node without its texts."""
    if is_map(node):
        return {
            key: core(value, is_names=key == "properties" and not is_names)
            for key, value in node.items()
            if is_names or key not in TEXTS
        }
    return [core(each) for each in node] if is_list(node) else node
