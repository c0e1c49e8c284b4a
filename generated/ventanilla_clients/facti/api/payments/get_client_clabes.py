from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode, encode_form
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.clabe_answer import ClabeAnswer
from ...models.clabe_search import ClabeSearch
from ...types import Response

OPERATION = Operation("get_client_clabes", "read")
PATH = FixedPath("/v1/payments/stp_client_clabe")


def request_kwargs(
    *,
    body: ClabeSearch,
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


def _parse(response: httpx.Response) -> Response[ClabeAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, ClabeAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    body: ClabeSearch,
) -> Response[ClabeAnswer]:
    """Get the CLABE accounts in which a customer can pay a company through STP.

    POST /v1/payments/stp_client_clabe

    Args:
        body: Whose CLABE accounts to get.

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: Facti API, 2. Obtener cuentas CLABE para pagos de tipo STP
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
    body: ClabeSearch,
) -> ClabeAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: ClabeSearch,
) -> Response[ClabeAnswer]:
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
    body: ClabeSearch,
) -> ClabeAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
