"""Knows what differs between two versions of an operation: its name, place, effect and what it asks for."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from attrs import evolve

from opc import effect
from specdiff._bodies import deprecated, parameters, request_body, responses
from specdiff._judging import BECOMES_READ, BECOMES_WRITE
from specdiff._place import (
    ABSENT,
    Place,
    Rule,
    canonical,
    differing,
    except_for,
    insisted,
    is_list,
    is_map,
    not_understood,
    same,
    written_otherwise,
)
from specdiff._reach import Operation
from specdiff._renames import core, matched, names_alike
from specdiff._values import Change, Direction, Element, Kind, Mapped

TOLD_APART = frozenset({"operationId", "x-effect", "parameters"})


def operations(place: Place, before: list[Operation], after: list[Operation]) -> Iterator[Change]:
    """Yield what differs between two lists of operations."""
    pairs = paired(before, after)
    for old in before:
        here = _of(place, old)
        new = pairs.get(old.where)
        if new is None:
            yield here.told(Kind.REMOVED, "is gone", _signature(old))
        else:
            yield from _operation(here, old, new)
    known = {new.where for new in pairs.values()}
    for new in after:
        if new.where not in known:
            yield _of(place, new).told(Kind.ADDED, "is new", ABSENT, _signature(new))


def paired(before: list[Operation], after: list[Operation]) -> dict[tuple[str, str], Operation]:
    """Return for each old operation's place the new one: at the same place, of the same id, or of the same content."""
    here = {new.where: new for new in after}
    found = {old.where: here[old.where] for old in before if old.where in here}
    taken = {new.where for new in found.values()}
    named = {new.id: new for new in after if new.where not in taken}
    found |= {old.where: named[old.id] for old in before if old.where not in found and old.id in named}
    taken = {new.where for new in found.values()}
    gone = {old.id: old for old in before if old.where not in found}
    come = {new.id: new for new in after if new.where not in taken}

    def likeness(old: str, new: str) -> float:
        return names_alike(old, new) + 1 if canonical(_content(gone[old])) == canonical(_content(come[new])) else 0

    return found | {gone[old].where: come[new] for old, new in matched([*gone], [*come], likeness).items()}


def _content(operation: Operation) -> Any:
    raw = {key: value for key, value in operation.raw.items() if key not in ("operationId", "tags")}
    return core([raw, operation.shared])


def _signature(operation: Operation) -> str:
    path, method = operation.where
    return f"{method.upper()} {path}"


def _of(place: Place, operation: Operation) -> Place:
    section = "webhooks" if operation.is_webhook else "paths"
    element = Element("operation", operation.id)
    return evolve(place, element=element, directions=(operation.writes,)).at(section, *operation.where)


def _operation(place: Place, old: Operation, new: Operation) -> Iterator[Change]:
    if old.id != new.id or not same(old.raw.get("operationId"), new.raw.get("operationId")):
        yield place.at("operationId").told(Kind.RENAMED, f"is now `{new.id}`", old.id, new.id)
    if old.where != new.where:
        before, after = _signature(old), _signature(new)
        yield place.told(Kind.MOVED, f"moves from {before} to {after}", before, after)
    yield from _effect(place.at("x-effect"), old, new)
    if not same(old.parameters, new.parameters):
        yield from insisted(_parameters, place.at("parameters"), old.parameters, new.parameters)
    raw, changed = except_for(old.raw, TOLD_APART), except_for(new.raw, TOLD_APART)
    yield from differing(place, raw, changed, {**RULES, "responses": partial(_answers, old.reads)})
    # Else it is part of its parameters.
    written = [each.raw.get("parameters", ABSENT) for each in (old, new)]
    if not all(is_list(each) or each is ABSENT for each in written) and not same(*written):
        yield from not_understood(place.at("parameters"), *written)


def _answers(direction: Direction, place: Place, before: Any, after: Any) -> Iterator[Change]:
    yield from responses(evolve(place, directions=(direction,)), before, after)


def _parameters(place: Place, before: Any, after: Any) -> Iterator[Change]:
    told = [*parameters(place, before, after)]
    is_order = sorted(map(canonical, before)) == sorted(map(canonical, after))
    yield from told or (written_otherwise(place, before, after) if is_order else ())


def _effect(place: Place, old: Operation, new: Operation) -> Iterator[Change]:
    stated = [each.raw.get("x-effect", ABSENT) for each in (old, new)]
    if not all(each is ABSENT or isinstance(each, str) for each in stated):
        yield from () if same(*stated) else not_understood(place, *stated)
        return
    before, after = effect(old.where[1], old.raw), effect(new.where[1], new.raw)
    if before == after:
        yield from () if same(*stated) else written_otherwise(place, *stated)
    elif after == "read":
        says = "is taken for a read and sent again after a lost answer"
        yield place.told(Kind.RETYPED, says, before, after, verdict=BECOMES_READ)
    else:
        says = "is taken for a write and is not sent again after a lost answer"
        yield place.told(Kind.RETYPED, says, before, after, verdict=BECOMES_WRITE)


def _tags(place: Place, before: Any, after: Any) -> Iterator[Change]:
    if is_list(before) and is_list(after) and before and after and before[0] != after[0]:
        yield place.told(Kind.MOVED, f"moves from the package {before[0]} to {after[0]}", before[0], after[0])


def security(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield what a caller has to show more or less; each alternative of the list is enough."""
    before, after = (
        whole.get("security", []) if each is ABSENT else each
        for each, whole in ((before, place.old), (after, place.new))
    )
    if not all(is_list(each) and all(map(is_map, each)) for each in (before, after)):
        yield from not_understood(place, before, after)
        return
    old: list[Mapped] = before or [{}]
    new: list[Mapped] = after or [{}]
    says = f"asks for {_schemes(new)} in the place of {_schemes(old)}"
    if all(any(_suffices(alternative, each) for each in new) for alternative in old):
        if sorted(map(canonical, old)) == sorted(map(canonical, new)):
            yield from written_otherwise(place, before, after)
        else:
            yield place.told(Kind.WIDENED, says, before, after)
    else:
        yield place.told(Kind.NARROWED, says, before, after)


def _suffices(shown_: Mapped, asked: Mapped) -> bool:
    return all(scheme in shown_ and same(shown_[scheme], scopes) for scheme, scopes in asked.items())


def _schemes(alternatives: list[Mapped]) -> str:
    return " or ".join(" and ".join(each) or "nothing" for each in alternatives)


RULES: Mapping[str, Rule] = {
    "tags": _tags,
    "requestBody": request_body,
    "security": security,
    "deprecated": deprecated,
}
