from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.site_organization_list_answer import SiteOrganizationListAnswer
from ...types import UNSET, Response, Unset

OPERATION = Operation("list_site_organizations", "read")
PATH = FixedPath("/catalogues/site_organizations")


def request_kwargs(
    *,
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    id_country: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    params: dict[str, Any] = {}

    params["id_site"] = id_site

    params["id_site_organization"] = id_site_organization

    params["id_site_organization_type"] = id_site_organization_type

    params["id_country"] = id_country

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


def _parse(response: httpx.Response) -> Response[SiteOrganizationListAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, SiteOrganizationListAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    id_country: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[SiteOrganizationListAnswer]:
    """List the institutions

    GET /catalogues/site_organizations

    Args:
        id_site: str | Unset
        id_site_organization: str | Unset
        id_site_organization_type: str | Unset
        id_country: str | Unset
        fields: str | Unset
        limit: int | Unset
        skip: int | Unset
        order: str | Unset

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: sync-py README, Catálogos
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_site=id_site,
                id_site_organization=id_site_organization,
                id_site_organization_type=id_site_organization_type,
                id_country=id_country,
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
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    id_country: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> SiteOrganizationListAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        id_site=id_site,
        id_site_organization=id_site_organization,
        id_site_organization_type=id_site_organization_type,
        id_country=id_country,
        fields=fields,
        limit=limit,
        skip=skip,
        order=order,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    id_country: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[SiteOrganizationListAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_site=id_site,
                id_site_organization=id_site_organization,
                id_site_organization_type=id_site_organization_type,
                id_country=id_country,
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
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    id_country: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> SiteOrganizationListAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            id_site=id_site,
            id_site_organization=id_site_organization,
            id_site_organization_type=id_site_organization_type,
            id_country=id_country,
            fields=fields,
            limit=limit,
            skip=skip,
            order=order,
        )
    ).parsed
