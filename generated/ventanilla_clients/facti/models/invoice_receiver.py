from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class InvoiceReceiver(Model):
    """Fiscal data of the customer.

    Attributes:
        rfc: RFC.
        nombre: Razón social.
        domicilio_calle: Street.
        domicilio_no_ext: Number outside.
        domicilio_no_int: Number inside.
        domicilio_colonia: Colonia.
        domicilio_localidad: Locality.
        domicilio_referencia: How to find it.
        domicilio_municipio: Municipality.
        domicilio_estado: State.
        domicilio_pais: Country.
        domicilio_cp: Postal code of five digits.
    """

    rfc: str
    nombre: str | Unset = UNSET
    domicilio_calle: str | Unset = UNSET
    domicilio_no_ext: str | Unset = UNSET
    domicilio_no_int: str | Unset = UNSET
    domicilio_colonia: str | Unset = UNSET
    domicilio_localidad: str | Unset = UNSET
    domicilio_referencia: str | Unset = UNSET
    domicilio_municipio: str | Unset = UNSET
    domicilio_estado: str | Unset = UNSET
    domicilio_pais: str | Unset = UNSET
    domicilio_cp: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> InvoiceReceiver:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
