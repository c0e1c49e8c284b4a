from typing import Any

import httpx

from ...._runtime import Operation, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...types import Response

OPERATION = Operation("get_attachment", "read", is_file=True)


def request_kwargs(
    id_attachment: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "get",
        "url": f"/attachments/{segment('id_attachment', id_attachment, '^[0-9a-f]{24}$')}",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[bytes]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = response.content
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    id_attachment: str,
    *,
    client: Client,
) -> Response[bytes]:
    """Download an attachment's file

    GET /attachments/{id_attachment}

    Args:
        id_attachment: str

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: sync-py README, Archivos adjuntos
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_attachment=id_attachment,
            )
        )
    )


def sync(
    id_attachment: str,
    *,
    client: Client,
) -> bytes:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        id_attachment=id_attachment,
        client=client,
    ).parsed


async def asyncio_detailed(
    id_attachment: str,
    *,
    client: Client,
) -> Response[bytes]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_attachment=id_attachment,
            )
        )
    )


async def asyncio(
    id_attachment: str,
    *,
    client: Client,
) -> bytes:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            id_attachment=id_attachment,
            client=client,
        )
    ).parsed
