from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.new_employee_asimilados import (
    NewEmployeeAsimilados,
)
from ..models.new_employee_sindicalizado import (
    NewEmployeeSindicalizado,
)


@define(kw_only=True)
class NewEmployee(Model):
    """An employee to register.

    Attributes:
        grupo: Uid of the group.
        no_empleado: The employer's own number.
        nombre: Given names.
        paterno: First surname.
        periodo: Code of SAT's c_PeriodicidadPago.
        regimen: Code of SAT's c_TipoRegimen.
        curp: CURP.
        rfc: RFC.
        tipo_contrato: Code of SAT's c_TipoContrato.
        entidad_emite: Code of the state that pays.
        materno: Second surname.
        metodo_pago: Way of payment, from the catalogue metodopago.
        puesto: Position.
        departamento: Department.
        imss: Number of social security (NSS).
        calle: Street.
        colonia: Colonia.
        no_ext: Number outside.
        cp: Postal code of five digits.
        municipio: Municipality.
        estado: State, as Veracruz - VER.
        asimilados: 1 for income treated as salary.
        sindicalizado: Member of a union.
        tipo_jornada: Code of SAT's c_TipoJornada.
        patronal: Employer's registration at social security.
        cuota_diaria: Daily pay.
        salario: Integrated daily salary.
        riesgo: Code of SAT's c_RiesgoPuesto.
        inicio: First day of work.
        banco: Code of the bank.
        clabe: CLABE that is paid.
    """

    grupo: str
    no_empleado: str
    nombre: str
    paterno: str
    periodo: str
    regimen: str
    curp: str
    rfc: str
    tipo_contrato: str
    entidad_emite: str
    materno: str | Unset = UNSET
    metodo_pago: str | Unset = UNSET
    puesto: str | Unset = UNSET
    departamento: str | Unset = UNSET
    imss: str | Unset = UNSET
    calle: str | Unset = UNSET
    colonia: str | Unset = UNSET
    no_ext: str | Unset = UNSET
    cp: str | Unset = UNSET
    municipio: str | Unset = UNSET
    estado: str | Unset = UNSET
    asimilados: NewEmployeeAsimilados | Unset = UNSET
    sindicalizado: NewEmployeeSindicalizado | Unset = UNSET
    tipo_jornada: str | Unset = UNSET
    patronal: str | Unset = UNSET
    cuota_diaria: Decimal | Unset = UNSET
    salario: Decimal | Unset = UNSET
    riesgo: str | Unset = UNSET
    inicio: str | Unset = UNSET
    banco: str | Unset = UNSET
    clabe: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewEmployee:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
