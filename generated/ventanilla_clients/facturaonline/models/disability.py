from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Disability(Model):
    """A leave for illness or maternity, with the deduction that it causes. Every field may be empty.

    Attributes:
        DiasIncapacidad: Days of leave.
        TipoIncapacidad: Code of SAT's c_TipoIncapacidad.
        ImporteMonetario: Pesos.
    """

    DiasIncapacidad: str | Unset = UNSET
    TipoIncapacidad: str | Unset = UNSET
    ImporteMonetario: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Disability:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
