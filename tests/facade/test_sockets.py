"""No wait of a face's connections goes on beyond the end of its call, and connections stay what they were to httpx."""

import ssl
from collections.abc import Iterator
from itertools import cycle
from types import SimpleNamespace
from typing import Any

import httpcore
import httpx
import pytest

from ventanilla import Facti, Policy, _deadline, _sockets

FOUND = b'{"result": 1, "msg": "", "payments": []}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(FOUND)


class Wire(httpcore.NetworkBackend):
    """Opens connections that answer at once, takes down how long each of their steps may last, and lets time pass."""

    def __init__(self, step_takes: float = 0.0) -> None:
        self.steps: list[tuple[str, float | None]] = []
        self.step_takes, self.now, self.has_hung_up = step_takes, 1000.0, False
        self.open: set[Connection] = set()

    def step(self, name: str, timeout: float | None) -> None:
        self.steps.append((name, timeout))
        self.now += self.step_takes

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: Any = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        self.step("connect", timeout)
        return Connection(self)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        self.step("connect", timeout)
        return Connection(self)


class Connection(httpcore.NetworkStream):
    def __init__(self, wire: Wire) -> None:
        self.wire, self.answer = wire, cycle([HEAD, FOUND])
        wire.open.add(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.wire.step("read", timeout)
        return next(self.answer)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:  # httpx writes a body that it has not, too
            self.wire.step("write", timeout)

    def close(self) -> None:
        self.wire.open.discard(self)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self.wire.step("handshake", timeout)
        self.close()  # it is a part of the encrypted one from now on
        return Connection(self.wire)

    def get_extra_info(self, info: str) -> Any:
        return {"is_readable": self.wire.has_hung_up, "server_addr": ("192.0.2.1", 443)}.get(info)


def over(wire: Wire, **options: Any) -> httpx.HTTPTransport:
    """Return httpx's own transport, with its connections opened by `wire`."""
    made = httpx.HTTPTransport(**options)
    pool: Any = vars(made)["_pool"]
    pool._network_backend = wire
    return made


@pytest.fixture(params=[{}, {"uds": "/run/gateway"}], ids=["tcp", "unix"])
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    chosen: dict[str, Any] = request.param
    return chosen


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    made = Wire()
    monkeypatch.setattr(_sockets, "time", SimpleNamespace(monotonic=lambda: made.now))
    yield made
    assert made.open == set()


def ask(wire: Wire, options: dict[str, Any], *, timeout: float | None, ends_at: float | None) -> httpx.Response:
    transport = over(wire, **options)
    _sockets.bound(transport)
    with httpx.Client(transport=transport, timeout=timeout) as client:
        if ends_at is None:
            return client.get("https://192.0.2.1/")
        with _deadline.until(ends_at):
            return client.get("https://192.0.2.1/")


STEPS = ("connect", "handshake", "write", "read", "read")


@pytest.mark.parametrize(
    ("timeout", "ends_at", "expected"),
    [
        (None, None, (None, None, None, None, None)),
        (30.0, None, (30.0, 30.0, 30.0, 30.0, 30.0)),
        (None, 1100.0, (100.0, 90.0, 80.0, 70.0, 60.0)),
        (300.0, 1100.0, (100.0, 90.0, 80.0, 70.0, 60.0)),
        (85.0, 1100.0, (85.0, 85.0, 80.0, 70.0, 60.0)),
        (30.0, 1040.5, (30.0, 30.0, 20.5, 10.5, 0.5)),
    ],
)
def test_each_step_may_last_as_long_as_httpx_says_but_not_beyond_the_end_of_the_call(
    wire: Wire, options: dict[str, Any], timeout: float | None, ends_at: float | None, expected: tuple[float | None]
) -> None:
    wire.step_takes = 10.0
    assert ask(wire, options, timeout=timeout, ends_at=ends_at).status_code == 200
    assert tuple(wire.steps) == tuple(zip(STEPS, expected, strict=True))


@pytest.mark.parametrize("beyond", [0.0, 0.5])
@pytest.mark.parametrize(
    ("done", "error"),  # which of them it is says whether anything can have reached the server
    [(0, httpx.ConnectTimeout), (1, httpx.ConnectTimeout), (2, httpx.WriteTimeout), (4, httpx.ReadTimeout)],
)
def test_once_the_call_has_ended_no_further_step_is_begun(
    wire: Wire, options: dict[str, Any], done: int, error: type[Exception], beyond: float
) -> None:
    wire.step_takes = 10.0
    with pytest.raises(error):
        ask(wire, options, timeout=300.0, ends_at=wire.now + done * wire.step_takes - beyond)
    assert [name for name, _ in wire.steps] == [*STEPS[:done]]


def test_a_connection_that_the_server_has_closed_meanwhile_is_not_used_again(wire: Wire) -> None:
    transport = over(wire)
    _sockets.bound(transport)
    with httpx.Client(transport=transport) as client:
        address = client.get("https://192.0.2.1/").extensions["network_stream"].get_extra_info("server_addr")
        client.get("https://192.0.2.1/")
        assert [name for name, _ in wire.steps].count("connect") == 1
        wire.has_hung_up = True
        client.get("https://192.0.2.1/")
    assert [name for name, _ in wire.steps].count("connect") == 2
    assert address == ("192.0.2.1", 443)


def test_a_transport_that_two_faces_share_keeps_to_the_deadline_of_each() -> None:
    wire = Wire()
    with over(wire) as transport:
        for deadline in (5.0, 2.0, 4.0):
            wire.steps.clear()
            policy = Policy(deadline=deadline, retries=0)
            face = Facti(client_id="id", api_key="key", company_id=5, transport=transport, policy=policy)
            assert list(face.payments()) == []
            assert all(deadline - 1 < (timeout or 0) <= deadline for _, timeout in wire.steps)
            assert [name for name, _ in wire.steps][-2:] == ["read", "read"]
