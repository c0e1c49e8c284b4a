"""Knows what the PDF of a stamped payroll shows."""

from ventanilla.mock._pdf import page_of
from ventanilla.mock.facturaonline.documents._markup import printable
from ventanilla.mock.facturaonline.state import Employee, Issuer, Payroll, Record, money


def pdf(issuer: Issuer, payroll: Payroll, record: Record, employee: Employee) -> bytes:
    """Print a stamped record on one page."""
    return page_of(
        printable(line, 95)
        for line in (
            "DOCUMENTO DE PRUEBA (ventanilla mock), SIN VALIDEZ FISCAL",
            "",
            f"Recibo de nómina {record.serie.name} {record.folio}",
            f"Emisor: {issuer.nombre}, RFC {issuer.rfc}",
            f"Empleado: {employee.full_name}, RFC {employee.text('rfc')}",
            f"Concepto: {payroll.concepto}",
            f"Periodo: {payroll.inicia} a {payroll.termina}; pago: {payroll.fecha_pago}",
            # Before the lines, of which a long payroll has more than the page.
            f"Neto a pagar: {money(record.total)} MXN",
            f"Folio fiscal: {record.uuid}",
            "",
            *(f"{item.tipo} {item.descripcion}: {money(item.importe)}" for item in record.percepciones),
            *(f"{item.tipo} {item.descripcion}: {money(item.importe)}" for item in record.otrospagos),
            *(f"{item.tipo} {item.descripcion}: -{money(item.importe)}" for item in record.deducciones),
        )
    )
