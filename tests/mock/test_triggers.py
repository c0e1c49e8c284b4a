"""Triggers: each event comes from the calls that cause it, in its own world, whatever drives the time there."""

import re
import time
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest
from syncfy_caller import Syncfy

from ventanilla.mock import facti, syncfy
from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.faults import Fault
from ventanilla.mock.lifecycle import Lifecycle
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.triggers import Told, known, trigger
from ventanilla.mock.wire import decode
from ventanilla.mock.world import World

URL = "http://127.0.0.1:9/hook"
EVENTS = [each.event for each in known()]
NORMAL = "56cf5728784806f72b8b4568"


def sent(mock: Mock, world: World, seconds: float = 5) -> list[Delivery]:
    """Move the clock of a world and return what was sent on the way; the receiver takes everything."""
    found: list[Delivery] = []
    for delivery in mock.travel(world, world.now + seconds):
        found.append(delivery)
        mock.delivered(delivery, 200)
    return found


def asked(world: World) -> list[str]:
    return [str(entry.operation) for entry in world.journal]


@pytest.fixture
def mock() -> Mock:
    return Mock(clock=ManualClock())


def test_every_event_of_every_profile_is_known() -> None:
    rows = [each.row() for each in known()]
    assert [(row["provider"], row["profile"], row["event"]) for row in rows] == [
        ("syncfy", "sync-v1", "credential_create"),
        ("syncfy", "sync-v1", "credential_update"),
        ("syncfy", "sync-v1", "refresh"),
        ("syncfy", "sync-v1", "documents_completed"),
        ("syncfy", "sync-v3", "credentials.created"),
        ("syncfy", "sync-v3", "credentials.updated"),
        ("syncfy", "sync-v3", "credentials.refreshed"),
        ("syncfy", "sync-v3", "documents.completed"),
        ("syncfy", "sync-v3", "documents.success"),
        ("syncfy", "sync-v3", "documents.fail"),
        ("facti", "facti-ipn", "payment_notification"),
    ]
    assert all(row["does"] and "url" in row["options"] and all(row["options"].values()) for row in rows)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_comes_to_a_url_that_is_given_with_it(mock: Mock, event: str) -> None:
    triggered = trigger(mock, mock.world, event, url=URL)
    assert triggered.told == (Told(triggered.profile, event, URL),)
    found = sent(mock, mock.world)
    assert [(one.event, one.profile, one.url) for one in found] == [(event, triggered.profile, URL)]
    if triggered.profile != "facti-ipn":
        path = f"#/webhooks/{triggered.profile}/post/requestBody/content/application~1json/schema"
        assert mock.providers["syncfy"].spec.problems(path, decode(found[0].body)) == []


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_caused_again_without_another_webhook(mock: Mock, event: str) -> None:
    for _ in range(2):
        triggered = trigger(mock, mock.world, event, url=URL)
        assert len(triggered.told) == 1
        assert [one.event for one in sent(mock, mock.world)] == [event]


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_told_to_nobody_who_did_not_ask(mock: Mock, event: str) -> None:
    assert trigger(mock, mock.world, event).told == ()
    assert sent(mock, mock.world) == []


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_comes_at_once_where_steps_are_immediate(mock: Mock, event: str) -> None:
    for name in mock.providers:
        mock.world.lifecycles[name] = Lifecycle("immediate")
    trigger(mock, mock.world, event, url=URL)
    assert [one.event for one in mock.outgoing()] == [event]


def test_an_event_comes_by_itself_where_the_clock_runs() -> None:
    mock = Mock(clock=Clock(), pace=0.01)
    trigger(mock, mock.world, "refresh", url=URL)
    found: list[Delivery] = []
    deadline = time.monotonic() + 5
    while not found and time.monotonic() < deadline:
        time.sleep(mock.seconds_left() or 0)
        mock.run_due()
        found += mock.outgoing()
    assert [one.event for one in found] == ["refresh"]


def test_an_event_waits_for_the_push_where_that_drives_it(mock: Mock) -> None:
    mock.world.lifecycles["syncfy"] = Lifecycle("event")
    made = trigger(mock, mock.world, "refresh", url=URL).made
    assert sent(mock, mock.world, 1000) == []
    while mock.world.push("syncfy", made["id_job"]):
        pass
    mock.run_due(mock.world)
    assert [one.event for one in mock.outgoing()] == ["refresh"]


def test_a_trigger_makes_the_calls_that_an_application_makes(mock: Mock) -> None:
    made = trigger(mock, mock.world, "refresh", url=URL).made
    assert asked(mock.world) == ["create_webhook", "create_user", "create_session", "create_credential"]
    (delivery,) = sent(mock, mock.world)
    told = decode(delivery.body)
    assert {name: told[name] for name in made} == made


def test_a_trigger_stays_in_its_namespace(mock: Mock) -> None:
    world = mock.world_of("one")
    triggered = trigger(mock, world, "credential_create", url=URL, origin="http://127.0.0.1:8765")
    assert [one.world for one in sent(mock, world)] == ["one"]
    assert (len(mock.world.journal), mock.world.outbox.deliveries()) == (0, [])
    pull = list(world.journal)[-1].response.json()["response"]
    assert pull["status"] == f"http://127.0.0.1:8765/_ns/one/syncfy/v1/jobs/{triggered.made['id_job']}/status"


def test_webhooks_of_both_versions_hear_of_one_event(mock: Mock) -> None:
    for event in ("refresh", "credentials.refreshed"):
        trigger(mock, mock.world, event, url=URL)
    sent(mock, mock.world)
    told = trigger(mock, mock.world, "refresh").told
    assert told == (Told("sync-v1", "refresh", URL), Told("sync-v3", "credentials.refreshed", URL))
    assert [(one.profile, one.event, one.url) for one in sent(mock, mock.world)] == [
        (each.profile, each.event, each.url) for each in told
    ]


@pytest.fixture
def linked(mock: Mock) -> tuple[Syncfy, str]:
    """An application with a user and a credential of its own, whose job is over."""
    assert isinstance(mock.world.clock, ManualClock)
    api = Syncfy(mock.world.clock, mock)
    api.enter()
    id_credential = str(api.link(NORMAL)["id_credential"])
    sent(mock, mock.world)
    return api, id_credential


def test_a_credential_of_the_application_is_refreshed(mock: Mock, linked: tuple[Syncfy, str]) -> None:
    api, id_credential = linked
    triggered = trigger(mock, mock.world, "refresh", url=URL, id_credential=id_credential)
    assert (triggered.made["id_user"], triggered.made["id_credential"]) == (api.id_user, id_credential)
    assert asked(mock.world)[-2:] == ["create_session", "sync_credential"]
    assert [decode(one.body)["id_credential"] for one in sent(mock, mock.world)] == [id_credential]
    updated = trigger(mock, mock.world, "credentials.updated", url=URL, id_credential=id_credential)
    told = [decode(one.body) for one in sent(mock, mock.world) if one.profile == updated.profile]
    assert [one["events"][0]["payload"]["is_executing"] for one in told] == [1, 0]


def test_events_happen_to_a_user_of_the_application(mock: Mock, linked: tuple[Syncfy, str]) -> None:
    api, _ = linked
    for event in ("documents.success", "documents.fail"):
        assert trigger(mock, mock.world, event, url=URL, id_user=api.id_user).made["id_user"] == api.id_user
    assert [one.event for one in sent(mock, mock.world)] == ["documents.success", "documents.fail"]
    # A webhook of somebody else's hears nothing of it.
    api.key_call("POST", "/webhooks", {"url": URL, "events": ["refresh"], "id_user": api.id_user})
    assert trigger(mock, mock.world, "refresh").told == ()


def test_a_login_leads_where_it_leads_elsewhere(mock: Mock) -> None:
    trigger(mock, mock.world, "credential_update", url=URL, username="error_401")
    (told,) = [decode(one.body) for one in sent(mock, mock.world)]
    api = Syncfy(ManualClock(), mock, id_user=told["id_user"])
    api.token = api.key_call("POST", "/sessions", {"id_user": told["id_user"]})["token"]
    assert api.codes(told["id_job"])[-1] == 401
    ciec = "5da784f1f9de2a06483abec1"
    trigger(mock, mock.world, "refresh", url=URL, id_site=ciec, username="EKU9003173C9")
    assert [decode(one.body)["id_site"] for one in sent(mock, mock.world) if one.event == "refresh"] == [ciec]


def data(delivery: Delivery) -> Any:
    return decode(parse_qs(delivery.body.decode())["data"][0].encode())


def test_a_payment_of_the_application_is_paid(mock: Mock) -> None:
    id = trigger(mock, mock.world, "payment_notification", amount="777.77").made["payment_id"]
    assert asked(mock.world) == ["create_request", "mark_payment_paid"]
    with pytest.raises(ValueError, match=f"POST /payments/{id} of Facti was answered 200: El pago {id} ya se"):
        trigger(mock, mock.world, "payment_notification", payment_id=id)
    triggered = trigger(mock, mock.world, "payment_notification", payment_id="17542", url=URL, password="secret")
    assert triggered.made == {"company_id": 453, "payment_id": 17542}
    (delivery,) = sent(mock, mock.world)
    assert (data(delivery)["id"], data(delivery)["company_id"]) == (17542, 453)
    assert b"ipn_password=5ebe2294ecd0e0f08eab7690d2a6ee69" in delivery.body


def test_a_customer_pays_as_the_amount_says(mock: Mock) -> None:
    made = trigger(mock, mock.world, "payment_notification", url=URL, amount="333.33", company_id=452).made
    assert (asked(mock.world), made["company_id"]) == (["create_request"], 452)
    assert mock.outgoing() == []
    (delivery,) = sent(mock, mock.world)
    assert data(delivery)["amount_received"] == Decimal("383.33")


@pytest.mark.parametrize(
    ("event", "options", "sentence"),
    [
        ("refreshed", {}, "there is no event 'refreshed'; there is credential_create, credential_update, refresh, "),
        ("refresh", {"amount": "1"}, "refresh does not take 'amount'; it takes url, id_user, id_site, username, "),
        ("credential_create", {"id_credential": "1"}, "credential_create does not take 'id_credential'; it takes "),
        ("refresh", {"url": "ftp://127.0.0.1"}, "url: must be an http or https address"),
        ("refresh", {"url": "http://["}, "url: must be an http or https address"),
        ("refresh", {"id_user": []}, "id_user: must be a text or a whole number"),
        ("refresh", {"id_user": "0" * 24}, "POST /sessions of Syncfy was answered 404: there is no user 0"),
        ("refresh", {"id_user": 5}, "POST /sessions of Syncfy was answered 400: id_user: "),
        ("refresh", {"id_site": "0" * 24}, "POST /credentials of Syncfy was answered 404: there is no site 0"),
        (
            "refresh",
            {"username": "error_999"},
            "POST /credentials of Syncfy was answered 400: username: no",
        ),
        ("refresh", {"id_credential": "0" * 24}, "id_credential: there is no credential 0"),
        ("payment_notification", {"payment_id": 1}, "payment_id: there is no payment 1"),
        ("payment_notification", {"payment_id": "x"}, "payment_id: must be a whole number"),
        ("payment_notification", {"company_id": 6}, "company_id: must be one of 5, 452, 453"),
        (
            "payment_notification",
            {"amount": "a lot"},
            "POST /payments/new_request of Facti was answered 200: total",
        ),
    ],
)
def test_an_event_that_cannot_be_caused_is_refused(
    mock: Mock, event: str, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(sentence)):
        trigger(mock, mock.world, event, **options)
    assert sent(mock, mock.world) == []


def test_a_credential_that_is_there_already_is_not_created(mock: Mock, linked: tuple[Syncfy, str]) -> None:
    api, _ = linked
    with pytest.raises(ValueError, match="id_user: has this login at this site already"):
        trigger(mock, mock.world, "credential_create", id_user=api.id_user)
    trigger(mock, mock.world, "credential_create", id_user=api.id_user, username="other", url=URL)
    assert [one.event for one in sent(mock, mock.world)] == ["credential_create"]


def test_a_fault_strikes_triggers_too(mock: Mock) -> None:
    fault = {"operation": "create_user", "times": 1, "effect": {"kind": "status", "status": 503}}
    mock.world.faults.add(Fault.from_json(fault))
    with pytest.raises(ValueError, match="POST /users of Syncfy was answered 503"):
        trigger(mock, mock.world, "refresh")
    trigger(mock, mock.world, "refresh", url=URL)
    assert [one.event for one in sent(mock, mock.world)] == ["refresh"]


def test_only_the_events_of_the_providers_that_are_there_are_known() -> None:
    with pytest.raises(ValueError, match="no event 'payment_notification'; there is credential_create"):
        trigger(mock := Mock(clock=ManualClock(), providers=[syncfy.provider()]), mock.world, "payment_notification")
    with pytest.raises(ValueError, match=r"there is payment_notification$"):
        trigger(mock := Mock(clock=ManualClock(), providers=[facti.provider()]), mock.world, "refresh")


def test_a_trigger_may_come_from_within_a_request(mock: Mock) -> None:
    """As the control's do: the world is locked and its clock stands."""
    with mock.world.lock, mock.world.standing(mock.world.now):
        trigger(mock, mock.world, "credential_create", url=URL)
    assert [one.event for one in mock.outgoing()] == ["credential_create"]


def test_the_same_triggers_bring_the_same_bytes() -> None:
    def story() -> list[tuple[str, str, bytes]]:
        mock = Mock(clock=ManualClock())
        for event in EVENTS:
            trigger(mock, mock.world, event, url=URL)
        return [(one.id, one.event, one.body) for one in sent(mock, mock.world)]

    assert story() == story()
    assert {event for _, event, _ in story()} == set(EVENTS)
