from typing import Literal

ListCatalogueCatalogo = Literal[
    "bancos",
    "estados",
    "metodopago",
    "origenrecurso",
    "riesgo",
    "tipocontrato",
    "tipodeduccion",
    "tipohoras",
    "tipoincapacidad",
    "tipojornada",
    "tipopago",
    "tiporegimen",
]

LIST_CATALOGUE_CATALOGO_VALUES: set[ListCatalogueCatalogo] = {
    "bancos",
    "estados",
    "metodopago",
    "origenrecurso",
    "riesgo",
    "tipocontrato",
    "tipodeduccion",
    "tipohoras",
    "tipoincapacidad",
    "tipojornada",
    "tipopago",
    "tiporegimen",
}


def check_list_catalogue_catalogo(value: str) -> ListCatalogueCatalogo:
    if value in LIST_CATALOGUE_CATALOGO_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_CATALOGUE_CATALOGO_VALUES!r}")
