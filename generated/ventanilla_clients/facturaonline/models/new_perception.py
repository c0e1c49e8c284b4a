from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class NewPerception(Model):
    """An earning.

    Attributes:
        tipo: Code of SAT's c_TipoPercepcion.
        clave: The employer's own code.
        descripcion: Description.
        exento: Pesos exempt.
        gravado: Pesos taxed.
        extra_tipo: Kind of overtime, code of SAT's c_TipoHoras.
        extra_dias: Days of overtime.
        extra_horas: Hours of overtime.
    """

    tipo: str
    clave: str
    descripcion: str
    exento: Decimal
    gravado: Decimal
    extra_tipo: int | None | str | Unset = UNSET
    extra_dias: int | None | str | Unset = UNSET
    extra_horas: int | None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewPerception:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
