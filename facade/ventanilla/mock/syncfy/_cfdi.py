"""Knows how the SAT's XML looks: invoices (CFDI 4.0) and withholding receipts (Retenciones 2.0), in miniature."""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any
from xml.sax.saxutils import quoteattr

from attrs import frozen

from ventanilla.mock._ours import ours

MEXICO = timezone(timedelta(hours=-6))
RATE = Decimal("0.160000")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SAT = "http://www.sat.gob.mx"
_CERTIFIER = "SPR190613I52"


@frozen
class Node:
    """One XML element. The same tree renders as XML, as Syncfy's upper-cased `extra` and as `json`."""

    name: str
    attributes: dict[str, str]
    children: "tuple[Node, ...]" = ()

    def xml(self) -> bytes:
        """Return the document with its declaration, UTF-8."""
        return ('<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(self._lines("")) + "\n").encode()

    def tree(self) -> dict[str, Any]:
        """Return name, attributes and children as {n, a, c}, names in upper case, what is empty left out."""
        found: dict[str, Any] = {"n": self.name.upper()}
        if self.attributes:
            found["a"] = {name.upper(): value for name, value in self.attributes.items()}
        if self.children:
            found["c"] = [child.tree() for child in self.children]
        return found

    def plain(self) -> dict[str, Any]:
        """Return the attributes and, by name, a list of the children; the service's own form is not published."""
        found: dict[str, Any] = dict(self.attributes)
        for child in self.children:
            found.setdefault(child.name, []).append(child.plain())
        return found

    def _lines(self, indent: str) -> Iterator[str]:
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes.items())
        if not self.children:
            yield f"{indent}<{self.name}{attributes}/>"
            return
        yield f"{indent}<{self.name}{attributes}>"
        for child in self.children:
            yield from child._lines(f"{indent}    ")
        yield f"{indent}</{self.name}>"


@frozen
class Party:
    """Issuer or receiver of a document."""

    rfc: str
    name: str

    @property
    def regime(self) -> str:
        """The tax regime: 601 for companies (12 characters), 612 for persons with a business."""
        return "601" if len(self.rfc) == 12 else "612"


@frozen
class Invoice:
    """What an invoice is about; `total` includes 16 % of VAT."""

    uuid: str
    issuer: Party
    receiver: Party
    folio: int
    product: str
    total: Decimal
    issued: float

    def node(self, dice: Random) -> Node:
        """Return the CFDI 4.0; seals and certificates are random bytes, not signatures."""
        seal = _seal(dice)
        net = (self.total / (1 + RATE)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        tax = self.total - net
        attributes = {
            "xmlns:cfdi": f"{_SAT}/cfd/4",
            "xmlns:xsi": _XSI,
            "xsi:schemaLocation": f"{_SAT}/cfd/4 {_SAT}/sitio_internet/cfd/4/cfdv40.xsd",
            "Version": "4.0",
            "Serie": "C",
            "Folio": str(self.folio),
            "Fecha": local(self.issued),
            "Sello": seal,
            "FormaPago": "03",
            "NoCertificado": "00001000000504465028",
            "Certificado": _seal(dice),
            "SubTotal": f"{net}",
            "Moneda": "MXN",
            "Total": f"{self.total}",
            "TipoDeComprobante": "I",
            "Exportacion": "01",
            "MetodoPago": "PUE",
            "LugarExpedicion": "06000",
        }
        receiver = {
            "Rfc": self.receiver.rfc,
            "Nombre": self.receiver.name,
            "DomicilioFiscalReceptor": "06000",
            "RegimenFiscalReceptor": self.receiver.regime,
            "UsoCFDI": "G03",
        }
        issuer = {"Rfc": self.issuer.rfc, "Nombre": self.issuer.name, "RegimenFiscal": self.issuer.regime}
        children = (
            Node("cfdi:Emisor", issuer),
            Node("cfdi:Receptor", receiver),
            Node("cfdi:Conceptos", {}, (_line(self.product, net, tax),)),
            Node("cfdi:Impuestos", {"TotalImpuestosTrasladados": f"{tax}"}, (_transferred(net, tax),)),
            Node("cfdi:Complemento", {}, (stamp(dice, self.uuid, self.issued, seal),)),
        )
        return Node("cfdi:Comprobante", attributes, children)


def withholding(dice: Random, uuid: str, payer: Party, payee: Party, folio: int, total: Decimal, issued: float) -> Node:
    """Return a withholding receipt 2.0 of 10 % on `total`."""
    seal = _seal(dice)
    day = datetime.fromtimestamp(issued, MEXICO)
    held = (total / 10).quantize(Decimal("0.01"), ROUND_HALF_UP)
    name = "retenciones"
    attributes = {
        "xmlns:retenciones": f"{_SAT}/esquemas/retencionpago/2",
        "xmlns:xsi": _XSI,
        "xsi:schemaLocation": f"{_SAT}/esquemas/retencionpago/2 {_SAT}/esquemas/retencionpago/2/retencionpagov2.xsd",
        "Version": "2.0",
        "FolioInt": str(folio),
        "Sello": seal,
        "NoCertificado": "00001000000504465028",
        "Certificado": _seal(dice),
        "FechaExp": local(issued),
        "LugarExpRetenc": "06000",
        "CveRetenc": "14",
    }
    period = {"MesIni": f"{day.month:02}", "MesFin": f"{day.month:02}", "Ejercicio": str(day.year)}
    totals = {
        "MontoTotOperacion": f"{total}",
        "MontoTotGrav": f"{total}",
        "MontoTotExent": "0.00",
        "MontoTotRet": f"{held}",
    }
    national = {"RfcR": payee.rfc, "NomDenRazSocR": payee.name, "DomicilioFiscalR": "06000"}
    issuer = {"RfcE": payer.rfc, "NomDenRazSocE": payer.name, "RegimenFiscalE": payer.regime}
    children = (
        Node(f"{name}:Emisor", issuer),
        Node(f"{name}:Receptor", {"NacionalidadR": "Nacional"}, (Node(f"{name}:Nacional", national),)),
        Node(f"{name}:Periodo", period),
        Node(f"{name}:Totales", totals),
        Node(f"{name}:Complemento", {}, (stamp(dice, uuid, issued, seal),)),
    )
    return Node(f"{name}:Retenciones", attributes, children)


def stamp(dice: Random, uuid: str, issued: float, seal: str) -> Node:
    """Return the SAT's stamp (TimbreFiscalDigital 1.1), given 30 seconds after the document."""
    attributes = {
        "xmlns:tfd": f"{_SAT}/TimbreFiscalDigital",
        "xsi:schemaLocation": f"{_SAT}/TimbreFiscalDigital "
        f"{_SAT}/sitio_internet/cfd/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd",
        "Version": "1.1",
        "UUID": uuid,
        "FechaTimbrado": local(issued + 30),
        "RfcProvCertif": _CERTIFIER,
        "SelloCFD": seal,
        "NoCertificadoSAT": "00001000000504204441",
        "SelloSAT": _seal(dice),
    }
    return Node("tfd:TimbreFiscalDigital", attributes)


def local(moment: float) -> str:
    """Return Mexico City's date and time as the SAT writes them, without a zone."""
    return datetime.fromtimestamp(int(moment), MEXICO).strftime("%Y-%m-%dT%H:%M:%S")


def _line(product: str, net: Decimal, tax: Decimal) -> Node:
    attributes = {
        "ClaveProdServ": "84111506",
        "Cantidad": "1",
        "ClaveUnidad": "E48",
        "Unidad": "Servicio",
        "Descripcion": product,
        "ValorUnitario": f"{net}",
        "Importe": f"{net}",
        "ObjetoImp": "02",
    }
    return Node("cfdi:Concepto", attributes, (Node("cfdi:Impuestos", {}, (_transferred(net, tax),)),))


def _transferred(net: Decimal, tax: Decimal) -> Node:
    attributes = {
        "Base": f"{net}",
        "Impuesto": "002",
        "TipoFactor": "Tasa",
        "TasaOCuota": f"{RATE}",
        "Importe": f"{tax}",
    }
    return Node("cfdi:Traslados", {}, (Node("cfdi:Traslado", attributes),))


@ours(
    "Seals and certificates of the XML are random bytes: they fit the schemas and sign nothing.",
    on="attachments list_credential_transactions",
)
def _seal(dice: Random) -> str:
    return base64.b64encode(dice.randbytes(256)).decode()
