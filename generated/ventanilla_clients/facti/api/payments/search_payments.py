from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode, encode_form
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.payment_list_answer import PaymentListAnswer
from ...models.payment_search import PaymentSearch
from ...types import Response

OPERATION = Operation("search_payments", "read")
PATH = FixedPath("/v1/payments/company_payments")


def request_kwargs(
    *,
    body: PaymentSearch,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "post",
        "url": PATH,
        "extensions": {"operation": OPERATION},
    }
    built["content"] = encode_form(body)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[PaymentListAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, PaymentListAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    body: PaymentSearch,
) -> Response[PaymentListAnswer]:
    """Search the payments that a company has requested.

    POST /v1/payments/company_payments

    Args:
        body: Which payments to find.

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: Facti API, 3. Búsqueda de pagos
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
    body: PaymentSearch,
) -> PaymentListAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: PaymentSearch,
) -> Response[PaymentListAnswer]:
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
    body: PaymentSearch,
) -> PaymentListAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
