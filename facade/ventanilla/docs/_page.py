"""Writes the page of one provider from its compiled spec and the tables of scenarios, codes and errors; no I/O."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from ventanilla._markdown import anchor, code, link, prose, table
from ventanilla.codes import Codes
from ventanilla.docs import _operations, _schemas
from ventanilla.docs._operations import Faces, operation_id
from ventanilla.docs._spec import Called, Row, notes, operations, source
from ventanilla.mock._provenance import LEVELS


@frozen(kw_only=True)
class Extras:
    """What a page tells beside the spec.

    Attributes:
        face: how examples call the provider's face, as `syncfy`.
        faces: the face's methods by the operation that they use.
        scenarios: the mock's scenarios, as lines of Markdown; empty where the mock plays none.
        codes: the provider's tables of codes.
        errors: name, English and Spanish of each error that its calls end with.
    """

    face: str
    faces: Faces
    scenarios: Sequence[str]
    codes: Sequence[Codes]
    errors: Sequence[tuple[str, str, str]]


def page(document: Row, extras: Extras) -> str:
    """Return the page of one provider."""
    sections = [
        ("servers", "Servers", _servers(document)),
        ("authentication", "Authentication", _authentication(document)),
        ("limits", "Limits", _limits(document)),
        ("operations", "Operations", _operations_of(document, extras)),
        ("webhooks", "Webhooks", _webhooks(document)),
        ("answers", "Shared answers", _answers(document)),
        ("schemas", "Schemas", _named(document)),
        ("examples", "Shared examples", _examples(document)),
        ("scenarios", "Scenarios of the mock", list(extras.scenarios)),
        ("codes", "Codes", [line for each in extras.codes for line in _codes(each)]),
        ("errors", "Errors", _errors(extras)),
        ("sources", "How sure this is", _levels()),
    ]
    told = [(id, title, lines) for id, title, lines in sections if lines]
    lines = [*_head(document), *(f"- {link(title, id)}" for id, title, _ in told), ""]
    for id, title, inside in told:
        lines += [anchor(id), "", f"## {title}", "", *inside, ""]
    return _tidy(lines)


def _tidy(lines: Sequence[str]) -> str:
    """Return lines as text with one empty line where there were several, but for those inside of code."""
    kept: list[str] = []
    fence = ""
    for line in (part for each in lines for part in each.split("\n")):
        if line.startswith("```") and (not fence or line == fence):
            fence = "" if fence else line.rstrip("abcdefghijklmnopqrstuvwxyz")
        if line or fence or (kept and kept[-1]):
            kept.append(line if fence else line.rstrip())
    return "\n".join(kept).strip("\n") + "\n"


def _head(document: Row) -> list[str]:
    info = document["info"]
    lines = [
        "<!-- Written by scripts/generate.py from the spec and the facade: do not edit. -->",
        "",
        f"# {prose(info['title'])}",
        "",
        f"{prose(info['summary'])} Version {info['version']} of the API.",
        "",
        *prose(info.get("description", "")).split("\n"),
        "",
    ]
    for told in (info, document):
        for each in notes(told):
            lines += [each, ""]
    if document.get("x-decimals") == "string":
        lines += ["Decimals are texts on the wire.", ""]
    return lines


def _servers(document: Row) -> list[str]:
    rows = [
        (each["url"], "<br>".join([prose(each.get("description", "")), *source(each), *notes(each)]))
        for each in document["servers"]
    ]
    return table(("base URL", "what it is"), rows)


def _authentication(document: Row) -> list[str]:
    schemes: Mapping[str, Row] = document["components"].get("securitySchemes", {})
    rows = [
        (
            code(name),
            f"{each['in']} {code(each['name'])}" if "in" in each else code(f"Authorization: {each['scheme']} …"),
            "<br>".join([prose(" ".join(each.get("description", "").split())), *source(each), *notes(each)]),
        )
        for name, each in schemes.items()
    ]
    return table(("scheme", "where", "what it is"), rows)


def _limits(document: Row) -> list[str]:
    found: Mapping[str, str] = document["info"].get("x-limits", {})
    rows = [(name, prose(text)) for name, text in found.items() if name != "x-source"]
    shown = table(("of", "limit"), rows)
    return [*shown, "", *source(found)] if shown else []


def _operations_of(document: Row, extras: Extras) -> list[str]:
    found = list(operations(document))
    rows = [(link(each.id, operation_id(each.id)), each.line, prose(each.raw["summary"])) for each in found]
    lines = [*table(("operation", "request", "what it does"), rows), ""]
    for tag in document["tags"]:
        lines += [f"### Operations: {tag['name']}", "", prose(tag.get("description", "")), ""]
        for each in found:
            if tag["name"] in each.raw["tags"]:
                lines += _operations.section(each, extras.faces, extras.face)
    return lines


def _webhooks(document: Row) -> list[str]:
    found: list[Called] = list(operations(document, "webhooks"))
    return [line for each in found for line in _operations.section(each, {}, "")]


def _answers(document: Row) -> list[str]:
    lines: list[str] = []
    for name, each in document["components"].get("responses", {}).items():
        lines += [anchor(_operations.answer_id(name)), "", f"### Answer: {name}", ""]
        lines += [prose(each["description"]), "", *_operations.answer(document, each)]
    return lines


def _named(document: Row) -> list[str]:
    return [line for name, each in document["components"]["schemas"].items() for line in _schemas.section(name, each)]


def _examples(document: Row) -> list[str]:
    lines: list[str] = []
    for name, each in document["components"].get("examples", {}).items():
        lines += [anchor(_operations.example_id(name)), "", *_operations.example(name, each)]
    return lines


def _codes(table_of: Codes) -> Iterator[str]:
    english, spanish = table_of.title
    name = english if english == spanish else f"{english} ({spanish})"
    yield from (f"### Codes: {table_of.name}", "", f"Source: {prose(table_of.source)}.", "")
    rows = [(code(value), prose(both[0]), prose(both[1])) for value, both in table_of.texts.items()]
    yield from (*table((name, "English", "español"), rows), "")


def _errors(extras: Extras) -> list[str]:
    if not extras.errors:
        return []
    said = 'What a call of the facade may raise, from `ventanilla.errors`; `error.explain("es")` says it with the ids.'
    rows = [(code(name), prose(english), prose(spanish)) for name, english, spanish in extras.errors]
    return [said, "", *table(("error", "English", "español"), rows)]


def _levels() -> list[str]:
    said = "What has no source here is documented by the provider. The others say who shows it, from the surest on:"
    return [said, "", *table(("source", "what it means"), LEVELS.items())]


def index(pages: Sequence[tuple[str, Row]]) -> str:
    """Return the page that leads to those of several providers: each file's name, and its spec."""
    rows = [
        (f"[{prose(document['info']['title'])}]({file})", prose(document["info"]["summary"]))
        for file, document in pages
    ]
    return "\n".join(["# References", "", *table(("page", "what it is"), rows)]) + "\n"
