"""The way of every request: route, method, authentication, validation, handler, self-check; timers and dice."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from ventanilla.mock import _coerce
from ventanilla.mock._spec import Spec
from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.lifecycle import Lifecycle
from ventanilla.mock.passage import LARGEST_BODY
from ventanilla.mock.provider import Call, Handler, Provider, Refused, Reply
from ventanilla.mock.wire import Request, Response, decode, encode
from ventanilla.mock.world import World

ANSWERS = {
    "anyOf": [{"$ref": "#/components/schemas/Thing"}, {"$ref": "#/components/schemas/Failure"}],
}


def document() -> dict[str, Any]:
    answer = {"200": {"content": {"application/json": {"schema": ANSWERS}}}}
    shared = {"$ref": "#/components/parameters/limit"}
    identifier = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{2}$"},
    }
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    return {
        "servers": [{"url": "https://things.example/v1"}],
        "x-decimals": "string",
        "paths": {
            "/things/count": {"get": {"operationId": "count", "tags": ["things"], "responses": answer}},
            "/things/{id}": {
                "parameters": [identifier],
                "get": {"operationId": "read", "tags": ["things"], "parameters": [shared], "responses": answer},
                "put": {"operationId": "write", "tags": ["things"], "requestBody": body, "responses": answer},
            },
        },
        "components": {
            "parameters": {"limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}}},
            "schemas": {
                "Thing": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string"},
                        "price": {"type": "number"},
                        "cost": {"type": "string", "format": "decimal"},
                    },
                },
                "Failure": {"type": "object", "required": ["error"]},
            },
        },
    }


def refuse(world: World, status: int, message: str) -> Reply:
    return Reply({"error": message}, status=status, failed=True)


def authenticate(world: World, call: Call) -> str:
    if call.request.headers.get("authorization") != "me":
        raise Refused(401, "who are you?")
    return "me"


def ok(world: World, call: Call) -> Reply:
    return Reply({"name": call.operation.id, "path": dict(call.path), "query": dict(call.query), "body": call.body})


def things(clock: Clock | None = None, *, override: bool = False, **handlers: Handler) -> Mock:
    every: dict[str, Handler] = {"count": ok, "read": ok, "write": ok, **handlers}
    provider = Provider("shop", Spec("shop", document()), authenticate, refuse, every, override=override)
    return Mock(clock=clock or ManualClock(), providers=[provider])


def ask(mock: Mock, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
    sent = {"Authorization": "me", "Content-Type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return mock.handle(Request(method, f"/shop/v1{path}", sent, body))


def test_a_fixed_path_goes_before_a_parameter() -> None:
    assert ask(things(), "GET", "/things/count").json()["name"] == "count"
    assert ask(things(), "GET", "/things/ab").json()["name"] == "read"


def test_an_encoded_slash_stays_inside_its_segment() -> None:
    answer = ask(things(), "GET", "/things/a%2Fb")
    assert (answer.status, answer.json()) == (404, {"error": "there is nothing at this path"})
    assert Request("GET", "/things/a%2Fb").segments == ("things", "a/b")


@pytest.mark.parametrize("path", ["/things", "/things/", "/things//", "/things/ab//", "/things/zz", "/nothing", ""])
def test_an_unknown_path_is_the_providers_404(path: str) -> None:
    answer = ask(things(), "GET", path)
    assert (answer.status, list(answer.json())) == (404, ["error"])


@pytest.mark.parametrize("target", ["/", "/other/v1/things/ab", "/shop", "/shop/v2/things/ab"])
def test_a_path_of_nobody_is_a_404_that_says_what_is_served(target: str) -> None:
    answer = things().handle(Request("GET", target))
    assert answer.status == 404
    assert "/shop/v1" in answer.json()["error"]


def test_a_wrong_method_is_405_with_allow() -> None:
    answer = ask(things(), "DELETE", "/things/ab")
    assert answer.status == 405
    assert ("Allow", "GET, PUT") in answer.headers


def test_authentication_goes_before_validation() -> None:
    assert ask(things(), "GET", "/things/ab?limit=x", Authorization="you").status == 401
    assert ask(things(), "PUT", "/things/ab", b"{", Authorization="you").status == 401


def test_validation_names_the_field_and_keeps_the_value_to_itself() -> None:
    error = ask(things(), "GET", "/things/ab?limit=secret").json()["error"]
    assert error.startswith("limit: ")
    assert "secret" not in error
    assert ask(things(), "PUT", "/things/ab", b'{"name": 1}').json()["error"].startswith("name: ")
    assert '"name"' in ask(things(), "PUT", "/things/ab", b"{}").json()["error"]
    assert "required" in ask(things(), "PUT", "/things/ab").json()["error"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"name": NaN}', b"[" * 100_000, b'"\\ud80"', b"1e999"])
def test_a_body_that_is_not_json_is_400(body: bytes) -> None:
    answer = ask(things(), "PUT", "/things/ab", body)
    assert (answer.status, answer.json()["error"]) == (400, "the body is not well-formed JSON")


def test_a_body_past_ten_mebibytes_is_413() -> None:
    assert ask(things(), "PUT", "/things/ab", b" " * (LARGEST_BODY + 1)).status == 413
    assert ask(things(), "PUT", "/things/ab", b'{"name":"a"}' + b" " * (LARGEST_BODY - 12)).status == 200


def test_unknown_query_parameters_are_ignored() -> None:
    assert ask(things(), "GET", "/things/ab?limit=2&other=1").json()["query"] == {"limit": 2}


@pytest.mark.parametrize(
    ("reply", "named"),
    [
        (Reply({"price": 1}), '"name" is a required property'),
        (Reply({"name": "a", "cost": "cheap"}), "cost: "),
        (Reply({"name": "a"}, status=201), "status 201 is not documented"),
        (Reply.file(b"a", "text/plain"), "text/plain is not documented"),
        (Reply({"error": "x"}), '"name" is a required property'),
        (Reply({"name": "a"}, failed=True), '"error" is a required property'),
    ],
)
def test_an_answer_that_breaks_the_spec_is_a_500_that_says_how(reply: Reply, named: str) -> None:
    answer = ask(things(read=lambda world, call: reply), "GET", "/things/ab")
    assert answer.status == 500
    assert named in answer.json()["error"]


def test_a_handler_that_fails_is_a_500_that_says_what() -> None:
    answer = ask(things(read=lambda world, call: Reply(1 / 0)), "GET", "/things/ab")
    assert answer.status == 500
    assert "ZeroDivisionError" in answer.json()["error"]


def test_a_handler_may_refuse() -> None:
    def handler(world: World, call: Call) -> Reply:
        raise Refused(404, f"there is no {call.path['id']}")

    answer = ask(things(read=handler), "GET", "/things/ab")
    assert (answer.status, answer.json()) == (404, {"error": "there is no ab"})


def test_a_narrowed_answer_is_checked_in_full() -> None:
    mock = things(read=lambda world, call: Reply({"name": "a"}, sent={}))
    assert ask(mock, "GET", "/things/ab").body == b"{}"
    assert ask(things(read=lambda world, call: Reply({}, sent={})), "GET", "/things/ab").status == 500


def test_money_leaves_and_arrives_digit_by_digit() -> None:
    mock = things(write=lambda world, call: Reply(call.body))
    answer = ask(mock, "PUT", "/things/ab", b'{"name":"a","price":55.20}')
    assert answer.body == b'{"name":"a","price":55.20}'
    assert answer.json()["price"] == Decimal("55.20")


def test_a_posted_get_takes_its_parameters_from_the_body() -> None:
    mock = things(override=True)
    answer = ask(mock, "POST", "/things/ab", b'{"limit": "2", "other": null}', X_Http_Method_Override="GET")
    assert answer.json() == {"name": "read", "path": {"id": "ab"}, "query": {"limit": 2}, "body": None}
    assert ask(mock, "POST", "/things/ab", b"null", X_Http_Method_Override="get").status == 200
    assert ask(mock, "POST", "/things/ab?_method=PUT", b'{"name":"a"}').json()["name"] == "write"
    assert ask(mock, "POST", "/things/ab", X_Http_Method_Override="PATCH").status == 405
    assert ask(things(), "POST", "/things/ab", X_Http_Method_Override="GET").status == 405


def test_control_operations() -> None:
    mock = things()
    assert mock.handle(Request("GET", "/_mock/health")).json() == {"status": "ok"}
    assert mock.handle(Request("GET", "/_mock/deliveries")).json() == []
    assert mock.handle(Request("POST", "/_mock/health")).status == 405
    assert mock.handle(Request("GET", "/_mock/nothing")).status == 404
    spec = mock.handle(Request("GET", "/_mock/openapi/shop.json", {"Host": "here:9"})).json()
    assert spec["servers"] == [{"url": "http://here:9/shop/v1"}]
    assert spec["paths"] == document()["paths"]
    assert mock.handle(Request("GET", "/_mock/openapi/other.json")).status == 404


def test_timers_fire_in_order_each_at_its_own_moment() -> None:
    clock, seen = ManualClock(100.0), list[tuple[str, float]]()
    world = World(clock)

    def note(name: str) -> None:
        seen.append((name, world.now))

    def first() -> None:
        note("first")
        world.schedule(1, lambda: note("nested"))

    world.schedule(5, lambda: note("last"))
    world.schedule(1, first)
    world.schedule(1, lambda: note("second"))
    world.schedule(2, lambda: note("never")).cancel()
    assert world.next_due() == 101
    clock.advance(60)
    world.run_due()
    assert seen == [("first", 101), ("second", 101), ("nested", 102), ("last", 105)]
    assert world.next_due() is None
    assert world.now == 160


def test_a_timer_that_fails_is_told_once_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    mock, seen = things(), list[str]()

    def fail() -> None:
        raise KeyError("lost")

    mock.world.schedule(0, fail)
    mock.world.schedule(0, lambda: seen.append("next"))
    answer = ask(mock, "GET", "/things/ab")
    assert (answer.status, seen) == (500, ["next"])
    assert "KeyError" in answer.json()["error"]
    assert "a timer of the mock failed" in caplog.text
    assert ask(mock, "GET", "/things/ab").status == 200


def test_time_runs_forward_only() -> None:
    with pytest.raises(ValueError, match="forward"):
        ManualClock().advance(-1)


def test_the_clock_stands_still_while_a_request_is_handled() -> None:
    class Racing(Clock):
        moment = 0.0

        def now(self) -> float:
            self.moment += 1
            return self.moment

    moments: list[float] = []

    def handler(world: World, call: Call) -> Reply:
        moments.extend((call.now, world.now, world.now))
        return Reply({"name": "a"})

    mock = things(read=handler)
    mock.world.clock = Racing()
    ask(mock, "GET", "/things/ab")
    assert len(set(moments)) == 1


def test_one_seed_gives_one_sequence_of_ids() -> None:
    def draw(seed: int) -> list[str]:
        world = World(ManualClock(1_700_000_000), seed)
        return [world.object_id(), world.uuid(), world.hex(64)]

    assert draw(7) == draw(7)
    assert draw(7) != draw(8)
    identifier, uuid, token = draw(7)
    assert (len(identifier), identifier[:8], len(token)) == (24, f"{1_700_000_000:08x}", 64)
    assert (uuid[14], uuid[19] in "89ab", len(uuid)) == ("4", True, 36)


def test_forms_nest_like_php() -> None:
    pairs = [("a", "1"), ("c[0][pu]", "2"), ("c[0][unit]", "x"), ("c[1][pu]", "3"), ("ids[]", "4"), ("ids[]", "5")]
    nested = _coerce.form([*pairs, ("r[rfc]", "X")])
    assert nested == {
        "a": "1",
        "c": [{"pu": "2", "unit": "x"}, {"pu": "3"}],
        "ids": ["4", "5"],
        "r": {"rfc": "X"},
    }


@pytest.mark.parametrize(
    "pairs", [[("a", "1"), ("a[b]", "2")], [("a[b]", "2"), ("a", "1")], [("[", "1")], [("a[", "")]]
)
def test_forms_that_contradict_themselves_are_still_read(pairs: list[tuple[str, str]]) -> None:
    assert _coerce.form(pairs)


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "integer"}, "12", 12),
        ({"type": "integer"}, "x", "x"),
        ({"type": "integer"}, True, 1),
        ({"type": "number"}, "1.50", Decimal("1.50")),
        ({"type": ["integer", "string"]}, "12", "12"),
        ({"type": "string"}, 12, "12"),
        ({"type": "boolean"}, "true", True),
        ({"type": "array", "items": {"type": "integer"}}, "1,2", "1,2"),
        ({"type": "array", "items": {"type": "integer"}}, ["1", "2"], [1, 2]),
        ({"type": "object", "properties": {"n": {"type": "integer"}}}, {"n": "1", "m": "1"}, {"n": 1, "m": "1"}),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "3", 3),
        ({}, "3", "3"),
    ],
)
def test_text_becomes_what_the_schema_declares(schema: dict[str, Any], value: Any, expected: Any) -> None:
    found = _coerce.coerce(Spec("shop", document()), schema, value)
    assert (found, type(found)) == (expected, type(expected))


def test_a_whole_number_is_an_integer_however_it_is_written() -> None:
    schema = {
        "type": "object",
        "properties": {
            "n": {"type": "integer"},
            "p": {"type": "number"},
            "l": {"items": {"type": ["integer", "null"]}},
        },
        "additionalProperties": {"type": "integer"},
    }
    found = _coerce.whole(Spec("shop", document()), schema, decode(b'{"n":5.0,"p":5.0,"l":[1e2,1.5,null],"x":7.0}'))
    assert encode(found) == b'{"n":5,"p":5.0,"l":[100,1.5,null],"x":7}'


def test_json_is_read_exactly() -> None:
    assert decode(b'{"a": 0.10}') == {"a": Decimal("0.10")}
    assert encode({"a": Decimal("0.10")}) == b'{"a":0.10}'


def test_a_clock_runs_stands_still_and_jumps() -> None:
    wall = [1000.0]
    clock = Clock(50.0, wall=lambda: wall[0])
    wall[0] += 10
    assert clock.now() == 60
    clock.run(60)
    wall[0] += 2
    assert clock.now() == 180
    assert clock.left(300) == 2
    clock.freeze()
    wall[0] += 5
    assert (clock.now(), clock.left(181), clock.left(180)) == (180, None, 0)
    clock.move(200)
    clock.move(190)
    assert clock.now() == 200
    assert clock.copy().now() == 200


@pytest.mark.parametrize("rate", [-1, 1e7, float("nan")])
def test_a_clock_refuses_an_impossible_rate(rate: float) -> None:
    with pytest.raises(ValueError, match="a clock runs at"):
        Clock().run(rate)


def test_a_namespace_is_a_world_of_its_own() -> None:
    clock = ManualClock()
    mock = things(clock, write=lambda world, call: Reply({"name": world.uuid()}))
    sent = {"Authorization": "me"}
    here, there = (
        mock.handle(Request("PUT", f"{prefix}/shop/v1/things/ab", sent, b'{"name": "a"}'))
        for prefix in ("", "/_ns/there")
    )
    assert here.status == 200
    assert here.body == there.body  # one seed
    world = mock.world_of("there")
    clock.advance(5)
    assert (mock.world.now, world.now) == (clock.now(), clock.now() - 5)
    assert (len(mock.world.journal), len(world.journal)) == (1, 1)
    assert mock.forget("there")
    assert not mock.forget("there")
    assert len(mock.world_of("there").journal) == 0


@pytest.mark.parametrize("name", ["", "..", "a%2fb", "-a", "a" * 65, "ñ"])
def test_a_namespace_without_a_proper_name_is_refused(name: str) -> None:
    mock = things()
    assert mock.handle(Request("GET", f"/_ns/{name}/things/ab")).status == 404
    assert list(mock.worlds) == [""]


def test_there_are_not_more_namespaces_than_memory_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla.mock.core.MOST_WORLDS", 2)
    mock = things()
    statuses = [mock.handle(Request("POST", f"/_ns/n{number}/_mock/reset")).status for number in range(3)]
    assert statuses == [200, 200, 503]  # beside the default one
    mock.forget("n0")
    assert mock.handle(Request("POST", "/_ns/n2/_mock/reset")).status == 200


@pytest.mark.parametrize(
    ("method", "target", "stays"),
    [
        ("GET", "/shop/v1/things/ab", False),
        ("HEAD", "/shop/v1/things/ab", False),
        ("OPTIONS", "/shop/v1/things/ab", False),
        ("GET", "/_mock/clock", False),
        ("PUT", "/shop/v1/things/ab", True),
        ("POST", "/_mock/faults", True),
        ("PUT", "/_mock/clock", True),
    ],
)
def test_a_world_of_reads_gives_way_and_others_stay(
    method: str, target: str, stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ventanilla.mock.core.MOST_IDLE", 2)
    mock = things()
    mock.handle(Request(method, f"/_ns/n0{target}"))
    mock.handle(Request("GET", "/_ns/used/shop/v1/things"))
    used = mock.worlds["used"]
    for number in range(1, 4):
        mock.handle(Request("GET", f"/_ns/n{number}/shop/v1/things"))
        mock.handle(Request("GET", "/_ns/used/shop/v1/things"))
    assert [*mock.worlds] == ["", *(["n0"] if stays else []), "used", "n3"]
    assert mock.worlds["used"] is used


def test_a_world_that_a_program_asked_for_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla.mock.core.MOST_IDLE", 1)
    mock = things()
    kept = mock.world_of("a"), mock.begin("b")
    for name in ("a", "b", "c", "d"):
        mock.handle(Request("GET", f"/_ns/{name}/shop/v1/things"))
    assert (mock.world_of("a"), mock.world_of("b")) == kept
    assert [*mock.worlds] == ["", "a", "b", "d"]


def test_threads_lose_nothing_that_they_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """A world goes only before somebody writes into it, however many others are read from meanwhile."""
    monkeypatch.setattr("ventanilla.mock.core.MOST_IDLE", 1)
    mock = things()

    def work(number: int) -> None:
        for turn in range(100):
            for method in ("GET", "PUT"):
                mock.handle(Request(method, f"/_ns/n{number}-{turn}/shop/v1/things/ab"))

    with ThreadPoolExecutor(4) as pool:
        assert len([*pool.map(work, range(4))]) == 4
    assert len(mock.worlds) == 401
    assert all(world.journal.count(method="PUT") == 1 for name, world in mock.worlds.items() if name)


def test_a_handler_that_is_missing_is_said_at_the_start() -> None:
    provider = Provider("shop", Spec("shop", document()), authenticate, refuse, {"count": ok})
    with pytest.raises(ValueError, match=r"^the mock of shop has no handler for read, write$"):
        Mock(providers=[provider])


@pytest.mark.parametrize(("lifecycle", "polls"), [(Lifecycle("polls", 1), 1), (Lifecycle("polls", 3), 3)])
def test_polls_drive_a_process(lifecycle: Lifecycle, polls: int) -> None:
    world, done = World(ManualClock()), list[str]()
    world.lifecycles["syncfy"] = lifecycle
    world.step("syncfy", "job", lambda: done.append("step"))
    world.clock.advance(1000)
    world.run_due()
    for _ in range(polls):
        assert done == []
        world.polled("syncfy", "job")
    assert done == ["step"]


def test_an_event_drives_a_process() -> None:
    world, done = World(ManualClock()), list[str]()
    world.lifecycles["syncfy"] = Lifecycle("event")
    world.step("syncfy", "job", lambda: done.append("step"))
    world.step("syncfy", "dropped", lambda: done.append("never")).cancel()
    world.polled("syncfy", "job")
    assert (done, world.processes()) == ([], [("syncfy", "job")])
    assert world.push("syncfy", "job")
    assert not world.push("syncfy", "job")
    assert not world.push("syncfy", "dropped")
    assert (done, world.processes()) == (["step"], [])


def test_an_immediate_process_is_over_at_once_and_a_timed_one_after_its_pace() -> None:
    clock = ManualClock()
    world, done = World(clock, pace=2), list[str]()
    world.lifecycles["syncfy"] = Lifecycle("immediate")
    world.step("syncfy", "job", lambda: done.append("at once"), seconds=30)
    world.step("facti", "payment", lambda: done.append("paced"), steps=2)
    world.step("facti", "payment", lambda: done.append("slow"), seconds=30)
    world.run_due()
    assert done == ["at once"]
    for seconds, expected in ((3.9, ["at once"]), (0.1, ["at once", "paced"]), (26, ["at once", "paced", "slow"])):
        clock.advance(seconds)
        world.run_due()
        assert done == expected


def test_travelling_stops_at_everything_on_the_way() -> None:
    """What a webhook's failure brings about happens at its own time too."""
    mock, sent = things(ManualClock(1000)), list[tuple[float, float]]()
    world = mock.world
    world.outbox.retries = ()

    def send(wait: float) -> None:
        def settled(status: int | None) -> None:
            if wait < 1000:
                world.schedule(wait * 10, partial(send, wait * 10))

        world.send("profile", "event", "http://localhost:9", b"", (), settled)

    world.schedule(1, partial(send, 1))
    for delivery in mock.travel(world, 2000):
        sent.append((delivery.at, world.now))
        mock.delivered(delivery, 500)
    assert sent == [(1001, 1001), (1011, 1011), (1111, 1111)]
    assert world.now == 2000


def test_json_that_is_sent_as_a_form_is_told_so() -> None:
    form = "application/x-www-form-urlencoded"
    answer = ask(things(), "PUT", "/things/ab", b'{"name": "a"}', Content_Type=form)
    assert answer.status == 400
    assert "Content-Type: application/json" in answer.json()["error"]
    assert ask(things(), "PUT", "/things/ab", b"name=a", Content_Type=form).status == 200
