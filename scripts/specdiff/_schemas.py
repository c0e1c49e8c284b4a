"""Knows what differs between two versions of a schema."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from specdiff._place import (
    ABSENT,
    Place,
    Rule,
    differing,
    except_for,
    insisted,
    is_list,
    is_map,
    listed,
    mapped,
    not_understood,
    same,
    shown,
    written_otherwise,
)
from specdiff._renames import matched, names_alike, neighbour, same_but_for_name
from specdiff._shapes import OF_FIELDS, UNIONS, in_one_form
from specdiff._types import (
    HIGHEST,
    LOWEST,
    RESTRICTIONS,
    closed,
    in_order,
    is_typed,
    kinds,
    known_values,
    limit,
    restriction,
    retyped,
)
from specdiff._values import Change, Element, Kind, Mapped

OF_TYPE = frozenset({"type", "$ref", *UNIONS})


def schemas(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield what differs between two schemas; a reference to the same name differs where that schema stands."""
    if before is ABSENT or after is ABSENT:  # a schema that says nothing allows everything
        yield from schemas(place, {} if before is ABSENT else before, {} if after is ABSENT else after)
        return
    if not (is_map(before) and is_map(after)):
        yield from not_understood(place, before, after)
        return
    old, new = in_one_form(place, before, after)
    types = [*_types(place, old, new)]
    yield from types
    has_typed_format = is_typed(old.get("format")) or is_typed(new.get("format"))
    done = OF_TYPE | OF_FIELDS | (frozenset({"format"}) if types and has_typed_format else frozenset[str]())
    yield from _fields(place, old, new)
    yield from differing(place, except_for(old, done), except_for(new, done), RULES)


def _types(place: Place, old: Mapped, new: Mapped) -> Iterator[Change]:
    before, after = kinds(place.old, old), kinds(place.new, new)
    if before != after:
        yield retyped(place, before, after)
    written = [{key: node[key] for key in OF_TYPE if key in node} for node in (old, new)]
    if same(*written):
        return
    told = [change for key in UNIONS for change in _alternatives(place, key, old, new)]
    yield from told
    if before == after and not told:
        is_order = all(set(each) <= {"type"} for each in written)
        yield from (written_otherwise if is_order else not_understood)(place.at("type"), *written)


def _alternatives(place: Place, key: str, old: Mapped, new: Mapped) -> Iterator[Change]:
    """Yield what differs between members of a union that are of one type; the types have been told of already."""
    before, after = listed(old.get(key)), listed(new.get(key))
    left = [*after]
    gone: list[Any] = []
    for index, member in enumerate(before):
        like = [each for each in left if kinds(place.new, each) == kinds(place.old, member)]
        found = next((each for each in like if same(each, member)), like[0] if like else ABSENT)
        if found is ABSENT:
            gone.append(member)
            continue
        left = [each for each in left if each is not found]
        if not same(member, found):
            words = f"its alternative {' or '.join(in_order(kinds(place.old, member)))}"
            yield from insisted(schemas, place.at(key, index).within(words), member, found)
    yield from (
        _choice(place, key, Kind.NARROWED, each) for each in gone if kinds(place.old, each) <= _all(place.new, after)
    )
    yield from (
        _choice(place, key, Kind.WIDENED, each) for each in left if kinds(place.new, each) <= _all(place.old, before)
    )


def _all(document: Mapped, members: list[Any]) -> frozenset[str]:
    return kinds(document, {"anyOf": members}) if members else frozenset()


def _choice(place: Place, key: str, kind: Kind, member: Any) -> Change:
    words = "no longer has" if kind is Kind.NARROWED else "has"
    old, new = (member, ABSENT) if kind is Kind.NARROWED else (ABSENT, member)
    return place.at(key).told(kind, f"{words} the alternative {shown(member)}", old, new)


def _fields(place: Place, old: Mapped, new: Mapped) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed: list[Any] = [node.get("required", []) for node in (old, new)]
    if not (is_map(before) and is_map(after)):
        yield from _unless_same(place.at("properties"), before, after)
        before, after = {}, {}
    if not all(is_list(each) and all(isinstance(name, str) for name in each) for each in needed):
        yield from _unless_same(place.at("required"), *needed)
        needed = [[], []]
    renamed = _renamed(before, after, *needed)
    for name, value in before.items():
        yield from _field(place, name, renamed.get(name, name), value, after)
    for name in [each for each in after if each not in before and each not in renamed.values()]:
        is_needed = name in needed[1] and not mapped(after[name]).get("x-credential")
        kind, says = (Kind.DEMANDED, "is new and required") if is_needed else (Kind.ADDED, "is new")
        yield _of(place, name).at("properties", name).told(kind, says, ABSENT, after[name])
    yield from _needed(place, before, after, renamed, needed)


def _unless_same(place: Place, before: Any, after: Any) -> Iterator[Change]:
    if not same(before, after):
        yield from not_understood(place, before, after)


def _of(place: Place, name: str) -> Place:
    """Return the place of a field: an element of its own if its schema has a name."""
    if place.element.sort == "schema" and not place.inside:
        return evolve(place, element=Element("field", place.element.owner, name))
    return place.within(f"its field {name}")


def _renamed(before: Mapped, after: Mapped, old_needed: list[str], new_needed: list[str]) -> dict[str, str]:
    gone, come = [n for n in before if n not in after], [n for n in after if n not in before]
    old, new = [*before], [*after]

    def likeness(name: str, other: str) -> float:
        if (name in old_needed) != (other in new_needed):
            return 0
        same_place = neighbour(old, name) == neighbour(new, other)
        return same_but_for_name(before[name], after[other], names_alike(name, other), same_place=same_place)

    return matched(gone, come, likeness)


def _field(place: Place, name: str, now: str, value: Any, after: Mapped) -> Iterator[Change]:
    here = _of(place, name).at("properties", name)
    if now not in after:
        yield here.told(Kind.REMOVED, "is gone", value)
        return
    if now != name:
        yield here.told(Kind.RENAMED, f"is now `{now}`", name, now)
    if not same(value, after[now]):
        yield from insisted(schemas, here, value, after[now])


def _needed(
    place: Place, before: Mapped, after: Mapped, renamed: Mapping[str, str], needed: list[list[str]]
) -> Iterator[Change]:
    """Yield the fields whose presence changed; those that came, went or have another name have been told of."""
    old = {renamed.get(name, name) for name in needed[0]}
    new = {*needed[1]}
    moved = {name for name in before if name not in after} | {name for name in after if name not in before}
    for name in sorted((old ^ new) - moved):
        kind, says = (Kind.REQUIRED, "is required") if name in new else (Kind.OPTIONAL, "may be absent")
        yield _of(place, name).at("required").told(kind, says, name in old, name in new)
    if old == new and not same(*needed) and not renamed:
        yield from written_otherwise(place.at("required"), *needed)


def _items(place: Place, before: Any, after: Any) -> Iterator[Change]:
    yield from schemas(place.within("each item"), before, after)


def _others(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield whether fields that the schema does not name are allowed, and of which type."""
    old, new = (True if each is ABSENT or each == {} else each for each in (before, after))
    if same(old, new):
        yield from written_otherwise(place, before, after)
    elif new is False:
        yield place.told(Kind.NARROWED, "allows no other fields", before, after)
    elif old is False:
        yield place.told(Kind.WIDENED, "allows other fields", before, after)
    else:
        inside = place.within("each other field")
        yield from schemas(inside, *({} if each is True else each for each in (old, new)))


def _credential(place: Place, before: Any, after: Any) -> Iterator[Change]:
    # The client fills credentials in, so that the field need not be given to the model.
    if after is True:
        yield place.told(Kind.OPTIONAL, "is filled in by the client", before, after)
    elif before is True:
        yield place.told(Kind.REQUIRED, "is not filled in by the client", before, after)


def _regrouped(place: Place, before: Any, after: Any) -> Iterator[Change]:
    if is_list(before) and is_list(after) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            if not same(old, new):
                yield from insisted(schemas, place.at(index), old, new)


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(HIGHEST | LOWEST, limit),
    **dict.fromkeys(RESTRICTIONS, restriction),
    "enum": closed,
    "const": closed,
    "x-known-values": known_values,
    "items": _items,
    "additionalProperties": _others,
    "contentSchema": schemas,
    "allOf": _regrouped,
    "x-credential": _credential,
}
