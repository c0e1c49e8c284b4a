from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.process import Process
from ...types import Response

OPERATION = Operation("list_processes", "read")
PATH = FixedPath("/processes")


def request_kwargs() -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "get",
        "url": PATH,
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[list[Process]]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, list[Process])
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
) -> Response[list[Process]]:
    """List what waits for polls or for an event to get on.

    GET /processes

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: this API is the mock's own
    """

    return _parse(client.request(**request_kwargs()))


def sync(
    *,
    client: Client,
) -> list[Process]:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
) -> Response[list[Process]]:
    """As `sync_detailed`, asynchronously."""
    return _parse(await client.arequest(**request_kwargs()))


async def asyncio(
    *,
    client: Client,
) -> list[Process]:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
