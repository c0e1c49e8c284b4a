"""The adapters: the same bytes through each, webhooks that leave, and on purpose the errors that sockets give."""

import asyncio
import io
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest
import requests
from foreign import foreign
from raw_caller import Wayward, answer, line, request
from receiving import NORMAL, link, receiver
from syncfy_caller import KEY
from urllib3 import Timeout

from ventanilla.mock import AsyncMockTransport, Clock, ManualClock, Mock, MockTransport, syncfy
from ventanilla.mock._effects import Latency
from ventanilla.mock.asgi import App
from ventanilla.mock.faults import Fault
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.passage import LARGEST_BODY
from ventanilla.mock.requests_adapter import MockAdapter
from ventanilla.mock.server import running
from ventanilla.mock.wire import Conduct, Ending

HEADERS = {"Authorization": KEY}
ORIGIN = "http://mock.test"
BASE = f"{ORIGIN}/syncfy/v1"
FACTI = {"client_id": "d09168b32f80ai8ba24c416916y304n8", "api_key": "26b413ah0ba67543c7642069a91h743t"}
PAYMENT = FACTI | {
    "folio": "3",
    "from_rfc": "EKU9003173C9",
    "to_client_name": "El Santo",
    "to_email": "santo@example.mx",
    "total_amount": "55.20",
}
FACTURA = {
    "F-PLUGIN": "9d4095c8f7ed5785cb14c0e3b033eeb8252416ed",
    "F-Api-Key": "mock-api-key",
    "F-Secret-Key": "mock-secret-key",
}


def mock(clock: Clock | None = None) -> Mock:
    return Mock(clock=clock or ManualClock(), providers=[syncfy.provider()])


# A request of every kind: with and without body, refused, unknown, wrong method, raw file, odd path, the mock's own.
STORY: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/syncfy/v1/users", {"json": {"name": "Ñandú", "id_external": "a"}}),
    ("GET", "/syncfy/v1/users?name=%C3%91and%C3%BA&limit=1", {}),
    ("HEAD", "/syncfy/v1/users", {}),
    ("POST", "/syncfy/v1/users", {"json": {"name": 1}}),
    ("PUT", f"/syncfy/v1/users/{'0' * 24}", {"json": {"name": "a"}}),
    ("POST", "/syncfy/v1/users", {"headers": {"X-Http-Method-Override": "get"}, "json": {"limit": 1}}),
    ("GET", "/syncfy/v1/users/%2e%2e/users", {}),
    ("PATCH", "/syncfy/v1/users", {}),
    ("OPTIONS", "/syncfy/v1/users", {}),
    ("GET", "/syncfy/v1/nothing", {}),
    ("GET", "/syncfy/v1/credentials/all", {}),
    ("GET", "/syncfy/v1/attachments/export", {}),
    ("GET", "/syncfy/v1/users", {"headers": {"Authorization": "nobody"}}),
    ("POST", "/facti/v1/payments/new_request", {"data": PAYMENT}),
    ("POST", "/facti/v1/payments/company_payments", {"data": FACTI | {"company_id": "5"}}),
    ("GET", "/facturaonline/api/payroll/employee/list", {"headers": FACTURA}),
    ("GET", "/facturaonline/api/payroll/employee/list", {"headers": FACTURA | {"F-Api-Key": "other"}}),
    ("GET", "/_mock/health", {}),
    ("POST", "/_mock/clock/advance", {"json": {"seconds": 60}}),
    ("GET", "/_mock/nothing", {}),
    ("POST", "/syncfy/v1/users", {"json": {"name": "b"}}),
]
Told = list[tuple[int, Mapping[str, str], bytes]]
# The default world, one namespace, another, the first again: each goes its own way.
PREFIXES = ("", "/_ns/one", "/_ns/two", "/_ns/one")


def story() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for prefix in PREFIXES:
        for method, path, more in STORY:
            yield method, prefix + path, {**more, "headers": HEADERS | more.get("headers", {})}


def told(answer: httpx.Response | requests.Response) -> tuple[int, Mapping[str, str], bytes]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    # It names each mock by itself.
    assert ("x-ventanilla-instance" in headers) is ("/_mock/" not in str(answer.url))
    headers.pop("x-ventanilla-instance", None)
    return answer.status_code, headers, answer.content


def everything(seed: int = 7) -> Mock:
    return Mock(clock=ManualClock(), seed=seed)


def in_process(mock: Mock) -> Told:
    with httpx.Client(transport=MockTransport(mock), base_url=ORIGIN) as client:
        return [told(client.request(method, path, **more)) for method, path, more in story()]


def in_process_async(mock: Mock) -> Told:
    return asyncio.run(_async(AsyncMockTransport(mock)))


def through_asgi(mock: Mock) -> Told:
    return asyncio.run(_async(httpx.ASGITransport(App(mock))))


async def _async(transport: httpx.AsyncBaseTransport) -> Told:
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        return [told(await client.request(method, path, **more)) for method, path, more in story()]


def with_requests(mock: Mock) -> Told:
    with requests.Session() as session:
        session.trust_env = False
        session.mount(ORIGIN, MockAdapter(mock))
        return [told(session.request(method, ORIGIN + path, **more)) for method, path, more in story()]


def over_http(mock: Mock) -> Told:
    host = {"Host": "mock.test"}
    with running(mock=mock) as base, httpx.Client(base_url=base, headers=host) as client:
        return [told(client.request(method, path, **more)) for method, path, more in story()]


def with_requests_over_http(mock: Mock) -> Told:
    with running(mock=mock) as base, requests.Session() as session:
        session.trust_env = False
        session.headers["Host"] = "mock.test"
        return [told(session.request(method, base + path, **more)) for method, path, more in story()]


WAYS: list[Callable[[Mock], Told]] = [in_process_async, through_asgi, with_requests, over_http, with_requests_over_http]


@pytest.mark.parametrize("way", WAYS)
def test_every_adapter_answers_the_same_statuses_headers_and_bytes(way: Callable[[Mock], Told]) -> None:
    expected = in_process(everything())
    statuses = [status for status, _, _ in expected[: len(STORY)]]
    assert statuses[:10] == [200, 200, 200, 400, 404, 200, 404, 405, 405, 404]
    assert way(everything()) == expected


def test_another_seed_gives_other_bytes() -> None:
    assert in_process(everything(8)) != in_process(everything(7))


Answer = httpx.Response | requests.Response
Sink = Callable[[Delivery], int]


def with_httpx(mock: Mock, method: str, url: str, *, sink: Sink | None = None, **more: Any) -> Answer:
    with httpx.Client(transport=MockTransport(mock, sink=sink), headers=HEADERS) as client:
        return client.request(method, url, **more)


def with_async_httpx(mock: Mock, method: str, url: str, *, sink: Sink | None = None, **more: Any) -> Answer:
    return asyncio.run(_once(AsyncMockTransport(mock, sink=sink), method, url, **more))


def with_asgi(mock: Mock, method: str, url: str, *, sink: Sink | None = None, **more: Any) -> Answer:
    return asyncio.run(_once(httpx.ASGITransport(App(mock, sink=sink)), method, url, **more))


async def _once(transport: httpx.AsyncBaseTransport, method: str, url: str, **more: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=transport, headers=HEADERS) as client:
        return await client.request(method, url, **more)


def with_session(mock: Mock, method: str, url: str, *, sink: Sink | None = None, **more: Any) -> Answer:
    with requests.Session() as session:
        session.mount(ORIGIN, MockAdapter(mock, sink=sink))
        return session.request(method, url, headers=HEADERS, **more)


def over_socket(mock: Mock, method: str, url: str, **more: Any) -> Answer:
    with running(mock=mock) as base, httpx.Client(headers=HEADERS) as client:
        return client.request(method, url.replace(ORIGIN, base), **more)


def with_session_over_socket(mock: Mock, method: str, url: str, **more: Any) -> Answer:
    with running(mock=mock) as base, requests.Session() as session:
        session.trust_env = False
        return session.request(method, url.replace(ORIGIN, base), headers=HEADERS, **more)


CALLS = [with_httpx, with_async_httpx, with_session, with_asgi]
# ASGI cannot say all that a socket can.
EXACT = [with_httpx, with_async_httpx, with_session]
USERS = f"{BASE}/users"


def wayward(conduct: Conduct) -> Wayward:
    made = Wayward(clock=ManualClock(), providers=[syncfy.provider()])
    made.conduct = conduct
    return made


def failure(call: Callable[..., Answer], mock: Mock, method: str = "GET", **more: Any) -> type[Exception]:
    """Return the class of what a call raises."""
    with pytest.raises((httpx.TransportError, requests.RequestException)) as caught:
        call(mock, method, USERS, **more)
    return caught.type


@pytest.mark.parametrize("ending", ["reset", "truncated", "broken-chunk"])
def test_clients_meet_what_a_socket_would_give_them(ending: Ending) -> None:
    def met(call: Callable[..., Answer]) -> type[Exception]:
        return failure(call, wayward(Conduct(ending=ending)))

    assert met(with_httpx) is met(with_async_httpx) is met(over_socket)
    assert met(with_session) is met(with_session_over_socket)


@pytest.mark.parametrize("ending", ["truncated", "broken-chunk"])
def test_status_and_headers_come_before_a_body_that_breaks(ending: Ending) -> None:
    transport = MockTransport(wayward(Conduct(ending=ending)))
    client = httpx.Client(transport=transport, headers=HEADERS)
    with client, client.stream("GET", USERS) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        parts = answer.iter_raw()
        assert next(parts).startswith(b'{"rid":')
        with pytest.raises(httpx.RemoteProtocolError):
            next(parts)


@pytest.mark.parametrize(("ending", "error"), [("reset", ConnectionResetError), ("truncated", ConnectionAbortedError)])
def test_asgi_comes_as_near_as_it_can(ending: Ending, error: type[Exception]) -> None:
    with pytest.raises(error, match="as a fault asks it to"):
        with_asgi(wayward(Conduct(ending=ending)), "GET", USERS)


def test_under_another_server_too() -> None:
    one = wayward(Conduct())
    endings: tuple[Ending, ...] = ("truncated", "broken-chunk")
    with foreign(App(one)) as base, httpx.Client(base_url=base, headers=HEADERS, trust_env=False) as client:
        for ending in endings:
            one.conduct = Conduct(ending=ending)
            with pytest.raises(httpx.RemoteProtocolError):
                client.get("/syncfy/v1/users")
        one.conduct = Conduct(ending="reset")
        assert client.get("/syncfy/v1/users").status_code == 500
        one.conduct = Conduct()
        assert client.get("/syncfy/v1/users").status_code == 200


def test_under_another_server_nothing_is_done_for_a_caller_who_has_gone() -> None:
    one = mock()
    one.world.faults.add(Fault(Latency(seconds=0.3), operation="create_user", when="before"))
    with foreign(App(one)) as base:
        with line(base) as gone:
            gone.sendall(request())
            time.sleep(0.05)
        with line(base) as half:
            half.sendall(request()[:-1])
        with line(base) as waiting:
            waiting.sendall(request("GET", "/_mock/requests/wait?operation=list_users&timeout=30", None))
            time.sleep(0.4)
            answered = httpx.get(f"{base}/syncfy/v1/users", headers=HEADERS)
            assert b"200 OK" in answer(waiting)[0]
    assert answered.json()["response"] == []


@pytest.mark.parametrize("conduct", [Conduct(delay=30), Conduct(drip=0.01)], ids=["delay", "drip"])
def test_nobody_is_kept_waiting_for_his_own_timeout(conduct: Conduct) -> None:
    begun = time.monotonic()
    for call in (with_httpx, with_async_httpx):
        assert failure(call, wayward(conduct), timeout=10) is httpx.ReadTimeout
    # What requests makes of a timeout in the middle of a body.
    expected = requests.ReadTimeout if conduct.delay else requests.ConnectionError
    for timeout in (10, (3, 10), Timeout(read=10)):
        assert failure(with_session, wayward(conduct), timeout=timeout) is expected
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("conduct", [Conduct(delay=0.1), Conduct(drip=800)], ids=["delay", "drip"])
def test_what_is_slow_but_in_time_comes_whole(conduct: Conduct, call: Callable[..., Answer]) -> None:
    expected = with_httpx(mock(), "GET", USERS).content
    begun = time.monotonic()
    assert call(wayward(conduct), "GET", USERS).content == expected
    assert 0.1 <= time.monotonic() - begun < 5


@pytest.mark.parametrize("call", EXACT)
@pytest.mark.parametrize(("seconds", "done"), [(0.0, 1), (0.05, 1), (30, 0)])
def test_what_a_latency_holds_is_done_only_for_a_client_who_waits(
    seconds: float, done: int, call: Callable[..., Answer]
) -> None:
    one = mock()
    one.world.faults.add(Fault(Latency(seconds=seconds), operation="create_user", when="before"))
    if done:
        assert call(one, "POST", USERS, json={"name": "a"}, timeout=5).status_code == 200
    else:
        assert failure(call, one, "POST", json={"name": "a"}, timeout=5) in (httpx.ReadTimeout, requests.ReadTimeout)
    assert len(with_httpx(one, "GET", USERS).json()["response"]) == done


@pytest.mark.parametrize("body", [b'{"name":"\xc3\xb1"}', '{"name":"ñ"}', io.BytesIO(b'{"name":"\xc3\xb1"}')])
def test_requests_may_send_its_body_in_any_way(body: Any) -> None:
    with requests.Session() as session:
        session.mount(ORIGIN, MockAdapter(mock()))
        session.headers.update({**HEADERS, "Content-Type": "application/json"})
        assert session.post(USERS, data=body).json()["response"]["name"] == "ñ"
        parts = iter([b'{"name":', b'"a"}'])
        assert session.post(USERS, data=parts).json()["response"]["name"] == "a"
        assert [user["name"] for user in session.get(USERS).json()["response"]] == ["ñ", "a"]


@pytest.mark.parametrize("call", CALLS)
def test_a_body_that_is_too_large_is_413(call: Callable[..., Answer]) -> None:
    content = {"data" if call is with_session else "content": b"x" * (LARGEST_BODY + 1)}
    assert call(mock(), "POST", USERS, **content).status_code == 413


class Taken(list[Delivery]):
    """Takes webhook calls in place of the network, and notes what time it is in their world."""

    def __init__(self, mock: Mock) -> None:
        super().__init__()
        self.mock = mock
        self.moments = list[float]()

    def sink(self, delivery: Delivery) -> int:
        """Take one."""
        self.append(delivery)
        self.moments.append(self.mock.world_of(delivery.world).clock.now())
        return 200


def linked(mock: Mock, taken: Taken, prefix: str = "") -> None:
    """Have a webhook called soon: once now, twice when time goes on."""
    transport = MockTransport(mock, sink=taken.sink)
    with httpx.Client(transport=transport, base_url=f"{ORIGIN}{prefix}/syncfy/v1", headers=HEADERS) as client:
        link(client, "https://example.mx/hook")


EVENTS = ["credential_create", "credential_update", "refresh"]


def deliver_by_transport(mock: Mock, sink: Sink) -> None:
    MockTransport(mock, sink=sink).deliver()


def deliver_by_adapter(mock: Mock, sink: Sink) -> None:
    MockAdapter(mock, sink=sink).deliver()


def deliver_by_async_transport(mock: Mock, sink: Sink) -> None:
    asyncio.run(AsyncMockTransport(mock, sink=sink).deliver())


@pytest.mark.parametrize("deliver", [deliver_by_transport, deliver_by_adapter, deliver_by_async_transport])
def test_a_sink_takes_deliveries_in_place_of_the_network(deliver: Callable[[Mock, Sink], None]) -> None:
    clock = ManualClock()
    one = mock(clock)
    taken = Taken(one)
    linked(one, taken)
    clock.advance(2)
    deliver(one, taken.sink)
    assert [delivery.event for delivery in taken] == EVENTS
    assert with_httpx(one, "GET", f"{BASE}/webhooks").json()["response"][0]["ct_failed"] == 0


def by_transport(mock: Mock, sink: Sink, seconds: float, namespace: str) -> None:
    MockTransport(mock, sink=sink).advance(seconds, namespace)


def by_adapter(mock: Mock, sink: Sink, seconds: float, namespace: str) -> None:
    MockAdapter(mock, sink=sink).advance(seconds, namespace)


def by_async_transport(mock: Mock, sink: Sink, seconds: float, namespace: str) -> None:
    asyncio.run(AsyncMockTransport(mock, sink=sink).advance(seconds, namespace))


ADVANCES = [by_transport, by_adapter, by_async_transport]


@pytest.mark.parametrize("advance", ADVANCES)
@pytest.mark.parametrize("namespace", ["", "one"])
def test_advancing_a_clock_makes_each_call_at_its_moment(
    advance: Callable[[Mock, Sink, float, str], None], namespace: str
) -> None:
    one = mock()
    taken = Taken(one)
    linked(one, taken, f"/_ns/{namespace}" if namespace else "")
    begin = one.world_of(namespace).clock.now()
    advance(one, taken.sink, 3600, namespace)
    assert one.world_of(namespace).clock.now() == begin + 3600
    assert [delivery.event for delivery in taken] == EVENTS
    assert begin == taken.moments[0] < taken.moments[1] <= taken.moments[2] < begin + 10


@pytest.mark.parametrize("advance", ADVANCES)
def test_no_clock_is_moved_backwards_and_none_without_a_name(advance: Callable[..., None]) -> None:
    for seconds in (-1, float("nan")):
        with pytest.raises(ValueError, match="time runs forward only"):
            advance(mock(), None, seconds, "")
    with pytest.raises(ValueError, match="a namespace has 1 to 64 letters"):
        advance(mock(), None, 1, "no name")


@pytest.mark.parametrize("call", CALLS)
def test_errands_are_done_before_the_answer(call: Callable[..., Answer]) -> None:
    one = mock()
    taken = Taken(one)
    linked(one, taken)
    begin = one.world.clock.now()
    call(one, "POST", f"{ORIGIN}/_mock/clock/advance", sink=taken.sink, json={"seconds": 3600}).raise_for_status()
    assert one.world.clock.now() == begin + 3600
    assert [delivery.event for delivery in taken] == EVENTS


@pytest.mark.parametrize("call", CALLS)
def test_a_request_makes_the_calls_of_its_own_namespace_alone(call: Callable[..., Answer]) -> None:
    one = mock()
    taken = Taken(one)
    linked(one, taken, "/_ns/one")
    one.world_of("one").clock.advance(3600)
    call(one, "GET", f"{ORIGIN}/_ns/two/syncfy/v1/users", sink=taken.sink)
    assert len(taken) == 1
    call(one, "GET", f"{ORIGIN}/_ns/one/syncfy/v1/users", sink=taken.sink)
    assert [delivery.world for delivery in taken] == ["one"] * 3


def test_webhooks_stay_on_this_machine_unless_allowed() -> None:
    one = mock()
    with httpx.Client(transport=MockTransport(one), base_url=BASE, headers=HEADERS) as client:
        link(client, "http://example.mx/hook")
        assert client.get("/webhooks").json()["response"][0]["ct_failed"] == 1
    (delivery,) = one.world.outbox.deliveries()
    assert str(delivery.attempts[0].error).startswith("refused: example.mx")


@pytest.mark.parametrize("status", [500, 404, None])
def test_a_receiver_that_fails_is_counted(status: int | None) -> None:
    clock = ManualClock()
    transport = MockTransport(mock(clock))
    with (
        receiver(status or 200) as hook,
        httpx.Client(transport=transport, base_url=BASE, headers=HEADERS) as client,
    ):
        link(client, hook.url if status else "http://127.0.0.1:9/closed")
        clock.advance(2)
        assert client.get("/webhooks").json()["response"][0]["ct_failed"] == 1
        assert client.get("/webhooks").json()["response"][0]["ct_failed"] == 3


def test_an_asynchronous_transport_makes_its_calls_too() -> None:
    async def story(url: str) -> int:
        async with httpx.AsyncClient(transport=AsyncMockTransport(one), base_url=BASE, headers=HEADERS) as client:
            await client.post("/webhooks", json={"url": url, "events": ["credential_create"]})
            user = (await client.post("/users", json={"name": "a"})).json()["response"]["id_user"]
            token = (await client.post("/sessions", json={"id_user": user})).json()["response"]["token"]
            body = {"id_site": NORMAL, "credentials": {"username": "test", "password": "test"}}
            await client.post("/credentials", json=body, headers={"Authorization": f"Bearer {token}"})
            return int((await client.get("/webhooks")).json()["response"][0]["ct_failed"])

    one = mock()
    with receiver() as hook:
        assert asyncio.run(story(hook.url)) == 0
        assert len(hook.received) == 1
    one = mock()
    assert asyncio.run(story("http://127.0.0.1:9/closed")) == 1
