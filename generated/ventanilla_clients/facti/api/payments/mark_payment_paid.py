from typing import Any

import httpx

from ...._runtime import Operation, decode, encode_form, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.details_answer import DetailsAnswer
from ...models.payment_update import PaymentUpdate
from ...types import Response

OPERATION = Operation("mark_payment_paid", "write")


def request_kwargs(
    id: str,
    *,
    body: PaymentUpdate,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "post",
        "url": f"/v1/payments/{segment('id', id, '^[0-9]{1,18}$')}",
        "extensions": {"operation": OPERATION},
    }
    built["content"] = encode_form(body)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[DetailsAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, DetailsAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    id: str,
    *,
    client: Client,
    body: PaymentUpdate,
) -> Response[DetailsAnswer]:
    """Mark a pending payment as paid by hand.

    POST /v1/payments/{id}

    Args:
        id: str
        body: The change of a pending payment into a paid one.

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: Facti API, 7. Cambiar status de un pago pendiente a pagado
    """

    return _parse(
        client.request(
            **request_kwargs(
                id=id,
                body=body,
            )
        )
    )


def sync(
    id: str,
    *,
    client: Client,
    body: PaymentUpdate,
) -> DetailsAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        id=id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: Client,
    body: PaymentUpdate,
) -> Response[DetailsAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id=id,
                body=body,
            )
        )
    )


async def asyncio(
    id: str,
    *,
    client: Client,
    body: PaymentUpdate,
) -> DetailsAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
