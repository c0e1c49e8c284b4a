from typing import Any

import httpx

from ...._runtime import FixedPath, Operation
from ...client import Client
from ...errors import UnexpectedStatus
from ...types import UNSET, Response, Unset

OPERATION = Operation("export_attachments", "read", is_file=True)
PATH = FixedPath("/attachments/export")


def request_kwargs(
    *,
    id_credential: str | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    wbhk: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    params: dict[str, Any] = {}

    params["id_credential"] = id_credential

    params["dt_refresh_from"] = dt_refresh_from

    params["dt_refresh_to"] = dt_refresh_to

    params["wbhk"] = wbhk

    params["limit"] = limit

    params["skip"] = skip

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    built: dict[str, Any] = {
        "method": "get",
        "url": PATH,
        "params": params,
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[bytes]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = response.content
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    id_credential: str | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    wbhk: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
) -> Response[bytes]:
    """Download the attachments of a credential as one ZIP

    GET /attachments/export

    Args:
        id_credential: str | Unset
        dt_refresh_from: int | Unset
        dt_refresh_to: int | Unset
        wbhk: int | Unset
        limit: int | Unset
        skip: int | Unset

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: SAT All in One, credentials.refreshed (the link); the ZIP from the official events.md
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_credential=id_credential,
                dt_refresh_from=dt_refresh_from,
                dt_refresh_to=dt_refresh_to,
                wbhk=wbhk,
                limit=limit,
                skip=skip,
            )
        )
    )


def sync(
    *,
    client: Client,
    id_credential: str | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    wbhk: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
) -> bytes:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        id_credential=id_credential,
        dt_refresh_from=dt_refresh_from,
        dt_refresh_to=dt_refresh_to,
        wbhk=wbhk,
        limit=limit,
        skip=skip,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    id_credential: str | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    wbhk: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
) -> Response[bytes]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_credential=id_credential,
                dt_refresh_from=dt_refresh_from,
                dt_refresh_to=dt_refresh_to,
                wbhk=wbhk,
                limit=limit,
                skip=skip,
            )
        )
    )


async def asyncio(
    *,
    client: Client,
    id_credential: str | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    wbhk: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
) -> bytes:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            id_credential=id_credential,
            dt_refresh_from=dt_refresh_from,
            dt_refresh_to=dt_refresh_to,
            wbhk=wbhk,
            limit=limit,
            skip=skip,
        )
    ).parsed
