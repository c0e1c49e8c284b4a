"""No difference between two versions of a spec is lost, whatever it is and wherever it stands."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate import load
from specdiff import Change, Verdict, compare
from specdiff._place import is_list, is_map

ROOT = Path(__file__).resolve().parents[2]
Node = Any
SMALL: Node = load((ROOT / "tests/data/small_spec.yaml").read_text(encoding="utf-8"), "safe")
Place = tuple[Any, ...]


def nodes(node: Node, place: Place = ()) -> Iterator[Place]:
    if place:
        yield place
    children = node.items() if is_map(node) else enumerate(node) if is_list(node) else ()
    for key, child in children:
        yield from nodes(child, (*place, key))


def at(spec: Node, place: Place) -> Node:
    for key in place:
        spec = spec[key]
    return spec


PLACES = [*nodes(SMALL)]
VALUES = """[null, true, false, 0, 1, 1.5, "", "string", "object", [], {}, ["a"], ["null"], [{}], {"type": "string"}]"""
NAMES = ("schemas/Way", "schemas/Payment", "parameters/limit", "nothing")
OTHERS: list[Node] = json.loads(VALUES) + [{"$ref": f"#/components/{name}"} for name in NAMES]
MUTATIONS = ("replace", "remove", "rename", "add", "copy")


def mutate(spec: Node, place: Place, how: str, value: Node, other: Place) -> None:
    parent: Node = at(spec, place[:-1])
    key = place[-1]
    is_mapping = is_map(parent)
    match how:
        case "replace":
            parent[key] = copy.deepcopy(value)
        case "remove":
            del parent[key]
        case "rename" if is_mapping:
            parent[f"{key}_"] = parent.pop(key)
        case "copy":
            parent[key] = copy.deepcopy(at(SMALL, other))
        case _ if is_mapping:
            parent["another"] = copy.deepcopy(value)
        case _:
            parent.append(copy.deepcopy(value))


def as_json(spec: Node) -> str:
    return json.dumps(spec, sort_keys=True)


def is_told_both_ways(spec: Node) -> bool:
    """Whether each difference is told in both directions, and none where there is none."""
    differs = as_json(spec) != as_json(SMALL)
    return bool(compare(SMALL, spec)) is bool(compare(spec, SMALL)) is differs


@settings(max_examples=400)
@given(st.sampled_from(PLACES), st.sampled_from(MUTATIONS), st.sampled_from(OTHERS), st.sampled_from(PLACES))
def test_no_mutation_is_lost(place: Place, how: str, value: Node, other: Place) -> None:
    spec = copy.deepcopy(SMALL)
    mutate(spec, place, how, value, other)
    assert is_told_both_ways(spec)
    assert compare(spec, copy.deepcopy(spec)) == []


@pytest.mark.parametrize("how", ["remove", "rename"])
def test_no_node_can_go_or_get_another_name_unseen(how: str) -> None:
    for place in PLACES:
        spec = copy.deepcopy(SMALL)
        mutate(spec, place, how, None, ())
        assert is_told_both_ways(spec), place


def nothing(*_: object) -> Iterator[Change]:
    return iter(())


def test_what_no_rule_knows_would_be_lost_without_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = copy.deepcopy(SMALL)
    spec["components"]["schemas"]["Way"]["x-new"] = 1
    assert [change.verdict for change in compare(SMALL, spec)] == [Verdict.UNCERTAIN]
    for module in ("_place", "_documents"):
        monkeypatch.setattr(f"specdiff.{module}.not_understood", nothing)
    assert compare(SMALL, spec) == []


def test_the_order_of_keys_is_no_difference() -> None:
    assert compare(SMALL, json.loads(as_json(SMALL))) == []
