from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Unset, from_dict, to_dict


@define(kw_only=True)
class Employee:
    """An employee. Third parties read uid and rfc; the other names are those of the creation.

    Attributes:
        uid: Uid of the employee.
        grupo: Uid of the group.
        no_empleado: The employer's own number.
        nombre: Given names.
        paterno: First surname.
        materno: Second surname.
        rfc: RFC.
        curp: CURP.
        imss: Number of social security (NSS).
        puesto: Position.
        departamento: Department.
        salario: Integrated daily salary.
        cuota_diaria: Daily pay.
        inicio: First day of work.
        status: Whether the employee is active, 1 or 0.
    """

    uid: str
    grupo: str | Unset = UNSET
    no_empleado: str | Unset = UNSET
    nombre: str | Unset = UNSET
    paterno: str | Unset = UNSET
    materno: str | Unset = UNSET
    rfc: str | Unset = UNSET
    curp: str | Unset = UNSET
    imss: str | Unset = UNSET
    puesto: str | Unset = UNSET
    departamento: str | Unset = UNSET
    salario: Decimal | Unset = UNSET
    cuota_diaria: Decimal | Unset = UNSET
    inicio: str | Unset = UNSET
    status: int | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Employee:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
