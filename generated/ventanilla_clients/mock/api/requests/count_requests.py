from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.count import Count
from ...types import UNSET, Response, Unset

OPERATION = Operation("count_requests", "read")
PATH = FixedPath("/requests/count")


def request_kwargs(
    *,
    provider: str | Unset = UNSET,
    operation: str | Unset = UNSET,
    method: str | Unset = UNSET,
    path: str | Unset = UNSET,
    status: int | Unset = UNSET,
    since: int | Unset = UNSET,
    broken: bool | Unset = UNSET,
    fault: str | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    params: dict[str, Any] = {}

    params["provider"] = provider

    params["operation"] = operation

    params["method"] = method

    params["path"] = path

    params["status"] = status

    params["since"] = since

    params["broken"] = broken

    params["fault"] = fault

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    built: dict[str, Any] = {
        "method": "get",
        "url": PATH,
        "params": params,
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[Count]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, Count)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    provider: str | Unset = UNSET,
    operation: str | Unset = UNSET,
    method: str | Unset = UNSET,
    path: str | Unset = UNSET,
    status: int | Unset = UNSET,
    since: int | Unset = UNSET,
    broken: bool | Unset = UNSET,
    fault: str | Unset = UNSET,
) -> Response[Count]:
    """Count exchanges in the journal.

    GET /requests/count

    Args:
        provider: str | Unset
        operation: str | Unset
        method: str | Unset
        path: str | Unset
        status: int | Unset
        since: int | Unset
        broken: bool | Unset
        fault: str | Unset

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: this API is the mock's own
    """

    return _parse(
        client.request(
            **request_kwargs(
                provider=provider,
                operation=operation,
                method=method,
                path=path,
                status=status,
                since=since,
                broken=broken,
                fault=fault,
            )
        )
    )


def sync(
    *,
    client: Client,
    provider: str | Unset = UNSET,
    operation: str | Unset = UNSET,
    method: str | Unset = UNSET,
    path: str | Unset = UNSET,
    status: int | Unset = UNSET,
    since: int | Unset = UNSET,
    broken: bool | Unset = UNSET,
    fault: str | Unset = UNSET,
) -> Count:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        provider=provider,
        operation=operation,
        method=method,
        path=path,
        status=status,
        since=since,
        broken=broken,
        fault=fault,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    provider: str | Unset = UNSET,
    operation: str | Unset = UNSET,
    method: str | Unset = UNSET,
    path: str | Unset = UNSET,
    status: int | Unset = UNSET,
    since: int | Unset = UNSET,
    broken: bool | Unset = UNSET,
    fault: str | Unset = UNSET,
) -> Response[Count]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                provider=provider,
                operation=operation,
                method=method,
                path=path,
                status=status,
                since=since,
                broken=broken,
                fault=fault,
            )
        )
    )


async def asyncio(
    *,
    client: Client,
    provider: str | Unset = UNSET,
    operation: str | Unset = UNSET,
    method: str | Unset = UNSET,
    path: str | Unset = UNSET,
    status: int | Unset = UNSET,
    since: int | Unset = UNSET,
    broken: bool | Unset = UNSET,
    fault: str | Unset = UNSET,
) -> Count:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            provider=provider,
            operation=operation,
            method=method,
            path=path,
            status=status,
            since=since,
            broken=broken,
            fault=fault,
        )
    ).parsed
