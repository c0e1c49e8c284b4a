from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode, encode_json
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.new_event import NewEvent
from ...models.triggered_event import TriggeredEvent
from ...types import Response

OPERATION = Operation("trigger_event", "write")
PATH = FixedPath("/events")


def request_kwargs(
    *,
    body: NewEvent,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "post",
        "url": PATH,
        "extensions": {"operation": OPERATION},
    }
    built["content"] = encode_json(body, decimals="number")
    headers["Content-Type"] = "application/json"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[TriggeredEvent]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, TriggeredEvent)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    body: NewEvent,
) -> Response[TriggeredEvent]:
    """Cause an event, by the calls that lead to it.

    POST /events

    Args:
        body: An event, and what it takes; see GET /events.

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: this API is the mock's own
    """

    return _parse(
        client.request(
            **request_kwargs(
                body=body,
            )
        )
    )


def sync(
    *,
    client: Client,
    body: NewEvent,
) -> TriggeredEvent:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: NewEvent,
) -> Response[TriggeredEvent]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                body=body,
            )
        )
    )


async def asyncio(
    *,
    client: Client,
    body: NewEvent,
) -> TriggeredEvent:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
