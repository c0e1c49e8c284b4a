from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Employee(Model):
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
        metodo_pago: Way of payment.
        periodo: Code of SAT's c_PeriodicidadPago.
        regimen: Code of SAT's c_TipoRegimen.
        tipo_contrato: Code of SAT's c_TipoContrato.
        entidad_emite: Code of the state that pays.
        tipo_jornada: Code of SAT's c_TipoJornada.
        patronal: Employer's registration at social security.
        riesgo: Code of SAT's c_RiesgoPuesto.
        asimilados: 1 for income treated as salary.
        sindicalizado: Member of a union.
        banco: Code of the bank.
        clabe: CLABE that is paid.
        calle: Street.
        colonia: Colonia.
        no_ext: Number outside.
        cp: Postal code of five digits.
        municipio: Municipality.
        estado: State.
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
    metodo_pago: str | Unset = UNSET
    periodo: str | Unset = UNSET
    regimen: str | Unset = UNSET
    tipo_contrato: str | Unset = UNSET
    entidad_emite: str | Unset = UNSET
    tipo_jornada: str | Unset = UNSET
    patronal: str | Unset = UNSET
    riesgo: str | Unset = UNSET
    asimilados: str | Unset = UNSET
    sindicalizado: str | Unset = UNSET
    banco: str | Unset = UNSET
    clabe: str | Unset = UNSET
    calle: str | Unset = UNSET
    colonia: str | Unset = UNSET
    no_ext: str | Unset = UNSET
    cp: str | Unset = UNSET
    municipio: str | Unset = UNSET
    estado: str | Unset = UNSET
    status: int | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Employee:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
