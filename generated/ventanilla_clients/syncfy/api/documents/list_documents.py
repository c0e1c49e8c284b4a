from typing import Any

import httpx

from ...._runtime import FixedPath, Operation, decode
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.document_list_answer import DocumentListAnswer
from ...types import UNSET, Response, Unset

OPERATION = Operation("list_documents", "read")
PATH = FixedPath("/documents")


def request_kwargs(
    *,
    id_job_webhook: str | Unset = UNSET,
    id_document: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    params: dict[str, Any] = {}

    params["id_job_webhook"] = id_job_webhook

    params["id_document"] = id_document

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


def _parse(response: httpx.Response) -> Response[DocumentListAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, DocumentListAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    *,
    client: Client,
    id_job_webhook: str | Unset = UNSET,
    id_document: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[DocumentListAnswer]:
    """List SAT documents with their content

    GET /documents

    Args:
        id_job_webhook: str | Unset
        id_document: str | Unset
        fields: str | Unset
        limit: int | Unset
        skip: int | Unset
        order: str | Unset

    Raises:
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: SAT All in One, documents.completed (the link); the fields from Postman collection sync-tax.json
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_job_webhook=id_job_webhook,
                id_document=id_document,
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
    id_job_webhook: str | Unset = UNSET,
    id_document: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> DocumentListAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        client=client,
        id_job_webhook=id_job_webhook,
        id_document=id_document,
        fields=fields,
        limit=limit,
        skip=skip,
        order=order,
    ).parsed


async def asyncio_detailed(
    *,
    client: Client,
    id_job_webhook: str | Unset = UNSET,
    id_document: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> Response[DocumentListAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_job_webhook=id_job_webhook,
                id_document=id_document,
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
    id_job_webhook: str | Unset = UNSET,
    id_document: str | Unset = UNSET,
    fields: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    skip: int | Unset = UNSET,
    order: str | Unset = UNSET,
) -> DocumentListAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            client=client,
            id_job_webhook=id_job_webhook,
            id_document=id_document,
            fields=fields,
            limit=limit,
            skip=skip,
            order=order,
        )
    ).parsed
