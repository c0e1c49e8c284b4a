from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.attachment_list_answer import AttachmentListAnswer
from ...types import UNSET, Response, Unset

OPERATION = Operation("list_attachments", "read")
PATH = FixedPath("/attachments")


def request_kwargs(
    *,
    id_account: str | Unset = UNSET,
    id_attachment_type: str | Unset = UNSET,
    id_credential: str | Unset = UNSET,
    id_transaction: str | Unset = UNSET,
    is_valid: int | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    keywords: str | Unset = UNSET,
    skip_keywords: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    params: dict[str, Any] = {}

    params["id_account"] = id_account

    params["id_attachment_type"] = id_attachment_type

    params["id_credential"] = id_credential

    params["id_transaction"] = id_transaction

    params["is_valid"] = is_valid

    params["dt_refresh_from"] = dt_refresh_from

    params["dt_refresh_to"] = dt_refresh_to

    params["keywords"] = keywords

    params["skip_keywords"] = skip_keywords

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


def _parse(response: httpx.Response) -> Response[AttachmentListAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, AttachmentListAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    id_account: str | Unset = UNSET,
    id_attachment_type: str | Unset = UNSET,
    id_credential: str | Unset = UNSET,
    id_transaction: str | Unset = UNSET,
    is_valid: int | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    keywords: str | Unset = UNSET,
    skip_keywords: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[AttachmentListAnswer]:
    """List the user's attachments

    GET /attachments

    Args:
        id_account: str | Unset
        id_attachment_type: str | Unset
        id_credential: str | Unset
        id_transaction: str | Unset
        is_valid: int | Unset
        dt_refresh_from: int | Unset
        dt_refresh_to: int | Unset
        keywords: str | Unset
        skip_keywords: str | Unset
        fields: str | Unset
        limit: int | Unset
        skip: int | Unset
        order: str | Unset

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: sync-py README, Archivos adjuntos
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_account=id_account,
                id_attachment_type=id_attachment_type,
                id_credential=id_credential,
                id_transaction=id_transaction,
                is_valid=is_valid,
                dt_refresh_from=dt_refresh_from,
                dt_refresh_to=dt_refresh_to,
                keywords=keywords,
                skip_keywords=skip_keywords,
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
    id_account: str | Unset = UNSET,
    id_attachment_type: str | Unset = UNSET,
    id_credential: str | Unset = UNSET,
    id_transaction: str | Unset = UNSET,
    is_valid: int | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    keywords: str | Unset = UNSET,
    skip_keywords: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> AttachmentListAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        id_account=id_account,
        id_attachment_type=id_attachment_type,
        id_credential=id_credential,
        id_transaction=id_transaction,
        is_valid=is_valid,
        dt_refresh_from=dt_refresh_from,
        dt_refresh_to=dt_refresh_to,
        keywords=keywords,
        skip_keywords=skip_keywords,
        fields=fields,
        limit=limit,
        skip=skip,
        order=order,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    id_account: str | Unset = UNSET,
    id_attachment_type: str | Unset = UNSET,
    id_credential: str | Unset = UNSET,
    id_transaction: str | Unset = UNSET,
    is_valid: int | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    keywords: str | Unset = UNSET,
    skip_keywords: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[AttachmentListAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_account=id_account,
                id_attachment_type=id_attachment_type,
                id_credential=id_credential,
                id_transaction=id_transaction,
                is_valid=is_valid,
                dt_refresh_from=dt_refresh_from,
                dt_refresh_to=dt_refresh_to,
                keywords=keywords,
                skip_keywords=skip_keywords,
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
    id_account: str | Unset = UNSET,
    id_attachment_type: str | Unset = UNSET,
    id_credential: str | Unset = UNSET,
    id_transaction: str | Unset = UNSET,
    is_valid: int | Unset = UNSET,
    dt_refresh_from: int | Unset = UNSET,
    dt_refresh_to: int | Unset = UNSET,
    keywords: str | Unset = UNSET,
    skip_keywords: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> AttachmentListAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            id_account=id_account,
            id_attachment_type=id_attachment_type,
            id_credential=id_credential,
            id_transaction=id_transaction,
            is_valid=is_valid,
            dt_refresh_from=dt_refresh_from,
            dt_refresh_to=dt_refresh_to,
            keywords=keywords,
            skip_keywords=skip_keywords,
            fields=fields,
            limit=limit,
            skip=skip,
            order=order,
        )
    ).parsed
