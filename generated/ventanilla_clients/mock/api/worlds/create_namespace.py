from typing import Any

import httpx

from ...._runtime import Operation, decode, encode_json, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.beginning import Beginning
from ...models.namespace import Namespace
from ...types import UNSET, Response, Unset

OPERATION = Operation("create_namespace", "write")


def request_kwargs(
    name: str,
    *,
    body: Beginning | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "put",
        "url": f"/namespaces/{segment('name', name, '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$')}",
        "extensions": {"operation": OPERATION},
    }
    if isinstance(body, Unset):
        return built
    built["content"] = encode_json(body, decimals="number")
    headers["Content-Type"] = "application/json"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[Namespace]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, Namespace)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    name: str,
    *,
    client: Client,
    body: Beginning | Unset = UNSET,
) -> Response[Namespace]:
    """Make a namespace, or begin anew in one that exists.

    PUT /namespaces/{name}

    Args:
        name: str
        body: How a world begins. What is left out is as the mock was started.

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
                body=body,
            )
        )
    )


def sync(
    name: str,
    *,
    client: Client,
    body: Beginning | Unset = UNSET,
) -> Namespace:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        name=name,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    name: str,
    *,
    client: Client,
    body: Beginning | Unset = UNSET,
) -> Response[Namespace]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                name=name,
                body=body,
            )
        )
    )


async def asyncio(
    name: str,
    *,
    client: Client,
    body: Beginning | Unset = UNSET,
) -> Namespace:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            name=name,
            client=client,
            body=body,
        )
    ).parsed
