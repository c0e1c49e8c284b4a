from typing import Any

import httpx

from ...._runtime import Operation, decode, encode_json, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.true_answer import TrueAnswer
from ...models.twofa_answer import TwofaAnswer
from ...types import Response

OPERATION = Operation("answer_twofa", "write")


def request_kwargs(
    id_job: str,
    *,
    body: TwofaAnswer,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""
    headers: dict[str, Any] = {}

    built: dict[str, Any] = {
        "method": "post",
        "url": f"/jobs/{segment('id_job', id_job, '^[0-9a-f]{24}$')}/twofa",
        "extensions": {"operation": OPERATION},
    }
    built["content"] = encode_json(body, decimals="number")
    headers["Content-Type"] = "application/json"
    built["headers"] = headers
    return built


def _parse(response: httpx.Response) -> Response[TrueAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, TrueAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    id_job: str,
    *,
    client: Client,
    body: TwofaAnswer,
) -> Response[TrueAnswer]:
    """Answer the second factor that a job waits for

    POST /jobs/{id_job}/twofa

    Args:
        id_job: str
        body: TwofaAnswer

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: documented: sync-py README, Credenciales TWOFA
    """

    return _parse(
        client.request(
            **request_kwargs(
                id_job=id_job,
                body=body,
            )
        )
    )


def sync(
    id_job: str,
    *,
    client: Client,
    body: TwofaAnswer,
) -> TrueAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        id_job=id_job,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    id_job: str,
    *,
    client: Client,
    body: TwofaAnswer,
) -> Response[TrueAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                id_job=id_job,
                body=body,
            )
        )
    )


async def asyncio(
    id_job: str,
    *,
    client: Client,
    body: TwofaAnswer,
) -> TrueAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            id_job=id_job,
            client=client,
            body=body,
        )
    ).parsed
