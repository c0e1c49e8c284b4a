"""The reference pages have everything that the specs say, lead where they point, and read the same everywhere."""

import copy
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from ventanilla import AsyncFacti, Facti, FacturaOnline, Syncfy, docs, errors
from ventanilla.codes import TABLES
from ventanilla.docs import _faces, _page
from ventanilla.docs._page import Extras
from ventanilla.mock import scenarios

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = ROOT / "generated" / "ventanilla_clients"
PAGES = {name: (CLIENTS / name / "README.md").read_text(encoding="utf-8") for name in docs.PROVIDERS}
SPECS: dict[str, Any] = {
    name: json.loads((CLIENTS / name / "openapi.json").read_text(encoding="utf-8")) for name in docs.PROVIDERS
}
FACES: dict[str, type] = {"syncfy": Syncfy, "facti": Facti, "facturaonline": FacturaOnline}
NOTHING = Extras(face="", faces={}, scenarios=(), codes=(), errors=())
# Beyond this GitHub cuts a README off.
LARGEST = 500 * 1024
NAMED = {"properties", "headers", "examples", "schemas"}
TOLD = ("description", "x-note", "summary", "pattern")
METHODS = ("get", "post", "put", "delete")
DATA = {"example", "value", "default", "enum", "const", "x-known-values"}
FENCE = re.compile(r"^(`{3,})[a-z]*\n.*?^\1$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


def without_code(page: str) -> str:
    return INLINE.sub("", FENCE.sub("", page))


def squeezed(text: str) -> str:
    """A text as it is compared: spaces and line ends alike, and without what Markdown has to escape."""
    return " ".join(text.replace("\\|", "|").replace("&lt;", "<").replace("&amp;", "&").split())


def nodes(node: Any, key: str = "", *, named: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a spec that describes something, with the name that it has there."""
    if isinstance(node, list):
        for each in cast("list[object]", node):
            yield from nodes(each, key)
    elif isinstance(node, dict):
        found = cast("dict[str, Any]", node)
        if not named:
            yield key, found
        for name, each in found.items():
            if named or name not in DATA:
                yield from nodes(each, name, named=not named and name in NAMED)


def missing(spec: dict[str, Any], page: str) -> list[str]:
    """What a spec says and a page does not."""
    shown = squeezed(page)
    wanted: list[str] = []
    for branch in ("paths", "webhooks"):
        for path, item in spec.get(branch, {}).items():
            for method in {*METHODS} & {*item}:
                line = f"{method.upper()} {path}" if branch == "paths" else "POST (your URL)"
                wanted += [f"`{line}`: {item[method]['summary']}", f"#### {item[method]['operationId']}"]
    for name, node in nodes(spec):
        wanted += [node[key] for key in TOLD if isinstance(node.get(key), str)]
        source = str(node.get("x-source", ""))
        if source and not source.startswith("documented"):
            wanted.append(source.partition(":")[2].strip())
        known = node.get("x-known-values", ())
        wanted += [f"`{each}`" for each in known] + [f"`{each}`" for each in node.get("enum", ())]
        wanted += [f"| `{field}` |" for field in node["properties"]] if isinstance(node.get("properties"), dict) else []
        wanted += [f"| `{node['name']}` | {node['in']} |"] if {"name", "in", "schema"} <= set(node) else []
        if "value" in node:
            wanted.append(f"<code>{name}</code>")
    wanted += [f"### {name} " for name in spec["components"]["schemas"]]
    lacking = [each for each in wanted if squeezed(each) not in shown and squeezed(each) not in f"{shown} "]
    return lacking + [name for name, value in examples(spec) if not is_shown(value, page)]


def examples(spec: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, node in nodes(spec):
        if "value" in node and "properties" not in node:
            yield name, node["value"]


def is_shown(value: Any, page: str) -> bool:
    if isinstance(value, str) and (f"\n{value.rstrip(chr(10))}\n```" in page or f"</code>: `{value}`" in page):
        return True
    return f"json\n{json.dumps(value, ensure_ascii=False, indent=2)}\n```" in page


@pytest.mark.parametrize("provider", docs.PROVIDERS)
def test_committed_page_is_what_is_installed(provider: str) -> None:
    assert docs.page(provider) == PAGES[provider]
    assert len(PAGES[provider].encode()) < LARGEST


@pytest.mark.parametrize("provider", docs.PROVIDERS)
def test_page_has_everything_of_the_spec(provider: str) -> None:
    assert missing(SPECS[provider], PAGES[provider]) == []
    counted = len(list(examples(SPECS[provider])))
    assert counted > 10, counted


def test_what_is_new_in_a_spec_is_missed_on_the_old_page_and_stands_on_the_new_one() -> None:
    spec = copy.deepcopy(SPECS["facti"])
    operation = spec["paths"]["/v1/payments/delete"]["post"]
    spec["components"]["schemas"]["Payment"]["properties"]["colour"] = {
        "type": "string",
        "description": "Colour | of <the> receipt.",
        "pattern": "^(red|blue)$",
        "x-note": "Nobody knows why.",
        "x-source": "invented: a test",
        "x-known-values": {"red": "hot"},
    }
    content = operation["responses"]["200"]["content"]["application/json"]
    content["examples"]["odd"] = {"value": {"text": "```\n| a <b> |"}}
    operation["x-note"] = "Deleting is *sudden*."
    found = set(missing(spec, PAGES["facti"]))
    assert {
        "| `colour` |",
        "Colour | of <the> receipt.",
        "^(red|blue)$",
        "Nobody knows why.",
        "a test",
        "`red`",
    } <= found
    assert {"<code>odd</code>", "odd", "Deleting is *sudden*."} <= found
    page = _page.page(spec, NOTHING)
    assert missing(spec, page) == []
    assert badly_written(page) == []
    assert "Colour \\| of &lt;the> receipt." in page


def lost_links(page: str) -> list[str]:
    anchors = re.findall(r'<a id="([^"]+)"></a>', page)
    targets = re.findall(r"\]\(#([^)]+)\)", FENCE.sub("", page))
    twice = [id for id, count in Counter(anchors).items() if count > 1]
    return [f"no {id}" for id in targets if id not in anchors] + [f"two of {id}" for id in twice]


@pytest.mark.parametrize("provider", docs.PROVIDERS)
def test_every_link_has_its_target_and_every_anchor_is_one(provider: str) -> None:
    page = PAGES[provider]
    assert lost_links(page) == []
    assert len(re.findall(r"\]\(#", page)) > 50
    assert "no schema-failure" in lost_links(page.replace('<a id="schema-failure"></a>', "")) or provider == "mock"
    assert lost_links(f'{page}<a id="servers"></a>') == ["two of servers"]


def badly_written(page: str) -> list[str]:
    """What GitHub would not show as it is meant."""
    problems: list[str] = []
    plain = without_code(page)
    tags = {*re.findall(r"</?([a-zA-Z][^\s>]*)", plain)}
    problems += [f"the tag {tag}" for tag in sorted(tags - {"a", "details", "summary", "code", "br"})]
    for name in ("details", "summary", "code"):
        if plain.count(f"<{name}>") != plain.count(f"</{name}>"):
            problems.append(f"a {name} that is not closed")
    if len(re.findall(r"^`{3,}", FENCE.sub("", page), re.MULTILINE)):
        problems.append("a block of code that is not closed")
    width = 0
    for line in FENCE.sub("", page).split("\n"):
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        if cells and width and cells != width:
            problems.append(f"a row of {cells - 1} cells under {width - 1}: {line}")
        width = cells
    if found := re.search(r"[\x00-\x08\x0b-\x1f\x7f]", page):
        problems.append(f"the character {found[0]!r}")
    if "\n\n\n" in FENCE.sub("code", page) or not page.endswith("\n"):
        problems.append("empty lines")
    return problems


@pytest.mark.parametrize("provider", docs.PROVIDERS)
def test_pages_are_markdown_that_github_shows_as_it_is_meant(provider: str) -> None:
    assert badly_written(PAGES[provider]) == []


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("<key> is a key\n", "the tag key"),
        ("<details>\n", "a details that is not closed"),
        ("```json\n{}\n", "a block of code that is not closed"),
        ("| a | b |\n| --- | --- |\n| 1 | 2 | 3 |\n", "a row of 3 cells under 2"),
        ("a\x00b\n", "the character"),
    ],
)
def test_the_judge_of_markdown_sees_what_is_wrong(more: str, problem: str) -> None:
    assert any(each.startswith(problem) for each in badly_written(PAGES["facti"] + more))


@pytest.mark.parametrize("provider", FACES)
def test_methods_of_the_face_are_told_of_each_operation(provider: str) -> None:
    told = _faces.methods(provider)
    items = SPECS[provider]["paths"].values()
    ids = [item[method]["operationId"] for item in items for method in METHODS if method in item]
    assert sorted(told) == sorted(ids), "an operation that no method uses, or one that the spec does not have"
    assert [name for names in told.values() for name in names if not hasattr(FACES[provider], name)] == []


def test_methods_are_those_that_do_it_themselves() -> None:
    facti = _faces.methods("facti")
    assert facti["mark_payment_paid"] == ("mark_paid",)
    assert facti["get_payment"] == ("payment",), "mark_paid reads a payment through payment(), which is told there"
    assert "request_payment" in facti["create_request"]
    assert "`facti.mark_paid()`" in PAGES["facti"]
    assert hasattr(AsyncFacti, "mark_paid")


def test_scenarios_codes_and_errors_stand_on_their_providers_page() -> None:
    for row in scenarios.table():
        assert f"| {row.name} |" in PAGES[row.provider]
    for table in TABLES:
        for code, both in table.texts.items():
            assert f"| `{code}` | {both[0]} | {both[1]} |" in PAGES[table.provider]
    assert "| `WrongTwofa` |" in PAGES["syncfy"]
    assert "`WrongTwofa`" not in PAGES["facti"] + PAGES["facturaonline"]
    assert "| `AlreadyPaid` |" in PAGES["facti"]
    for provider in FACES:
        assert "| `OutcomeUnknown` |" in PAGES[provider]
    assert "| `StateFileError` |" in PAGES["mock"]


def test_pages_are_the_same_whatever_the_hash_seed() -> None:
    code = (
        "import hashlib, ventanilla.docs as docs\n"
        "print([hashlib.sha256(docs.page(p).encode()).hexdigest() for p in docs.PROVIDERS])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1


def test_pages_go_into_a_folder_with_one_that_leads_to_them(tmp_path: Path) -> None:
    written = docs.write(tmp_path / "new" / "docs", ("facti", "mock"))
    assert [path.name for path in written] == ["facti.md", "mock.md", "README.md"]
    index = written[-1].read_text(encoding="utf-8")
    assert re.findall(r"\]\(([^)]+)\)", index) == ["facti.md", "mock.md"]
    assert written[0].read_text(encoding="utf-8") == PAGES["facti"]
    with pytest.raises(errors.InvalidRequest, match="known: syncfy, facti"):
        docs.write(tmp_path / "none", ("paypal",))
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("provider", docs.PROVIDERS)
def test_each_field_stands_in_the_section_of_its_schema(provider: str) -> None:
    rows = 0
    for name, schema in SPECS[provider]["components"]["schemas"].items():
        section = PAGES[provider].split(f'<a id="schema-{name.lower()}"></a>\n')[1].split("\n<a id=")[0]
        for part in (schema, *schema.get("allOf", ())):
            for field, value in part.get("properties", {}).items():
                (row,) = re.findall(rf"^\| `{field}` \|.*$", section, re.MULTILINE)
                is_required = field in part.get("required", ())
                assert row.split(" | ")[2].strip() == ("yes" if is_required else ""), row
                assert squeezed(value.get("description", "")) in squeezed(row)
                rows += 1
    assert rows > 50
