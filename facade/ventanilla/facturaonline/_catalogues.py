"""Knows the provider's lists of codes, and the series in which a payroll can be stamped."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from ventanilla._face import Operations, operation
from ventanilla._flow import Flow, call, exchange
from ventanilla._paging import rows
from ventanilla.errors import InvalidRequest, MalformedAnswer
from ventanilla.facturaonline._auth import PROVIDER
from ventanilla_clients.facturaonline import api, models
from ventanilla_clients.facturaonline.models.list_catalogue_catalogo import (
    LIST_CATALOGUE_CATALOGO_VALUES,
    ListCatalogueCatalogo,
)


class _Rows(msgspec.Struct):
    data: list[dict[str, Any]]


_rows = msgspec.json.Decoder(_Rows)


class Catalogues(Operations):
    """Lists of codes. Unofficial: paths from the provider's SDK; the shape of the answers is not known."""

    @operation
    def catalogue(self, name: ListCatalogueCatalogo) -> Flow[list[dict[str, Any]]]:
        """Return the rows of a payroll catalogue. Unofficial.

        Args:
            name: `bancos`, `estados`, `metodopago`, `origenrecurso`, `riesgo`, `tipocontrato`, `tipodeduccion`,
                `tipohoras`, `tipoincapacidad`, `tipojornada`, `tipopago` or `tiporegimen`.

        Returns:
            The rows as they come: no sample is known, so no name of a field is certain.

        Raises:
            InvalidRequest: there is no catalogue of that name; nothing was sent.
        """
        if not isinstance(cast(Any, name), str) or name not in LIST_CATALOGUE_CATALOGO_VALUES:
            known = ", ".join(sorted(LIST_CATALOGUE_CATALOGO_VALUES))
            raise InvalidRequest(f"there is no such catalogue; there are {known}", field="name")
        answer = yield from exchange(api.catalogues.list_catalogue.sync_detailed, name, client=self.raw)
        try:
            return _rows.decode(answer.content).data
        except msgspec.DecodeError:
            raise MalformedAnswer(
                "the catalogue is no list of rows",
                provider=PROVIDER,
                operation="list_catalogue",
                status_code=answer.status_code,
            ) from None

    @operation
    def series(self) -> Flow[list[models.Series]]:
        """Return the series of folios of the account. Unofficial.

        A payroll is stamped in one whose `SerieType` is `nomina`; pass its `SerieID` as `serie=`.
        """
        found = rows((yield from call(api.series.list_series.sync_detailed, client=self.raw)), "data")
        return [each for each in found if each is not None]
