from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.disability import Disability


@define(kw_only=True)
class NewDeduction(Model):
    """A deduction.

    Attributes:
        tipo: Code of SAT's c_TipoDeduccion.
        clave: The employer's own code.
        descripcion: Description.
        importe: Pesos.
        Incapacidad: A leave for illness or maternity, with the deduction that it causes. Every field may be empty.
    """

    tipo: str
    clave: str
    descripcion: str
    importe: Decimal
    Incapacidad: Disability | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewDeduction:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
