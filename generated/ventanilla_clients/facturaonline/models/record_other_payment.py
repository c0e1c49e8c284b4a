from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class RecordOtherPayment(Model):
    """A payment that is no earning.

    Attributes:
        tipo: Code of SAT's c_TipoOtroPago.
        clave: The employer's own code.
        descripcion_otros: Description.
        importe: Pesos.
    """

    tipo: str
    clave: str
    descripcion_otros: str
    importe: Decimal

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> RecordOtherPayment:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
