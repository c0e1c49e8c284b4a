from typing import Any

import httpx

from ...._runtime import Operation, decode, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.deletion import Deletion
from ...types import Response

OPERATION = Operation("delete_snapshot", "write")


def request_kwargs(
    id: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "delete",
        "url": f"/snapshots/{segment('id', id, '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$')}",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[Deletion]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, Deletion)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    id: str,
    *,
    client: Client,
) -> Response[Deletion]:
    """Forget a snapshot.

    DELETE /snapshots/{id}

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
) -> Deletion:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        id=id,
        client=client,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: Client,
) -> Response[Deletion]:
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
) -> Deletion:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            id=id,
            client=client,
        )
    ).parsed
