from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode, encode_json
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.job_pull_answer import JobPullAnswer
from ...models.new_job import NewJob
from ...types import Response

OPERATION = Operation("create_job_pull", "write")
PATH = FixedPath("/jobs/pulls")


def request_kwargs(
    *,
    body: NewJob,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "post",
        "url": PATH,
        "extensions": {"operation": OPERATION},
    }
    built["content"] = encode_json(body, decimals="number")
    headers["Content-Type"] = "application/json"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[JobPullAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, JobPullAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    body: NewJob,
) -> Response[JobPullAnswer]:
    """Start a job at a site of jobs (newer name)

    POST /jobs/pulls

    Args:
        body: NewJob

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: client: Postman collection sync-tax.json, since 2025-08-30
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
    body: NewJob,
) -> JobPullAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: NewJob,
) -> Response[JobPullAnswer]:
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
    body: NewJob,
) -> JobPullAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
