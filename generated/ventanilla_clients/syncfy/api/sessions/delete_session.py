from typing import Any

import httpx

from ...._runtime import Operation, decode, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.true_answer import TrueAnswer
from ...types import Response

OPERATION = Operation("delete_session", "write")


def request_kwargs(
    token: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "delete",
        "url": f"/sessions/{segment('token', token, '^[0-9a-f]{32,64}$')}",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[TrueAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, TrueAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    token: str,
    *,
    client: Client,
) -> Response[TrueAnswer]:
    """End a session

    DELETE /sessions/{token}

    Args:
        token: str

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: client: sync-py 1.0.4 and Postman collection sync.json
    """

    return _parse(
        client.request(
            **request_kwargs(
                token=token,
            )
        )
    )


def sync(
    token: str,
    *,
    client: Client,
) -> TrueAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        token=token,
        client=client,
    ).parsed


async def asyncio_detailed(
    token: str,
    *,
    client: Client,
) -> Response[TrueAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                token=token,
            )
        )
    )


async def asyncio(
    token: str,
    *,
    client: Client,
) -> TrueAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            token=token,
            client=client,
        )
    ).parsed
