from typing import Any

import httpx

from ...._runtime import Operation, decode, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.status_answer import StatusAnswer
from ...types import Response

OPERATION = Operation("delete_employee", "write")


def request_kwargs(
    uid: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "post",
        "url": f"/payroll/employee/{segment('uid', uid, '^[0-9A-Za-z-]{1,64}$')}/delete",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[StatusAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, StatusAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    uid: str,
    *,
    client: Client,
) -> Response[StatusAnswer]:
    """Delete an employee.

    POST /payroll/employee/{uid}/delete

    Args:
        uid: str

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: inferred: by analogy with groups
    """

    return _parse(
        client.request(
            **request_kwargs(
                uid=uid,
            )
        )
    )


def sync(
    uid: str,
    *,
    client: Client,
) -> StatusAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        uid=uid,
        client=client,
    ).parsed


async def asyncio_detailed(
    uid: str,
    *,
    client: Client,
) -> Response[StatusAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                uid=uid,
            )
        )
    )


async def asyncio(
    uid: str,
    *,
    client: Client,
) -> StatusAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            uid=uid,
            client=client,
        )
    ).parsed
