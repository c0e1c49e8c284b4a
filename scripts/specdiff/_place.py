"""Walks two versions of a node side by side, key by key, so that no difference can get lost."""

import json
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeGuard

from attrs import evolve, frozen

from specdiff._judging import judged
from specdiff._values import Change, Direction, Element, Kind, Mapped, Verdict

TEXTS = frozenset({"description", "summary", "title", "example", "examples", "externalDocs", "links"}) | {
    "x-source",
    "x-note",
    "x-unofficial",
    "x-limits",
}
SHOWN = 60
BOTH = (Direction.REQUEST, Direction.RESPONSE)


class _Absent:
    """What stands where a key is not; JSON's null is a value."""


ABSENT: Final = _Absent()


@frozen
class Place:
    """Where a comparison is: in which element, used in which directions, and at which pointer.

    Attributes:
        old: the whole old spec, for references.
        new: the whole new spec.
        inside: words for a part of the element that has no name of its own ("each item").
    """

    old: Mapped
    new: Mapped
    element: Element
    directions: tuple[Direction, ...] = BOTH
    pointer: str = "#"
    inside: str = ""

    def at(self, *keys: object) -> "Place":
        """Return the place below, in the same element."""
        parts = (str(key).replace("~", "~0").replace("/", "~1") for key in keys)
        return evolve(self, pointer="/".join([self.pointer, *parts]))

    def within(self, words: str) -> "Place":
        """Return the same place with its changes told of a nameless part."""
        return evolve(self, inside=f"{words} of {self.inside}" if self.inside else words)

    def told(
        self,
        kind: Kind,
        says: str,
        before: object = ABSENT,
        after: object = ABSENT,
        *,
        verdict: Verdict | None = None,
    ) -> Change:
        """Return a change at this place, judged by its kind unless `verdict` is given."""
        verdicts = dict.fromkeys(self.directions, verdict) if verdict else judged(kind, self.directions)
        says = f"{self.inside} {says}" if self.inside else says
        return Change(self.element, kind, self.pointer, says, verdicts, _text(before), _text(after))


Rule = Callable[[Place, Any, Any], Iterator[Change]]


def same(old: object, new: object) -> bool:
    """Return whether two nodes are the same JSON, in which 1, 1.0 and true are three values; keys have no order."""
    return old is new or canonical(old) == canonical(new)


def canonical(node: object) -> str:
    """Return one text for all ways to write a node."""
    return "" if node is ABSENT else json.dumps(node, sort_keys=True, ensure_ascii=False)


def is_map(node: object) -> TypeGuard[Mapped]:
    """Return whether a node is a mapping."""
    return isinstance(node, dict)


def is_list(node: object) -> TypeGuard[list[Any]]:
    """Return whether a node is a list."""
    return isinstance(node, list)


def mapped(node: object) -> Mapped:
    """Return a node as a mapping, empty where it is none."""
    return node if is_map(node) else {}


def listed(node: object) -> list[Any]:
    """Return a node as a list, empty where it is none."""
    return node if is_list(node) else []


def except_for(node: Mapped, keys: AbstractSet[str]) -> Mapped:
    """Return a mapping without some of its keys."""
    return {key: value for key, value in node.items() if key not in keys}


def differing(place: Place, old: object, new: object, rules: Mapping[str, Rule]) -> Iterator[Change]:
    """Yield the changes of each key that differs: by its rule, else as a text, else as not understood."""
    if not (is_map(old) and is_map(new)):
        yield from () if same(old, new) else not_understood(place, old, new)
        return
    for key in {**old, **new}:
        before, after = old.get(key, ABSENT), new.get(key, ABSENT)
        if not same(before, after):
            rule = rules.get(key, _text_changed if key in TEXTS else not_understood)
            yield from insisted(rule, place.at(key), before, after)


def insisted(rule: Rule, place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield what a rule says about a difference; one about which it says nothing is not understood."""
    told = [*rule(place, before, after)]
    yield from told or not_understood(place, before, after)


def not_understood(place: Place, before: object, after: object) -> Iterator[Change]:
    """Yield the change of a key that no rule knows."""
    key = place.pointer.rpartition("/")[2]
    says = f"has another {key}, which no rule judges: {shown(before)} → {shown(after)}"
    yield place.told(Kind.CHANGED, says, before, after)


def written_otherwise(place: Place, before: object, after: object) -> Iterator[Change]:
    """Yield a difference that says the same in other words."""
    yield place.told(Kind.TEXT, "is written otherwise", before, after)


def _text_changed(place: Place, before: object, after: object) -> Iterator[Change]:
    yield place.told(Kind.TEXT, "has another text", before, after)


def shown(node: object) -> str:
    """Return a value for a sentence, cut where it is long."""
    text = "nothing" if node is ABSENT else json.dumps(node, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _text(node: object) -> str | None:
    return None if node is ABSENT else json.dumps(node, ensure_ascii=False)
