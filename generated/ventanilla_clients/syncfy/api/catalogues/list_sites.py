from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.site_list_answer import SiteListAnswer
from ...types import UNSET, Response, Unset

OPERATION = Operation("list_sites", "read")
PATH = FixedPath("/catalogues/sites")


def request_kwargs(
    *,
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    is_business: int | Unset = UNSET,
    is_personal: int | Unset = UNSET,
    is_test: int | Unset = UNSET,
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

    params["is_business"] = is_business

    params["is_personal"] = is_personal

    params["is_test"] = is_test

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


def _parse(response: httpx.Response) -> Response[SiteListAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, SiteListAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    is_business: int | Unset = UNSET,
    is_personal: int | Unset = UNSET,
    is_test: int | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[SiteListAnswer]:
    """List the sites that can be synchronised, with the fields that each asks for

    GET /catalogues/sites

    Args:
        id_site: str | Unset
        id_site_organization: str | Unset
        id_site_organization_type: str | Unset
        is_business: int | Unset
        is_personal: int | Unset
        is_test: int | Unset
        fields: str | Unset
        limit: int | Unset
        skip: int | Unset
        order: str | Unset

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: sync-py README, Catálogos de Instituciones
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_site=id_site,
                id_site_organization=id_site_organization,
                id_site_organization_type=id_site_organization_type,
                is_business=is_business,
                is_personal=is_personal,
                is_test=is_test,
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
    is_business: int | Unset = UNSET,
    is_personal: int | Unset = UNSET,
    is_test: int | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> SiteListAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        id_site=id_site,
        id_site_organization=id_site_organization,
        id_site_organization_type=id_site_organization_type,
        is_business=is_business,
        is_personal=is_personal,
        is_test=is_test,
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
    is_business: int | Unset = UNSET,
    is_personal: int | Unset = UNSET,
    is_test: int | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[SiteListAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_site=id_site,
                id_site_organization=id_site_organization,
                id_site_organization_type=id_site_organization_type,
                is_business=is_business,
                is_personal=is_personal,
                is_test=is_test,
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
    is_business: int | Unset = UNSET,
    is_personal: int | Unset = UNSET,
    is_test: int | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> SiteListAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            id_site=id_site,
            id_site_organization=id_site_organization,
            id_site_organization_type=id_site_organization_type,
            is_business=is_business,
            is_personal=is_personal,
            is_test=is_test,
            fields=fields,
            limit=limit,
            skip=skip,
            order=order,
        )
    ).parsed
