"""Proves that the mock's documents are what readers of CFDIs, acuses and PDFs expect, whatever was typed into them."""

import io
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from ventanilla import _identifiers
from ventanilla.mock import facturaonline
from ventanilla.mock._pdf import page_of
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.facturaonline.access import API_KEY, PLUGIN, SECRET_KEY
from ventanilla.mock.facturaonline.documents import acuse
from ventanilla.mock.facturaonline.documents.cfdi import NO_SEAL, RFC_PROVIDER
from ventanilla.mock.facturaonline.seed import ISSUER
from ventanilla.mock.wire import Request

KEYS = {"Content-Type": "application/json", "F-PLUGIN": PLUGIN, "F-Api-Key": API_KEY, "F-Secret-Key": SECRET_KEY}
NS = {
    "cfdi": "http://www.sat.gob.mx/cfd/4",
    "nomina12": "http://www.sat.gob.mx/nomina12",
    "tfd": "http://www.sat.gob.mx/TimbreFiscalDigital",
    "cancel": "http://cancelacfd.sat.gob.mx",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
PERCEPTIONS = [
    {"tipo": "001", "clave": "001", "descripcion": "Sueldo", "gravado": "15500.00", "exento": "0.00"},
    {"tipo": "019", "clave": "019", "descripcion": "Horas", "gravado": "100.10", "exento": "100.05"}
    | {"extra_tipo": "01", "extra_dias": "1", "extra_horas": "3"},
    {"tipo": "022", "clave": "022", "descripcion": "Prima", "gravado": "10.00", "exento": "1.00"},
    {"tipo": "039", "clave": "039", "descripcion": "Retiro", "gravado": "20.00", "exento": "2.00"},
]
DEDUCTIONS = [
    {"tipo": "002", "clave": "002", "descripcion": "ISR", "importe": "1500.25"},
    {"tipo": "006", "clave": "006", "descripcion": "Incapacidad", "importe": "200.00"}
    | {"Incapacidad": {"DiasIncapacidad": "2", "TipoIncapacidad": " 01", "ImporteMonetario": "200.00"}},
]
OTHERS = [
    {"tipo": "002", "clave": "002", "descripcion": "Subsidio", "importe": "10.00"}
    | {"SubsidioAlEmpleo": {"SubsidioCausado": "12.50"}},
    {"tipo": "004", "clave": "004", "descripcion": "Saldo a favor", "importe": "5.00"},
]


def downloads(**change: Any) -> dict[str, bytes]:
    """Stamp one record, cancel it, and return its three documents."""
    clock = ManualClock()
    mock = Mock(clock=clock, providers=[facturaonline.provider()])
    record = {
        "data": {"id": "61c4b569c0baf", "dias": "14.5"},
        "percepciones": PERCEPTIONS,
        "deducciones": DEDUCTIONS,
        "otrospagos": OTHERS,
    }
    payroll = {
        "grupo": "619ead8d6427a",
        "fecha_pago": "2026-01-15",
        "num_dias": 15,
        "inicial": "2026-01-01",
        "final": "2026-01-15",
        "tipo_nomina": "O",
        "descripcion": "Quincena",
        "serie": 17321,
        "concepto": "Pago de nómina",
        "version_cfdi": "4.0",
        "registros": [record | {name: change.pop(name) for name in list(change) if name in record}],
    }

    def send(method: str, path: str, body: object = None) -> bytes:
        content = b"" if body is None else msgspec.json.encode(body)
        return mock.handle(Request(method, f"/facturaonline/api/payroll/{path}", KEYS, content)).body

    uid = msgspec.json.decode(send("POST", "create", payroll | change))["uid"]
    clock.advance(2)
    item = msgspec.json.decode(send("GET", f"{uid}/view"))["data"]["registros"][0]
    assert item["status_timbre"] == "timbrada", item
    send("POST", f"{item['uid']}/item/cancel", {"motivo": "02"})
    return {kind: send("GET", f"{item['uid']}/item/{kind}") for kind in ("xml", "pdf", "acuse")}


def amount(element: Any, name: str) -> Decimal:
    return Decimal(element.get(name, "0"))


def test_the_cfdi_says_what_a_payroll_cfdi_has_to_say() -> None:
    root = etree.fromstring(downloads()["xml"])
    assert root.tag == f"{{{NS['cfdi']}}}Comprobante"
    assert (root.get("Version"), root.get("TipoDeComprobante"), root.get("Moneda")) == ("4.0", "N", "MXN")
    assert (root.get("Serie"), root.get("Folio"), root.get("Exportacion")) == ("NOM", "60", "01")
    [line] = root.findall("cfdi:Conceptos/cfdi:Concepto", NS)
    assert (line.get("ClaveProdServ"), line.get("ClaveUnidad")) == ("84111505", "ACT")
    receiver = root.find("cfdi:Receptor", NS)
    assert receiver is not None
    assert _identifiers.rfc_has_valid_digit(receiver.get("Rfc", ""))
    assert (receiver.get("RegimenFiscalReceptor"), receiver.get("UsoCFDI")) == ("605", "CN01")


def test_the_totals_of_the_cfdi_agree_with_its_lines() -> None:
    root = etree.fromstring(downloads()["xml"])
    nomina = root.find("cfdi:Complemento/nomina12:Nomina", NS)
    assert nomina is not None
    perceptions = nomina.findall("nomina12:Percepciones/nomina12:Percepcion", NS)
    earned = sum(amount(each, "ImporteGravado") + amount(each, "ImporteExento") for each in perceptions)
    deducted = sum(amount(each, "Importe") for each in nomina.findall("nomina12:Deducciones/nomina12:Deduccion", NS))
    other = sum(amount(each, "Importe") for each in nomina.findall("nomina12:OtrosPagos/nomina12:OtroPago", NS))
    assert (earned, deducted, other) == (Decimal("15733.15"), Decimal("1700.25"), Decimal("15.00"))
    assert amount(nomina, "TotalPercepciones") == earned
    assert amount(nomina, "TotalDeducciones") == amount(root, "Descuento") == deducted
    assert amount(nomina, "TotalOtrosPagos") == other
    assert amount(root, "SubTotal") == earned + other
    assert amount(root, "Total") == earned + other - deducted
    totals = nomina.find("nomina12:Percepciones", NS)
    parts = ("TotalSueldos", "TotalSeparacionIndemnizacion", "TotalJubilacionPensionRetiro")
    assert [amount(totals, part) for part in parts] == [Decimal("15700.15"), Decimal("11.00"), Decimal("22.00")]
    assert amount(totals, "TotalGravado") + amount(totals, "TotalExento") == earned
    withheld = nomina.find("nomina12:Deducciones", NS)
    assert (amount(withheld, "TotalImpuestosRetenidos"), amount(withheld, "TotalOtrasDeducciones")) == (
        Decimal("1500.25"),
        Decimal("200.00"),
    )


def test_the_complement_carries_the_worker_and_what_some_lines_need() -> None:
    root = etree.fromstring(downloads()["xml"])
    nomina = root.find("cfdi:Complemento/nomina12:Nomina", NS)
    assert nomina is not None
    assert (nomina.get("Version"), nomina.get("NumDiasPagados")) == ("1.2", "14.500")
    worker = nomina.find("nomina12:Receptor", NS)
    assert worker is not None
    assert _identifiers.curp_is_valid(worker.get("Curp", ""))
    assert _identifiers.nss_is_valid(worker.get("NumSeguridadSocial", ""))
    assert (worker.get("PeriodicidadPago"), worker.get("ClaveEntFed")) == ("04", "QUE")
    assert nomina.find("nomina12:Percepciones/nomina12:Percepcion/nomina12:HorasExtra", NS) is not None
    assert nomina.find("nomina12:Percepciones/nomina12:SeparacionIndemnizacion", NS) is not None
    assert nomina.find("nomina12:Percepciones/nomina12:JubilacionPensionRetiro", NS) is not None
    subsidy = nomina.find("nomina12:OtrosPagos/nomina12:OtroPago/nomina12:SubsidioAlEmpleo", NS)
    assert subsidy is not None
    assert subsidy.get("SubsidioCausado") == "12.50"
    disability = nomina.find("nomina12:Incapacidades/nomina12:Incapacidad", NS)
    assert disability is not None
    assert (disability.get("DiasIncapacidad"), disability.get("TipoIncapacidad")) == ("2", "01")


def test_an_extraordinary_payroll_has_period_99() -> None:
    root = etree.fromstring(downloads(tipo_nomina="E", FechaFromAPI="2026-01-14T10:00:00")["xml"])
    assert root.get("Fecha") == "2026-01-14T10:00:00"
    worker = root.find("cfdi:Complemento/nomina12:Nomina/nomina12:Receptor", NS)
    assert worker is not None
    assert worker.get("PeriodicidadPago") == "99"


def test_no_document_pretends_to_be_signed() -> None:
    documents = downloads()
    root = etree.fromstring(documents["xml"])
    stamp = root.find("cfdi:Complemento/tfd:TimbreFiscalDigital", NS)
    assert stamp is not None
    seals = {root.get("Sello"), root.get("Certificado"), stamp.get("SelloCFD"), stamp.get("SelloSAT")}
    assert seals == {NO_SEAL}
    assert {root.get("NoCertificado"), stamp.get("NoCertificadoSAT")} == {"0" * 20}
    assert stamp.get("RfcProvCertif") == RFC_PROVIDER
    assert _identifiers.rfc_has_valid_digit(RFC_PROVIDER)
    for kind in ("xml", "acuse"):
        assert "sin validez fiscal" in documents[kind].decode()
    assert "SIN VALIDEZ FISCAL" in PdfReader(io.BytesIO(documents["pdf"])).pages[0].extract_text()


def test_the_issuers_identifiers_are_right() -> None:
    assert _identifiers.rfc_has_valid_digit(ISSUER.rfc)
    assert _identifiers.curp_is_valid(ISSUER.curp)


def test_the_documents_acuse_comes_back_as_printed() -> None:
    uuid = "9728d285-a060-47db-b261-eae9ab39dae8"
    root = etree.fromstring(acuse(rfc_emisor=ISSUER.rfc, uuid=uuid, fecha="2022-04-11T15:06:00.8822769"))
    assert (root.get("Fecha"), root.get("RfcEmisor")) == ("2022-04-11T15:06:00.8822769", "XOJI740919U48")
    assert len(root.attrib) == 2
    assert root.findtext("cancel:Folios/cancel:UUID", namespaces=NS) == uuid.upper()
    assert root.findtext("cancel:Folios/cancel:EstatusUUID", namespaces=NS) == "201"
    assert root.find("ds:Signature/ds:SignedInfo/ds:Reference/ds:DigestValue", NS) is not None
    assert root.find("ds:Signature/ds:KeyInfo/ds:KeyValue/ds:RSAKeyValue/ds:Modulus", NS) is not None


def test_an_acuse_is_dated_when_the_cancellation_happened() -> None:
    root = etree.fromstring(downloads()["acuse"])
    # 1,700,000,002 in Mexico City, with the seven decimals of the document's sample.
    assert str(root.get("Fecha")).startswith("2023-11-14T16:13:22.000000")
    assert len(str(root.get("Fecha"))) == len("2022-04-11T15:06:00.8822769")


def test_the_pdf_is_one_page_that_shows_the_payroll() -> None:
    reader = PdfReader(io.BytesIO(downloads()["pdf"]), strict=True)
    [page] = reader.pages
    text = page.extract_text()
    assert "Recibo de nómina NOM 60" in text
    assert "Neto a pagar: 14047.90 MXN" in text


@given(st.lists(st.text(max_size=120), max_size=60))
def test_any_text_makes_a_pdf_that_can_be_read(lines: list[str]) -> None:
    reader = PdfReader(io.BytesIO(page_of(lines)), strict=True)
    reader.pages[0].extract_text()
    [page] = reader.pages
    assert len(page.extract_text().splitlines()) <= 52


def test_parentheses_and_backslashes_are_shown_as_typed() -> None:
    reader = PdfReader(io.BytesIO(page_of(["a (b) \\ c) ñandú €"])), strict=True)
    assert reader.pages[0].extract_text().strip() == "a (b) \\ c) ñandú €"


@given(st.text(min_size=1, max_size=100).filter(lambda text: text.isprintable() and text.strip() and "|" not in text))
def test_any_description_makes_a_cfdi_that_parses_and_says_it(text: str) -> None:
    perception = PERCEPTIONS[0] | {"descripcion": text}
    root = etree.fromstring(downloads(percepciones=[perception], deducciones=[])["xml"])
    line = root.find("cfdi:Complemento/nomina12:Nomina/nomina12:Percepciones/nomina12:Percepcion", NS)
    assert line is not None
    assert line.get("Concepto") == " ".join(text.split())


@given(st.text(min_size=1, max_size=100))
def test_any_name_of_a_payroll_makes_documents_that_parse(text: str) -> None:
    documents = downloads(concepto=text, descripcion=text)
    etree.fromstring(documents["xml"])
    assert len(PdfReader(io.BytesIO(documents["pdf"]), strict=True).pages) == 1
