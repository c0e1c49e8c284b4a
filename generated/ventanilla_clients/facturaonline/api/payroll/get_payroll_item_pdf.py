from typing import Any

import httpx

from ...._runtime import Operation, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...types import Response

OPERATION = Operation("get_payroll_item_pdf", "read", is_file=True)


def request_kwargs(
    uid: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "get",
        "url": f"/payroll/{segment('uid', uid, '^[0-9A-Za-z-]{1,64}$')}/item/pdf",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[bytes]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = response.content
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    uid: str,
    *,
    client: Client,
) -> Response[bytes]:
    """Download the PDF of one employee's CFDI.

    GET /payroll/{uid}/item/pdf

    Args:
        uid: str

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: Nóminas, Descargar nómina
    """

    return _parse(
        client.request(
            **request_kwargs(
                uid=uid,
            )
        )
    )


def sync(
    uid: str,
    *,
    client: Client,
) -> bytes:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        uid=uid,
        client=client,
    ).parsed


async def asyncio_detailed(
    uid: str,
    *,
    client: Client,
) -> Response[bytes]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                uid=uid,
            )
        )
    )


async def asyncio(
    uid: str,
    *,
    client: Client,
) -> bytes:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            uid=uid,
            client=client,
        )
    ).parsed
