"""Syncfy's webhooks: registration, both versions of the events, and what failed deliveries do."""

import base64
from collections.abc import Mapping
from typing import Any

import pytest
from syncfy_caller import KEY, Syncfy

from ventanilla.mock.outbox import Delivery
from ventanilla.mock.wire import Request, decode, encode

URL = "http://localhost:9/hook"
EVENTS = ["credential_create", "credential_update", "refresh", "documents_completed"]
NORMAL, TOKEN, ALL_IN_ONE = "56cf5728784806f72b8b4568", "56cf5728784806f72b8b4569", "61c12b8cde3c034b3c8b25b1"
CIEC = "5da784f1f9de2a06483abec1"


def register(api: Syncfy, **more: Any) -> Any:
    return api.key_call("POST", "/webhooks", {"url": URL, "events": EVENTS, **more})


def register_v3(api: Syncfy, **more: Any) -> Any:
    body = encode({"url": URL, "profile": "sync-v3", **more})
    return api.mock.handle(Request("POST", "/_mock/webhooks", {"Content-Type": "application/json"}, body))


def sent(api: Syncfy) -> list[Delivery]:
    api.mock.run_due()
    return api.mock.outgoing()


def check(api: Syncfy, entry: str, body: bytes) -> Any:
    """Decode a webhook's body, held against the spec's own webhooks section."""
    value = decode(body)
    path = f"#/webhooks/{entry}/post/requestBody/content/application~1json/schema"
    assert api.mock.providers["syncfy"].spec.problems(path, value) == []
    return value


def job(api: Syncfy, **more: str) -> None:
    api.call("POST", "/jobs", {"id_site": ALL_IN_ONE, "input": {"rfc": "ACM010101ABC", "password": "test", **more}})


def test_a_webhook_is_registered_listed_and_deleted(api: Syncfy) -> None:
    created = register(api)
    assert created == {
        "id_webhook": created["id_webhook"],
        "id_user": None,
        "events": EVENTS,
        "url": URL,
        "delay": 0,
        "dt_created": 1_700_000_000,
        "dt_modified": None,
    }
    listed = {**created, "is_disabled": 0, "ct_failed": 0, "dt_created": "2023-11-14T22:13:20+00:00"}
    assert api.key_call("GET", "/webhooks") == [listed]
    assert api.key_call("GET", f"/webhooks?id_webhook={created['id_webhook']}") == [listed]
    assert api.key_call("DELETE", f"/webhooks/{created['id_webhook']}") is True
    assert api.send("DELETE", f"/webhooks/{created['id_webhook']}").status == 404
    assert api.key_call("GET", "/webhooks") == []


@pytest.mark.parametrize(
    "body",
    [{"url": URL}, {"url": "x", "events": EVENTS}, {"url": URL, "events": []}, {"url": URL, "events": ["other"]}],
)
def test_a_webhook_that_breaks_the_spec_is_refused(api: Syncfy, body: Mapping[str, Any]) -> None:
    assert api.send("POST", "/webhooks", body).status == 400
    assert api.send("POST", "/webhooks", {"url": URL, "events": EVENTS, "id_user": "0" * 24}).status == 404


def test_version_1_tells_of_a_new_credential_its_end_and_its_data(linked: Syncfy) -> None:
    register(linked, headers={"X-Mine": "yes"})
    pull = linked.link(NORMAL)
    (first,) = sent(linked)
    assert (first.profile, first.event, first.url) == ("sync-v1", "credential_create", URL)
    assert dict(first.headers) == {"Content-Type": "application/json", "X-Mine": "yes"}
    created = check(linked, "sync-v1", first.body)
    assert created == {
        "event": "credential_create",
        "id_job": pull["id_job"],
        "id_job_uuid": pull["id_job_uuid"],
        "id_credential": pull["id_credential"],
        "id_user": linked.id_user,
        "id_external": "MIST030794",
        "id_site": NORMAL,
        "id_site_organization": "56cf4ff5784806152c8b4567",
        "id_site_organization_type": "56cf4f5b784806cf028b4568",
        "is_executing": 1,
        "endpoints": {"credential": [f"/v1/credentials/{pull['id_credential']}"]},
    }
    linked.clock.advance(2)
    updated, refresh = (check(linked, "sync-v1", one.body) for one in sent(linked))
    assert updated == {**created, "event": "credential_update", "is_executing": 0}
    assert (refresh["event"], "is_executing" in refresh) == ("refresh", False)
    for kind, count in (("transactions", 24), ("accounts", 3)):
        (link,) = refresh["endpoints"][kind]
        found = linked.send("GET", link.removeprefix("/v1"), auth=f"{KEY},id_user={linked.id_user}")
        assert len(found.json()["response"]) == count
    assert refresh["endpoints"]["attachments"][0].startswith("/v1/attachments/export?")


def test_an_update_is_told_at_its_beginning_and_its_end(linked: Syncfy) -> None:
    pull = linked.link(NORMAL)
    linked.clock.advance(2)
    register(linked)
    linked.call("PUT", f"/credentials/{pull['id_credential']}/sync")
    linked.clock.advance(2)
    told = [decode(one.body) for one in sent(linked)]
    assert [(one["event"], one.get("is_executing")) for one in told] == [
        ("credential_update", 1),
        ("credential_update", 0),
        ("refresh", None),
    ]


def test_a_failed_login_has_no_refresh(linked: Syncfy) -> None:
    register(linked)
    linked.link(NORMAL, "error_401")
    linked.clock.advance(2)
    assert [one.event for one in sent(linked)] == ["credential_create", "credential_update"]


def test_only_the_events_and_the_user_asked_for_are_told(linked: Syncfy) -> None:
    mine = linked.id_user
    linked.enter("El Santo", "ELSAN090909")
    register(linked, events=["refresh"])
    register(linked, id_user=mine, url="http://localhost:9/mine")
    linked.link(NORMAL)
    linked.clock.advance(2)
    assert [(one.event, one.url) for one in sent(linked)] == [("refresh", URL)]


def test_a_delay_holds_an_event_back(linked: Syncfy) -> None:
    register(linked, delay=30, events=["credential_create"])
    linked.link(NORMAL)
    assert sent(linked) == []
    linked.clock.advance(30)
    (held,) = sent(linked)
    assert held.at - linked.clock.now() < 0.001


def test_a_webhook_deleted_during_the_delay_is_not_called(linked: Syncfy) -> None:
    hook = register(linked, delay=30)
    linked.link(NORMAL)
    linked.key_call("DELETE", f"/webhooks/{hook['id_webhook']}")
    linked.clock.advance(60)
    assert sent(linked) == []


def travel(api: Syncfy, seconds: float, status: int | None = 500) -> list[str]:
    """Move the clock, answer every webhook call on the way with a status, and return their events."""
    world, events = api.mock.world, list[str]()
    for delivery in api.mock.travel(world, world.now + seconds):
        events.append(delivery.event)
        api.mock.delivered(delivery, status)
    return events


def the_webhook(api: Syncfy) -> Any:
    return api.key_call("GET", "/webhooks")[0]


def test_each_failed_attempt_is_counted_and_none_that_succeeds(linked: Syncfy) -> None:
    register(linked, events=["credential_create"])
    linked.link(NORMAL)
    assert travel(linked, 10_000) == ["credential_create"] * 5
    assert the_webhook(linked)["ct_failed"] == 5
    assert travel(linked, 100_000, 204) == ["credential_create"]
    assert (the_webhook(linked)["ct_failed"], the_webhook(linked)["is_disabled"]) == (5, 0)


def test_more_than_a_thousand_failures_disable_a_webhook(linked: Syncfy) -> None:
    linked.mock.world.outbox.retries = (0.25,) * 1200
    register(linked, events=["credential_create"])
    linked.link(NORMAL)
    assert len(travel(linked, 999 / 4)) == 1000
    assert {"ct_failed": 1000, "is_disabled": 0}.items() <= the_webhook(linked).items()
    # The next one is the last one, though the schedule has more, and though others wait.
    linked.link(TOKEN)
    assert len(travel(linked, 1)) == 1
    assert {"ct_failed": 1001, "is_disabled": 1}.items() <= the_webhook(linked).items()
    linked.link(CIEC, "ACM010101ABC")
    assert travel(linked, 500) == []
    deliveries = linked.mock.world.outbox.deliveries()
    assert [one.state for one in deliveries] == ["disabled", "disabled"]
    assert {one.reason for one in deliveries} == {"its webhook is disabled after 1001 failed calls"}


def test_a_deleted_webhook_gets_no_retries(linked: Syncfy) -> None:
    hook = register(linked, events=["credential_create"])
    other = register(linked, url="http://localhost:9/other", events=["credential_create"])
    linked.link(NORMAL)
    assert travel(linked, 1) == ["credential_create"] * 2
    linked.key_call("DELETE", f"/webhooks/{hook['id_webhook']}")
    assert travel(linked, 10) == ["credential_create"]
    (gone,) = linked.mock.world.outbox.deliveries(url=URL)
    assert (gone.state, gone.reason, len(gone.attempts)) == ("disabled", "its webhook was deleted", 1)
    assert len(linked.mock.world.outbox.deliveries(url=other["url"])[0].attempts) == 2


def test_version_3_comes_in_batches_and_is_registered_by_the_mock(linked: Syncfy) -> None:
    answer = register_v3(linked)
    assert (answer.status, answer.json()["profile"]) == (200, "sync-v3")
    assert linked.key_call("GET", "/webhooks") == []
    assert linked.mock.handle(Request("GET", "/_mock/webhooks")).json() == [answer.json()]
    job(linked)
    linked.clock.advance(3)
    deliveries = sent(linked)
    events = [check(linked, "sync-v3", one.body)["events"][0] for one in deliveries]
    names = [event["header"]["event"]["name"] for event in events]
    assert names == [one.event for one in deliveries]
    assert {name: names.count(name) for name in names} == {
        "credentials.created": 4,
        "credentials.updated": 4,
        "credentials.refreshed": 4,
        "documents.completed": 2,
        "documents.success": 2,
    }
    assert len({event["header"]["event"]["eid"] for event in events}) == 16
    assert {event["header"]["user"]["id_user"] for event in events} == {linked.id_user}
    created = events[names.index("credentials.created")]
    assert created["header"]["event"]["at"] == "2023-11-14 22:13:20.400000+0000"
    assert (created["payload"]["event"], created["payload"]["is_executing"]) == ("credential_create", 1)
    refreshed = events[names.index("credentials.refreshed")]["payload"]
    assert refreshed["id_job_type"] == "57884c49784806f0768b4568"
    assert "is_executing" not in refreshed


def test_documents_events_lead_to_their_documents(linked: Syncfy) -> None:
    register_v3(linked, events=["documents.completed", "documents.success"])
    job(linked)
    linked.clock.advance(3)
    for delivery in sent(linked):
        payload = decode(delivery.body)["events"][0]["payload"]
        assert not {"event", "id_user", "id_credential"} & set(payload)
        (link,) = payload["endpoints"]
        found = linked.call("GET", link.removeprefix("/v1"))
        assert [row["id_site"] for row in found] == [payload["id_site"]] * 2
        assert base64.b64decode(found[0]["content"]).startswith(b"%PDF-")
    assert linked.call("GET", f"/documents?id_job_webhook={'0' * 24}") == []


def test_version_1_names_documents_by_a_uuid(linked: Syncfy) -> None:
    register(linked, events=["documents_completed"])
    job(linked)
    linked.clock.advance(3)
    told = [check(linked, "sync-v1", one.body) for one in sent(linked)]
    assert len(told) == 2
    assert told[0]["id_user"] == linked.id_user
    uuid = told[0]["uuid"]
    assert told[0]["endpoints"]["documents_zip"] == [f"/v1/webhooks/events/{uuid}/documents/zip"]


def test_documents_that_fail_are_told_to_version_3_alone(linked: Syncfy) -> None:
    register(linked, events=["documents_completed"])
    register_v3(linked)
    job(linked, rfc="documents_fail")
    linked.clock.advance(3)
    told = [one.event for one in sent(linked) if one.event.startswith("documents")]
    assert told == ["documents.fail", "documents.fail"]
    assert linked.call("GET", "/documents") == []


REFUSED: list[tuple[Any, str]] = [
    ({"url": URL}, "profile"),
    ({"url": URL, "profile": "sync-v1"}, "profile"),
    ({"url": "x", "profile": "sync-v3"}, "url"),
    ({"url": URL, "profile": "sync-v3", "events": ["refresh"]}, "events"),
    ({"url": URL, "profile": "sync-v3", "events": []}, "events"),
    ({"url": URL, "profile": "sync-v3", "events": [{}]}, "events"),
    ({"url": URL, "profile": "sync-v3", "id_user": []}, "id_user"),
    ([], "object"),
]


@pytest.mark.parametrize(("body", "named"), REFUSED)
def test_a_version_3_webhook_that_cannot_be_is_refused(api: Syncfy, body: Any, named: str) -> None:
    answer = api.mock.handle(Request("POST", "/_mock/webhooks", {}, encode(body)))
    assert answer.status == 400
    assert named in answer.json()["error"]


def test_a_version_3_webhook_of_an_unknown_user_is_refused(api: Syncfy) -> None:
    answer = register_v3(api, id_user="0" * 24)
    assert (answer.status, answer.json()) == (404, {"error": "id_user: there is no such user"})
