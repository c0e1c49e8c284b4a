"""Two versions of a spec are compared without losing a difference, and each difference is judged by who uses it."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdiff import Change, Direction, Kind, Verdict, compare

Node = Any
SMALL: Node = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "x-decimals": "number",
    "servers": [{"url": "https://small.example"}],
    "security": [{"Key": []}],
    "tags": [{"name": "payments"}],
    "paths": {
        "/payments/{id}": {
            "summary": "One payment",
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^a$"}}],
            "get": {
                "operationId": "get_payment",
                "tags": ["payments"],
                "security": [{"Key": []}, {}],
                "responses": {
                    "200": {
                        "description": "It.",
                        "headers": {"X-Rate": {"schema": {"type": "integer"}}},
                        "content": {
                            "application/json": {
                                "schema": {"anyOf": [{"$ref": "#/components/schemas/Payment"}, {"type": "null"}]},
                                "examples": {"one": {"value": {"id": 1}}},
                            }
                        },
                        "links": {"again": {"operationId": "get_payment"}},
                    },
                    "404": {"$ref": "#/components/responses/Missing"},
                },
            },
        },
        "/payments": {
            "post": {
                "operationId": "create_payment",
                "tags": ["payments"],
                "x-effect": "read: it only asks",
                "parameters": [
                    {"$ref": "#/components/parameters/limit"},
                    {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["a", "b"]}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {"$ref": "#/components/schemas/NewPayment"},
                            "encoding": {"way": {"explode": True}},
                        }
                    },
                },
                "responses": {"200": {"$ref": "#/components/responses/Done"}},
            },
        },
    },
    "webhooks": {
        "paid": {
            "post": {
                "operationId": "paid",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Event"}}}},
                "responses": {"200": {"description": "Received."}},
            }
        }
    },
    "components": {
        "securitySchemes": {"Key": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        "parameters": {"limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}}},
        "responses": {
            "Missing": {"description": "Not there."},
            "Done": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Payment"}}}},
        },
        "examples": {"one": {"value": 1}},
        "schemas": {
            "Identified": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]},
            "Payment": {
                "allOf": [
                    {"$ref": "#/components/schemas/Identified"},
                    {
                        "type": "object",
                        "required": ["total", "status"],
                        "properties": {
                            "total": {"type": "number", "format": "decimal", "description": "Pesos."},
                            "status": {"type": "string", "x-known-values": ["paid", "open"], "maxLength": 9},
                            "dt_create": {"type": ["integer", "null"], "format": "unix-time"},
                            "ways": {"type": "array", "items": {"$ref": "#/components/schemas/Way"}, "minItems": 1},
                        },
                    },
                ]
            },
            "NewPayment": {
                "type": "object",
                "required": ["folio"],
                "properties": {
                    "folio": {"type": ["integer", "string"], "minimum": 1},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "way": {"$ref": "#/components/schemas/Way"},
                    "secret": {"type": "string", "x-secret": True, "default": "a"},
                },
                "additionalProperties": False,
            },
            "Way": {"type": "object", "properties": {"code": {"type": "string", "const": "stp"}}},
            "Event": {"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"minLength": 1}},
        },
    },
}


def changed(edit: Callable[[Node], object]) -> list[Change]:
    spec = copy.deepcopy(SMALL)
    edit(spec)
    return compare(SMALL, spec)


def nodes(node: Node, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if place:
        yield place
    keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield from nodes(node[key], (*place, key))


def at(spec: Node, place: tuple[Any, ...]) -> Node:
    for key in place:
        spec = spec[key]
    return spec


PLACES = [*nodes(SMALL)]
OTHERS = st.sampled_from(
    [None, True, False, 0, 1, 1.5, "", "string", "object", [], {}, ["a"], ["null"], [{}], {"type": "string"}, {"a": {}}]
    + [{"$ref": f"#/components/{name}"} for name in ("schemas/Way", "schemas/Payment", "parameters/limit", "nothing")]
)
MUTATIONS = ("replace", "remove", "rename", "add", "copy")


def mutate(spec: Node, place: tuple[Any, ...], how: str, value: Node, other: tuple[Any, ...]) -> None:
    parent, key, value = at(spec, place[:-1]), place[-1], copy.deepcopy(value)
    match how:
        case "replace":
            parent[key] = value
        case "remove":
            del parent[key]
        case "rename" if isinstance(parent, dict):
            parent[f"{key}_"] = parent.pop(key)
        case "copy":
            parent[key] = copy.deepcopy(at(SMALL, other))
        case _ if isinstance(parent, list):
            parent.append(value)
        case _:
            parent["another"] = value


def as_json(spec: Node) -> str:
    return json.dumps(spec, sort_keys=True)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(MUTATIONS), OTHERS, st.sampled_from(PLACES))
def test_no_single_mutation_is_lost(place: tuple[Any, ...], how: str, value: Node, other: tuple[Any, ...]) -> None:
    spec = copy.deepcopy(SMALL)
    mutate(spec, place, how, value, other)
    assert bool(compare(SMALL, spec)) == (as_json(spec) != as_json(SMALL))
    assert bool(compare(spec, SMALL)) == (as_json(spec) != as_json(SMALL))
    assert compare(spec, copy.deepcopy(spec)) == []
