from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.employment_subsidy import EmploymentSubsidy


@define(kw_only=True)
class NewOtherPayment(Model):
    """A payment that is no earning.

    Attributes:
        tipo: Code of SAT's c_TipoOtroPago.
        clave: The employer's own code.
        descripcion: Description.
        importe: Pesos; zero is usual for the subsidy.
        SubsidioAlEmpleo: The subsidy for employment, with an other payment of type 002.
    """

    tipo: str
    clave: str
    descripcion: str
    importe: Decimal
    SubsidioAlEmpleo: EmploymentSubsidy | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewOtherPayment:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
