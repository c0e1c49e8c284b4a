"""Knows the payroll complement (nomina12, version 1.2) of a CFDI."""

from datetime import date
from decimal import Decimal

from ventanilla.mock.facturaonline.documents._markup import Element, amount, matching, printable
from ventanilla.mock.facturaonline.state import Deduction, Employee, Issuer, OtherPayment, Payroll, Perception, Record

# nomina12 totals these two families apart from wages.
_SEVERANCE = ("022", "023", "025")
_RETIREMENT = ("039", "044")
_ISR = "002"


def nomina(issuer: Issuer, payroll: Payroll, record: Record, employee: Employee) -> Element:
    """Write the complement of one record."""
    attributes = {
        "Version": "1.2",
        "TipoNomina": payroll.tipo_nomina,
        "FechaPago": payroll.fecha_pago,
        "FechaInicialPago": payroll.inicia,
        "FechaFinalPago": payroll.termina,
        "NumDiasPagados": f"{record.dias:.3f}",
        "TotalPercepciones": amount(record.total_percepciones) if record.percepciones else None,
        "TotalDeducciones": amount(record.total_deducciones) if record.deducciones else None,
        "TotalOtrosPagos": amount(record.total_otrospagos) if record.otrospagos else None,
    }
    employer = {
        "Curp": issuer.curp,
        "RegistroPatronal": printable(employee.text("patronal"), 20) or issuer.registro_patronal,
    }
    children = (
        Element("nomina12:Emisor", employer),
        Element("nomina12:Receptor", _worker(payroll, employee)),
        _perceptions(record),
        _deductions(record),
        _other_payments(payroll, record),
        _disabilities(record),
    )
    return Element("nomina12:Nomina", attributes, children)


def _worker(payroll: Payroll, employee: Employee) -> dict[str, object]:
    started = matching(r"(19|20)\d{2}-\d{2}-\d{2}", employee.text("inicio"))
    return {
        "Curp": employee.text("curp"),
        "NumSeguridadSocial": matching(r"\d{1,15}", employee.text("imss")),
        "FechaInicioRelLaboral": started,
        "Antigüedad": _seniority(started, payroll.termina) if started else None,
        "TipoContrato": employee.text("tipo_contrato"),
        "Sindicalizado": matching("Sí|No", employee.text("sindicalizado")),
        "TipoJornada": matching(r"0[1-8]|99", employee.text("tipo_jornada")),
        "TipoRegimen": employee.text("regimen"),
        "NumEmpleado": printable(employee.text("no_empleado"), 15) or employee.uid,
        "Departamento": printable(employee.text("departamento"), 100) or None,
        "Puesto": printable(employee.text("puesto"), 100) or None,
        "RiesgoPuesto": matching("[1-5]|99", employee.text("riesgo")),
        "PeriodicidadPago": "99" if payroll.tipo_nomina == "E" else employee.text("periodo"),
        # With a CLABE the bank is left out: its first three digits say it.
        "CuentaBancaria": matching(r"\d{18}", employee.text("clabe")),
        "SalarioBaseCotApor": matching(r"\d{1,15}(\.\d{1,2})?", employee.text("cuota_diaria")),
        "SalarioDiarioIntegrado": matching(r"\d{1,15}(\.\d{1,2})?", employee.text("salario")),
        "ClaveEntFed": employee.text("entidad_emite"),
    }


def _perceptions(record: Record) -> Element | None:
    if not record.percepciones:
        return None
    severance = _total(record.percepciones, _SEVERANCE)
    retirement = _total(record.percepciones, _RETIREMENT)
    wages = record.total_percepciones - (severance or 0) - (retirement or 0)
    special = sum(item.tipo in _SEVERANCE + _RETIREMENT for item in record.percepciones)
    attributes = {
        "TotalSueldos": amount(wages) if special < len(record.percepciones) else None,
        "TotalSeparacionIndemnizacion": amount(severance),
        "TotalJubilacionPensionRetiro": amount(retirement),
        "TotalGravado": amount(sum((item.gravado for item in record.percepciones), Decimal(0))),
        "TotalExento": amount(sum((item.exento for item in record.percepciones), Decimal(0))),
    }
    items = tuple(map(_perception, record.percepciones))
    return Element("nomina12:Percepciones", attributes, (*items, _retirement(retirement), _severance(severance)))


def _perception(item: Perception) -> Element:
    attributes = {
        "TipoPercepcion": item.tipo,
        **_named(item),
        "ImporteGravado": amount(item.gravado),
        "ImporteExento": amount(item.exento),
    }
    overtime = {
        "Dias": item.extra_dias,
        "TipoHoras": item.extra_tipo,
        "HorasExtra": item.extra_horas,
        "ImportePagado": amount(item.importe),
    }
    hours = (Element("nomina12:HorasExtra", overtime),) if item.tipo == "019" else ()
    return Element("nomina12:Percepcion", attributes, hours)


def _named(item: Perception | Deduction | OtherPayment) -> dict[str, object]:
    return {"Clave": printable(item.clave, 15), "Concepto": printable(item.descripcion, 100)}


def _retirement(total: Decimal | None) -> Element | None:
    if total is None:
        return None
    paid = amount(total)
    values = {"TotalUnaExhibicion": paid, "IngresoAcumulable": paid, "IngresoNoAcumulable": "0.00"}
    return Element("nomina12:JubilacionPensionRetiro", values)


def _severance(total: Decimal | None) -> Element | None:
    if total is None:
        return None
    paid = amount(total)
    values = {
        "TotalPagado": paid,
        "NumAñosServicio": "1",
        "UltimoSueldoMensOrd": paid,
        "IngresoAcumulable": paid,
        "IngresoNoAcumulable": "0.00",
    }
    return Element("nomina12:SeparacionIndemnizacion", values)


def _deductions(record: Record) -> Element | None:
    if not record.deducciones:
        return None
    taxes = sum((item.importe for item in record.deducciones if item.tipo == _ISR), Decimal(0))
    withheld = any(item.tipo == _ISR for item in record.deducciones)
    others = any(item.tipo != _ISR for item in record.deducciones)
    attributes = {
        "TotalOtrasDeducciones": amount(record.total_deducciones - taxes) if others else None,
        "TotalImpuestosRetenidos": amount(taxes) if withheld else None,
    }
    return Element("nomina12:Deducciones", attributes, tuple(map(_deduction, record.deducciones)))


def _deduction(item: Deduction) -> Element:
    values = {
        "TipoDeduccion": item.tipo,
        **_named(item),
    }
    return Element("nomina12:Deduccion", {**values, "Importe": amount(item.importe)})


def _other_payments(payroll: Payroll, record: Record) -> Element | None:
    if not record.otrospagos:
        return None
    return Element("nomina12:OtrosPagos", {}, tuple(_other_payment(payroll, item) for item in record.otrospagos))


def _other_payment(payroll: Payroll, item: OtherPayment) -> Element:
    children: tuple[Element, ...] = ()
    if item.tipo == "002":
        caused = item.importe if item.subsidio_causado is None else item.subsidio_causado
        children = (Element("nomina12:SubsidioAlEmpleo", {"SubsidioCausado": amount(caused)}),)
    if item.tipo == "004":
        year = int(payroll.fecha_pago[:4]) - 1
        balance = {"SaldoAFavor": amount(item.importe), "Año": year, "RemanenteSalFav": "0.00"}
        children = (Element("nomina12:CompensacionSaldosAFavor", balance),)
    values = {
        "TipoOtroPago": item.tipo,
        **_named(item),
    }
    return Element("nomina12:OtroPago", {**values, "Importe": amount(item.importe)}, children)


def _disabilities(record: Record) -> Element | None:
    found = [item.incapacidad for item in record.deducciones if item.incapacidad]
    items = tuple(
        Element(
            "nomina12:Incapacidad",
            {"DiasIncapacidad": each.dias, "TipoIncapacidad": each.tipo, "ImporteMonetario": amount(each.importe)},
        )
        for each in found
    )
    return Element("nomina12:Incapacidades", {}, items) if items else None


def _total(items: tuple[Perception, ...], kinds: tuple[str, ...]) -> Decimal | None:
    amounts = [item.importe for item in items if item.tipo in kinds]
    return sum(amounts, Decimal(0)) if amounts else None


def _seniority(started: str, ended: str) -> str | None:
    try:
        days = (date.fromisoformat(ended) - date.fromisoformat(started)).days + 1
    except ValueError:
        return None
    return f"P{days // 7}W" if days >= 0 else None
