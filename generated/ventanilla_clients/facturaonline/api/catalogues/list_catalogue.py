from typing import Any

import httpx

from ...._runtime import Operation, decode, segment
from ...client import Client
from ...errors import UnexpectedStatus
from ...models.catalogue_answer import CatalogueAnswer
from ...models.list_catalogue_catalogo import (
    ListCatalogueCatalogo,
)
from ...types import Response

OPERATION = Operation("list_catalogue", "read")


def request_kwargs(
    catalogo: ListCatalogueCatalogo,
) -> dict[str, Any]:
    """Return what httpx needs to build the request."""

    built: dict[str, Any] = {
        "method": "get",
        "url": f"/payroll/catalogos/{segment('catalogo', catalogo, 'bancos|estados|metodopago|origenrecurso|riesgo|tipocontrato|tipodeduccion|tipohoras|tipoincapacidad|tipojornada|tipopago|tiporegimen')}",
        "extensions": {"operation": OPERATION},
    }
    return built


def _parse(response: httpx.Response) -> Response[CatalogueAnswer]:
    if response.status_code not in (200, 201, 202, 203):
        raise UnexpectedStatus(response.status_code, response.content)
    parsed = decode(response, CatalogueAnswer)
    return Response(response.status_code, response.content, response.headers, parsed)


def sync_detailed(
    catalogo: ListCatalogueCatalogo,
    *,
    client: Client,
) -> Response[CatalogueAnswer]:
    """List the codes of a payroll catalogue.

    GET /payroll/catalogos/{catalogo}

    Args:
        catalogo: ListCatalogueCatalogo

    Raises:
        ValueError: a path parameter is not a well-formed id; nothing was sent.
        UnexpectedStatus: the status is not 200 to 203.
        UnexpectedBody: the body is not as documented.

    Source: client: factura-com-sdk, CatalogosCatalogosNominaApi; paths only, the answer is inferred
    """

    return _parse(
        client.request(
            **request_kwargs(
                catalogo=catalogo,
            )
        )
    )


def sync(
    catalogo: ListCatalogueCatalogo,
    *,
    client: Client,
) -> CatalogueAnswer:
    """As `sync_detailed`, but return only the decoded body."""
    return sync_detailed(
        catalogo=catalogo,
        client=client,
    ).parsed


async def asyncio_detailed(
    catalogo: ListCatalogueCatalogo,
    *,
    client: Client,
) -> Response[CatalogueAnswer]:
    """As `sync_detailed`, asynchronously."""
    return _parse(
        await client.arequest(
            **request_kwargs(
                catalogo=catalogo,
            )
        )
    )


async def asyncio(
    catalogo: ListCatalogueCatalogo,
    *,
    client: Client,
) -> CatalogueAnswer:
    """As `sync`, asynchronously."""
    return (
        await asyncio_detailed(
            catalogo=catalogo,
            client=client,
        )
    ).parsed
