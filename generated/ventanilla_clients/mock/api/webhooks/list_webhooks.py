from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.webhook import Webhook
from ...types import Response

OPERATION = Operation("list_webhooks", "read")
PATH = FixedPath("/webhooks")


def request_kwargs() -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "get",
        "url": PATH,
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[list[Webhook]]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, list[Webhook])
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
) -> Response[list[Webhook]]:
    """List Syncfy's webhooks, of both versions, with what became of them.

    GET /webhooks

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: this API is the mock's own
    """

    return _parse(client.request(**request_kwargs()))


def sync(
    *,
    client: Client,
) -> list[Webhook]:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
) -> Response[list[Webhook]]:
    """As `sync_detailed`, asynchronously."""
    return _parse(await client.arequest(**request_kwargs()))


async def asyncio(
    *,
    client: Client,
) -> list[Webhook]:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
