"""Each house rule finds the defect that it is there for, and nothing in the specs as they are."""

import builtins
import copy
import functools
import importlib
import shutil
import sys
from collections.abc import Callable
from keyword import iskeyword, softkwlist
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import generate
from house_rules import RESERVED, RULES, broken_rules, left_behind

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


UNFIT = ["from", "None", "self", "_unknown", "__init__", "__dict__", "unknown_fields", "to_dict", "str", "list"]
UNFIT.extend(["Unset", "property", "field", "ﬁ", "µ", "a-b", "1e3", "", "Site"])


def named(name: str) -> Callable[[Spec], None]:
    def defect(spec: Spec) -> None:
        user(spec).update({name: {"type": "string"}, "other": {"$ref": "#/components/schemas/Site"}})

    return defect


def two_times(spec: Spec) -> None:
    user(spec).update({name: {"type": "integer", "format": "unix-time"} for name in ("dt_seen", "seen")})


def time_and_field(spec: Spec) -> None:
    user(spec).update({"dt_seen": {"type": "integer", "format": "unix-time"}, "seen_at": {"type": "string"}})


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
    *((named(name), "identifiers") for name in UNFIT),
    (two_times, "moments"),
    (time_and_field, "moments"),
    (binary_float, "decimal"),
    (closed_response, "open-responses"),
    (strict_response, "open-responses"),
    (odd_date, "open-responses"),
    (free_path, "path-pattern"),
    (anonymous_object, "named-objects"),
    (two_bodies, "one-body"),
]


@pytest.mark.parametrize(("defect", "rule"), DEFECTS, ids=range(len(DEFECTS)))
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


def fit(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_") and not iskeyword(name) and name not in UNFIT


WORDS = (*dir(builtins), *softkwlist, "copy", "json", "cls", "model_config", "value", "ñ")
OTHERS = ("true", "null", "datetime", "timezone", "Mapping", "define", "aB", "AB", "x_")
FIT = [*dict.fromkeys((*OTHERS, *filter(fit, WORDS)))]


def test_what_breaks_no_rule_is_an_attribute_of_working_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = [name for name in FIT if name not in RESERVED]
    assert {*FIT} - {*fields} <= {"bool", "bytes", "classmethod", "dict", "float", "int"}
    text = (SPECS / "facti.yaml").read_text(encoding="utf-8")
    whole: Any = {name: {"type": "string"} for name in fields}
    whole |= {"dt_seen": {"type": "integer", "format": "unix-time"}, "cost": {"type": "number", "format": "decimal"}}
    whole |= {"rows": {"type": "array", "items": {"type": ["integer", "null"]}}}
    whole |= {"hidden": {"type": "string", "x-secret": True}}
    schema = {"type": "object", "x-source": "invented: here", "properties": whole}
    spec, plain = generate.load(text, "rt"), generate.load(text, "safe")
    for each in (spec, plain):
        each["components"]["schemas"]["Whole"] = schema
    assert broken_rules(spec) == []
    folder = tmp_path / "odd_clients"
    folder.mkdir()
    for name in generate.RUNTIME:
        shutil.copyfile(generate.HERE / "runtime" / name, folder / name)
    assert generate.generated(plain, SPECS / "facti.yaml", folder / "facti") == []
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    model: Any = importlib.import_module("odd_clients.facti.models.whole").Whole
    value = dict.fromkeys(fields, "v") | {"dt_seen": 5, "rows": [1, None], "hidden": "s"}
    made = model.from_dict(value)
    assert made.to_dict() == value
    assert made.seen_at.year == 1970
    assert made.unknown_fields == {}
    assert all(getattr(made, name) == "v" for name in fields)
