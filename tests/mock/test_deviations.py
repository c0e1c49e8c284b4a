"""Proves that the report of deviations tells everything that the specs and the mock's functions say, once."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from html.parser import HTMLParser
from typing import Any, cast

import pytest

from ventanilla.mock import _ours, deviations
from ventanilla.mock._ours import CHOICES, Choice, ours
from ventanilla.mock._provenance import LEVELS, level_of
from ventanilla.mock._spec import METHODS, Spec, load
from ventanilla.mock.provider import Provider, Reply
from ventanilla.mock.syncfy.users import list_users

PROVIDERS = ("syncfy", "facti", "facturaonline")


@pytest.fixture(scope="module")
def report() -> Any:
    return deviations.report()


def every(node: Any, word: str) -> Iterator[str]:
    """Yield every text that stands under a key in a document."""
    if isinstance(node, dict):
        for key, value in cast("dict[str, object]", node).items():
            if key == word and isinstance(value, str):
                yield value
            yield from every(value, word)
    elif isinstance(node, list):
        for value in cast("list[object]", node):
            yield from every(value, word)


def changed(name: str = "syncfy") -> tuple[dict[str, Any], Provider]:
    """Return a copy of a spec's document and a provider that has it; the document may still be changed."""
    document: dict[str, Any] = deepcopy(dict(load(name).document))
    refuse = Provider(
        name, Spec(name, document), lambda w, c: None, lambda w, s, m: Reply(), {"list_users": list_users}
    )
    return document, refuse


def row_of(report: Any, operation: str) -> Any:
    [row] = [row for row in [*report["operations"], *report["webhooks"]] if row["operation"] == operation]
    return row


def test_every_operation_is_there_once_with_a_level(report: Any) -> None:
    expected = [(name, id) for name in PROVIDERS for id in load(name).operations]
    found = [(row["provider"], row["operation"]) for row in report["operations"]]
    assert sorted(found) == sorted(expected)
    assert len(set(found)) == len(found)
    for row in report["operations"]:
        operation = load(row["provider"]).operations[row["operation"]]
        assert (row["method"], row["path"]) == (operation.method, operation.template)
        assert row["level"] in LEVELS
        assert row["source"]
        assert row["served"] is True


def test_the_summary_counts_the_operations(report: Any) -> None:
    for name in PROVIDERS:
        counts = report["summary"][name]
        assert sum(counts.values()) == len(load(name).operations)
        assert counts["unsourced"] == 0
        assert list(counts) == list(report["levels"])


def test_every_webhook_is_there_once(report: Any) -> None:
    expected = {
        raw["operationId"]
        for name in PROVIDERS
        for item in load(name).document.get("webhooks", {}).values()
        for method, raw in item.items()
        if method in METHODS
    }
    assert {row["operation"] for row in report["webhooks"]} == expected
    assert len(report["webhooks"]) == len(expected)


@pytest.mark.parametrize("name", PROVIDERS)
def test_nothing_that_a_spec_says_of_its_sources_is_lost(report: Any, name: str) -> None:
    rows = [row for key in ("operations", "webhooks", "general") for row in report[key] if row["provider"] == name]
    told = {f"{part['level']}: {part['text']}" for row in rows for part in row["parts"]}
    told |= {f"{row['level']}: {row['source']}" for row in rows if "level" in row}
    said = set(every(load(name).document, "x-source"))
    # A part that is documented is as sure as can be: below an operation it needs no mention.
    assert {text for text in said - told if not text.startswith("documented: ")} == set()
    notes = {note["text"] for row in rows for note in row["notes"]}
    assert {note.strip() for note in every(load(name).document, "x-note")} == notes


def test_a_part_names_its_place(report: Any) -> None:
    row = row_of(report, "list_users")
    assert {"where": "query id_user", "pointer": "#/components/parameters/id_user"}.items() <= row["parts"][0].items()
    row = row_of(report, "create_webhook")
    assert any(part["where"].startswith("body.") for part in row["parts"] + row["notes"])
    for row in report["operations"]:
        for part in row["parts"] + row["notes"]:
            assert part["pointer"].startswith("#/"), part
        assert all(part["level"] not in ("documented", "unsourced") for part in row["parts"])


def test_an_operation_without_a_source_is_reported_as_such() -> None:
    document, provider = changed()
    del document["paths"]["/users"]["get"]["x-source"]
    row = row_of(deviations.report([provider]), "list_users")
    assert (row["level"], row["source"]) == ("unsourced", "")
    assert deviations.report([provider])["summary"]["syncfy"]["unsourced"] == 1


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("client: sync.json", ("client", "sync.json")),
        ("third-party: a; inferred: b", ("third-party", "a; inferred: b")),
        ("hearsay: somebody", ("unsourced", "hearsay: somebody")),
        ("documented", ("unsourced", "documented")),
        (None, ("unsourced", "")),
    ],
)
def test_a_source_begins_with_how_sure_it_is(source: str | None, expected: tuple[str, str]) -> None:
    assert level_of(source) == expected


def test_an_operation_without_a_handler_is_told_as_not_served() -> None:
    _, provider = changed()
    report = deviations.report([provider])
    missing = {(row["method"], row["path"]) for row in report["not_served"]}
    assert ("POST", "/users") in missing
    assert ("GET", "/users") not in missing
    assert [row["operation"] for row in report["operations"] if row["served"]] == ["list_users"]


def test_what_documents_name_and_no_spec_has_is_told(report: Any) -> None:
    paths = {(row["provider"], row["path"]) for row in report["not_served"]}
    assert ("syncfy", "/webhooks/events/{uuid}/documents") in paths
    assert ("syncfy", "/credentials/{id_credential}/status") in paths
    for row in report["not_served"]:
        assert row["level"] in LEVELS
        assert row["path"] not in load(row["provider"]).document["paths"], "served after all"


def test_every_note_of_a_function_is_told_once_per_operation_or_in_general(report: Any) -> None:
    rows = [*report["operations"], *report["webhooks"], *report["general"]]
    told = [text for row in rows for text in row["ours"]]
    assert len(CHOICES) > 50
    assert {choice.what for choice in CHOICES.values()} == set(told)
    for row in rows:
        assert len(row["ours"]) == len(set(row["ours"]))
    assert any("order" in text for text in row_of(report, "list_users")["ours"])
    assert any(
        "one after the other" in text or "in their order" in text for text in row_of(report, "create_payroll")["ours"]
    )
    # One handler for two names: both have its notes.
    assert row_of(report, "sync_credential")["ours"] == row_of(report, "pull_credential")["ours"]


def tagged(monkeypatch: pytest.MonkeyPatch, **arguments: Any) -> None:
    """Note something for Syncfy, for the length of a test."""

    def function() -> None: ...

    function.__module__ = "ventanilla.mock.syncfy.somewhere"
    monkeypatch.setattr(_ours, "CHOICES", {})
    ours("It does something.", **arguments)(function)
    monkeypatch.setattr(deviations, "CHOICES", _ours.CHOICES)


@pytest.mark.parametrize("arguments", [{"on": "list_nothing"}, {"on": "list_users list_nothing"}, {"takes": "nothing"}])
def test_a_note_for_an_operation_that_does_not_exist_is_refused(
    monkeypatch: pytest.MonkeyPatch, arguments: dict[str, str]
) -> None:
    tagged(monkeypatch, **arguments)
    with pytest.raises(LookupError, match=r"mock\.syncfy\.somewhere.*nothing, which syncfy does not have"):
        deviations.report()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"on": "list_users"}, {"list_users"}),
        ({"on": "receive_event"}, {"receive_event"}),
        ({"on": "sessions"}, {"create_session", "verify_session", "delete_session"}),
        ({"takes": "attachment_content"}, {"list_credential_transactions"}),
        ({}, set[str]()),
    ],
    ids=["operation", "webhook", "tag", "parameter", "provider"],
)
def test_a_note_goes_where_it_says(
    monkeypatch: pytest.MonkeyPatch, arguments: dict[str, str], expected: set[str]
) -> None:
    tagged(monkeypatch, **arguments)
    report = deviations.report()
    rows = [*report["operations"], *report["webhooks"]]
    assert {row["operation"] for row in rows if row["ours"]} == expected
    assert [row["provider"] for row in report["general"] if row["ours"]] == ([] if expected else ["syncfy"])


def test_a_note_on_a_handler_goes_to_its_operation_and_leaves_it_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_ours, "CHOICES", {})
    assert ours("It lists.")(list_users) is list_users
    monkeypatch.setattr(deviations, "CHOICES", _ours.CHOICES)
    report = deviations.report()
    assert [row["operation"] for row in report["operations"] if row["ours"]] == ["list_users"]


def test_a_function_outside_the_providers_speaks_for_the_mock_as_a_whole() -> None:
    from ventanilla.mock import scenarios

    choice = Choice("x", scenarios.choose, "", None)
    assert (choice.package, choice.place) == ("mock", "ventanilla.mock.scenarios.choose")


def test_the_report_is_json(report: Any) -> None:
    assert json.loads(json.dumps(report)) == report


def test_the_markdown_has_every_operation(report: Any) -> None:
    text = deviations.markdown(report)
    for row in [*report["operations"], *report["webhooks"]]:
        assert text.count(f"### `{row['method']} {row['path']}` {row['operation']}\n") == 1
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        *(f"## {name}" for name in (*PROVIDERS, "mock")),
        "## Not served",
    ]


class Page(HTMLParser):
    """Takes a page apart: which tags it opens and closes, and what it points to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("src", "href", "style", "onclick")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(report: Any) -> None:
    text = deviations.html(report)
    page = Page(text)
    assert page.open == []
    assert page.links == []
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert not re.search(r"url\(|@import", text)
    assert page.tags.count("details") == len(report["operations"]) + len(report["webhooks"])


def test_the_page_escapes_whatever_a_spec_says() -> None:
    document, provider = changed()
    evil = '<script>alert("&")</script>'
    document["paths"]["/users"]["get"]["x-source"] = f"client: {evil}"
    document["paths"]["/users"]["get"]["x-note"] = evil
    document["paths"]["/users"]["get"]["summary"] = evil
    document["components"]["parameters"]["id_user"]["x-source"] = f"invented: {evil}"
    page = Page(deviations.html(deviations.report([provider])))
    assert "script" not in page.tags
    assert "&lt;script&gt;" in deviations.html(deviations.report([provider]))


def test_what_most_operations_share_is_told_once(report: Any) -> None:
    text = deviations.markdown(report)
    shared = [part for part in row_of(report, "list_users")["parts"] if part["where"] == "answer 503.Retry-After"]
    assert len(shared) == 1
    assert text.count("`answer 503.Retry-After`") == 1
    rare = [part for part in row_of(report, "list_users")["parts"] if part["where"] == "query name"]
    assert len(rare) == 1
    assert "`query name`" in text
