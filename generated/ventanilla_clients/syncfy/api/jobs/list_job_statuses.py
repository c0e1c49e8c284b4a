from typing import Any

import httpx

from ...._runtime import Operation, decode, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.job_status_list_answer import JobStatusListAnswer
from ...types import Response

OPERATION = Operation("list_job_statuses", "read")


def request_kwargs(
    id_job: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "get",
        "url": f"/jobs/{segment('id_job', id_job, '^[0-9a-f]{24}$')}/status",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[JobStatusListAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, JobStatusListAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    id_job: str,
    *,
    client: Client,
) -> Response[JobStatusListAnswer]:
    """List the status codes of a job so far, in order; the last one is current

    GET /jobs/{id_job}/status

    Args:
        id_job: str

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: sync-py README, Credenciales TWOFA
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_job=id_job,
            )
        )
    )


def sync(
    id_job: str,
    *,
    client: Client,
) -> JobStatusListAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        id_job=id_job,
        client=client,
    ).parsed


async def asyncio_detailed(
    id_job: str,
    *,
    client: Client,
) -> Response[JobStatusListAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_job=id_job,
            )
        )
    )


async def asyncio(
    id_job: str,
    *,
    client: Client,
) -> JobStatusListAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            id_job=id_job,
            client=client,
        )
    ).parsed
