from typing import Any

import httpx

from ...._runtime import Operation, decode, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.deletion import Deletion
from ...types import Response

OPERATION = Operation("delete_namespace", "write")


def request_kwargs(
    name: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "delete",
        "url": f"/namespaces/{segment('name', name, '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$')}",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[Deletion]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, Deletion)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    name: str,
    *,
    client: Client,
) -> Response[Deletion]:
    """Delete a namespace and all that is in it.

    DELETE /namespaces/{name}

    Args:
        name: str

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: this API is the mock's own
    """

    return _parse(
        client.request(
            **request_kwargs(
                name=name,
            )
        )
    )


def sync(
    name: str,
    *,
    client: Client,
) -> Deletion:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        name=name,
        client=client,
    ).parsed


async def asyncio_detailed(
    name: str,
    *,
    client: Client,
) -> Response[Deletion]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                name=name,
            )
        )
    )


async def asyncio(
    name: str,
    *,
    client: Client,
) -> Deletion:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            name=name,
            client=client,
        )
    ).parsed
