"""Knows what differs between two versions of what an operation takes and answers."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from specdiff._judging import FAILURE_STATUS, OTHER_SUCCESS
from specdiff._place import (
    ABSENT,
    Place,
    Rule,
    canonical,
    differing,
    except_for,
    insisted,
    is_map,
    not_understood,
    same,
    shown,
    written_otherwise,
)
from specdiff._renames import matched, names_alike, same_but_for_name
from specdiff._schemas import schemas
from specdiff._types import followed
from specdiff._values import Change, Element, Kind, Mapped


@frozen
class _Given:
    """A parameter as it is written at its operation, and what that leads to."""

    written: Any
    whole: Mapped

    @property
    def name(self) -> str:
        return str(self.whole.get("name"))


def parameters(place: Place, before: list[Any], after: list[Any]) -> Iterator[Change]:
    """Yield what differs between the parameters of an operation."""
    old, new = _by_name(place.old, before), _by_name(place.new, after)
    pairs = _paired(old, new)
    for key, given in old.items():
        here = _of(place, given.name)
        if key in pairs:
            yield from _parameter(here, given, new[pairs[key]])
        else:
            yield here.told(Kind.REMOVED, "is gone", given.whole)
    for key in [each for each in new if each not in pairs.values()]:
        is_needed = new[key].whole.get("required") is True
        kind, says = (Kind.DEMANDED, "is new and required") if is_needed else (Kind.ADDED, "is new and optional")
        yield _of(place, new[key].name).told(kind, says, ABSENT, new[key].whole)


def _paired(old: Mapping[str, _Given], new: Mapping[str, _Given]) -> dict[str, str]:
    def likeness(key: str, other: str) -> float:
        given, now = old[key], new[other]
        if given.name == now.name:  # from the query to a header
            return 3
        content, changed = (except_for(each.whole, {"name"}) for each in (given, now))
        return same_but_for_name(content, changed, names_alike(given.name, now.name), same_place=False)

    same_names = {key: key for key in old if key in new}
    return same_names | matched([k for k in old if k not in new], [k for k in new if k not in old], likeness)


def _of(place: Place, name: str) -> Place:
    return evolve(place.at(name), element=Element("parameter", place.element.owner, name))


def _by_name(document: Mapped, declared: list[Any]) -> dict[str, _Given]:
    found: dict[str, _Given] = {}
    for written in declared:
        whole = followed(document, written)
        if is_map(whole):
            found[f"{whole.get('in')} {whole.get('name')}"] = _Given(written, whole)
        else:
            found[canonical(written)] = _Given(written, {"name": canonical(written)})
    return found


def _parameter(place: Place, old: _Given, new: _Given) -> Iterator[Change]:
    if same(old.written, new.written) and "$ref" in old.written:
        return  # what a shared parameter has become is told once, where it stands
    if same(old.whole, new.whole):
        if not same(old.written, new.written):
            yield from written_otherwise(place, old.written, new.written)
        return
    yield from differing(place, old.whole, new.whole, PARAMETER)


def request_body(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield what differs between two request bodies."""
    old, new = followed(place.old, before), followed(place.new, after)
    if before is ABSENT:
        is_needed = is_map(new) and new.get("required") is True
        says = "takes a body, which is required" if is_needed else "takes a body"
        yield place.told(Kind.DEMANDED if is_needed else Kind.ADDED, says, before, after)
    elif after is ABSENT:
        yield place.told(Kind.REMOVED, "takes no body", before, after)
    else:
        yield from _resolved(place, before, after, old, new, BODY)


def responses(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield what differs between the responses of an operation."""
    if not (is_map(before) and is_map(after)):
        yield from not_understood(place, before, after)
        return
    for status in {**before, **after}:
        old, new = before.get(status, ABSENT), after.get(status, ABSENT)
        if not same(old, new):
            yield from insisted(_response, place.at(status), old, new)


def _response(place: Place, before: Any, after: Any) -> Iterator[Change]:
    status = place.pointer.rpartition("/")[2]
    if before is ABSENT:
        judged = OTHER_SUCCESS if status.startswith("2") else FAILURE_STATUS
        yield place.told(Kind.ADDED, f"may answer with status {status}", before, after, verdict=judged)
    elif after is ABSENT:
        verdict = None if status.startswith("2") else FAILURE_STATUS
        yield place.told(Kind.REMOVED, f"no longer answers with status {status}", before, after, verdict=verdict)
    else:
        old, new = followed(place.old, before), followed(place.new, after)
        yield from _resolved(place.within(f"its answer {status}"), before, after, old, new, RESPONSE)


def _resolved(place: Place, before: Any, after: Any, old: Any, new: Any, rules: Mapping[str, Rule]) -> Iterator[Change]:
    """Compare what two references lead to; what one reference leads to is told of once, where it stands."""
    if same(old, new):
        yield from written_otherwise(place, before, after)
    else:
        yield from differing(place, old, new, rules)


def _content(place: Place, before: Any, after: Any) -> Iterator[Change]:
    if not all(each is ABSENT or is_map(each) for each in (before, after)):
        yield from not_understood(place, before, after)
        return
    old: Mapped = {} if before is ABSENT else before
    new: Mapped = {} if after is ABSENT else after
    gone, come = [kind for kind in old if kind not in new], [kind for kind in new if kind not in old]
    pairs = {kind: kind for kind in old if kind in new}
    if len(gone) == len(come) == 1:
        pairs[gone[0]] = come[0]
        says = f"has another content type: {gone[0]} → {come[0]}"
        yield place.told(Kind.RETYPED, says, gone[0], come[0])
    else:
        yield from (_media_type(place, Kind.REMOVED if not new else Kind.NARROWED, each) for each in gone)
        yield from (_media_type(place, Kind.ADDED if not old else Kind.WIDENED, each) for each in come)
    for kind, other in pairs.items():
        if not same(old[kind], new[other]):
            yield from insisted(_media, place.at(kind), old[kind], new[other])


def _media_type(place: Place, kind: Kind, name: str) -> Change:
    is_gone = kind in (Kind.REMOVED, Kind.NARROWED)
    words = f"no longer comes as {name}" if is_gone else f"may come as {name}"
    return place.at(name).told(kind, words, *((name, ABSENT) if is_gone else (ABSENT, name)))


def _media(place: Place, before: Any, after: Any) -> Iterator[Change]:
    yield from differing(place, before, after, {"schema": schemas})


def _headers(place: Place, before: Any, after: Any) -> Iterator[Change]:
    if not all(each is ABSENT or is_map(each) for each in (before, after)):
        yield from not_understood(place, before, after)
        return
    old: Mapped = {} if before is ABSENT else before
    new: Mapped = {} if after is ABSENT else after
    for name in {**old, **new}:
        here = place.at(name)
        if name not in new:
            yield here.told(Kind.REMOVED, f"no longer has the header {name}", old[name])
        elif name not in old:
            yield here.told(Kind.ADDED, f"has the header {name}", ABSENT, new[name])
        elif not same(old[name], new[name]):
            words = place.within(f"header {name}").at(name)
            whole = followed(place.old, old[name]), followed(place.new, new[name])
            yield from _resolved(words, old[name], new[name], *whole, PARAMETER)


def _needed(place: Place, before: Any, after: Any) -> Iterator[Change]:
    if before is True or after is True:
        kind, says = (Kind.REQUIRED, "is required") if after is True else (Kind.OPTIONAL, "may be left out")
        if (before is True) != (after is True) and all(e is ABSENT or isinstance(e, bool) for e in (before, after)):
            yield place.told(kind, says, before, after)
    elif {before is ABSENT, after is ABSENT} == {True, False} and False in (before, after):
        yield from written_otherwise(place, before, after)


def _body_needed(place: Place, before: Any, after: Any) -> Iterator[Change]:
    yield from _needed(place.within("its body"), before, after)


def _moved(place: Place, before: Any, after: Any) -> Iterator[Change]:
    yield place.told(Kind.MOVED, f"moves from {shown(before)} to {shown(after)}", before, after)


def _named(place: Place, before: Any, after: Any) -> Iterator[Change]:
    yield place.told(Kind.RENAMED, f"is now {shown(after)}", before, after)


def deprecated(place: Place, before: Any, after: Any) -> Iterator[Change]:
    """Yield that something is deprecated, or no longer."""
    if after is True or before is True:
        yield place.told(Kind.NOTED, "is deprecated" if after is True else "is no longer deprecated", before, after)


PARAMETER: Mapping[str, Rule] = {
    "required": _needed,
    "schema": schemas,
    "in": _moved,
    "name": _named,
    "deprecated": deprecated,
}
BODY: Mapping[str, Rule] = {"required": _body_needed, "content": _content}
RESPONSE: Mapping[str, Rule] = {"content": _content, "headers": _headers}
