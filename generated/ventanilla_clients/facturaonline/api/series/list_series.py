from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.series_answer import SeriesAnswer
from ...types import Response

OPERATION = Operation("list_series", "read")
PATH = FixedPath("/v4/series")


def request_kwargs() -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "get",
        "url": PATH,
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[SeriesAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, SeriesAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
) -> Response[SeriesAnswer]:
    """List the series of folios of the account.

    GET /v4/series

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: third-party: facturacom-php, Series (answer); the provider documents the path in its Series page
    """

    return _parse(client.request(**request_kwargs()))


def sync(
    *,
    client: Client,
) -> SeriesAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
) -> Response[SeriesAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(await client.arequest(**request_kwargs()))


async def asyncio(
    *,
    client: Client,
) -> SeriesAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
