"""The control through the adapters: with a token, as a form, and with webhook calls made before an answer leaves."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
import requests
from raw_caller import exchange

from ventanilla.mock.asgi import App
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.deliveries import AsyncCourier
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.requests_adapter import MockAdapter
from ventanilla.mock.server import running
from ventanilla.mock.transports import MockTransport

HOOK = "http://127.0.0.1:9/hook"
EVENT = {"event": "refresh", "url": HOOK}


def test_a_token_is_asked_for_over_http() -> None:
    with running(mock=Mock(token="of-the-tests")) as base:
        assert httpx.get(f"{base}/_mock/health").json() == {"status": "ok"}
        refused = httpx.get(f"{base}/_mock/clock")
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert httpx.get(f"{base}/_mock/clock", headers={"Authorization": "Bearer of-the-tests"}).status_code == 200


def test_a_page_of_somebody_else_is_kept_out_over_http() -> None:
    with running() as base:
        assert httpx.post(f"{base}/_mock/reset", headers={"Origin": "https://evil.mx"}).status_code == 403
        assert httpx.get(f"{base}/_mock/clock", headers={"Host": "evil.mx"}).status_code == 403
        assert httpx.post(f"{base}/_mock/reset").status_code == 200


def through_requests(mock: Mock, headers: dict[str, str]) -> int:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", MockAdapter(mock))
        return session.post("http://localhost/_mock/reset", headers=headers).status_code


def through_asgi(mock: Mock, headers: dict[str, str]) -> int:
    async def sent() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(App(mock))) as client:
            return (await client.post("http://localhost/_mock/reset", headers=headers)).status_code

    return asyncio.run(sent())


@pytest.mark.parametrize("way", [through_requests, through_asgi])
def test_adapters_keep_pages_out_too(way: Callable[[Mock, dict[str, str]], int]) -> None:
    assert way(Mock(), {"Origin": "https://evil.mx"}) == 403
    assert way(Mock(), {"Host": "evil.mx"}) == 403
    assert way(Mock(), {}) == 200


ABSOLUTE = b"GET http://%b/_mock/clock HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
UPGRADE = (
    b"GET /_mock/clock HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.mx\r\nConnection: Upgrade, close\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@pytest.mark.parametrize(
    ("sent", "status"), [(ABSOLUTE % b"evil.mx", 403), (ABSOLUTE % b"localhost:8765", 200), (UPGRADE, 403)]
)
def test_what_a_proxy_or_a_websocket_asks_is_guarded(sent: bytes, status: int) -> None:
    with running() as base:
        assert exchange(base, sent).startswith(b"HTTP/1.1 %d " % status)


def test_a_form_is_taken_over_http() -> None:
    with running(mock=Mock(clock=ManualClock(1000))) as base:
        moved = httpx.post(f"{base}/_mock/clock/advance", data={"seconds": "300"})
        assert moved.json()["now"] == 1300


@pytest.mark.parametrize("prefix", ["", "/_ns/a"])
def test_the_answer_leaves_after_every_call_on_the_way(prefix: str) -> None:
    """Through the server, each receiver is called at its moment, and again after the failures."""
    moments: list[float] = []

    def sink(delivery: Delivery) -> int:
        moments.append(mock.worlds[delivery.world].now)
        return 500 if len(moments) < 3 else 200

    mock = Mock(clock=ManualClock(1_700_000_000), pace=1)
    courier = AsyncCourier(mock, sink=sink)
    with running(mock=mock, courier=courier) as base, httpx.Client(base_url=f"{base}{prefix}/_mock") as client:
        client.post("/events", json=EVENT).raise_for_status()
        begun = mock.worlds[prefix.removeprefix("/_ns/")].now
        assert client.post("/clock/advance", json={"seconds": 86400}).json()["now"] == begun + 86400
        (delivery,) = client.get("/deliveries").json()
    assert delivery["state"] == "delivered"
    assert [round(each - moments[0]) for each in moments] == [0, 5, 305]
    assert begun < moments[0] < begun + 60


async def in_asgi(mock: Mock) -> list[dict[str, object]]:
    transport = httpx.ASGITransport(App(mock, sink=lambda delivery: 200))
    async with httpx.AsyncClient(transport=transport, base_url="http://mock.test/_mock") as client:
        await client.post("/events", json=EVENT)
        await client.post("/clock/advance", json={"seconds": 60})
        rows: list[dict[str, object]] = (await client.get("/deliveries")).json()
        return rows


def test_every_adapter_makes_the_same_calls() -> None:
    with httpx.Client(
        transport=MockTransport(Mock(clock=ManualClock(1_700_000_000)), sink=lambda delivery: 200),
        base_url="http://mock.test/_mock",
    ) as client:
        client.post("/events", json=EVENT)
        client.post("/clock/advance", json={"seconds": 60})
        rows = client.get("/deliveries").json()
    assert [row["state"] for row in rows] == ["delivered"]
    assert asyncio.run(in_asgi(Mock(clock=ManualClock(1_700_000_000)))) == rows
