from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode, encode_json
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.new_webhook import NewWebhook
from ...models.webhook import Webhook
from ...types import Response

OPERATION = Operation("register_webhook", "write")
PATH = FixedPath("/webhooks")


def request_kwargs(
    *,
    body: NewWebhook,
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


def _parse(response: httpx.Response) -> Response[Webhook]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, Webhook)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    body: NewWebhook,
) -> Response[Webhook]:
    """Register a webhook of Syncfy's version 3, as its dashboard does.

    POST /webhooks

    Args:
        body: A webhook of Syncfy's version 3.

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
    body: NewWebhook,
) -> Webhook:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: NewWebhook,
) -> Response[Webhook]:
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
    body: NewWebhook,
) -> Webhook:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
