from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.delivery import Delivery
from ...models.list_deliveries_profile import (
    ListDeliveriesProfile,
)
from ...models.list_deliveries_state import (
    ListDeliveriesState,
)
from ...types import UNSET, Response, Unset

OPERATION = Operation("list_deliveries", "read")
PATH = FixedPath("/deliveries")


def request_kwargs(
    *,
    profile: ListDeliveriesProfile | Unset = UNSET,
    event: str | Unset = UNSET,
    state: ListDeliveriesState | Unset = UNSET,
    url_query: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    params: dict[str, Any] = {}

    json_profile: str | Unset = UNSET
    if not isinstance(profile, Unset):
        json_profile = profile

    params["profile"] = json_profile

    params["event"] = event

    json_state: str | Unset = UNSET
    if not isinstance(state, Unset):
        json_state = state

    params["state"] = json_state

    params["url"] = url_query

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    built: dict[str, Any] = {
        "method": "get",
        "url": PATH,
        "params": params,
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[list[Delivery]]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, list[Delivery])
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    profile: ListDeliveriesProfile | Unset = UNSET,
    event: str | Unset = UNSET,
    state: ListDeliveriesState | Unset = UNSET,
    url_query: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[list[Delivery]]:
    """List the webhook calls of this world, with every attempt.

    GET /deliveries

    Args:
        profile: ListDeliveriesProfile | Unset
        event: str | Unset
        state: ListDeliveriesState | Unset
        url_query: str | Unset
        limit: int | Unset

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: this API is the mock's own
    """

    return _parse(
        client.request(
            **request_kwargs(
                profile=profile,
                event=event,
                state=state,
                url_query=url_query,
                limit=limit,
            )
        )
    )


def sync(
    *,
    client: Client,
    profile: ListDeliveriesProfile | Unset = UNSET,
    event: str | Unset = UNSET,
    state: ListDeliveriesState | Unset = UNSET,
    url_query: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> list[Delivery]:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        profile=profile,
        event=event,
        state=state,
        url_query=url_query,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    profile: ListDeliveriesProfile | Unset = UNSET,
    event: str | Unset = UNSET,
    state: ListDeliveriesState | Unset = UNSET,
    url_query: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[list[Delivery]]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                profile=profile,
                event=event,
                state=state,
                url_query=url_query,
                limit=limit,
            )
        )
    )


async def asyncio(
    *,
    client: Client,
    profile: ListDeliveriesProfile | Unset = UNSET,
    event: str | Unset = UNSET,
    state: ListDeliveriesState | Unset = UNSET,
    url_query: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> list[Delivery]:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            profile=profile,
            event=event,
            state=state,
            url_query=url_query,
            limit=limit,
        )
    ).parsed
