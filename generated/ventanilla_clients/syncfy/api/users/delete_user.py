from typing import Any

import httpx

from ...._runtime import Operation, decode, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.true_answer import TrueAnswer
from ...types import Response

OPERATION = Operation("delete_user", "write")


def request_kwargs(
    id_user: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "delete",
        "url": f"/users/{segment('id_user', id_user, '^[0-9a-f]{24}$')}",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[TrueAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, TrueAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    id_user: str,
    *,
    client: Client,
) -> Response[TrueAnswer]:
    """Delete a user with all of its data

    DELETE /users/{id_user}

    Args:
        id_user: str

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: sync-py README, Usuarios
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_user=id_user,
            )
        )
    )


def sync(
    id_user: str,
    *,
    client: Client,
) -> TrueAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        id_user=id_user,
        client=client,
    ).parsed


async def asyncio_detailed(
    id_user: str,
    *,
    client: Client,
) -> Response[TrueAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_user=id_user,
            )
        )
    )


async def asyncio(
    id_user: str,
    *,
    client: Client,
) -> TrueAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            id_user=id_user,
            client=client,
        )
    ).parsed
