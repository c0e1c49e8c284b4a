from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.employee_list_answer import EmployeeListAnswer
from ...types import Response

OPERATION = Operation("list_employees", "read")
PATH = FixedPath("/payroll/employee/list")


def request_kwargs() -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "get",
        "url": PATH,
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[EmployeeListAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, EmployeeListAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
) -> Response[EmployeeListAnswer]:
    """List all employees, the oldest first.

    GET /payroll/employee/list

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: client: factura-com-sdk, EmpleadosApi; path and order only, the answer is inferred
    """

    return _parse(client.request(**request_kwargs()))


def sync(
    *,
    client: Client,
) -> EmployeeListAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
) -> Response[EmployeeListAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(await client.arequest(**request_kwargs()))


async def asyncio(
    *,
    client: Client,
) -> EmployeeListAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
