from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode, encode_form
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.new_request import NewRequest
from ...models.request_answer import RequestAnswer
from ...types import Response

OPERATION = Operation("create_request", "write")
PATH = FixedPath("/v1/payments/new_request")


def request_kwargs(
    *,
    body: NewRequest,
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


def _parse(response: httpx.Response) -> Response[RequestAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, RequestAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    body: NewRequest,
) -> Response[RequestAnswer]:
    """Ask a customer for a payment.

    POST /v1/payments/new_request

    Args:
        body: A payment request; parameters beyond these are accepted.

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: Facti API, 1. Solicitud de pagos a clientes
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
    body: NewRequest,
) -> RequestAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: NewRequest,
) -> Response[RequestAnswer]:
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
    body: NewRequest,
) -> RequestAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
