from typing import Any

import httpx

from ...._runtime import Operation, decode, encode_json, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.credential_pull_answer import CredentialPullAnswer
from ...models.credential_update import CredentialUpdate
from ...types import UNSET, Response, Unset

OPERATION = Operation("sync_credential", "write")


def request_kwargs(
    id_credential: str,
    *,
    body: CredentialUpdate | Unset = UNSET,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "put",
        "url": f"/credentials/{segment('id_credential', id_credential, '^[0-9a-f]{24}$')}/sync",
        "extensions": {"operation": OPERATION},
    }
    if isinstance(body, Unset):
        return built
    built["content"] = encode_json(body, decimals="number")
    headers["Content-Type"] = "application/json"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[CredentialPullAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, CredentialPullAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    id_credential: str,
    *,
    client: Client,
    body: CredentialUpdate | Unset = UNSET,
) -> Response[CredentialPullAnswer]:
    """Synchronise a credential again, with new values or the stored ones

    PUT /credentials/{id_credential}/sync

    Args:
        id_credential: str
        body: New values, or nothing to use the stored ones.

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: client: sync-py 1.0.4 tests, Postman collection sync.json, official widget 4.26.0
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_credential=id_credential,
                body=body,
            )
        )
    )


def sync(
    id_credential: str,
    *,
    client: Client,
    body: CredentialUpdate | Unset = UNSET,
) -> CredentialPullAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        id_credential=id_credential,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    id_credential: str,
    *,
    client: Client,
    body: CredentialUpdate | Unset = UNSET,
) -> Response[CredentialPullAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_credential=id_credential,
                body=body,
            )
        )
    )


async def asyncio(
    id_credential: str,
    *,
    client: Client,
    body: CredentialUpdate | Unset = UNSET,
) -> CredentialPullAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            id_credential=id_credential,
            client=client,
            body=body,
        )
    ).parsed
