"""Every payload of the provider documents validates against the spec, or is listed with the reason why not."""

import json
from pathlib import Path
from typing import Any, TypeGuard

import jsonschema_rs
import pytest

ROOT = Path(__file__).resolve().parents[2]
PROVIDERS = ("syncfy", "facti", "facturaonline")
SPECS = (*PROVIDERS, "mock")


def spec(provider: str) -> dict[str, Any]:
    text = (ROOT / "generated" / "ventanilla_clients" / provider / "openapi.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def index(provider: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((ROOT / "tests/data" / provider / "index.json").read_text(encoding="utf-8"))
    return rows


def problems(provider: str, pointer: str, instance: Any) -> list[str]:
    # Braces are not allowed in a URI fragment.
    pointer = pointer.replace("{", "%7B").replace("}", "%7D")
    validator = jsonschema_rs.Draft202012Validator({**spec(provider), "$ref": pointer})
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(instance)]


def payload(provider: str, row: dict[str, Any]) -> Any:
    path = ROOT / "tests/data" / provider / row["file"]
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else text


def rows(*, valid: bool) -> list[Any]:
    found = [(provider, row) for provider in PROVIDERS for row in index(provider) if ("invalid" not in row) == valid]
    return [pytest.param(provider, row, id=f"{provider}-{row['file']}") for provider, row in found]


@pytest.mark.parametrize(("provider", "row"), rows(valid=True))
def test_document_payload_validates(provider: str, row: dict[str, Any]) -> None:
    assert problems(provider, row["schema"], payload(provider, row)) == []


@pytest.mark.parametrize(("provider", "row"), rows(valid=False))
def test_payload_listed_as_invalid_has_a_reason_and_is_invalid(provider: str, row: dict[str, Any]) -> None:
    assert len(row["invalid"]) > 20
    assert problems(provider, row["schema"], payload(provider, row))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_data_file_is_listed(provider: str) -> None:
    files = {p.name for p in (ROOT / "tests/data" / provider).iterdir()} - {"index.json"}
    assert files == {row["file"] for row in index(provider)}


def _followed(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def is_mapping(node: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(node, dict)


def is_list(node: object) -> TypeGuard[list[Any]]:
    return isinstance(node, list)


def examples(provider: str) -> list[Any]:
    found: list[Any] = []
    document = spec(provider)

    def walk(node: Any, pointer: str) -> None:
        if is_mapping(node):
            if "examples" in node and "schema" in node:
                for name, example in node["examples"].items():
                    value = _followed(document, example)["value"]
                    found.append(pytest.param(provider, f"{pointer}/schema", value, id=f"{pointer}-{name}"))
            for key, value in node.items():
                walk(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
        elif is_list(node):
            for position, value in enumerate(node):
                walk(value, f"{pointer}/{position}")

    walk(document, "#")
    return found


@pytest.mark.parametrize(("provider", "pointer", "value"), [e for p in SPECS for e in examples(p)])
def test_example_of_the_spec_validates(provider: str, pointer: str, value: Any) -> None:
    assert problems(provider, pointer, value) == []


def test_a_wrong_payload_is_noticed() -> None:
    assert problems("syncfy", "#/components/schemas/User", {"id_user": 7})
