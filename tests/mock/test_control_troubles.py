"""Faults and scenarios through the control."""

from typing import Any

import pytest
from control_caller import START, Desk, desk
from syncfy_caller import KEY

from ventanilla.mock._spec import load

OUTAGE = {"provider": "syncfy", "operation": "list_users", "times": 1, "effect": {"kind": "status", "status": 503}}
EXAMPLES = load("mock", "/_mock").operations["add_fault"].raw["requestBody"]["content"]["application/json"]["examples"]


def users(ask: Desk) -> int:
    """Ask Syncfy for its users and return the HTTP status."""
    return ask.asks("GET", "/syncfy/v1/users", authorization=KEY).status


def test_a_fault_strikes_is_read_and_taken_away() -> None:
    ask = desk()
    added = ask.does("POST", "/faults", OUTAGE)
    assert added == {"id": "f1", **OUTAGE, "matched": 0, "struck": 0, "missed": 0}
    assert [users(ask), users(ask)] == [503, 200]
    assert ask.get("/faults/f1") == {**added, "matched": 2, "struck": 1}
    assert ask.get("/faults") == [ask.get("/faults/f1")]
    assert ask.does("DELETE", "/faults/f1") == {"deleted": 1}
    assert ask.refused("DELETE", "/faults/f1") == (404, "there is no fault f1; there are none at all")
    assert ask.refused("GET", "/faults/f1")[0] == 404


def test_all_faults_are_taken_away_at_once() -> None:
    ask = desk()
    for _ in range(3):
        ask.does("POST", "/faults", {**OUTAGE, "times": 9})
    assert users(ask) == 503
    assert ask.does("DELETE", "/faults") == {"deleted": 3}
    assert (users(ask), ask.does("DELETE", "/faults")) == (200, {"deleted": 0})


def test_a_fault_stands_for_a_time_of_the_worlds_clock() -> None:
    ask = desk()
    added = ask.does("POST", "/faults", {"ttl": 60, "effect": {"kind": "status", "status": 500}})
    assert added["until"] == START + 60
    assert users(ask) == 500
    ask.does("POST", "/clock/advance", {"seconds": 60})
    assert users(ask) == 200


def test_faults_stay_in_their_namespace() -> None:
    ask = desk()
    Desk(ask.mock, prefix="/_ns/a").does("POST", "/faults", OUTAGE)
    assert (users(ask), ask.get("/faults")) == (200, [])
    assert users(Desk(ask.mock, prefix="/_ns/a")) == 503


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_kind_of_fault_comes_back_as_it_was_given(name: str) -> None:
    ask = desk()
    given = EXAMPLES[name]["value"]
    found = ask.does("POST", "/faults", given)
    assert {key: value for key, value in found.items() if key in given} == given


def test_there_is_an_example_of_every_kind() -> None:
    kinds = load("mock", "/_mock").document["components"]["schemas"]["NewEffect"]["properties"]["kind"]["enum"]
    assert sorted(example["value"]["effect"]["kind"] for example in EXAMPLES.values()) == sorted(kinds)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, '"effect" is a required property'),
        ({"effect": {}}, "effect: "),
        ({"effect": {"kind": "explosion"}}, "effect.kind: "),
        ({"effect": {"kind": "latency"}}, "effect: "),
        ({"effect": {"kind": "reset", "status": 500}}, "effect: "),
        ({"effect": {"kind": "status", "status": 200}}, "effect.status: "),
        ({"effect": {"kind": "reset"}, "provider": "paypal"}, "provider: there is no paypal"),
        (
            {"effect": {"kind": "reset"}, "operation": "list_user"},
            "operation: there is no list_user; there is list_users",
        ),
        ({"effect": {"kind": "reset"}, "event": "refresh"}, "event: means nothing to reset"),
        ({"effect": {"kind": "webhook-lost"}, "provider": "syncfy"}, "provider: means nothing to webhook-lost"),
        ({"effect": {"kind": "drip", "bytes_per_second": 0}}, "effect.bytes_per_second: "),
        ({"effect": {"kind": "reset"}, "probability": 1.5}, "probability: "),
        ({"effect": {"kind": "reset"}, "id": "../f"}, "id: "),
    ],
)
def test_a_fault_that_cannot_be_is_refused(body: Any, named: str) -> None:
    status, error = desk().refused("POST", "/faults", body)
    assert (status, error.startswith(named)) == (400, True), error


def test_a_fault_that_is_there_already_is_a_conflict() -> None:
    ask = desk()
    ask.does("POST", "/faults", {**OUTAGE, "id": "out"})
    status, error = ask.refused("POST", "/faults", {**OUTAGE, "id": "out"})
    assert (status, error.startswith("id: there is a fault out already")) == (409, True)


def test_too_many_faults_are_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla.mock.faults.MOST_FAULTS", 1)
    ask = desk()
    ask.does("POST", "/faults", OUTAGE)
    assert ask.refused("POST", "/faults", OUTAGE)[0] == 409


def test_scenarios_are_listed_and_chosen_by_name() -> None:
    ask = desk()
    before = ask.get("/scenarios")
    assert before["chosen"] == {}
    by_name = {(row["provider"], row["name"]) for row in before["scenarios"] if row["by_name"]}
    assert {("syncfy", "error_401"), ("facti", "pays_late"), ("facturaonline", "mock_error")} <= by_name
    chosen = ask.does("POST", "/scenarios", {"provider": "syncfy", "name": "error_401", "times": 2})
    assert chosen == {"chosen": {"syncfy": ["error_401", "error_401"]}}
    assert ask.get("/scenarios") == {**before, **chosen}
    assert ask("GET", "/scenarios.md").body.startswith(b"## syncfy")


def test_a_scenario_that_is_not_there_is_a_404_that_names_those_that_are() -> None:
    ask = desk()
    status, error = ask.refused("POST", "/scenarios", {"provider": "syncfy", "name": "error_999"})
    assert (status, "error_401" in error) == (404, True)
    status, error = ask.refused("POST", "/scenarios", {"provider": "paypal", "name": "error_401"})
    assert (status, "syncfy, facti, facturaonline" in error) == (404, True)
    assert ask.get("/scenarios")["chosen"] == {}


@pytest.mark.parametrize("times", [0, -1, 101, 1.5, "many"])
def test_a_scenario_is_chosen_for_some_things(times: Any) -> None:
    body = {"provider": "syncfy", "name": "error_401", "times": times}
    assert desk().refused("POST", "/scenarios", body)[0] == 400


def test_choices_do_not_pile_up_for_ever() -> None:
    ask = desk()
    body = {"provider": "syncfy", "name": "error_401", "times": 100}
    assert [ask("POST", "/scenarios", body).status for _ in range(11)] == [200] * 10 + [409]
