"""Knows how a stamped payroll record looks as a CFDI 4.0 with its payroll complement (nomina12) and its stamp.

Everything the SAT computes from keys is missing on purpose: the seals are words and the certificates zeros. The
rest validates against the SAT's schemas as long as the record passed the rules in `stamping`.
"""

from datetime import datetime
from decimal import Decimal

from ventanilla.mock.facturaonline.documents._markup import Element, amount, document, matching, printable
from ventanilla.mock.facturaonline.documents.nomina import nomina
from ventanilla.mock.facturaonline.state import Employee, Issuer, Payroll, Record

REMARK = "Documento de prueba de ventanilla mock: sin sellos y sin validez fiscal"
NO_SEAL = "DOCUMENTO DE PRUEBA SIN SELLO"
NO_CERTIFICATE = "0" * 20
# A certification provider that does not exist; the form and the check digit are right.
RFC_PROVIDER = "MOC010101AA2"

_CFD = "http://www.sat.gob.mx/cfd/4"
_NOMINA = "http://www.sat.gob.mx/nomina12"
_STAMP = "http://www.sat.gob.mx/TimbreFiscalDigital"
_SITE = "http://www.sat.gob.mx/sitio_internet/cfd"
_SCHEMAS = f"{_CFD} {_SITE}/4/cfdv40.xsd {_NOMINA} {_SITE}/nomina/nomina12.xsd"


def cfdi(issuer: Issuer, payroll: Payroll, record: Record, employee: Employee) -> bytes:
    """Write the CFDI of a stamped record."""
    subtotal = record.total_percepciones + record.total_otrospagos
    attributes = {
        "xmlns:cfdi": _CFD,
        "xmlns:nomina12": _NOMINA,
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:schemaLocation": _SCHEMAS,
        "Version": "4.0",
        "Serie": record.serie.name,
        "Folio": record.folio,
        "Fecha": _seconds(payroll.fecha_cfdi or record.timbrada),
        "Sello": NO_SEAL,
        "NoCertificado": NO_CERTIFICATE,
        "Certificado": NO_SEAL,
        "SubTotal": amount(subtotal),
        "Descuento": amount(record.total_deducciones) if record.deducciones else None,
        "Moneda": "MXN",
        "Total": amount(record.total),
        "TipoDeComprobante": "N",
        "Exportacion": "01",
        "MetodoPago": "PUE",
        "LugarExpedicion": issuer.cp,
    }
    sender = {"Rfc": issuer.rfc, "Nombre": issuer.nombre, "RegimenFiscal": issuer.regimen_fiscal}
    complement = (nomina(issuer, payroll, record, employee), _stamp(record))
    children = (
        Element("cfdi:Emisor", sender),
        Element("cfdi:Receptor", _receiver(issuer, employee)),
        Element("cfdi:Conceptos", {}, (_line(record, subtotal),)),
        Element("cfdi:Complemento", {}, complement),
    )
    return document(Element("cfdi:Comprobante", attributes, children), REMARK)


def _receiver(issuer: Issuer, employee: Employee) -> dict[str, object]:
    return {
        "Rfc": employee.text("rfc"),
        "Nombre": printable(employee.full_name, 254),
        "DomicilioFiscalReceptor": matching(r"\d{5}", employee.text("cp")) or issuer.cp,
        # 605 wages; CN01 is the only use the SAT allows for payroll.
        "RegimenFiscalReceptor": "605",
        "UsoCFDI": "CN01",
    }


def _line(record: Record, subtotal: Decimal) -> Element:
    # Anexo 20, payroll guide: one line with these fixed codes and this fixed text.
    attributes = {
        "ClaveProdServ": "84111505",
        "Cantidad": "1",
        "ClaveUnidad": "ACT",
        "Descripcion": "Pago de nómina",
        "ValorUnitario": amount(subtotal),
        "Importe": amount(subtotal),
        "Descuento": amount(record.total_deducciones) if record.deducciones else None,
        "ObjetoImp": "01",
    }
    return Element("cfdi:Concepto", attributes)


def _stamp(record: Record) -> Element:
    attributes = {
        "xmlns:tfd": _STAMP,
        "xsi:schemaLocation": f"{_STAMP} {_SITE}/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd",
        "Version": "1.1",
        "UUID": record.uuid,
        "FechaTimbrado": _seconds(record.timbrada),
        "RfcProvCertif": RFC_PROVIDER,
        "SelloCFD": NO_SEAL,
        "NoCertificadoSAT": NO_CERTIFICATE,
        "SelloSAT": NO_SEAL,
    }
    return Element("tfd:TimbreFiscalDigital", attributes)


def _seconds(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
