"""Faults: whom they strike, how often, what is done all the same, and that nothing else changes."""

import pickle
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from syncfy_caller import KEY, Syncfy

from ventanilla.mock import facti, facturaonline, syncfy
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.facti.access import API_KEY, CLIENT_ID
from ventanilla.mock.facturaonline import access
from ventanilla.mock.faults import (
    BrokenChunk,
    Change,
    ContentType,
    Drip,
    Fault,
    Faults,
    Header,
    Latency,
    MalformedJson,
    Remove,
    Reset,
    Standing,
    Status,
    Truncated,
    WebhookDuplicate,
    WebhookLate,
    WebhookLost,
    WebhookReorder,
)
from ventanilla.mock.provider import Call, Provider, Reply
from ventanilla.mock.wire import ORDERLY, Conduct, Request, Response
from ventanilla.mock.world import World

USER = {"name": "El Santo"}
RESET = {"effect": {"kind": "reset"}}


def struck(api: Syncfy, fault: Fault, method: str = "POST", path: str = "/users", body: Any = USER) -> Response:
    """Make one request under a fault, and take the fault away again."""
    faults = api.mock.world.faults
    added = faults.add(fault, api.mock.world.now)
    answer = api.send(method, path, body if method == "POST" else None)
    assert faults[added.id].struck == 1
    faults.remove(added.id)
    return unnamed(answer)


def unnamed(answer: Response) -> Response:
    """Return an answer without the name of the mock's instance, which no fault takes away."""
    *headers, (name, _) = answer.headers
    assert name == "X-Ventanilla-Instance"
    return evolve(answer, headers=tuple(headers))


def users(api: Syncfy) -> int:
    return len(api.key_call("GET", "/users"))


def statuses(api: Syncfy, times: int) -> list[int]:
    return [api.send("GET", "/users").status for _ in range(times)]


def standing(api: Syncfy) -> Standing:
    (only,) = api.mock.world.faults
    return only


# What is done, and what is not.


@pytest.mark.parametrize(("when", "made"), [(None, 0), ("before", 0), ("after", 1)])
def test_a_status_comes_in_the_handlers_place_or_once_it_is_done(api: Syncfy, when: Any, made: int) -> None:
    answer = struck(api, Fault(Status(503, retry_after=7, message="back soon"), when=when))
    envelope = answer.json()
    assert (answer.status, envelope["code"], envelope["status"], envelope["message"]) == (503, 503, False, "back soon")
    assert ("Retry-After", "7") in answer.headers
    assert answer.conduct == ORDERLY
    assert users(api) == made


@pytest.mark.parametrize(("when", "made"), [(None, 0), ("before", 0), ("after", 1)])
def test_a_reset_breaks_the_connection_before_or_after_the_work(api: Syncfy, when: Any, made: int) -> None:
    assert struck(api, Fault(Reset(), when=when)).conduct == Conduct(ending="reset")
    assert users(api) == made


@pytest.mark.parametrize("when", [None, "after"])
def test_a_late_answer_is_of_work_that_is_done(api: Syncfy, when: Any) -> None:
    answer = struck(api, Fault(Latency(1.5), when=when))
    assert (answer.status, answer.conduct, answer.again) == (200, Conduct(delay=1.5), None)
    assert users(api) == 1


def test_a_request_that_is_held_is_handled_after_the_delay_and_only_if_somebody_waits(api: Syncfy) -> None:
    fault = api.mock.world.faults.add(Fault(Latency(30), when="before"))
    held = api.send("POST", "/users", USER)
    assert (held.conduct, held.again is None) == (Conduct(delay=30), False)
    assert (users_without_faults(api), len(api.mock.world.journal)) == (0, 1)

    assert held.again is not None
    answer = api.mock.handle(held.again)
    assert (answer.status, answer.conduct, answer.again) == (200, ORDERLY, None)
    assert [entry.fault for entry in api.mock.world.journal] == [None, fault.id]
    assert api.mock.world.calls["create_user"] == 1
    assert users_without_faults(api) == 1


def users_without_faults(api: Syncfy) -> int:
    kept, api.mock.world.faults = api.mock.world.faults, Faults()
    count = users(api)
    api.mock.world.faults = kept
    return count


def test_a_request_that_is_held_stays_in_its_namespace() -> None:
    mock = Mock(clock=ManualClock(), providers=[syncfy.provider()])
    mock.world_of("a").faults.add(Fault(Latency(1), when="before"))
    target, headers = "/_ns/a/syncfy/v1/users", {"Authorization": KEY, "Content-Type": "application/json"}
    held = mock.handle(Request("POST", target, headers, b'{"name":"El Santo"}'))
    assert held.again is not None
    assert mock.handle(held.again).status == 200
    assert [entry.operation for entry in mock.world_of("a").journal] == ["create_user"]
    assert not list(mock.world.journal)


@pytest.mark.parametrize(
    ("effect", "conduct"),
    [
        (Truncated(), Conduct(ending="truncated")),
        (BrokenChunk(), Conduct(ending="broken-chunk")),
        (Drip(100), Conduct(drip=100)),
    ],
)
def test_what_the_wire_does_leaves_the_answer_itself_alone(api: Syncfy, effect: Any, conduct: Conduct) -> None:
    answer = struck(api, Fault(effect))
    assert (answer.status, answer.conduct, answer.json()["response"]["name"]) == (200, conduct, "El Santo")
    assert users(api) == 1


def test_json_can_be_spoilt(api: Syncfy) -> None:
    answer = struck(api, Fault(MalformedJson()))
    assert answer.body.startswith(b'{"rid":')
    with pytest.raises(ValueError, match="malformed"):
        answer.json()
    assert users(api) == 1


def test_the_content_type_can_be_wrong(api: Syncfy) -> None:
    answer = struck(api, Fault(ContentType("text/html; charset=latin1")))
    assert answer.headers == (("Content-Type", "text/html; charset=latin1"),)
    assert answer.json()["code"] == 200


def test_a_header_can_be_added_replaced_and_taken_away(api: Syncfy) -> None:
    (kind,) = struck(api, Fault(Reset())).headers
    assert struck(api, Fault(Header("X-New", "1"))).headers == (kind, ("X-New", "1"))
    assert struck(api, Fault(Header("content-type", "a/b"))).headers == (("content-type", "a/b"),)
    assert struck(api, Fault(Header("Content-Type"))).headers == ()
    api.mock.world.faults.add(Fault(Header("X-Other")))
    assert unnamed(api.send("GET", "/users")).headers == (kind,)
    assert standing(api).missed == 1


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/code", "200"), ("/response/0/name", None), ("/response/0/new", Decimal("1.50")), ("/response", {"a/b~c": [1]})],
)
def test_the_answer_can_say_something_else(api: Syncfy, pointer: str, value: Any) -> None:
    api.key_call("POST", "/users", USER)
    body = struck(api, Fault(Change(pointer, value)), "GET").json()
    for step in pointer.split("/")[1:]:
        body = body[int(step) if isinstance(body, list) else step]
    assert body == value


def test_the_answer_can_be_another_one_altogether(api: Syncfy) -> None:
    assert struck(api, Fault(Change("", [Decimal("5.20")])), "GET").body == b"[5.20]"


def test_pointers_escape_slashes_and_tildes(api: Syncfy) -> None:
    answer = struck(api, Fault(Change("/response~1a~0b", 1)), "GET").json()
    assert answer["response/a~b"] == 1


def test_something_can_be_missing_from_the_answer(api: Syncfy) -> None:
    api.key_call("POST", "/users", USER)
    assert "rid" not in struck(api, Fault(Remove("/rid")), "GET").json()
    assert "name" not in struck(api, Fault(Remove("/response/0/name")), "GET").json()["response"][0]
    assert struck(api, Fault(Remove("/response/0")), "GET").json()["response"] == []


@pytest.mark.parametrize(
    "effect",
    [
        Change("/response/0/name", 1),
        Change("/response/x", 1),
        Change("/nothing/there", 1),
        Change("/code/deeper", 1),
        Remove("/response/-"),
        Remove("/nothing"),
    ],
)
def test_an_answer_without_the_place_leaves_as_it_is_and_the_fault_says_that_it_missed(
    api: Syncfy, effect: Any
) -> None:
    plain = api.send("GET", "/users").json()
    api.mock.world.faults.add(Fault(effect))
    answer = api.send("GET", "/users")
    assert answer.json() | {"rid": ""} == plain | {"rid": ""}
    assert (standing(api).struck, standing(api).missed) == (1, 1)


@pytest.mark.parametrize("effect", [MalformedJson(), Change("/a", 1), Remove("/a")])
def test_a_file_is_no_json_to_be_bent(effect: Any) -> None:
    faults = Faults()
    fault = faults.add(Fault(effect))
    file = Response(200, (("Content-Type", "application/pdf"),), b"%PDF-1.4")
    assert faults.bend(fault, file) is file
    assert faults[fault.id].missed == 1


def test_after_strikes_what_the_handler_refuses_as_well(api: Syncfy) -> None:
    api.mock.world.faults.add(Fault(Status(502), when="after"))
    assert api.send("DELETE", "/users/" + "0" * 24).status == 502


def test_a_defect_of_the_mock_is_not_hidden_behind_a_fault() -> None:
    def lying(world: World, call: Call) -> Reply:
        return Reply({"nothing": "of the kind"})

    original = syncfy.provider()
    handlers = {**original.handlers, "list_users": lying}
    provider = Provider("syncfy", original.spec, original.authenticate, original.refuse, handlers)
    api = Syncfy(ManualClock(), Mock(clock=ManualClock(), providers=[provider]))
    api.mock.world.faults.add(Fault(Status(503), when="after"))
    assert "breaks the spec" in api.send("GET", "/users").json()["message"]


# The providers' own words.


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503, 522])
def test_facti_says_it_in_its_own_envelope_with_the_real_status(status: int) -> None:
    mock = Mock(clock=ManualClock(), providers=[facti.provider()])
    mock.world.faults.add(Fault(Status(status, retry_after="soon")))
    form = f"client_id={CLIENT_ID}&api_key={API_KEY}".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = mock.handle(Request("POST", "/facti/v1/user/authenticate", kind, form))
    assert (answer.status, answer.json()["result"]) == (status, 0)
    assert ("Retry-After", "soon") in answer.headers


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503, 522])
def test_factura_online_says_it_in_its_own_envelope_with_the_real_status(status: int) -> None:
    mock = Mock(clock=ManualClock(), providers=[facturaonline.provider()])
    mock.world.faults.add(Fault(Status(status)))
    keys = {
        "F-PLUGIN": access.PLUGIN,
        "F-Api-Key": access.API_KEY,
        "F-Secret-Key": access.SECRET_KEY,
    }
    answer = mock.handle(Request("GET", "/facturaonline/api/payroll/list", keys))
    assert (answer.status, answer.json()["response"]) == (status, "error")


def test_a_status_without_words_gets_the_usual_ones(api: Syncfy) -> None:
    assert struck(api, Fault(Status(503))).json()["message"] == "Service Unavailable"
    assert struck(api, Fault(Status(522))).json()["message"] == "Error 522"


# Whom, and how often.


def test_nobody_is_struck_without_faults(api: Syncfy) -> None:
    assert statuses(api, 3) == [200, 200, 200]


def test_only_the_nth_is_struck(api: Syncfy) -> None:
    api.mock.world.faults.add(Fault(Status(503), nth=2))
    assert statuses(api, 4) == [200, 503, 200, 200]
    assert (standing(api).matched, standing(api).struck) == (4, 1)


def test_a_fault_strikes_at_most_so_often(api: Syncfy) -> None:
    api.mock.world.faults.add(Fault(Status(503), times=2))
    assert statuses(api, 4) == [503, 503, 200, 200]
    assert (standing(api).matched, standing(api).struck) == (4, 2)


def test_a_fault_stands_for_so_long_on_the_worlds_clock(api: Syncfy) -> None:
    api.mock.world.faults.add(Fault(Status(503), ttl=60), api.mock.world.now)
    assert statuses(api, 1) == [503]
    api.clock.advance(59.9)
    assert statuses(api, 1) == [503]
    api.clock.advance(0.2)
    assert statuses(api, 1) == [200]
    assert standing(api).matched == 2


def test_a_ttl_needs_the_moment_from_which_it_counts() -> None:
    with pytest.raises(ValueError, match=r"^ttl: .*world\.now"):
        Faults().add(Fault(Reset(), ttl=1))


def test_probability_comes_true_in_the_long_run_and_the_same_way_each_time() -> None:
    def run(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Fault(Reset(), probability=0.3))
        return [faults.strikes("syncfy", "list_users", 0) is not None for _ in range(10_000)]

    first = run(1)
    # Six standard deviations of the binomial distribution are 275.
    assert abs(sum(first) - 3000) < 275
    assert first == run(1)
    assert first != run(2)


def test_probability_0_never_strikes_and_1_always_does() -> None:
    faults = Faults()
    faults.add(Fault(Reset(), probability=0))
    assert not any(faults.strikes("syncfy", "list_users", 0) for _ in range(1000))
    faults.add(Fault(Reset(), probability=1))
    assert all(faults.strikes("syncfy", "list_users", 0) for _ in range(1000))


def test_a_fault_is_for_its_provider_and_operation_alone(api: Syncfy) -> None:
    faults = api.mock.world.faults
    faults.add(Fault(Status(503), provider="facti"))
    faults.add(Fault(Status(502), provider="syncfy", operation="create_user"))
    assert statuses(api, 2) == [200, 200]
    assert [each.matched for each in faults] == [0, 0]
    assert api.send("POST", "/users", USER).status == 502
    assert [each.matched for each in faults] == [0, 1]


def test_every_fault_counts_what_it_is_meant_for_and_the_first_one_strikes(api: Syncfy) -> None:
    faults = api.mock.world.faults
    faults.add(Fault(Status(501), nth=1))
    faults.add(Fault(Status(502), nth=2))
    faults.add(Fault(Status(503)))
    assert statuses(api, 4) == [501, 502, 503, 503]
    assert [(each.matched, each.struck) for each in faults] == [(4, 1), (4, 1), (4, 2)]


def test_what_does_not_get_as_far_as_the_handler_is_neither_counted_nor_struck(api: Syncfy) -> None:
    api.mock.world.faults.add(Fault(Status(503)))
    assert api.send("GET", "/users", auth="nobody").status == 401
    assert api.send("POST", "/users", {}).status == 400
    assert api.send("GET", "/nowhere").status == 404
    assert api.send("PATCH", "/users").status == 405
    assert (standing(api).matched, standing(api).struck) == (0, 0)


def test_the_journal_says_which_fault_struck(api: Syncfy) -> None:
    api.mock.world.faults.add(Fault(Status(503), id="gateway", nth=2))
    statuses(api, 2)
    assert [entry.fault for entry in api.mock.world.journal] == [None, "gateway"]


# Nothing else changes.


def later(fault: Fault | None, make: bool = True) -> list[bytes]:
    """Return the answers that come after a request that a fault may have struck."""
    clock = ManualClock()
    api = Syncfy(clock, Mock(clock=clock, seed=7, providers=[syncfy.provider()]))
    if fault is not None:
        api.mock.world.faults.add(fault)
    if make:
        api.send("POST", "/users", USER)
    api.mock.world.faults.clear()
    return [api.send("POST", "/users", {"name": name}).body for name in ("Blue Demon", "Mil Máscaras")]


@pytest.mark.parametrize("effect", [Status(503), Reset(), Latency(1), Truncated(), MalformedJson(), Change("/rid", 1)])
def test_after_leaves_the_world_as_if_there_had_been_no_fault(effect: Any) -> None:
    assert later(Fault(effect, when="after")) == later(None)


@pytest.mark.parametrize("effect", [Status(503), Reset(), Latency(1)])
def test_before_leaves_the_world_as_if_nobody_had_asked(effect: Any) -> None:
    assert later(Fault(effect, when="before")) == later(None, make=False)
    assert later(None) != later(None, make=False)


def test_probability_leaves_the_worlds_dice_alone() -> None:
    assert later(Fault(Status(503), probability=0)) == later(None)


def test_the_same_seed_gives_the_same_struck_answers() -> None:
    def run() -> list[bytes]:
        clock = ManualClock()
        api = Syncfy(clock, Mock(clock=clock, seed=7, providers=[syncfy.provider()]))
        api.mock.world.faults.add(Fault(Status(503), probability=0.5))
        return [api.send("POST", "/users", USER).body for _ in range(20)]

    assert run() == run()
    assert len(set(run())) == 20


def test_faults_go_on_from_a_copy_as_they_would_have(api: Syncfy) -> None:
    faults = api.mock.world.faults
    faults.add(Fault(Status(503), probability=0.5, ttl=99), api.mock.world.now)
    faults.add(Fault(Change("/a", {"b": Decimal("1.20")}), nth=3))
    statuses(api, 2)
    api.mock.world.faults = pickle.loads(pickle.dumps(faults))
    went_on = statuses(api, 20)
    shown = [each.to_json() for each in api.mock.world.faults]
    api.mock.world.faults = faults
    assert statuses(api, 20) == went_on
    assert [each.to_json() for each in faults] == shown
    assert faults.add(Fault(Reset())).id == "f3"


# Webhook calls.


@pytest.mark.parametrize("effect", [WebhookLost(), WebhookDuplicate(2), WebhookReorder(), WebhookLate(60)])
def test_a_webhook_call_is_struck_by_profile_and_event(effect: Any) -> None:
    faults = Faults()
    faults.add(Fault(effect, profile="sync-v3", event="credentials.created", times=1))
    assert faults.webhook("sync-v1", "credentials.created", 0) is None
    assert faults.webhook("sync-v3", "documents.completed", 0) is None
    assert faults.webhook("sync-v3", "credentials.created", 0) == effect
    assert faults.webhook("sync-v3", "credentials.created", 0) is None
    assert [(each.matched, each.struck) for each in faults] == [(2, 1)]


def test_faults_of_answers_and_of_webhook_calls_do_not_meet() -> None:
    faults = Faults()
    faults.add(Fault(WebhookLost()))
    faults.add(Fault(Reset()))
    exchange = faults.strikes("syncfy", "list_users", 0)
    assert exchange is not None
    assert exchange.kind == "reset"
    assert faults.webhook("sync-v1", "refresh", 0) == WebhookLost()
    assert [each.matched for each in faults] == [1, 1]


def test_nothing_happens_to_webhook_calls_without_faults() -> None:
    assert Faults().webhook("sync-v1", "refresh", 0) is None


# Their list, and their JSON.


def test_ids_are_given_in_turn_and_never_twice() -> None:
    faults = Faults()
    assert [faults.add(Fault(Reset())).id for _ in range(2)] == ["f1", "f2"]
    faults.add(Fault(Reset(), id="f3"))
    faults.remove("f2")
    assert faults.add(Fault(Reset())).id == "f4"
    assert [each.fault.id for each in faults] == ["f1", "f3", "f4"]
    with pytest.raises(ValueError, match=r"^id: there is a fault f1 already"):
        faults.add(Fault(Reset(), id="f1"))


def test_faults_are_taken_away_one_by_one_or_all_at_once() -> None:
    faults = Faults()
    faults.add(Fault(Reset()))
    faults.add(Fault(Reset()))
    faults.remove("f1")
    assert [each.fault.id for each in faults] == ["f2"]
    with pytest.raises(LookupError, match="there is no fault f1; there are f2"):
        faults.remove("f1")
    faults.clear()
    assert (len(faults), list(faults)) == (0, [])
    with pytest.raises(LookupError, match="none at all"):
        faults["f2"]


def test_there_is_an_end_to_the_number_of_faults() -> None:
    faults = Faults()
    for _ in range(1000):
        faults.add(Fault(Reset()))
    with pytest.raises(ValueError, match="1000 faults already"):
        faults.add(Fault(Reset()))


@pytest.mark.parametrize(
    "plain",
    [
        {"effect": {"kind": "latency", "seconds": 0.5}, "when": "before"},
        {"effect": {"kind": "status", "status": 429, "retry_after": 3, "message": "slowly"}, "when": "after"},
        {"effect": {"kind": "status", "status": 503, "retry_after": "Wed, 21 Oct 2026 07:28:00 GMT"}},
        {"effect": {"kind": "reset"}, "id": "f-1.a_B", "provider": "syncfy", "operation": "list_users"},
        {"effect": {"kind": "truncated"}, "nth": 3},
        {"effect": {"kind": "broken-chunk"}, "probability": 0.25},
        {"effect": {"kind": "malformed-json"}, "times": 2, "ttl": 60.0},
        {"effect": {"kind": "content-type", "value": "text/plain"}},
        {"effect": {"kind": "header", "name": "X-New", "value": "1"}, "operation": "list_users"},
        {"effect": {"kind": "header", "name": "Retry-After"}},
        {"effect": {"kind": "drip", "bytes_per_second": 10.0}},
        {"effect": {"kind": "change", "pointer": "/a/0", "value": {"b": [None, Decimal("1.10")]}}},
        {"effect": {"kind": "remove", "pointer": "/a"}},
        {"effect": {"kind": "webhook-lost"}, "profile": "facti-ipn"},
        {"effect": {"kind": "webhook-duplicate", "copies": 3}, "event": "refresh"},
        {"effect": {"kind": "webhook-reorder"}, "profile": "sync-v1", "event": "refresh"},
        {"effect": {"kind": "webhook-late", "seconds": 60.0}},
    ],
)
def test_a_fault_reads_and_writes_its_json(plain: dict[str, Any]) -> None:
    assert Fault.from_json(plain).to_json() == plain
    everything_else = dict.fromkeys(Fault.__struct_fields__)
    assert Fault.from_json(everything_else | plain | {"id": plain.get("id", "")}).to_json() == plain


def test_what_stands_is_shown_with_what_it_has_met(api: Syncfy) -> None:
    api.mock.world.faults.add(Fault(Status(503), nth=2, ttl=5), 1000.0)
    assert standing(api).to_json() == {
        "id": "f1",
        "effect": {"kind": "status", "status": 503},
        "nth": 2,
        "ttl": 5.0,
        "matched": 0,
        "struck": 0,
        "missed": 0,
        "until": 1005.0,
    }


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        (None, "fault: must be an object"),
        ([], "fault: must be an object"),
        ({}, "fault: object missing required field `effect`; its fields are effect, id, "),
        (RESET | {"chance": 1}, "fault: object contains unknown field `chance`; its fields are effect, id, "),
        ({"effect": "reset"}, "effect: must be an object"),
        ({"effect": {}}, "effect.kind: must be one of latency, status, reset, "),
        ({"effect": {"kind": "explode"}}, "effect.kind: must be one of latency, status, reset, "),
        (
            {"effect": {"kind": "reset", "hard": True}},
            "effect: object contains unknown field `hard`; its fields are none",
        ),
        ({"effect": {"kind": "status"}}, "effect: object missing required field `status`; its fields are status, "),
        ({"effect": {"kind": "status", "status": 200}}, "effect.status: must be a whole number, 400 to 599"),
        ({"effect": {"kind": "status", "status": True}}, "effect.status: must be a whole number, 400 to 599"),
        ({"effect": {"kind": "latency", "seconds": -1}}, "effect.seconds: must be seconds, 0 to 3600"),
        ({"effect": {"kind": "latency", "seconds": float("nan")}}, "effect.seconds: must be seconds, 0 to 3600"),
        (
            {"effect": {"kind": "status", "status": 503, "retry_after": "1\r\nSet-Cookie: a"}},
            "effect.retry_after: must be whole seconds or 1 to 200 characters of printable ASCII",
        ),
        (
            {"effect": {"kind": "content-type", "value": "a\n"}},
            "effect.value: must be 1 to 200 characters of printable",
        ),
        ({"effect": {"kind": "header", "name": "a b"}}, "effect.name: must be 1 to 100 letters, digits or hyphens"),
        ({"effect": {"kind": "header", "name": "content-LENGTH"}}, "effect.name: must be 1 to 100 letters"),
        ({"effect": {"kind": "header", "name": "X", "value": "a\r\nb"}}, "effect.value: must be 1 to 200 characters"),
        ({"effect": {"kind": "drip", "bytes_per_second": 0}}, "effect.bytes_per_second: must be a number above 0"),
        ({"effect": {"kind": "change", "pointer": "a", "value": 1}}, "effect.pointer: must be a JSON pointer such as"),
        ({"effect": {"kind": "remove", "pointer": ""}}, "effect.pointer: must be a JSON pointer such as"),
        ({"effect": {"kind": "change", "pointer": "", "value": "\ud800"}}, "effect.value: must be JSON: "),
        ({"effect": {"kind": "webhook-duplicate", "copies": 0}}, "effect.copies: must be a whole number, 1 to 100"),
        (RESET | {"id": "a b"}, "id: must be 1 to 64 letters, digits, dots, hyphens or underscores"),
        (RESET | {"provider": ""}, "provider: must be 1 to 100 characters"),
        (RESET | {"nth": 0}, "nth: must be a whole number, 1 or more"),
        (RESET | {"probability": 1.1}, "probability: must be a number, 0 to 1"),
        (RESET | {"times": "2"}, "times: must be a whole number, 1 or more"),
        (RESET | {"ttl": 0}, "ttl: must be seconds, more than 0"),
        (RESET | {"when": "during"}, "when: must be one of after, before"),
        (RESET | {"event": "refresh"}, "event: means nothing to reset; it strikes answers, by provider and operation"),
        ({"effect": {"kind": "truncated"}, "when": "before"}, "when: truncated bends an answer, so it can only"),
        ({"effect": {"kind": "webhook-lost"}, "when": "after"}, "when: means nothing to webhook-lost; "),
        ({"effect": {"kind": "webhook-lost"}, "operation": "a"}, "operation: means nothing to webhook-lost; "),
        ({"effect": {"kind": "webhook-lost"}, "profile": "v9"}, "profile: must be one of facti-ipn, sync-v1, sync-v3"),
    ],
)
def test_a_wrong_shape_is_refused_with_the_field_and_what_is_allowed(plain: Any, said: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011  (the words are compared below)
        Fault.from_json(plain)
    assert str(refusal.value).startswith(said)


def test_a_fault_made_in_python_is_held_to_the_same_rules() -> None:
    with pytest.raises(ValueError, match=r"^effect\.status: must be a whole number, 400 to 599"):
        Faults().add(Fault(Status(200)))
    with pytest.raises(ValueError, match=r"^when: truncated"):
        Fault(Truncated(), when="before")


def test_a_fault_for_somebody_unknown_is_told_from_one_that_can_strike() -> None:
    providers = Mock().providers
    Fault(Reset()).check(providers)
    Fault(Reset(), provider="facti", operation="search_payments").check(providers)
    Fault(Reset(), operation="search_payments").check(providers)
    with pytest.raises(ValueError, match=r"^provider: there is no paybook; there are syncfy, facti, facturaonline$"):
        Fault(Reset(), provider="paybook").check(providers)
    with pytest.raises(ValueError, match=r"^operation: there is no list_user; there is list_users"):
        Fault(Reset(), provider="syncfy", operation="list_user").check(providers)
    with pytest.raises(ValueError, match=r"^operation: there is no search_payments"):
        Fault(Reset(), provider="syncfy", operation="search_payments").check(providers)
