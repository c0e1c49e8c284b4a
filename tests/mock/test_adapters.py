"""The adapters: the same bytes through each, webhooks that leave, a server that starts and stops cleanly."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest
from syncfy_caller import KEY

from ventanilla.mock import syncfy
from ventanilla.mock.asgi import App
from ventanilla.mock.clock import Clock, ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import refusal
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.passage import LARGEST_BODY
from ventanilla.mock.server import running
from ventanilla.mock.transports import AsyncMockTransport, MockTransport

NORMAL = "56cf5728784806f72b8b4568"
HEADERS = {"Authorization": KEY}
BASE = "http://mock.test:80/syncfy/v1"


def mock(clock: Clock | None = None) -> Mock:
    return Mock(clock=clock or ManualClock(), providers=[syncfy.provider()])


# A request of every kind: with and without body, refused, unknown, wrong method, raw file, odd path, the mock's own.
STORY: list[tuple[str, str, Any]] = [
    ("POST", "/users", {"name": "Ñandú", "id_external": "a"}),
    ("GET", "/users?name=%C3%91and%C3%BA&limit=1", None),
    ("POST", "/users", {"name": 1}),
    ("PUT", f"/users/{'0' * 24}", {"name": "a"}),
    ("GET", "/users/%2e%2e/users", None),
    ("PATCH", "/users", None),
    ("GET", "/nothing", None),
    ("GET", "/credentials/all", None),
    ("GET", "/attachments/export", None),
    ("GET", "/../../_mock/health", None),
]
Told = list[tuple[int, str, bytes]]


def told(answer: httpx.Response) -> tuple[int, str, bytes]:
    return answer.status_code, answer.headers["content-type"], answer.content


def in_process() -> Told:
    with httpx.Client(transport=MockTransport(mock()), base_url=BASE, headers=HEADERS) as client:
        return [told(client.request(method, path, json=body)) for method, path, body in STORY]


async def in_process_async() -> Told:
    transport = AsyncMockTransport(mock())
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=HEADERS) as client:
        return [told(await client.request(method, path, json=body)) for method, path, body in STORY]


async def through_asgi() -> Told:
    transport = httpx.ASGITransport(App(mock()))
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=HEADERS) as client:
        return [told(await client.request(method, path, json=body)) for method, path, body in STORY]


def over_http() -> Told:
    with running(mock=mock()) as base, httpx.Client(headers=HEADERS | {"Host": "mock.test"}) as client:
        return [told(client.request(method, f"{base}/syncfy/v1{path}", json=body)) for method, path, body in STORY]


def test_every_adapter_answers_the_same_bytes() -> None:
    expected = in_process()
    assert [status for status, _, _ in expected][:4] == [200, 200, 400, 404]
    assert asyncio.run(in_process_async()) == expected
    assert asyncio.run(through_asgi()) == expected
    assert over_http() == expected


@contextmanager
def receiver(status: int = 200) -> Generator[tuple[str, list[bytes]]]:
    """A real HTTP server that notes what it is sent."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def start(client: httpx.Client, url: str, username: str = "test") -> None:
    """Register a webhook and link a credential, so that three events follow."""
    events = ["credential_create", "credential_update", "refresh"]
    client.post("/webhooks", json={"url": url, "events": events}).raise_for_status()
    user = client.post("/users", json={"name": "a"}).json()["response"]["id_user"]
    token = client.post("/sessions", json={"id_user": user}).json()["response"]["token"]
    body = {"id_site": NORMAL, "credentials": {"username": username, "password": "test"}}
    client.post("/credentials", json=body, headers={"Authorization": f"Bearer {token}"}).raise_for_status()


def wait_for(found: list[Any], count: int) -> None:
    deadline = time.monotonic() + 5
    while len(found) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(found) == count


def test_the_server_sends_webhooks_at_their_moment_without_being_asked() -> None:
    with receiver() as (url, received), running(mock=mock(Clock())) as base:
        with httpx.Client(base_url=f"{base}/syncfy/v1", headers=HEADERS) as client:
            start(client, url)
        wait_for(received, 3)
        assert [body.split(b'"')[3] for body in received] == [b"credential_create", b"credential_update", b"refresh"]
        attempts: list[Any] = []
        deadline = time.monotonic() + 5
        while len(attempts) < 3 and time.monotonic() < deadline:
            attempts = httpx.get(f"{base}/_mock/deliveries").json()
        assert [(one["profile"], one["status"], one["error"]) for one in attempts] == [("sync-v1", 200, None)] * 3


def test_a_clock_moved_by_hand_moves_the_servers_webhooks() -> None:
    clock = ManualClock()
    with receiver() as (url, received), running(mock=mock(clock=clock)) as base:
        with httpx.Client(base_url=f"{base}/syncfy/v1", headers=HEADERS) as client:
            start(client, url)
        wait_for(received, 1)
        clock.advance(2)
        wait_for(received, 3)


@pytest.mark.parametrize("status", [500, 404, None])
def test_a_receiver_that_fails_is_counted(status: int | None) -> None:
    clock = ManualClock()
    transport = MockTransport(mock(clock=clock))
    with (
        receiver(status or 200) as (url, _),
        httpx.Client(transport=transport, base_url=BASE, headers=HEADERS) as client,
    ):
        start(client, url if status else "http://127.0.0.1:9/closed")
        clock.advance(2)
        assert client.get("/webhooks").json()["response"][0]["ct_failed"] == 1
        assert client.get("/webhooks").json()["response"][0]["ct_failed"] == 3


def test_a_sink_takes_deliveries_in_place_of_the_network() -> None:
    clock, taken = ManualClock(), list[Delivery]()

    def sink(delivery: Delivery) -> int:
        taken.append(delivery)
        return 200

    transport = MockTransport(mock(clock=clock), sink=sink)
    with httpx.Client(transport=transport, base_url=BASE, headers=HEADERS) as client:
        start(client, "https://example.mx/hook")
        clock.advance(2)
        transport.deliver()
        assert [one.event for one in taken] == ["credential_create", "credential_update", "refresh"]
        assert client.get("/webhooks").json()["response"][0]["ct_failed"] == 0


def test_an_async_sink_and_an_async_receiver() -> None:
    async def story(url: str, **more: Any) -> int:
        clock = ManualClock()
        transport = AsyncMockTransport(mock(clock=clock), **more)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=HEADERS) as client:
            await client.post("/webhooks", json={"url": url, "events": ["credential_create"]})
            user = (await client.post("/users", json={"name": "a"})).json()["response"]["id_user"]
            token = (await client.post("/sessions", json={"id_user": user})).json()["response"]["token"]
            body = {"id_site": NORMAL, "credentials": {"username": "test", "password": "test"}}
            await client.post("/credentials", json=body, headers={"Authorization": f"Bearer {token}"})
            await transport.deliver()
            return int((await client.get("/webhooks")).json()["response"][0]["ct_failed"])

    def sink(delivery: Delivery) -> int:
        return 200 if delivery.url.endswith("good") else 500

    assert asyncio.run(story("https://example.mx/good", sink=sink)) == 0
    assert asyncio.run(story("https://example.mx/bad", sink=sink)) == 1
    with receiver() as (url, received):
        assert asyncio.run(story(url)) == 0
        assert len(received) == 1
    assert asyncio.run(story("http://127.0.0.1:9/closed")) == 1
    assert asyncio.run(story("https://example.mx/a")) == 1


def test_webhooks_stay_on_this_machine_unless_allowed() -> None:
    here = ["http://localhost:1/a", "http://127.0.0.1/", "http://127.8.8.8/", "http://[::1]:2/", "http://a.localhost/"]
    assert [refusal(url) for url in here] == [None] * 5
    away = ["http://example.mx/", "http://10.0.0.1/", "http://0.0.0.0/", "http://localhost.example/", "http://[::1", ""]
    assert all(refusal(url) for url in away)
    transport = MockTransport(mock())
    with httpx.Client(transport=transport, base_url=BASE, headers=HEADERS) as client:
        start(client, "http://example.mx/hook")
        shown = client.get("http://mock.test/_mock/deliveries").json()
    assert (shown[0]["status"], shown[0]["error"].startswith("refused: example.mx")) == (None, True)


def test_a_body_past_the_limit_is_413_over_http() -> None:
    with running(mock=mock()) as base:
        answer = httpx.post(f"{base}/syncfy/v1/users", content=b"x" * (LARGEST_BODY + 100_000), headers=HEADERS)
    assert answer.status_code == 413


def test_a_websocket_is_turned_away() -> None:
    async def story() -> list[Any]:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await App(mock())({"type": "websocket"}, receive, send)
        return sent

    assert asyncio.run(story()) == [{"type": "websocket.close"}]


def test_a_with_block_serves_all_three_providers_and_stops_at_once() -> None:
    with running() as base:
        assert httpx.get(f"{base}/_mock/health").json() == {"status": "ok"}
        for name, mount in (("syncfy", "/syncfy/v1"), ("facti", "/facti"), ("facturaonline", "/facturaonline/api")):
            spec = httpx.get(f"{base}/_mock/openapi/{name}.json").json()
            assert spec["servers"] == [{"url": f"{base}{mount}"}]
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{base}/_mock/health")


def test_a_taken_port_is_an_error_at_once() -> None:
    with running(mock=mock()) as base, pytest.raises(OSError, match="in use"), running(port=int(base.split(":")[-1])):
        pass


SERVE = "from ventanilla.mock.server import serve; serve(port=0, seed=7)"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_says_where_it_is_and_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        assert line.startswith("ventanilla mock: http://127.0.0.1:")
        with httpx.Client(base_url=line.split()[-1]) as client:
            assert client.get("/_mock/health").status_code == 200
            process.send_signal(number)
            out, err = process.communicate(timeout=10)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, out, err) == (0, "", "")
