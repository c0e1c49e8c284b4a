from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode, encode_json
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.group_created import GroupCreated
from ...models.new_group import NewGroup
from ...types import Response

OPERATION = Operation("create_group", "write")
PATH = FixedPath("/payroll/employee/group/create")


def request_kwargs(
    *,
    body: NewGroup,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "post",
        "url": PATH,
        "extensions": {"operation": OPERATION},
    }
    built["content"] = encode_json(body, decimals="string")
    headers["Content-Type"] = "application/json"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[GroupCreated]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, GroupCreated)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    body: NewGroup,
) -> Response[GroupCreated]:
    """Create a group of employees.

    POST /payroll/employee/group/create

    Args:
        body: A group to create.

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: third-party: payroll integrations (body and answer); client: factura-com-sdk, GrupoDeEmpleadosApi (path)
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
    body: NewGroup,
) -> GroupCreated:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: NewGroup,
) -> Response[GroupCreated]:
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
    body: NewGroup,
) -> GroupCreated:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
