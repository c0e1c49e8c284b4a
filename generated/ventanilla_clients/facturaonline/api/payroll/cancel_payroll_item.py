from typing import Any

import httpx

from ...._runtime import Operation, decode, encode_json, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.cancellation import Cancellation
from ...models.item_action import ItemAction
from ...types import Response

OPERATION = Operation("cancel_payroll_item", "write")


def request_kwargs(
    uid: str,
    *,
    body: Cancellation,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "post",
        "url": f"/payroll/{segment('uid', uid, '^[0-9A-Za-z-]{1,64}$')}/item/cancel",
        "extensions": {"operation": OPERATION},
    }
    built["content"] = encode_json(body, decimals="string")
    headers["Content-Type"] = "application/json"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[ItemAction]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, ItemAction)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    uid: str,
    *,
    client: Client,
    body: Cancellation,
) -> Response[ItemAction]:
    """Cancel the CFDI of one employee.

    POST /payroll/{uid}/item/cancel

    Args:
        uid: str
        body: Why to cancel.

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: Nóminas, Cancelar una nómina
    """

    return _parse(
        client.request(
            **request_kwargs(
                uid=uid,
                body=body,
            )
        )
    )


def sync(
    uid: str,
    *,
    client: Client,
    body: Cancellation,
) -> ItemAction:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        uid=uid,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    uid: str,
    *,
    client: Client,
    body: Cancellation,
) -> Response[ItemAction]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                uid=uid,
                body=body,
            )
        )
    )


async def asyncio(
    uid: str,
    *,
    client: Client,
    body: Cancellation,
) -> ItemAction:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            uid=uid,
            client=client,
            body=body,
        )
    ).parsed
