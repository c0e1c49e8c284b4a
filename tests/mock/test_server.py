"""The mock's server: it starts, bears with every caller within its limits, and stops at once."""

import asyncio
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from raw_caller import USER, answer, exchange, line, request
from receiving import link, receiver
from syncfy_caller import KEY

from ventanilla.mock import ManualClock, Mock, syncfy
from ventanilla.mock._lobby import Limits
from ventanilla.mock.passage import LARGEST_BODY
from ventanilla.mock.server import running
from ventanilla.mock.statefile import StateFile
from ventanilla.mock.wire import Request

HEALTH = request("GET", "/_mock/health", None)
OK = b'{"status":"ok"}'
SOON = 0.2


def mock() -> Mock:
    return Mock(clock=ManualClock(), providers=[syncfy.provider()])


def status(said: bytes) -> int:
    return int(said.split()[1])


def test_a_with_block_serves_all_three_providers_and_stops_at_once() -> None:
    with running() as base:
        assert httpx.get(f"{base}/_mock/health").json() == {"status": "ok"}
        for name, mount in (("syncfy", "/syncfy/v1"), ("facti", "/facti"), ("facturaonline", "/facturaonline/api")):
            spec = httpx.get(f"{base}/_mock/openapi/{name}.json").json()
            assert spec["servers"] == [{"url": f"{base}{mount}"}]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{base}/_mock/health")


def test_leaving_the_block_waits_for_no_connection() -> None:
    taken = list[float]()
    for _ in range(5):
        with running(mock=mock()) as base, line(base) as idle, line(base) as speaking:
            idle.sendall(HEALTH)
            assert answer(idle)[1] == OK
            speaking.sendall(HEALTH[:20])
            begun = time.perf_counter()
        taken.append(time.perf_counter() - begun)
    # The promise is 20 ms, which scripts/bench.py measures; a test only excludes that something is waited for.
    assert min(taken) < 0.1


def test_a_taken_port_is_an_error_at_once() -> None:
    with running(mock=mock()) as base, pytest.raises(OSError, match="in use"), running(port=int(base.split(":")[-1])):
        pass


def test_answers_leave_without_waiting_for_the_network() -> None:
    with running(mock=mock()) as base, line(base) as opened:
        taken = list[float]()
        for _ in range(5):
            begun = time.perf_counter()
            opened.sendall(HEALTH)
            answer(opened)
            taken.append(time.perf_counter() - begun)
    # Nagle's algorithm and a delayed acknowledgement together take 40 ms.
    assert min(taken) < 0.03


def test_one_connection_serves_many_requests_also_when_they_come_at_once() -> None:
    with running(mock=mock()) as base, line(base) as opened:
        opened.sendall(HEALTH * 2_000)
        assert {answer(opened)[1] for _ in range(2_000)} == {OK}


def test_a_caller_who_reads_nothing_is_answered_when_he_does() -> None:
    wanted = request("GET", "/_mock/openapi/syncfy.json", None)
    with running(mock=mock()) as base, line(base) as opened, line(base) as other:
        opened.sendall(wanted * 60)
        other.sendall(HEALTH)
        assert answer(other)[1] == OK
        bodies = {answer(opened)[1] for _ in range(60)}
    (body,) = bodies
    assert json.loads(body)["info"]["title"]


def test_whoever_asks_for_leave_to_send_a_body_gets_it() -> None:
    sent = request(headers={"Expect": "100-continue"})
    head, _, body = sent.partition(b"\r\n\r\n")
    with running(mock=mock()) as base, line(base) as opened:
        opened.sendall(head + b"\r\n\r\n")
        assert opened.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        opened.sendall(body)
        assert b'"status":true' in answer(opened)[1]


@pytest.mark.parametrize("headers", [{"Connection": "close"}, {}])
def test_a_connection_ends_when_its_caller_wants_that(headers: dict[str, str]) -> None:
    version = b"1.1" if headers else b"1.0"
    sent = request("GET", "/_mock/health", None, headers).replace(b"HTTP/1.1", b"HTTP/" + version)
    with running(mock=mock()) as base:
        said = exchange(base, sent)
    assert b"\r\nConnection: close\r\n" in said
    assert said.endswith(OK)


def test_what_is_no_http_is_refused_and_the_connection_ends() -> None:
    with running(mock=mock()) as base:
        said = exchange(base, HEALTH + b"nonsense\r\n\r\n" + HEALTH)
        first, _, second = said[1:].partition(b"HTTP/1.1 ")
        assert first.endswith(OK)
        assert second.startswith(b"400 Bad Request\r\nContent-Type: application/json\r\n")
        assert second.endswith(b'{"error":"this is not HTTP: Invalid method encountered"}')
        assert httpx.get(f"{base}/_mock/health").status_code == 200


def test_a_head_that_is_too_large_is_431() -> None:
    with running(mock=mock()) as base:
        # More than the buffers of both sides take, so that the caller is still sending when the answer comes.
        assert status(exchange(base, b"GET / HTTP/1.1\r\nX: ", b"a" * 200_000)) == 431
        assert (
            exchange(base, request("GET", "/_mock/health", None, {"X": "a" * 60_000, "Connection": "close"}))[9:12]
            == b"200"
        )


def test_a_body_that_is_too_large_is_413_in_the_providers_words() -> None:
    with running(mock=mock()) as base:
        answered = httpx.post(
            f"{base}/syncfy/v1/users", content=b"x" * (LARGEST_BODY + 1), headers={"Authorization": KEY}
        )
        assert (answered.status_code, answered.json()["status"]) == (413, False)
        parts = (b"x" * 100_000 for _ in range(LARGEST_BODY // 100_000 + 1))
        answered = httpx.post(f"{base}/syncfy/v1/users", content=parts, headers={"Authorization": KEY})
        assert answered.status_code == 413
        announced = request(body=None, headers={"Content-Length": str(10**12)})
        assert status(exchange(base, announced)) == 413


@pytest.mark.parametrize(
    ("limits", "sent", "expected"),
    [
        (Limits(head_seconds=SOON), b"", b""),
        (Limits(head_seconds=SOON), HEALTH[:30], b"HTTP/1.1 408"),
        (Limits(body_seconds=SOON), request()[:-1], b"HTTP/1.1 408"),
        (Limits(idle_seconds=SOON), HEALTH, b"HTTP/1.1 200"),
    ],
    ids=["nothing", "half a head", "half a body", "silence after an answer"],
)
def test_a_caller_who_takes_too_long_is_not_waited_for(limits: Limits, sent: bytes, expected: bytes) -> None:
    with running(mock=mock(), limits=limits) as base:
        begun = time.monotonic()
        said = exchange(base, sent)
        passed = time.monotonic() - begun
        assert httpx.get(f"{base}/_mock/health").status_code == 200
    assert said.startswith(expected)
    assert bool(said) == bool(expected)
    assert SOON <= passed < 10 * SOON


def test_a_head_that_comes_byte_by_byte_has_no_more_time() -> None:
    with running(mock=mock(), limits=Limits(head_seconds=SOON)) as base, line(base) as opened:
        opened.settimeout(0.02)
        begun, said = time.monotonic(), b""
        for byte in HEALTH:
            opened.sendall(bytes([byte]))
            try:
                said += opened.recv(1_000)
            except TimeoutError:
                continue
            break
        assert said.startswith(b"HTTP/1.1 408")
        assert time.monotonic() - begun < 10 * SOON


def test_a_caller_who_takes_nothing_is_given_up_in_the_end() -> None:
    wanted = request("GET", "/_mock/openapi/syncfy.json", None)
    with running(mock=mock(), limits=Limits(stall_seconds=SOON, head_seconds=SOON)) as base, line(base) as opened:
        opened.sendall(wanted)
        size = sum(map(len, answer(opened)))
        opened.sendall(wanted * 200)
        time.sleep(4 * SOON)
        taken = 0
        with suppress(ConnectionResetError):
            while part := opened.recv(65_536):
                taken += len(part)
    assert size < taken < 200 * size


def test_of_too_many_connections_one_goes_and_new_ones_are_served() -> None:
    with running(mock=mock(), limits=Limits(connections=8)) as base:
        opened = [socket.create_connection(("127.0.0.1", int(base.split(":")[-1])), 5) for _ in range(20)]
        try:
            for one in opened[:4]:
                assert one.recv(1) == b""
            opened[-1].sendall(HEALTH)
            assert answer(opened[-1])[1] == OK
            assert httpx.get(f"{base}/_mock/health").status_code == 200
        finally:
            for one in opened:
                one.close()


def test_callers_in_parallel_are_all_answered() -> None:
    async def story(base: str) -> list[int]:
        async with httpx.AsyncClient(base_url=base, headers={"Authorization": KEY}) as client:
            calls = [client.post("/syncfy/v1/users", json=USER) for _ in range(100)]
            return [answered.status_code for answered in await asyncio.gather(*calls)]

    with running(mock=mock()) as base:
        assert asyncio.run(story(base)) == [200] * 100


def test_a_client_that_would_rather_speak_http_2_is_served() -> None:
    with running(mock=mock()) as base:
        caller = http.client.HTTPConnection(base.removeprefix("http://"), timeout=5)
        headers = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAEAAEAAAAIAAAAB"}
        for _ in range(2):
            caller.request("POST", "/syncfy/v1/users", b'{"name":"a"}', {**headers, "Authorization": KEY})
            answered = caller.getresponse()
            assert (answered.status, b'"name":"a"' in answered.read()) == (200, True)
        caller.close()


def test_a_request_that_waits_is_answered_when_something_has_happened() -> None:
    with running(mock=mock()) as base, line(base) as waiting:
        waiting.sendall(request("GET", "/_mock/requests/wait?operation=create_user&timeout=30", None))
        time.sleep(0.1)
        begun = time.monotonic()
        httpx.post(f"{base}/syncfy/v1/users", json=USER, headers={"Authorization": KEY})
        head, body = answer(waiting)
        assert (status(head), b"create_user" in body) == (200, True)
        assert time.monotonic() - begun < 5


def test_a_request_does_not_wait_for_longer_than_it_says_and_hears_of_what_python_does() -> None:
    one = mock()
    with running(mock=one) as base, line(base) as first, line(base) as second:
        begun = time.monotonic()
        first.sendall(request("GET", "/_mock/requests/wait?operation=create_user&timeout=0.1", None))
        second.sendall(request("GET", "/_mock/requests/wait?operation=create_user&timeout=30", None))
        assert status(answer(first)[0]) == 408
        assert 0.1 <= time.monotonic() - begun < 5
        one.handle(Request("POST", "/syncfy/v1/users", {"authorization": KEY}, b'{"name":"a"}'))
        assert status(answer(second)[0]) == 200
        assert time.monotonic() - begun < 10


def test_webhooks_leave_at_their_moment_without_being_asked_for() -> None:
    with receiver() as hook, running(mock=Mock(pace=0.05, providers=[syncfy.provider()])) as base:
        with httpx.Client(base_url=f"{base}/syncfy/v1", headers={"Authorization": KEY}) as client:
            link(client, hook.url)
        wait_for(hook.received, 3)
        events = [body.split(b'"')[3] for body in hook.received]
    assert events == [b"credential_create", b"credential_update", b"refresh"]


def test_a_clock_that_is_moved_from_python_moves_the_servers_webhooks() -> None:
    clock = ManualClock()
    with receiver() as hook, running(mock=Mock(clock=clock, providers=[syncfy.provider()])) as base:
        with httpx.Client(base_url=f"{base}/syncfy/v1", headers={"Authorization": KEY}) as client:
            link(client, hook.url)
        wait_for(hook.received, 1)
        clock.advance(2)
        wait_for(hook.received, 3)


def wait_for(found: list[bytes], count: int) -> None:
    deadline = time.monotonic() + 5
    while len(found) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(found) == count


def test_webhook_calls_of_a_clock_that_is_moved_are_made_before_the_answer() -> None:
    with receiver() as hook, running(mock=mock()) as base:
        with httpx.Client(base_url=f"{base}/syncfy/v1", headers={"Authorization": KEY}) as client:
            link(client, hook.url)
        httpx.post(f"{base}/_mock/clock/advance", json={"seconds": 3600}).raise_for_status()
        assert [body.split(b'"')[3] for body in hook.received] == [
            b"credential_create",
            b"credential_update",
            b"refresh",
        ]


class Process:
    """The server as a process of its own."""

    def __init__(self, code: str) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"from ventanilla.mock import server; {code}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out, err

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_says_where_it_is_and_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    with Process("server.serve(port=0, seed=7)") as server:
        said = server.line()
        assert re.fullmatch(r"ventanilla mock: http://127\.0\.0\.1:\d+\n", said)
        with httpx.Client(base_url=said.split()[-1]) as client:
            assert client.get("/_mock/health").status_code == 200
            assert server.stop(number) == (0, "", "")


def test_a_server_that_others_can_call_has_a_token_unless_one_is_given() -> None:
    # No test listens to others: whether they could call is taken as said.
    public = "server.is_loopback = lambda host: False; "
    with Process(public + "server.serve(port=0)") as server:
        base, said = server.line().split()[-1], server.line()
        token = said.removeprefix("ventanilla mock: token ").strip()
        assert len(token) >= 24
        assert httpx.get(f"{base}/_mock/namespaces").status_code == 401
        answered = httpx.get(f"{base}/_mock/namespaces", headers={"Authorization": f"Bearer {token}"})
        assert answered.status_code == 200
        assert server.stop() == (0, "", "")
    with Process(public + "server.serve(port=0, token='own')") as server:
        base = server.line().split()[-1]
        headers = {"Authorization": "Bearer own"}
        assert httpx.get(f"{base}/_mock/namespaces", headers=headers).status_code == 200
        assert server.stop() == (0, "", "")


def test_worlds_begin_at_a_moment_and_run_at_a_rate() -> None:
    with Process("server.serve(port=0, at=1767268800, rate=0)") as server, httpx.Client() as client:
        base = server.line().split()[-1]
        for world in ("", "/_ns/a", "/_ns/b"):
            assert client.get(f"{base}{world}/_mock/clock").json() == {
                "now": 1767268800,
                "iso": "2026-01-01T12:00:00Z",
                "rate": 0,
            }
        client.post(f"{base}/_ns/a/_mock/clock/advance", json={"seconds": 90}).raise_for_status()
        assert client.get(f"{base}/_mock/clock").json()["now"] == 1767268800
        assert server.stop() == (0, "", "")
    with Process("server.serve(port=0, rate=3600)") as server:
        clock = httpx.get(f"{server.line().split()[-1]}/_mock/clock").json()
        assert clock["rate"] == 3600
        assert clock["now"] > time.time() - 60
        assert server.stop() == (0, "", "")


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("at='2026-01-01'", "2026-01-01 has no zone"),
        ("at=0", "between 946684800 (the year 2000) and 4102444800 (2100)"),
        ("at=float('nan')", "not at nan"),
        ("rate=-1", "not at -1"),
        ("rate=float('inf')", "not at inf"),
    ],
)
def test_a_time_that_no_clock_shows_is_said_before_anything_is_served(time: str, words: str) -> None:
    with Process(f"server.serve(port=0, {time})") as server:
        out, err = server.process.communicate(timeout=10)
    assert out == ""
    assert "ValueError" in err
    assert words in err


def test_a_world_out_of_a_state_file_goes_on_with_its_own_time(tmp_path: Path) -> None:
    code = f"server.serve(port=0, state={str(tmp_path / 'state')!r}, rate=0, at="
    with Process(f"{code}1767268800)") as server:
        base = server.line().split()[-1]
        httpx.post(f"{base}/_mock/clock/advance", json={"seconds": 90}).raise_for_status()
        assert server.stop() == (0, "", "")
    with Process(f"{code}1893456000)") as server:
        base = server.line().split()[-1]
        assert httpx.get(f"{base}/_mock/clock").json()["now"] == 1767268890
        assert httpx.get(f"{base}/_ns/new/_mock/clock").json()["now"] == 1893456000
        assert server.stop() == (0, "", "")


def test_without_admin_there_is_nothing_to_control_and_no_token_for_it() -> None:
    with Process("server.is_loopback = lambda host: False; server.serve(port=0, admin=False)") as server:
        base = server.line().split()[-1]
        assert httpx.get(f"{base}/_mock/health").status_code == 200
        assert httpx.get(f"{base}/_mock/namespaces").status_code == 404
        assert server.stop() == (0, "", "")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("mock.test", False),
        ("", False),
    ],
)
def test_which_addresses_are_for_this_machine_alone(host: str, expected: bool) -> None:
    from ventanilla.mock import server

    assert server.is_loopback(host) is expected


def test_a_state_file_is_read_first_written_meanwhile_and_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "state"
    code = f"server.serve(port=0, state={str(path)!r})"
    headers = {"Authorization": KEY}
    with Process(code) as server:
        base = server.line().split()[-1]
        httpx.post(f"{base}/syncfy/v1/users", json={"name": "a"}, headers=headers).raise_for_status()
        until = time.monotonic() + 10
        while saved(path) != ["a"] and time.monotonic() < until:
            time.sleep(0.05)
        assert saved(path) == ["a"]
        httpx.post(f"{base}/syncfy/v1/users", json={"name": "b"}, headers=headers).raise_for_status()
        assert server.stop() == (0, "", "")
    assert saved(path) == ["a", "b"]
    with Process(code) as server:
        base = server.line().split()[-1]
        users = httpx.get(f"{base}/syncfy/v1/users", headers=headers).json()["response"]
        assert [user["name"] for user in users] == ["a", "b"]
        assert server.stop() == (0, "", "")


def saved(path: Path) -> list[str]:
    kept = Mock()
    StateFile(path).load(kept)
    answered = kept.handle(Request("GET", "/syncfy/v1/users", {"authorization": KEY}))
    return [user["name"] for user in answered.json()["response"]]


def test_a_state_file_that_cannot_be_used_is_said_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("nonsense")
    with Process(f"server.serve(port=0, state={str(tmp_path / 'state')!r})") as server:
        out, err = server.process.communicate(timeout=10)
    assert out == ""
    assert "StateFileError" in err


def test_a_state_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with Process(f"server.serve(port=0, state={str(folder / 'state')!r})") as server:
        base = server.line().split()[-1]
        shutil.rmtree(folder)
        httpx.post(f"{base}/syncfy/v1/users", json={"name": "a"}, headers={"Authorization": KEY}).raise_for_status()
        code, out, err = server.stop()
    assert (code, out) == (0, "")
    assert "the mock's state could not be saved" in err
