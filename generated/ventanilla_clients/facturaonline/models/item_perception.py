from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class ItemPerception(Model):
    """An earning as the record itself shows it.

    Attributes:
        tipo: Code of SAT's c_TipoPercepcion.
        clave: The employer's own code.
        descripcion: Description.
        gravado: Pesos taxed.
        exento: Pesos exempt.
        extra_tipo: Kind of overtime; null in every sample.
        extra_dias: Days of overtime; null in every sample.
        extra_horas: Hours of overtime; null in every sample.
    """

    tipo: str
    clave: str
    descripcion: str
    gravado: Decimal
    exento: Decimal
    extra_tipo: int | None | str
    extra_dias: int | None | str
    extra_horas: int | None | str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ItemPerception:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
