from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.user_list_answer import UserListAnswer
from ...types import UNSET, Response, Unset

OPERATION = Operation("list_users", "read")
PATH = FixedPath("/users")


def request_kwargs(
    *,
    id_user: str | Unset = UNSET,
    id_external: str | Unset = UNSET,
    name: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    params: dict[str, Any] = {}

    params["id_user"] = id_user

    params["id_external"] = id_external

    params["name"] = name

    params["fields"] = fields

    params["limit"] = limit

    params["skip"] = skip

    params["order"] = order

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    built: dict[str, Any] = {
        "method": "get",
        "url": PATH,
        "params": params,
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[UserListAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, UserListAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    id_user: str | Unset = UNSET,
    id_external: str | Unset = UNSET,
    name: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[UserListAnswer]:
    """List the users of the API key

    GET /users

    Args:
        id_user: str | Unset
        id_external: str | Unset
        name: str | Unset
        fields: str | Unset
        limit: int | Unset
        skip: int | Unset
        order: str | Unset

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: sync-py README, Usuarios
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_user=id_user,
                id_external=id_external,
                name=name,
                fields=fields,
                limit=limit,
                skip=skip,
                order=order,
            )
        )
    )


def sync(
    *,
    client: Client,
    id_user: str | Unset = UNSET,
    id_external: str | Unset = UNSET,
    name: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> UserListAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        id_user=id_user,
        id_external=id_external,
        name=name,
        fields=fields,
        limit=limit,
        skip=skip,
        order=order,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    id_user: str | Unset = UNSET,
    id_external: str | Unset = UNSET,
    name: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[UserListAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_user=id_user,
                id_external=id_external,
                name=name,
                fields=fields,
                limit=limit,
                skip=skip,
                order=order,
            )
        )
    )


async def asyncio(
    *,
    client: Client,
    id_user: str | Unset = UNSET,
    id_external: str | Unset = UNSET,
    name: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> UserListAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            id_user=id_user,
            id_external=id_external,
            name=name,
            fields=fields,
            limit=limit,
            skip=skip,
            order=order,
        )
    ).parsed
