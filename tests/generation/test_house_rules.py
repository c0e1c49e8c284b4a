"""Each house rule finds the defect that it is there for, and nothing in the specs as they are."""

import copy
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from house_rules import RULES, broken_rules, left_behind

SPECS = Path(__file__).resolve().parents[2] / "specs"
ALL = ("syncfy", "facti", "facturaonline", "mock")
Spec = dict[str, Any]


@functools.cache
def read(provider: str) -> Any:
    return YAML(typ="rt").load((SPECS / f"{provider}.yaml").read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType] - ruamel.yaml leaves the stream untyped


def loaded(provider: str) -> Any:
    return copy.deepcopy(read(provider))


@pytest.mark.parametrize("provider", ALL)
def test_specs_keep_every_rule(provider: str) -> None:
    assert broken_rules(loaded(provider)) == []
    assert left_behind(loaded(provider)) == []


def users(spec: Spec) -> dict[str, Any]:
    operations: dict[str, Any] = spec["paths"]["/users"]
    return operations


def user(spec: Spec) -> dict[str, Any]:
    properties: dict[str, Any] = spec["components"]["schemas"]["User"]["properties"]
    return properties


def another_file(spec: Spec) -> None:
    user(spec)["name"] = {"$ref": "other.yaml#/Name"}


def no_operation_id(spec: Spec) -> None:
    del users(spec)["get"]["operationId"]


def repeated_operation_id(spec: Spec) -> None:
    users(spec)["get"]["operationId"] = "create_user"


def two_tags(spec: Spec) -> None:
    users(spec)["get"]["tags"] = ["users", "more"]


def accented_tag(spec: Spec) -> None:
    users(spec)["get"]["tags"] = ["catálogo"]


def no_security(spec: Spec) -> None:
    del users(spec)["get"]["security"]


def no_source(spec: Spec) -> None:
    del users(spec)["get"]["x-source"]


def unsure_source(spec: Spec) -> None:
    users(spec)["get"]["x-source"] = "somebody said so"


def reading_get(spec: Spec) -> None:
    users(spec)["get"]["x-effect"] = "read: it is a GET"


def read_without_reason(spec: Spec) -> None:
    users(spec)["post"]["x-effect"] = "read"


def two_successes(spec: Spec) -> None:
    users(spec)["get"]["responses"]["201"] = users(spec)["get"]["responses"]["200"]


def no_example(spec: Spec) -> None:
    del users(spec)["get"]["responses"]["200"]["content"]["application/json"]["examples"]


def failure_first(spec: Spec) -> None:
    users(spec)["get"]["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"].reverse()


def two_objects(spec: Spec) -> None:
    user(spec)["name"] = {"anyOf": [{"$ref": "#/components/schemas/Site"}, {"$ref": "#/components/schemas/Account"}]}


def array_without_items(spec: Spec) -> None:
    user(spec)["name"] = {"type": ["array", "null"]}


def nullable(spec: Spec) -> None:
    user(spec)["name"] = {"type": "string", "nullable": True}


def stray_key(spec: Spec) -> None:
    user(spec)["name"]["cut in two"] = None


def no_identifier(spec: Spec) -> None:
    user(spec)["first-name"] = {"type": "string"}


def keyword(spec: Spec) -> None:
    user(spec)["class"] = {"type": "string"}


def binary_float(spec: Spec) -> None:
    user(spec)["name"] = {"type": "number"}


def closed_response(spec: Spec) -> None:
    user(spec)["name"] = {"type": "string", "enum": ["a", "b"]}


def strict_response(spec: Spec) -> None:
    spec["components"]["schemas"]["User"]["additionalProperties"] = False


def odd_date(spec: Spec) -> None:
    user(spec)["name"] = {"type": "string", "format": "date-time"}


def free_path(spec: Spec) -> None:
    for parameter in spec["components"]["parameters"].values():
        parameter["schema"] = {"type": "string"}


def anonymous_object(spec: Spec) -> None:
    user(spec)["name"] = {"type": "object", "properties": {"first": {"type": "string"}}}


def two_bodies(spec: Spec) -> None:
    content = users(spec)["post"]["requestBody"]["content"]
    content["application/x-www-form-urlencoded"] = content["application/json"]


DEFECTS: list[tuple[Callable[[Spec], None], str]] = [
    (another_file, "self-contained"),
    (no_operation_id, "operation-id"),
    (repeated_operation_id, "operation-id"),
    (two_tags, "one-ascii-tag"),
    (accented_tag, "one-ascii-tag"),
    (no_security, "security"),
    (no_source, "x-source"),
    (unsure_source, "x-source"),
    (reading_get, "x-effect"),
    (read_without_reason, "x-effect"),
    (two_successes, "one-success"),
    (no_example, "examples"),
    (failure_first, "failure-last"),
    (two_objects, "one-object-per-union"),
    (array_without_items, "array-items"),
    (nullable, "nulls"),
    (stray_key, "stray-key"),
    (no_identifier, "identifiers"),
    (keyword, "identifiers"),
    (binary_float, "decimal"),
    (closed_response, "open-responses"),
    (strict_response, "open-responses"),
    (odd_date, "open-responses"),
    (free_path, "path-pattern"),
    (anonymous_object, "named-objects"),
    (two_bodies, "one-body"),
]


@pytest.mark.parametrize(("defect", "rule"), DEFECTS, ids=[defect.__name__ for defect, _ in DEFECTS])
def test_defect_is_found_with_its_rule_and_line(defect: Callable[[Spec], None], rule: str) -> None:
    spec = loaded("syncfy")
    defect(spec)
    # The other rules could not follow a reference to another file.
    found = list(RULES[0](spec)) if defect is another_file else broken_rules(spec)
    assert rule in {problem.split(":")[0] for _, problem in found}
    assert all(line >= 1 for line, _ in found)


def test_what_an_edit_leaves_behind_is_told_and_does_not_stop_the_work() -> None:
    spec = loaded("syncfy")
    del spec["paths"]["/attachments/{id_attachment}/extra"]
    assert broken_rules(spec) == []
    told = {problem.split(":")[0] for _, problem in left_behind(spec)}
    assert told == {"used-schemas", "links"}
