"""Webhooks through the control: who is told, and what was sent."""

from typing import Any

import pytest
from control_caller import START, Desk, desk
from syncfy_caller import KEY

from ventanilla.mock import syncfy, triggers
from ventanilla.mock._spec import load
from ventanilla.mock.core import Mock

HOOK = "http://127.0.0.1:9/hook"


def pay(ask: Desk) -> None:
    """Have a payment request of Facti paid, and make the call that tells the company."""
    ask.does("POST", "/events", {"event": "payment_notification", "url": HOOK, "password": "canary-5f4dcc3b"})
    ask.does("POST", "/clock/advance", {"seconds": 0})


def test_a_webhook_of_version_3_is_registered_and_listed() -> None:
    ask = desk()
    made = ask.does("POST", "/webhooks", {"profile": "sync-v3", "url": HOOK})
    assert (made["profile"], made["url"], made["id_user"], len(made["events"])) == ("sync-v3", HOOK, None, 6)
    assert ask.get("/webhooks") == [made]


def test_where_notifications_go_is_set_and_unset() -> None:
    ask = desk()
    assert ask.does("POST", "/facti/ipn", {"company_id": 5, "url": HOOK}) == {"company_id": 5, "url": HOOK}
    assert ask.does("POST", "/facti/ipn", {"company_id": 5}) == {"company_id": 5, "url": None}


@pytest.mark.parametrize(
    "body",
    [
        {"company_id": 6, "url": HOOK},
        {"company_id": 5, "url": "http://"},
        {"company_id": 5, "url": "http://[", "password": ""},
    ],
)
def test_where_notifications_cannot_go_is_refused(body: Any) -> None:
    assert desk().refused("POST", "/facti/ipn", body)[0] == 400


def test_a_call_that_fails_is_tried_again_on_the_worlds_clock() -> None:
    ask = desk()
    ask.receiver = 500
    pay(ask)
    (failing,) = ask.get("/deliveries")
    assert (failing["state"], failing["status"], failing["due"]) == ("waiting", 500, START + 5)
    ask.does("POST", "/clock/advance", {"seconds": 86400 * 2})
    (failed,) = ask.get("/deliveries?state=failed")
    assert [attempt["cause"] for attempt in failed["attempts"]] == ["event"] + ["retry"] * 7
    assert failed["attempts"][-1]["at"] == START + 5 + 300 + 1800 + 7200 + 18000 + 36000 + 36000
    assert ask.get(f"/deliveries/{failed['id']}") == failed


def test_the_retries_are_a_setting() -> None:
    ask = desk()
    ask.receiver = 500
    assert ask.does("PUT", "/settings", {"retries": [1.5]})["retries"] == [1.5]
    pay(ask)
    ask.does("POST", "/clock/advance", {"seconds": 100})
    (failed,) = ask.get("/deliveries")
    assert (failed["state"], [attempt["at"] for attempt in failed["attempts"]]) == ("failed", [START, START + 1.5])
    assert len(ask.does("POST", "/reset")["retries"]) == 7
    assert ask.refused("PUT", "/settings", {"retries": [-1]})[0] == 400
    assert ask.refused("PUT", "/settings", {"retries": [0] * 101})[0] == 400


def test_a_call_is_made_again() -> None:
    ask = desk()
    pay(ask)
    (delivered,) = ask.get("/deliveries")
    ask.does("POST", f"/deliveries/{delivered['id']}/replay")
    ask.does("POST", f"/deliveries/{delivered['id']}/replay", {"times": 2})
    assert ask.mock.is_busy
    ask.does("POST", "/clock/advance", {"seconds": 0})
    assert [each.id for each in ask.sent] == [delivered["id"]] * 4
    causes = [attempt["cause"] for attempt in ask.get(f"/deliveries/{delivered['id']}")["attempts"]]
    assert causes == ["event", "replay", "replay", "replay"]
    assert ask.refused("POST", f"/deliveries/{delivered['id']}/replay", {"times": 0})[0] == 400


def test_too_many_replays_are_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla.mock.outbox.MOST_KEPT", 1)
    ask = desk()
    pay(ask)
    (delivered,) = ask.get("/deliveries")
    ask.does("POST", f"/deliveries/{delivered['id']}/replay")
    assert ask.refused("POST", f"/deliveries/{delivered['id']}/replay")[0] == 409


def test_calls_are_found_by_what_they_are() -> None:
    ask = desk()
    pay(ask)
    ask.does("POST", "/events", {"event": "credential_create", "url": f"{HOOK}/2"})
    found = {
        query: [row["event"] for row in ask.get(f"/deliveries?{query}")]
        for query in ("profile=sync-v1", "event=payment_notification", "state=waiting", f"url={HOOK}", "limit=1", "")
    }
    assert found == {
        "profile=sync-v1": ["credential_create"],
        "event=payment_notification": ["payment_notification"],
        "state=waiting": ["credential_create"],
        f"url={HOOK}": ["payment_notification"],
        "limit=1": ["credential_create"],
        "": ["payment_notification", "credential_create"],
    }
    assert ask.refused("GET", "/deliveries?state=perhaps")[0] == 400


def test_no_secret_of_a_call_is_shown() -> None:
    ask = desk()
    pay(ask)
    (delivery,) = ask.sent
    password = delivery.body.decode().split("ipn_password=")[1].split("&")[0]
    assert len(password) == 32
    shown = ask("GET", "/deliveries").body.decode() + ask("GET", f"/deliveries/{delivery.id}").body.decode()
    assert password not in shown
    assert "canary" not in shown + ask("GET", "/requests").body.decode()


@pytest.mark.parametrize("path", ["", "/replay"])
def test_a_call_that_is_not_there_is_a_404(path: str) -> None:
    ask = desk()
    method = "POST" if path else "GET"
    assert ask.refused(method, f"/deliveries/3f2b8c1e-9d4a-4f6b-8a7c-5e1d2c3b4a59{path}")[0] == 404
    assert ask.refused(method, f"/deliveries/1{path}")[0] == 400


def test_every_event_is_listed_and_can_be_caused() -> None:
    ask = desk()
    rows = ask.get("/events")
    assert [row["event"] for row in rows] == [each.event for each in triggers.known()]
    for row in rows:
        done = ask.does("POST", "/events", {"event": row["event"], "url": HOOK})
        assert (done["event"], done["profile"]) == (row["event"], row["profile"])
        assert {"profile": row["profile"], "event": row["event"], "url": HOOK} in done["told"]
    ask.does("POST", "/clock/advance", {"seconds": 60})
    assert {row["event"] for row in rows} == {delivery.event for delivery in ask.sent}


def test_the_spec_knows_every_option_of_an_event() -> None:
    known = {name for each in triggers.known() for name in each.options}
    assert {*load("mock").document["components"]["schemas"]["NewEvent"]["properties"]} == known | {"event"}


def test_an_event_takes_options_and_leaves_its_calls_in_the_journal() -> None:
    ask = desk()
    made = ask.does("POST", "/events", {"event": "payment_notification", "company_id": 452, "amount": 12.50})["made"]
    assert made["company_id"] == 452
    form = [row["request"]["body"] for row in ask.get("/requests?operation=create_request")]
    assert ["total_amount=12.5" in each for each in form] == [True]


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({"event": "payment"}, 404, "there is no event payment; there is credential_create"),
        (
            {"event": "payment_notification", "rfc": "a"},
            400,
            "rfc: payment_notification does not take it",
        ),
        ({"event": "payment_notification", "company_id": 6}, 409, "company_id: must be one of"),
        ({"event": "payment_notification", "payment_id": 6}, 409, "payment_id: there is no payment 6"),
        ({"event": "refresh", "id_user": "0" * 24}, 409, "POST /sessions of Syncfy was answered 404"),
        ({"event": "refresh", "id_user": "me"}, 400, "id_user: "),
        ({"event": "refresh", "origin": "me"}, 400, ""),
        ({"event": "refresh", "url": "ftp://a"}, 400, "url: "),
        ({}, 400, '"event" is a required property'),
    ],
)
def test_an_event_that_cannot_be_caused_is_refused(body: Any, status: int, named: str) -> None:
    found, error = desk().refused("POST", "/events", body)
    assert (found, error.startswith(named)) == (status, True), error


def test_a_mock_of_one_provider_has_its_events_alone() -> None:
    ask = Desk(Mock(providers=[syncfy.provider()]))
    assert {row["provider"] for row in ask.get("/events")} == {"syncfy"}
    assert ask.refused("POST", "/events", {"event": "payment_notification"})[0] == 404


def test_an_event_stays_in_its_namespace() -> None:
    ask = desk()
    there = Desk(ask.mock, prefix="/_ns/a")
    there.does("POST", "/events", {"event": "credential_create", "url": HOOK})
    assert (len(there.get("/deliveries")), ask.get("/deliveries"), ask.get("/requests")) == (1, [], [])
    assert ask.asks("GET", "/syncfy/v1/users", authorization=KEY).json()["response"] == []
