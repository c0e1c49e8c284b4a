"""Holds what a payroll is made from: entries with perceptions, deductions and other payments, checked at once."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from attrs import Attribute, field, frozen

from ventanilla._money import Amount
from ventanilla._values import given
from ventanilla.errors import InvalidRequest
from ventanilla.facturaonline._amounts import Days, day_count, pesos
from ventanilla.facturaonline._uids import uid_of
from ventanilla_clients.facturaonline import models as wire

Validator = Callable[[Any, "Attribute[Any]", Any], None]


def _amount(instance: object, attribute: "Attribute[Any]", value: object) -> None:
    if value is not None:
        pesos(value, attribute.name)


def _text(pattern: str, form: str) -> Validator:
    def check(instance: object, attribute: "Attribute[Any]", value: object) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise InvalidRequest(f"{attribute.name} must be {form}", field=attribute.name)

    return check


# Catalogues change several times a year, so the form of a code is checked and not its existence.
_code = _text(r"[0-9]{3}", "a code of three digits, such as '001'")
_clave = _text(r".{3,15}", "3 to 15 characters")
_descripcion = _text(r".{1,100}", "1 to 100 characters")


@frozen(kw_only=True)
class Perception:
    """An earning.

    Attributes:
        tipo: code of SAT's c_TipoPercepcion, three digits.
        clave: your own code, 3 to 15 characters.
        descripcion: description, up to 100 characters.
        gravado: pesos taxed, with two decimals at most.
        exento: pesos exempt, likewise.
        extra_tipo: code of SAT's c_TipoHoras, for overtime (019). Likewise `extra_dias` and `extra_horas`; all
            three are inferred from the provider's answers.
    """

    tipo: str = field(validator=_code)
    clave: str = field(validator=_clave)
    descripcion: str = field(validator=_descripcion)
    gravado: Amount = field(default=0, validator=_amount)
    exento: Amount = field(default=0, validator=_amount)
    extra_tipo: str | None = None
    extra_dias: int | None = None
    extra_horas: int | None = None

    def to_wire(self) -> wire.NewPerception:
        """Return the wire's form."""
        return wire.NewPerception(
            tipo=self.tipo,
            clave=self.clave,
            descripcion=self.descripcion,
            gravado=pesos(self.gravado, "gravado"),
            exento=pesos(self.exento, "exento"),
            extra_tipo=given(self.extra_tipo),
            extra_dias=given(self.extra_dias),
            extra_horas=given(self.extra_horas),
        )


@frozen(kw_only=True)
class Disability:
    """A leave for illness or maternity, with the deduction that it causes.

    Attributes:
        days: days of leave, a whole number.
        tipo: code of SAT's c_TipoIncapacidad, two digits.
        importe: pesos; None where there are none.
    """

    days: int
    tipo: str = field(validator=_text(r"[0-9]{2}", "a code of two digits, such as '01'"))
    importe: Amount | None = field(default=None, validator=_amount)

    def to_wire(self) -> wire.Disability:
        """Return the wire's form, in which everything is text and what is absent is empty."""
        if not isinstance(day_count(self.days, "days"), int):
            raise InvalidRequest("days of leave must be a whole number", field="days")
        cost = "" if self.importe is None else format(pesos(self.importe, "importe"), "f")
        return wire.Disability(DiasIncapacidad=str(self.days), TipoIncapacidad=self.tipo, ImporteMonetario=cost)


@frozen(kw_only=True)
class Deduction:
    """A deduction.

    Attributes:
        tipo: code of SAT's c_TipoDeduccion, three digits.
        clave: your own code, 3 to 15 characters.
        descripcion: description, up to 100 characters.
        importe: pesos, with two decimals at most. SAT's matrix (NOM96) asks for more than zero, and an ISR of 0.00 is
            stamped all the same (source: third parties): zero is left to the provider.
        disability: the leave that causes it.
    """

    tipo: str = field(validator=_code)
    clave: str = field(validator=_clave)
    descripcion: str = field(validator=_descripcion)
    importe: Amount = field(validator=_amount)
    disability: Disability | None = None

    def to_wire(self) -> wire.NewDeduction:
        """Return the wire's form: `importe`, where the document's table has exento and gravado by mistake."""
        return wire.NewDeduction(
            tipo=self.tipo,
            clave=self.clave,
            descripcion=self.descripcion,
            importe=pesos(self.importe, "importe"),
            Incapacidad=given(self.disability.to_wire() if self.disability else None),
        )


@frozen(kw_only=True)
class OtherPayment:
    """A payment that is no earning, such as the subsidy for employment. Source: third-party integrations.

    Attributes:
        tipo: code of SAT's c_TipoOtroPago, three digits.
        clave: your own code, 3 to 15 characters.
        descripcion: description, up to 100 characters.
        importe: pesos; zero is usual for the subsidy.
        subsidy: pesos of subsidy, for type 002.
    """

    tipo: str = field(validator=_code)
    clave: str = field(validator=_clave)
    descripcion: str = field(validator=_descripcion)
    importe: Amount = field(default=0, validator=_amount)
    subsidy: Amount | None = field(default=None, validator=_amount)

    def to_wire(self) -> wire.NewOtherPayment:
        """Return the wire's form."""
        caused = None if self.subsidy is None else pesos(self.subsidy, "subsidy")
        return wire.NewOtherPayment(
            tipo=self.tipo,
            clave=self.clave,
            descripcion=self.descripcion,
            importe=pesos(self.importe, "importe"),
            SubsidioAlEmpleo=given(None if caused is None else wire.EmploymentSubsidy(SubsidioCausado=caused)),
        )


@frozen(kw_only=True)
class PayrollEntry:
    """What one employee is paid.

    Attributes:
        employee: uid of the employee, who must belong to the payroll's group.
        days: days paid, 0.001 to 36160 with up to three decimals.
        perceptions: the earnings.
        deductions: the deductions.
        other_payments: payments that are no earnings.
    """

    employee: str
    days: Days
    perceptions: Sequence[Perception] = ()
    deductions: Sequence[Deduction] = ()
    other_payments: Sequence[OtherPayment] = ()

    def __attrs_post_init__(self) -> None:
        uid_of("employee", self.employee)
        day_count(self.days, "days")
        if not self.perceptions and not self.other_payments:
            raise InvalidRequest(f"employee {self.employee} is paid nothing: add a perception", field="perceptions")

    def to_wire(self) -> wire.NewRecord:
        """Return the wire's form."""
        return wire.NewRecord(
            data=wire.RecordEmployee(id=self.employee, dias=day_count(self.days, "days")),
            percepciones=[each.to_wire() for each in self.perceptions],
            deducciones=given([each.to_wire() for each in self.deductions] or None),
            otrospagos=given([each.to_wire() for each in self.other_payments] or None),
        )
