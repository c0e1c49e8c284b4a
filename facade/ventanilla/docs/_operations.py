"""Writes what can be called: one section for each operation and webhook, with its examples."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from ventanilla._markdown import anchor, code, fenced, link, prose, table
from ventanilla.docs._schemas import about, fields, names, type_of
from ventanilla.docs._spec import Called, Row, effect, notes, resolved, source

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
Faces = Mapping[str, Sequence[str]]
_SHARED, _ANSWERS = "#/components/examples/", "#/components/responses/"


def operation_id(id: str) -> str:
    """Return the anchor of an operation or of a webhook."""
    return f"operation-{id}"


def section(called: Called, faces: Faces, face: str) -> list[str]:
    """Return the section of one operation."""
    raw = called.raw
    lines = [
        anchor(operation_id(called.id)),
        "",
        f"#### {called.id}",
        "",
        f"{called.line}: {prose(raw['summary'])}",
        "",
    ]
    if "description" in raw:
        lines += [*prose(raw["description"]).rstrip("\n").split("\n"), ""]
    lines += [f"- {fact}" for fact in _facts(called, faces, face)]
    parameters = table(("parameter", "in", "type", "required", "what it is"), map(_parameter, called.parameters))
    lines += ["", "**Parameters**", "", *parameters] if parameters else []
    if "requestBody" in raw:
        lines += ["", *_body(called.document, resolved(called.document, raw["requestBody"]))]
    for status, each in raw["responses"].items():
        shared = str(each.get("$ref", "")).removeprefix(_ANSWERS)
        if shared:
            said = prose(" ".join(resolved(called.document, each)["description"].split()))
            lines += ["", f"**Answer {status}**: {link(shared, answer_id(shared))}. {said}"]
        else:
            lines += ["", f"**Answer {status}**: {prose(' '.join(each['description'].split()))}", ""]
            lines += answer(called.document, each)
    return [*lines, ""]


def _facts(called: Called, faces: Faces, face: str) -> Iterator[str]:
    if not called.is_webhook:
        yield f"**Effect:** {prose(effect(called))}"
        yield f"**Authentication:** {_security(called.raw.get('security', called.document.get('security', ())))}"
    used = faces.get(called.id, ())
    if used:
        yield f"**In the facade:** {', '.join(code(f'{face}.{name}()') for name in used)}"
    if called.raw.get("x-unofficial"):
        yield f"**Unofficial:** {_unofficial(called.raw['x-unofficial'])}"
    yield from source(called.raw, always=True)
    yield from notes(called.raw)


def _unofficial(said: object) -> str:
    return "it is not in the provider's document" if said is True else prose(str(said))


def _security(alternatives: Sequence[Mapping[str, Any]]) -> str:
    shown = [" and ".join(map(code, each)) for each in alternatives]
    return " or ".join(each or "none" for each in shown) or "none"


def _parameter(parameter: Row) -> tuple[str, str, str, str, str]:
    schema = parameter["schema"]
    shown = [
        f"*Example* <code>{prose(name)}</code>: {code(str(each['value']))}"
        for name, each in parameter.get("examples", {}).items()
    ]
    said = "<br>".join([*about(_said(parameter)), *about(schema), *shown])
    required = "yes" if parameter.get("required") else ""
    return code(parameter["name"]), parameter["in"], type_of(schema), required, said


def _said(parameter: Row) -> Row:
    """Return what is said of a parameter or header itself; its schema says the rest."""
    told = ("description", "x-known-values", "x-source", "x-note", "x-secret")
    return {key: parameter[key] for key in told if key in parameter}


def _body(document: Row, body: Row) -> list[str]:
    lines: list[str] = []
    for media, content in body["content"].items():
        required = "" if body.get("required") else ", optional"
        lines += [f"**Body** {code(media)}{required}: {type_of(content['schema'])}", ""]
        lines += [text for each in [*source(content), *notes(content)] for text in (each, "")]
        if encoding := content.get("encoding"):
            lines += [f"Written with PHP brackets: {', '.join(map(code, encoding))}.", ""]
        lines += [*fields(resolved(document, content["schema"])), ""]
        lines += examples(document, media, content.get("examples", {}))
    return lines


def answer_id(name: str) -> str:
    """Return the anchor of an answer that several operations share."""
    return f"answer-{name.lower()}"


def answer(document: Row, said: Row) -> list[str]:
    """Return what an answer holds: its media types, fields, headers, links and examples."""
    lines = [f"- {fact}" for fact in [*source(said), *notes(said)]]
    for media, content in said.get("content", {}).items():
        schema = content.get("schema", {})
        lines += [f"- {code(media)}: {type_of(schema)}"]
        told = [*([] if "$ref" in schema else about(schema)), *source(content), *notes(content)]
        shown = names(document, schema)
        lines += [f"  - {text}" for text in ([f"Fields: {', '.join(shown)}"] if shown else []) + told]
    for name, header in said.get("headers", {}).items():
        header = resolved(document, header)
        lines += [f"- Header {code(name)}: {' '.join([*about(_said(header)), *about(header.get('schema', {}))])}"]
    lines += [f"- {_link(name, each)}" for name, each in said.get("links", {}).items()]
    lines += [""]
    for media, content in said.get("content", {}).items():
        lines += examples(document, media, content.get("examples", {}))
    return lines


def _link(name: str, each: Row) -> str:
    given = {**each.get("parameters", {}), **_pairs(each.get("requestBody", {}))}
    having = f" with {', '.join(f'{code(key)} = {code(str(value))}' for key, value in given.items())}" if given else ""
    said = f": {prose(' '.join(each['description'].split()))}" if "description" in each else ""
    told = " ".join(["", *source(each), *notes(each)])
    target = link(each["operationId"], operation_id(each["operationId"]))
    return f"Link {code(name)}: {target}{having}{said}{told}".rstrip()


def _pairs(body: object) -> Mapping[str, Any]:
    return cast("Row", body) if isinstance(body, dict) else {"body": body}


def examples(document: Row, media: str, found: Mapping[str, Row]) -> list[str]:
    """Return examples, each to be unfolded; those that several share are told once and linked."""
    lines: list[str] = []
    for name, each in found.items():
        if "$ref" in each:
            shared = str(each["$ref"]).removeprefix(_SHARED)
            lines += [f"Example {code(name)}: {link(shared, example_id(shared))}", ""]
        else:
            lines += example(name, each, media)
    return lines


def example(name: str, each: Row, media: str = "application/json") -> list[str]:
    """Return one example, folded."""
    summary = f": {prose(each['summary'])}" if "summary" in each else ""
    told = [text for part in [*source(each), *notes(each)] for text in (part, "")]
    if "description" in each:
        told = [prose(" ".join(each["description"].split())), "", *told]
    opening = f"<details><summary>Example <code>{prose(name)}</code>{summary}</summary>"
    return [opening, "", *told, *_block(each["value"], media), "", "</details>", ""]


def example_id(name: str) -> str:
    """Return the anchor of an example that several operations share."""
    return f"example-{name.lower()}"


def _block(value: object, media: str) -> list[str]:
    # What is no text is shown as JSON writes it.
    if isinstance(value, str) and "json" not in media and not _CONTROL.search(value):
        return fenced(value, "xml" if "xml" in media else "html" if "html" in media else "text")
    return fenced(json.dumps(value, ensure_ascii=False, indent=2), "json")
