from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.credential_list_answer import CredentialListAnswer
from ...types import UNSET, Response, Unset

OPERATION = Operation("list_all_credentials", "read")
PATH = FixedPath("/credentials/all")


def request_kwargs(
    *,
    id_credential: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    params: dict[str, Any] = {}

    params["id_credential"] = id_credential

    params["id_site_organization"] = id_site_organization

    params["id_site_organization_type"] = id_site_organization_type

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


def _parse(response: httpx.Response) -> Response[CredentialListAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, CredentialListAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    id_credential: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[CredentialListAnswer]:
    """List the credentials of all users of the API key

    GET /credentials/all

    Args:
        id_credential: str | Unset
        id_site_organization: str | Unset
        id_site_organization_type: str | Unset
        fields: str | Unset
        limit: int | Unset
        skip: int | Unset
        order: str | Unset

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: client: Postman collection sync.json
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_credential=id_credential,
                id_site_organization=id_site_organization,
                id_site_organization_type=id_site_organization_type,
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
    id_credential: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> CredentialListAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        id_credential=id_credential,
        id_site_organization=id_site_organization,
        id_site_organization_type=id_site_organization_type,
        fields=fields,
        limit=limit,
        skip=skip,
        order=order,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    id_credential: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[CredentialListAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_credential=id_credential,
                id_site_organization=id_site_organization,
                id_site_organization_type=id_site_organization_type,
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
    id_credential: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> CredentialListAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            id_credential=id_credential,
            id_site_organization=id_site_organization,
            id_site_organization_type=id_site_organization_type,
            fields=fields,
            limit=limit,
            skip=skip,
            order=order,
        )
    ).parsed
