from typing import Any

import httpx

from ...._runtime import Operation, decode, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.exchange import Exchange
from ...types import Response

OPERATION = Operation("get_request", "read")


def request_kwargs(
    id: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "get",
        "url": f"/requests/{segment('id', id, '^[1-9][0-9]{0,14}$')}",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[Exchange]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, Exchange)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    id: str,
    *,
    client: Client,
) -> Response[Exchange]:
    """Read one exchange.

    GET /requests/{id}

    Args:
        id: str

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
            )
        )
    )


def sync(
    id: str,
    *,
    client: Client,
) -> Exchange:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        id=id,
        client=client,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: Client,
) -> Response[Exchange]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id=id,
            )
        )
    )


async def asyncio(
    id: str,
    *,
    client: Client,
) -> Exchange:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            id=id,
            client=client,
        )
    ).parsed
