"""Proves that satcfdi and the SAT's schemas read in the payroll's documents what was sent, payroll after payroll."""

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from document_readers import OtherNamespace, read_acuse, read_cfdi
from document_sources import PEOPLE, YOUNGER, Account, deduction, other_payment, payroll_of, perception
from lxml import etree

from ventanilla.mock.facturaonline import codes

SEEDS = range(40)
AMOUNTS = ("gravado", "exento", "importe")


def said(lines: Any, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(line[name] for name in names) for line in lines]


def sent(lines: Any, *names: str) -> list[tuple[Any, ...]]:
    """Return the fields of lines as they were sent: text on one line, amounts as numbers."""
    return [tuple(Decimal(line[n]) if n in AMOUNTS else " ".join(line[n].split()) for n in names) for line in lines]


def summed(lines: Any, *names: str) -> Decimal:
    return sum((Decimal(line[name]) for line in lines for name in names), Decimal(0))


def agrees(read: Any, payroll: dict[str, Any], given: dict[str, Any]) -> None:
    """Assert that a CFDI says what was sent for one employee."""
    nomina = read["Complemento"]["Nomina"]
    earned, paid = summed(given["percepciones"], "gravado", "exento"), summed(given["otrospagos"], "importe")
    deducted = summed(given["deducciones"], "importe")
    assert (read["SubTotal"], read["Total"]) == (earned + paid, earned + paid - deducted)
    assert read.get("Descuento", 0) == deducted
    dates = ("FechaPago", "FechaInicialPago", "FechaFinalPago")
    assert [str(nomina[name]) for name in dates] == [payroll[name] for name in ("fecha_pago", "inicial", "final")]
    assert (nomina["TipoNomina"], nomina["NumDiasPagados"]) == (payroll["tipo_nomina"], Decimal(given["data"]["dias"]))
    lines = nomina["Percepciones"]["Percepcion"]
    assert said(lines, "TipoPercepcion", "Clave", "Concepto", "ImporteGravado", "ImporteExento") == sent(
        given["percepciones"], "tipo", "clave", "descripcion", "gravado", "exento"
    )
    assert overtime(lines) == [
        (line["extra_dias"], line["extra_tipo"], int(line["extra_horas"]), summed([line], "gravado", "exento"))
        for line in given["percepciones"]
        if line["tipo"] == "019"
    ]
    lines = nomina.get("Deducciones", {}).get("Deduccion", [])
    fields = ("tipo", "clave", "descripcion", "importe")
    assert said(lines, "TipoDeduccion", "Clave", "Concepto", "Importe") == sent(given["deducciones"], *fields)
    assert said(nomina.get("OtrosPagos", []), "TipoOtroPago", "Clave", "Concepto", "Importe") == sent(
        given["otrospagos"], *fields
    )
    assert subsidies(nomina) == [
        Decimal(line["SubsidioAlEmpleo"]["SubsidioCausado"]) for line in given["otrospagos"] if line["tipo"] == "002"
    ]
    assert disabilities(nomina) == [
        (int(days["DiasIncapacidad"]), days["TipoIncapacidad"].strip(), Decimal(days["ImporteMonetario"]))
        for line in given["deducciones"]
        if (days := line.get("Incapacidad"))
    ]


def overtime(lines: Any) -> list[tuple[Any, ...]]:
    hours = [each for line in lines for each in line.get("HorasExtra") or ()]
    return said(hours, "Dias", "TipoHoras", "HorasExtra", "ImportePagado")


def subsidies(nomina: Any) -> list[Any]:
    return [line["SubsidioAlEmpleo"] for line in nomina.get("OtrosPagos", []) if line.get("SubsidioAlEmpleo")]


def disabilities(nomina: Any) -> list[tuple[Any, ...]]:
    return said(nomina.get("Incapacidades") or (), "DiasIncapacidad", "TipoIncapacidad", "ImporteMonetario")


@pytest.mark.parametrize("seed", SEEDS)
def test_satcfdi_reads_in_a_payroll_what_was_sent(seed: int) -> None:
    dice, account = Random(seed), Account(seed)
    people = {employee["uid"]: employee for employee in account.read("GET", "employee/list")["data"]}
    payroll = payroll_of(dice)
    for given, shown in zip(payroll["registros"], account.stamped(payroll), strict=True):
        read = read_cfdi(account.send("GET", f"{shown['uid']}/item/xml"))
        agrees(read, payroll, given)
        person, worker = people[shown["employee_uid"]], read["Complemento"]["Nomina"]["Receptor"]
        assert read["Receptor"]["Rfc"] == person["rfc"]
        assert read["Receptor"]["Nombre"] == f"{person['nombre']} {person['paterno']} {person['materno']}"
        assert (worker["Curp"], worker["NumSeguridadSocial"]) == (person["curp"], person["imss"])
        assert (read["Serie"], read["Folio"]) == (shown["serie"], str(shown["folio"]))
        assert read["Complemento"]["TimbreFiscalDigital"]["UUID"] == shown["uuid"]
        # 1,700,000,000 in Mexico City is 16:13:20; stamping takes a little.
        assert read["Fecha"].isoformat()[:16] == payroll.get("FechaFromAPI", "2023-11-14T16:13:20")[:16]


@pytest.mark.parametrize("motivo", ["02", "03", "04"])
def test_the_acuse_of_a_cancellation_names_the_cfdi_and_says_201(motivo: str) -> None:
    account = Account()
    shown = account.stamped(payroll_of(Random(1)))[0]
    account.read("POST", f"{shown['uid']}/item/cancel", {"motivo": motivo})
    acuse = read_acuse(account.send("GET", f"{shown['uid']}/item/acuse"))
    folios = acuse["Folios"]
    assert [folios[name]["_text"] for name in ("UUID", "EstatusUUID")] == [shown["uuid"].upper(), "201"]
    # A cancelled CFDI can still be downloaded, and is the one that the acuse names.
    read = read_cfdi(account.send("GET", f"{shown['uid']}/item/xml"))
    assert read["Complemento"]["TimbreFiscalDigital"]["UUID"] == shown["uuid"]
    assert acuse["RfcEmisor"] == read["Emisor"]["Rfc"]


def cut(xml: bytes) -> bytes:
    return xml[: len(xml) // 2]


def instead(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(xml: bytes) -> bytes:
        assert old in xml
        return xml.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (cut, etree.XMLSyntaxError),
        (instead(b"</cfdi:Comprobante>", b""), etree.XMLSyntaxError),
        (instead(b'TipoPercepcion="001"', b'TipoPercepcion="999"'), etree.DocumentInvalid),
        (instead(b' UsoCFDI="CN01"', b' UsoCFDI="ZZ99"'), etree.DocumentInvalid),
        (instead(b' Version="4.0"', b' Version="4.1"'), OtherNamespace),
        (instead(b' Total="', b' Totl="'), KeyError),
    ],
    ids=["cut", "open", "no such code", "no such use", "no such version", "no total"],
)
def test_a_damaged_cfdi_is_refused(damage: Callable[[bytes], bytes], expected: type[Exception]) -> None:
    account = Account()
    xml = account.send("GET", f"{account.stamped(payroll_of(Random(2)))[0]['uid']}/item/xml")
    read_cfdi(xml)
    with pytest.raises(expected):
        read_cfdi(damage(xml))


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (cut, etree.XMLSyntaxError),
        (instead(b"<Exponent>AQAB</Exponent>", b""), etree.DocumentInvalid),
        (instead(b"2000/09/xmldsig#", b"2000/09/other#"), ValueError),
    ],
)
def test_a_damaged_acuse_is_refused(damage: Callable[[bytes], bytes], expected: type[Exception]) -> None:
    account = Account()
    shown = account.stamped(payroll_of(Random(3)))[0]
    account.read("POST", f"{shown['uid']}/item/cancel", {"motivo": "02"})
    xml = account.send("GET", f"{shown['uid']}/item/acuse")
    read_acuse(xml)
    with pytest.raises(expected):
        read_acuse(damage(xml))


def test_the_variety_has_every_kind_of_line() -> None:
    records = [record for seed in SEEDS for record in payroll_of(Random(seed))["registros"]]
    assert {"001", "019"} < {line["tipo"] for record in records for line in record["percepciones"]}
    assert any("Incapacidad" in line for record in records for line in record["deducciones"])
    assert any("SubsidioAlEmpleo" in line for record in records for line in record["otrospagos"])
    assert {payroll_of(Random(seed))["tipo_nomina"] for seed in SEEDS} == {"O", "E"}


def test_every_code_that_stamps_fits_the_sats_schemas() -> None:
    dice, account = Random(0), Account()
    kinds = (
        [("percepciones", perception(dice, tipo)) for tipo in sorted(codes.PERCEPTIONS - YOUNGER)]
        + [("deducciones", deduction(dice, tipo)) for tipo in sorted(codes.DEDUCTIONS - YOUNGER)]
        + [("otrospagos", other_payment(dice, tipo)) for tipo in sorted(codes.OTHER_PAYMENTS)]
    )
    for name, line in kinds:
        given = {"data": {"id": PEOPLE[0], "dias": "15"}, "percepciones": [perception(dice, "001")]}
        payroll = payroll_of(dice) | {"registros": [given | {name: [*given.get(name, []), line]}]}
        [shown] = account.stamped(payroll)
        read_cfdi(account.send("GET", f"{shown['uid']}/item/xml"))
