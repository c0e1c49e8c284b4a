"""The generated client of the control, against the control: what comes is what the spec says, to the letter."""

import importlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import anyio
import httpx
import pytest

from ventanilla.mock import AsyncMockTransport, ManualClock, Mock, MockTransport
from ventanilla.mock._spec import load
from ventanilla_clients._runtime import Client, UnexpectedStatus
from ventanilla_clients.mock.api.clock import advance_clock, get_clock
from ventanilla_clients.mock.api.faults import add_fault, list_faults
from ventanilla_clients.mock.api.requests import get_request, get_request_curl
from ventanilla_clients.mock.api.snapshots import take_snapshot
from ventanilla_clients.mock.api.webhooks import list_deliveries, trigger_event
from ventanilla_clients.mock.api.worlds import change_settings, create_namespace
from ventanilla_clients.mock.models import (
    Beginning,
    ClockAdvance,
    ClockStart,
    LifecycleChange,
    LifecyclesChange,
    NewEffect,
    NewEvent,
    NewFault,
    SettingsChange,
)

URL = "http://localhost:8765"
HOOK = "http://127.0.0.1:9/hook"
READING = sorted(
    operation.id
    for operation in load("mock", "/_mock").operations.values()
    if operation.method == "GET" and "{" not in operation.template
)


@pytest.fixture
def mock() -> Mock:
    return Mock(clock=ManualClock(1_700_000_000))


@pytest.fixture
def client(mock: Mock) -> Iterator[Client]:
    with httpx.Client(transport=MockTransport(mock, sink=lambda delivery: 500), base_url=f"{URL}/_mock") as http:
        yield Client(http=http)


@pytest.fixture
def busy(client: Client) -> Client:
    """The same, with something in every list."""
    create_namespace.sync("a", client=client, body=Beginning(seed=7, clock=ClockStart(rate=Decimal(0))))
    lifecycles = LifecyclesChange(syncfy=LifecycleChange(mode="event"), facti=LifecycleChange(mode="immediate"))
    change_settings.sync(client=client, body=SettingsChange(lifecycles=lifecycles))
    for name in ("credentials.refreshed", "payment_notification"):
        trigger_event.sync(client=client, body=NewEvent(event=name, url=HOOK))
    advance_clock.sync(client=client, body=ClockAdvance(seconds=Decimal("0.5")))
    take_snapshot.sync(client=client)
    add_fault.sync(client=client, body=NewFault(nth=9, effect=NewEffect(kind="status", status=503, retry_after=5)))
    return client


@pytest.mark.parametrize("operation", READING)
def test_every_answer_is_read_as_it_is_specified(busy: Client, operation: str) -> None:
    tag = load("mock", "/_mock").operations[operation].tag
    module = importlib.import_module(f"ventanilla_clients.mock.api.{tag}.{operation}")
    found: Any = module.sync(client=busy)
    assert found
    assert isinstance(found, bytes) == operation.endswith(("_markdown", "_page"))


def test_what_is_made_comes_back_typed(busy: Client) -> None:
    assert get_clock.sync(client=busy).now == Decimal("1700000000.5")
    (fault,) = list_faults.sync(client=busy)
    assert (fault.nth, fault.effect.kind, fault.effect.retry_after) == (9, "status", 5)
    (delivery,) = list_deliveries.sync(client=busy, profile="facti-ipn")
    assert (delivery.state, [attempt.status for attempt in delivery.attempts]) == ("waiting", [500])
    exchange = get_request.sync("1", client=busy)
    assert exchange.provider == "syncfy"
    assert get_request_curl.sync("1", client=busy).startswith(b"curl ")


def test_a_refusal_raises_with_its_status(client: Client) -> None:
    with pytest.raises(UnexpectedStatus) as refused:
        get_request.sync("1", client=client)
    assert refused.value.status_code == 404


def test_it_works_asynchronously_too(mock: Mock) -> None:
    async def story() -> Decimal:
        async with httpx.AsyncClient(transport=AsyncMockTransport(mock), base_url=f"{URL}/_ns/a/_mock") as http:
            moved = await advance_clock.asyncio(client=Client(async_http=http), body=ClockAdvance(seconds=Decimal(60)))
            return moved.now

    assert anyio.run(story) == 1_700_000_060
    assert mock.world_of("a").now == 1_700_000_060
