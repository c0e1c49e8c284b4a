from typing import Any

import httpx

from ...._runtime import Operation, decode, encode_json, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.user_answer import UserAnswer
from ...models.user_update import UserUpdate
from ...types import Response

OPERATION = Operation("update_user", "write")


def request_kwargs(
    id_user: str,
    *,
    body: UserUpdate,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "put",
        "url": f"/users/{segment('id_user', id_user, '^[0-9a-f]{24}$')}",
        "extensions": {"operation": OPERATION},
    }
    built["content"] = encode_json(body, decimals="number")
    headers["Content-Type"] = "application/json"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[UserAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, UserAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    id_user: str,
    *,
    client: Client,
    body: UserUpdate,
) -> Response[UserAnswer]:
    """Change a user's name or external id

    PUT /users/{id_user}

    Args:
        id_user: str
        body: UserUpdate

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
                body=body,
            )
        )
    )


def sync(
    id_user: str,
    *,
    client: Client,
    body: UserUpdate,
) -> UserAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        id_user=id_user,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    id_user: str,
    *,
    client: Client,
    body: UserUpdate,
) -> Response[UserAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_user=id_user,
                body=body,
            )
        )
    )


async def asyncio(
    id_user: str,
    *,
    client: Client,
    body: UserUpdate,
) -> UserAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            id_user=id_user,
            client=client,
            body=body,
        )
    ).parsed
