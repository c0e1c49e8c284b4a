from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class RecordPerception(Model):
    """An earning as the batch shows it.

    Attributes:
        tipo: Code of SAT's c_TipoPercepcion.
        clave: The employer's own code.
        descripcion_per: Description.
        gravado_per: Pesos taxed.
        exento_per: Pesos exempt.
        extra_tipo: Kind of overtime; null in every sample.
        extra_dias: Days of overtime; null in every sample.
        extra_horas: Hours of overtime; null in every sample.
    """

    tipo: str
    clave: str
    descripcion_per: str
    gravado_per: Decimal
    exento_per: Decimal
    extra_tipo: int | None | str
    extra_dias: int | None | str
    extra_horas: int | None | str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> RecordPerception:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
