"""Compares two whole specs: operations, components, and what stands beside them."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from attrs import evolve, frozen

from specdiff._bodies import BODY, PARAMETER, RESPONSE
from specdiff._operations import operations, security
from specdiff._place import (
    ABSENT,
    BOTH,
    Place,
    Rule,
    differing,
    insisted,
    is_list,
    is_map,
    mapped,
    not_understood,
    same,
    shown,
)
from specdiff._reach import METHODS, Reach, reach
from specdiff._reach import operations as operations_of
from specdiff._renames import matched, names_alike, schemas_alike
from specdiff._schemas import schemas
from specdiff._types import SCHEMAS
from specdiff._values import Change, Direction, Element, Kind, Mapped

REQUEST, RESPONSES = (Direction.REQUEST,), (Direction.RESPONSE,)
APART = frozenset({"paths", "webhooks", "components"})


@frozen
class _Section:
    """How the components of one section are compared, and in which direction they are used if nothing leads there."""

    rule: Rule
    directions: tuple[Direction, ...] = BOTH


def compare(old: Mapped, new: Mapped) -> list[Change]:
    """Return every difference between two loaded specs; none if they are the same.

    Schemas, fields and operations have their old names in it, since that is what existing code calls them.
    """
    renamed = renamed_schemas(old, new)
    place = Place(_with_new_names(old, renamed), new, Element("document"))
    found = [*_whole(place)]
    back = {now: was for was, now in renamed.items()}
    return [*_renames(place, renamed), *(_with_old_name(change, back) for change in found)]


def _whole(place: Place) -> Iterator[Change]:
    old, new = place.old, place.new
    yield from operations(place, [*operations_of(old)], [*operations_of(new)])
    for section in ("paths", "webhooks"):
        yield from _paths(place.at(section), old.get(section, ABSENT), new.get(section, ABSENT))
    yield from _components(place.at("components"), old.get("components", ABSENT), new.get("components", ABSENT))
    for key in {**old, **new}:
        if key not in APART:
            here = evolve(place, element=Element("document", "", key))
            before, after = ({key: each[key]} if key in each else {} for each in (old, new))
            yield from differing(here, before, after, RULES)


def renamed_schemas(old: Mapped, new: Mapped) -> dict[str, str]:
    """Return the new name of each schema that has another."""
    before, after = (mapped(mapped(each.get("components")).get("schemas")) for each in (old, new))

    def likeness(name: str, other: str) -> float:
        return schemas_alike(mapped(before[name]), mapped(after[other]), names_alike(name, other))

    return matched([n for n in before if n not in after], [n for n in after if n not in before], likeness)


def _renames(place: Place, renamed: Mapping[str, str]) -> Iterator[Change]:
    if not renamed:
        return
    reached = reach(place.old)
    for was, now in renamed.items():
        directions = reached.of(f"{SCHEMAS}{now}") or BOTH
        here = evolve(place, element=Element("schema", was), directions=directions).at("components", "schemas", was)
        yield here.told(Kind.RENAMED, f"is now `{now}`", was, now)


def _with_new_names(document: Mapped, renamed: Mapping[str, str]) -> Mapped:
    """Return the old spec as if schemas had been called so already, so that no reference to them differs."""
    if not renamed:
        return document
    references = {f"{SCHEMAS}{was}": f"{SCHEMAS}{now}" for was, now in renamed.items()}
    changed: Mapped = _with_references(document, references)
    named = {renamed.get(name, name): schema for name, schema in changed["components"]["schemas"].items()}
    return changed | {"components": changed["components"] | {"schemas": named}}


def _with_references(node: Any, references: Mapping[str, str]) -> Any:
    if is_map(node):
        changed = {key: _with_references(value, references) for key, value in node.items()}
        reference = node.get("$ref")
        return changed | {"$ref": references.get(reference, reference)} if isinstance(reference, str) else changed
    return [_with_references(each, references) for each in node] if is_list(node) else node


def _with_old_name(change: Change, back: Mapping[str, str]) -> Change:
    element = change.element
    if element.sort not in ("schema", "field") or element.owner not in back:
        return change
    return evolve(change, element=evolve(element, owner=back[element.owner]))


def _paths(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield what differs beside the operations."""
    if not (is_map(before) and is_map(after)):
        has_operations = any(has_operation(item) for each in (before, after) for item in mapped(each).values())
        if not same(before, after) and not (has_operations and ABSENT in (before, after)):
            yield from not_understood(place, before, after)
        return
    for path in {**before, **after}:
        old, new = before.get(path, ABSENT), after.get(path, ABSENT)
        if ABSENT in (old, new) and has_operation(new if old is ABSENT else old):
            continue  # they have been told of
        # The parameters of a path are those of its operations, if it has any.
        leave_out = {"parameters"} if has_operation(old) and has_operation(new) else set[str]()
        here = evolve(place.at(path), element=Element("document", "", path))
        yield from differing(here, _beside(old, leave_out), _beside(new, leave_out), {})


def has_operation(item: Any) -> bool:
    """Return whether there is an operation at a path."""
    return any(is_map(value) for method, value in mapped(item).items() if method in METHODS)


def _beside(item: Any, leave_out: set[str]) -> Any:
    if not is_map(item):
        return item
    is_told = {method for method in METHODS if is_map(item.get(method))}
    is_told |= {name for name in leave_out if is_list(item.get(name))}
    return {key: value for key, value in item.items() if key not in is_told}


def _components(place: Place, before: Any, after: Any) -> Iterator[Change]:
    if not all(each is ABSENT or is_map(each) for each in (before, after)):
        yield from () if same(before, after) else not_understood(place, before, after)
        return
    reached = reach(place.old), reach(place.new)
    for section in {**mapped(before), **mapped(after)}:
        old, new = mapped(before).get(section, ABSENT), mapped(after).get(section, ABSENT)
        if not same(old, new):
            yield from insisted(partial(_section, section, reached), place.at(section), old, new)


def _section(section: str, reached: tuple[Reach, Reach], place: Place, before: Any, after: Any) -> Iterator[Change]:
    if not all(each is ABSENT or is_map(each) for each in (before, after)):
        yield from not_understood(place, before, after)
        return
    known = SECTIONS.get(section, _Section(not_understood))
    for name in {**mapped(before), **mapped(after)}:
        reference = f"#/components/{section}/{name}"
        directions = reached[0].of(reference) or reached[1].of(reference) or known.directions
        is_schema = section == "schemas"
        element = Element("schema", name) if is_schema else Element("shared", f"{section}/{name}")
        here = evolve(place, element=element, directions=directions).at(name)
        old, new = mapped(before).get(name, ABSENT), mapped(after).get(name, ABSENT)
        if not same(old, new):
            yield from insisted(known.rule if known.rule is _text else partial(_component, known.rule), here, old, new)


def _component(rule: Rule, place: Place, before: Any, after: Any) -> Iterator[Change]:
    if before is ABSENT:
        yield place.told(Kind.ADDED, "is new", before, after)
    elif after is ABSENT:
        yield place.told(Kind.REMOVED, "is gone", before, after)
    else:
        yield from rule(place, before, after)


def _text(place: Place, before: Any, after: Any) -> Iterator[Change]:
    yield place.told(Kind.TEXT, "has another text", before, after)


def _by_keys(rules: Mapping[str, Rule], place: Place, before: Any, after: Any) -> Iterator[Change]:
    yield from differing(place, before, after, rules)


def _scheme(place: Place, before: Any, after: Any) -> Iterator[Change]:
    key = place.pointer.rpartition("/")[2]
    yield place.told(Kind.RETYPED, f"has another {key}: {shown(before)} → {shown(after)}", before, after)


def _decimals(place: Place, before: Any, after: Any) -> Iterator[Change]:
    says = f"is now {shown(after)}, which is how decimals are sent"
    yield place.told(Kind.RETYPED, says, before, after)


RULES: Mapping[str, Rule] = {"info": _text, "tags": _text, "x-decimals": _decimals, "security": security}
SCHEME: Mapping[str, Rule] = dict.fromkeys(("type", "in", "name", "scheme"), _scheme)
SECTIONS: Mapping[str, _Section] = {
    "schemas": _Section(schemas),
    "parameters": _Section(partial(_by_keys, PARAMETER), REQUEST),
    "headers": _Section(partial(_by_keys, PARAMETER), RESPONSES),
    "requestBodies": _Section(partial(_by_keys, BODY), REQUEST),
    "responses": _Section(partial(_by_keys, RESPONSE), RESPONSES),
    "securitySchemes": _Section(partial(_by_keys, SCHEME), REQUEST),
    "examples": _Section(_text),
    "links": _Section(_text),
}
