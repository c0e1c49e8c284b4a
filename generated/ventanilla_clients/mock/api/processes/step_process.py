from typing import Any

import httpx

from ...._runtime import Operation, decode, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.process_step import ProcessStep
from ...types import Response

OPERATION = Operation("step_process", "write")


def request_kwargs(
    provider: str,
    id: str,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "post",
        "url": f"/processes/{segment('provider', provider, '^[a-z]{1,32}$')}/{segment('id', id, '^[A-Za-z0-9-]{1,64}$')}/step",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[ProcessStep]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, ProcessStep)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    provider: str,
    id: str,
    *,
    client: Client,
) -> Response[ProcessStep]:
    """Let a process that waits make its next step.

    POST /processes/{provider}/{id}/step

    Args:
        provider: str
        id: str

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: this API is the mock's own
    """

    return _parse(
        client.request(
            **request_kwargs(
                provider=provider,
                id=id,
            )
        )
    )


def sync(
    provider: str,
    id: str,
    *,
    client: Client,
) -> ProcessStep:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        provider=provider,
        id=id,
        client=client,
    ).parsed


async def asyncio_detailed(
    provider: str,
    id: str,
    *,
    client: Client,
) -> Response[ProcessStep]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                provider=provider,
                id=id,
            )
        )
    )


async def asyncio(
    provider: str,
    id: str,
    *,
    client: Client,
) -> ProcessStep:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            provider=provider,
            id=id,
            client=client,
        )
    ).parsed
