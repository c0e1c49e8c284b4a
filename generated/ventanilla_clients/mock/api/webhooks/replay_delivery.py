from typing import Any

import httpx

from ...._runtime import Operation, decode, encode_json, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.delivery import Delivery
from ...models.replay import Replay
from ...types import UNSET, Response, Unset

OPERATION = Operation("replay_delivery", "write")


def request_kwargs(
    id: str,
    *,
    body: Replay | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "post",
        "url": f"/deliveries/{segment('id', id, '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')}/replay",
        "extensions": {"operation": OPERATION},
    }
    if isinstance(body, Unset):
        return built
    built["content"] = encode_json(body, decimals="number")
    headers["Content-Type"] = "application/json"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[Delivery]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, Delivery)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    id: str,
    *,
    client: Client,
    body: Replay | Unset = UNSET,
) -> Response[Delivery]:
    """Make a webhook call again.

    POST /deliveries/{id}/replay

    Args:
        id: str
        body: How often a call is made again.

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: this API is the mock's own
    """

    return _parse(
        client.request(
            **request_kwargs(
                id=id,
                body=body,
            )
        )
    )


def sync(
    id: str,
    *,
    client: Client,
    body: Replay | Unset = UNSET,
) -> Delivery:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        id=id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: Client,
    body: Replay | Unset = UNSET,
) -> Response[Delivery]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id=id,
                body=body,
            )
        )
    )


async def asyncio(
    id: str,
    *,
    client: Client,
    body: Replay | Unset = UNSET,
) -> Delivery:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
