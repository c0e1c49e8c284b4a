"""Proves that PDFium, the viewer inside Chrome, shows every PDF that the mock gives."""

import base64
import io
from random import Random

import pytest
from document_readers import PdfiumError, seen
from document_sources import PEOPLE, Account, payroll_of
from PIL import Image, UnidentifiedImageError
from syncfy_caller import Syncfy

from ventanilla.mock._pdf import page_of
from ventanilla.mock.syncfy._images import drawn
from ventanilla.mock.syncfy._sites import CONSTANCIA, MONTHLY, OPINION, YEARLY

RFC = "EKU9003173C9"


@pytest.mark.parametrize("seed", range(10))
def test_a_viewer_shows_a_payroll(seed: int) -> None:
    account = Account(seed)
    for record in account.stamped(payroll_of(Random(seed))):
        text = seen(account.send("GET", f"{record['uid']}/item/pdf"))
        assert f"Recibo de nómina NOM {record['folio']}" in text
        assert f"Neto a pagar: {record['total']} MXN" in text
        assert record["uuid"] in text


def test_a_payroll_longer_than_the_page_still_shows_what_is_paid() -> None:
    account = Account()
    line = {"tipo": "001", "clave": "001", "descripcion": "Sueldo", "gravado": "1.00", "exento": "0.00"}
    given = {"data": {"id": PEOPLE[0], "dias": 15}, "percepciones": [line] * 90}
    [record] = account.stamped(payroll_of(Random(0)) | {"registros": [given]})
    assert "Neto a pagar: 90.00 MXN" in seen(account.send("GET", f"{record['uid']}/item/pdf"))


@pytest.mark.parametrize("uid", ["6206eec5d2ac3", "6206f370306ae"])
def test_a_viewer_shows_the_payrolls_that_are_there_at_the_start(uid: str) -> None:
    assert "Neto a pagar" in seen(Account().send("GET", f"{uid}/item/pdf"))


@pytest.mark.parametrize("id_site", [YEARLY.id, MONTHLY.id], ids=["yearly", "monthly"])
def test_a_viewer_shows_the_tax_returns(linked: Syncfy, id_site: str) -> None:
    linked.link(id_site, RFC)
    linked.clock.advance(2)
    files = linked.call("GET", "/attachments")
    assert len(files) == 3
    for file in files:
        text = seen(linked.send("GET", file["url"], auth=f"TOKEN token={linked.token}").body)
        assert "Declaración" in text
        assert RFC in text


@pytest.mark.parametrize(("id_site", "title"), [(CONSTANCIA.id, "Constancia de Sit"), (OPINION.id, "Opinión del Cump")])
def test_a_viewer_shows_the_documents_of_the_sat(linked: Syncfy, id_site: str, title: str) -> None:
    linked.call("POST", "/jobs", {"id_site": id_site, "input": {"rfc": RFC, "password": "test"}})
    linked.clock.advance(2)
    [pdf] = [row for row in linked.call("GET", "/documents") if row["file"].endswith(".pdf")]
    text = seen(base64.b64decode(pdf["content"]))
    assert title in text
    assert RFC in text


@pytest.mark.parametrize("size", [0, 50, 375, -30])
def test_a_pdf_that_is_cut_off_is_refused(size: int) -> None:
    whole = page_of(["uno", "dos", "tres"])
    assert "tres" in seen(whole)
    with pytest.raises(PdfiumError):
        seen(whole[:size])


@pytest.mark.parametrize(("old", "new"), [(b"%PDF", b"%XDF"), (b"/Kids [3 0 R]", b"/Kids [7 0 R]")])
def test_a_pdf_that_has_no_page_is_refused(old: bytes, new: bytes) -> None:
    whole = page_of(["uno"])
    assert old in whole
    with pytest.raises(PdfiumError):
        seen(whole.replace(old, new))


@pytest.mark.parametrize("blank", [page_of([]), page_of(["uno"]).replace(b"/Contents 4 0 R", b"/Contents 9 0 R")])
def test_a_blank_page_is_refused(blank: bytes) -> None:
    with pytest.raises(ValueError, match="blank"):
        seen(blank)


@pytest.mark.parametrize("word", ["TEST", "ACES", "B", "D"])
def test_a_picture_can_be_opened_and_is_not_blank(word: str) -> None:
    with Image.open(io.BytesIO(base64.b64decode(drawn(word)))) as picture:
        picture.load()
        assert (picture.format, picture.mode) == ("PNG", "L")
        assert picture.getextrema() == (0, 255)
        assert picture.size == (4 * (6 * len(word) + 1), 36)


def test_a_damaged_picture_is_refused() -> None:
    png = base64.b64decode(drawn("TEST"))
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(png[1:]))
    with Image.open(io.BytesIO(png[:60])) as picture, pytest.raises(OSError, match="truncated"):
        picture.load()
