from typing import Any

import httpx

from ...._runtime import Operation, decode, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.open_api_document import OpenApiDocument
from ...types import Response

OPERATION = Operation("get_openapi", "read")


def request_kwargs(
    document: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "get",
        "url": f"/openapi/{segment('document', document, '^[a-z]{1,32}[.]json$')}",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[OpenApiDocument]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, OpenApiDocument)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    document: str,
    *,
    client: Client,
) -> Response[OpenApiDocument]:
    """Read an OpenAPI document, with this mock as its server.

    GET /openapi/{document}

    Args:
        document: str

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: this API is the mock's own
    """

    return _parse(
        client.request(
            **request_kwargs(
                document=document,
            )
        )
    )


def sync(
    document: str,
    *,
    client: Client,
) -> OpenApiDocument:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        document=document,
        client=client,
    ).parsed


async def asyncio_detailed(
    document: str,
    *,
    client: Client,
) -> Response[OpenApiDocument]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                document=document,
            )
        )
    )


async def asyncio(
    document: str,
    *,
    client: Client,
) -> OpenApiDocument:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            document=document,
            client=client,
        )
    ).parsed
