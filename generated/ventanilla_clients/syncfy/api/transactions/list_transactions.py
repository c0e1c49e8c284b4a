from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.transaction_list_answer import TransactionListAnswer
from ...types import UNSET, Response, Unset

OPERATION = Operation("list_transactions", "read")
PATH = FixedPath("/transactions")


def request_kwargs(
    *,
    id_transaction: str | Unset = UNSET,
    id_account: str | Unset = UNSET,
    id_credential: str | Unset = UNSET,
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    has_attachment: int | Unset = UNSET,
    is_disable: int | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    dt_transaction_from: int | Unset = UNSET,
    dt_transaction_to: int | Unset = UNSET,
    keywords: str | Unset = UNSET,
    skip_keywords: str | Unset = UNSET,
    wbhk: int | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    params: dict[str, Any] = {}

    params["id_transaction"] = id_transaction

    params["id_account"] = id_account

    params["id_credential"] = id_credential

    params["id_site"] = id_site

    params["id_site_organization"] = id_site_organization

    params["id_site_organization_type"] = id_site_organization_type

    params["has_attachment"] = has_attachment

    params["is_disable"] = is_disable

    params["dt_refresh_from"] = dt_refresh_from

    params["dt_refresh_to"] = dt_refresh_to

    params["dt_transaction_from"] = dt_transaction_from

    params["dt_transaction_to"] = dt_transaction_to

    params["keywords"] = keywords

    params["skip_keywords"] = skip_keywords

    params["wbhk"] = wbhk

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


def _parse(response: httpx.Response) -> Response[TransactionListAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, TransactionListAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    id_transaction: str | Unset = UNSET,
    id_account: str | Unset = UNSET,
    id_credential: str | Unset = UNSET,
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    has_attachment: int | Unset = UNSET,
    is_disable: int | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    dt_transaction_from: int | Unset = UNSET,
    dt_transaction_to: int | Unset = UNSET,
    keywords: str | Unset = UNSET,
    skip_keywords: str | Unset = UNSET,
    wbhk: int | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[TransactionListAnswer]:
    """List the user's transactions

    GET /transactions

    Args:
        id_transaction: str | Unset
        id_account: str | Unset
        id_credential: str | Unset
        id_site: str | Unset
        id_site_organization: str | Unset
        id_site_organization_type: str | Unset
        has_attachment: int | Unset
        is_disable: int | Unset
        dt_refresh_from: int | Unset
        dt_refresh_to: int | Unset
        dt_transaction_from: int | Unset
        dt_transaction_to: int | Unset
        keywords: str | Unset
        skip_keywords: str | Unset
        wbhk: int | Unset
        fields: str | Unset
        limit: int | Unset
        skip: int | Unset
        order: str | Unset

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: sync-py README, Transacciones
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_transaction=id_transaction,
                id_account=id_account,
                id_credential=id_credential,
                id_site=id_site,
                id_site_organization=id_site_organization,
                id_site_organization_type=id_site_organization_type,
                has_attachment=has_attachment,
                is_disable=is_disable,
                dt_refresh_from=dt_refresh_from,
                dt_refresh_to=dt_refresh_to,
                dt_transaction_from=dt_transaction_from,
                dt_transaction_to=dt_transaction_to,
                keywords=keywords,
                skip_keywords=skip_keywords,
                wbhk=wbhk,
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
    id_transaction: str | Unset = UNSET,
    id_account: str | Unset = UNSET,
    id_credential: str | Unset = UNSET,
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    has_attachment: int | Unset = UNSET,
    is_disable: int | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    dt_transaction_from: int | Unset = UNSET,
    dt_transaction_to: int | Unset = UNSET,
    keywords: str | Unset = UNSET,
    skip_keywords: str | Unset = UNSET,
    wbhk: int | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> TransactionListAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        id_transaction=id_transaction,
        id_account=id_account,
        id_credential=id_credential,
        id_site=id_site,
        id_site_organization=id_site_organization,
        id_site_organization_type=id_site_organization_type,
        has_attachment=has_attachment,
        is_disable=is_disable,
        dt_refresh_from=dt_refresh_from,
        dt_refresh_to=dt_refresh_to,
        dt_transaction_from=dt_transaction_from,
        dt_transaction_to=dt_transaction_to,
        keywords=keywords,
        skip_keywords=skip_keywords,
        wbhk=wbhk,
        fields=fields,
        limit=limit,
        skip=skip,
        order=order,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    id_transaction: str | Unset = UNSET,
    id_account: str | Unset = UNSET,
    id_credential: str | Unset = UNSET,
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    has_attachment: int | Unset = UNSET,
    is_disable: int | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    dt_transaction_from: int | Unset = UNSET,
    dt_transaction_to: int | Unset = UNSET,
    keywords: str | Unset = UNSET,
    skip_keywords: str | Unset = UNSET,
    wbhk: int | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[TransactionListAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_transaction=id_transaction,
                id_account=id_account,
                id_credential=id_credential,
                id_site=id_site,
                id_site_organization=id_site_organization,
                id_site_organization_type=id_site_organization_type,
                has_attachment=has_attachment,
                is_disable=is_disable,
                dt_refresh_from=dt_refresh_from,
                dt_refresh_to=dt_refresh_to,
                dt_transaction_from=dt_transaction_from,
                dt_transaction_to=dt_transaction_to,
                keywords=keywords,
                skip_keywords=skip_keywords,
                wbhk=wbhk,
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
    id_transaction: str | Unset = UNSET,
    id_account: str | Unset = UNSET,
    id_credential: str | Unset = UNSET,
    id_site: str | Unset = UNSET,
    id_site_organization: str | Unset = UNSET,
    id_site_organization_type: str | Unset = UNSET,
    has_attachment: int | Unset = UNSET,
    is_disable: int | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    dt_transaction_from: int | Unset = UNSET,
    dt_transaction_to: int | Unset = UNSET,
    keywords: str | Unset = UNSET,
    skip_keywords: str | Unset = UNSET,
    wbhk: int | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> TransactionListAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            id_transaction=id_transaction,
            id_account=id_account,
            id_credential=id_credential,
            id_site=id_site,
            id_site_organization=id_site_organization,
            id_site_organization_type=id_site_organization_type,
            has_attachment=has_attachment,
            is_disable=is_disable,
            dt_refresh_from=dt_refresh_from,
            dt_refresh_to=dt_refresh_to,
            dt_transaction_from=dt_transaction_from,
            dt_transaction_to=dt_transaction_to,
            keywords=keywords,
            skip_keywords=skip_keywords,
            wbhk=wbhk,
            fields=fields,
            limit=limit,
            skip=skip,
            order=order,
        )
    ).parsed
