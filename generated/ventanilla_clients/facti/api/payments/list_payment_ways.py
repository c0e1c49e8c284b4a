from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode, encode_form
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.payment_way_search import PaymentWaySearch
from ...models.payment_ways_answer import PaymentWaysAnswer
from ...types import Response

OPERATION = Operation("list_payment_ways", "read")
PATH = FixedPath("/v1/payments/company_payment_ways")


def request_kwargs(
    *,
    body: PaymentWaySearch,
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


def _parse(response: httpx.Response) -> Response[PaymentWaysAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, PaymentWaysAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    body: PaymentWaySearch,
) -> Response[PaymentWaysAnswer]:
    """List the ways of payment that a company has set up.

    POST /v1/payments/company_payment_ways

    Args:
        body: Whose ways of payment to list.

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: client: facti-sdk-php (2014), Facti.php
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
    body: PaymentWaySearch,
) -> PaymentWaysAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: PaymentWaySearch,
) -> Response[PaymentWaysAnswer]:
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
    body: PaymentWaySearch,
) -> PaymentWaysAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
