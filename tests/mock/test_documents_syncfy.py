"""Proves that satcfdi and the SAT's schemas read the files that Syncfy's mock brings, seed after seed."""

from decimal import Decimal
from typing import Any

import pytest
from document_readers import read_cfdi
from document_sources import contents, pulled
from lxml import etree

from ventanilla.mock.syncfy._sites import CIEC, SANDBOX

INVOICES, WITHHOLDINGS = "56bcdfca784806d1378b4567", "5f2956741ae9967c4d3dccd1"
WITH_ATTACHMENTS = next(site for site in SANDBOX if site.content == "attachments")
SAT_CIEC = next(site for site in SANDBOX if site.content == "cfdi")
SAT_RETENCIONES = next(site for site in SANDBOX if site.content == "retenciones")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("site", [WITH_ATTACHMENTS, SAT_CIEC, CIEC], ids=lambda site: site.name)
def test_the_cfdi_of_a_movement_says_its_amount_and_names_its_file(seed: int, site: Any) -> None:
    api, movements = pulled(seed, site.id, "EKU9003173C9" if site.is_tax else "test")
    for movement in movements:
        kind, xml = contents(api, movement)
        read = read_cfdi(xml)
        assert kind == INVOICES
        assert read["Total"] == abs(Decimal(movement["amount"]))
        assert read["Conceptos"][0]["Descripcion"] in movement["description"]
        assert f"{read['Complemento']['TimbreFiscalDigital']['UUID'].upper()}.xml" == movement["attachments"][0]["file"]
        net, tax = read["SubTotal"], read["Impuestos"]["TotalImpuestosTrasladados"]
        assert net + tax == read["Total"]
        # Not every total is that of a net amount in cents; the SAT lets the tax be off by less than one.
        assert abs(net * Decimal("0.16") - tax) < Decimal("0.01")
        parties = {str(read["Emisor"]["Rfc"]), str(read["Receptor"]["Rfc"])}
        assert movement["extra"] is None or {movement["extra"]["tax_id"], "EKU9003173C9"} == parties


@pytest.mark.parametrize("seed", range(5))
def test_the_receipt_of_a_withholding_says_its_amount(seed: int) -> None:
    api, movements = pulled(seed, SAT_RETENCIONES.id, "IIA040805DZ4")
    for movement in movements:
        kind, xml = contents(api, movement)
        read = read_cfdi(xml)
        assert kind == WITHHOLDINGS
        assert read["Receptor"]["Nacional"]["RfcR"] == "IIA040805DZ4"
        assert read["Emisor"]["RfcE"] == movement["extra"]["tax_id"]
        assert read["Totales"]["MontoTotOperacion"] == Decimal(movement["amount"])


def test_a_scenario_as_username_still_makes_documents_of_a_possible_taxpayer() -> None:
    api, movements = pulled(0, SAT_CIEC.id, "partial")
    for movement in movements:
        read_cfdi(contents(api, movement)[1])


def test_the_sandboxs_own_rfc_is_the_only_thing_that_the_sats_schemas_dislike() -> None:
    # Syncfy prints ACM010101ABC in its list of sandbox sites; the SAT's pattern wants a digit or an A at the end.
    api, movements = pulled(0, SAT_CIEC.id, "ACM010101ABC")
    for movement in movements:
        _, xml = contents(api, movement)
        with pytest.raises(etree.DocumentInvalid, match="'ACM010101ABC' is not accepted"):
            read_cfdi(xml)
        read_cfdi(xml.replace(b"ACM010101ABC", b"ACM010101AB6"))


def test_a_damaged_receipt_is_refused() -> None:
    api, movements = pulled(0, SAT_RETENCIONES.id, "IIA040805DZ4")
    _, xml = contents(api, movements[0])
    read_cfdi(xml)
    with pytest.raises(etree.XMLSyntaxError):
        read_cfdi(xml[:-40])
    with pytest.raises(etree.DocumentInvalid):
        read_cfdi(xml.replace(b' MesIni="', b' MesIni="1'))
