"""What Syncfy's pulls bring: accounts, transactions, attachments, documents, and how they are found."""

import base64
import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from syncfy_caller import KEY, Syncfy

from ventanilla.mock import syncfy
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock

NORMAL, CIEC, WITH_FILES = "56cf5728784806f72b8b4568", "5da784f1f9de2a06483abec1", "58b884fc056f295aa1483a02"
LIVE, DISABLED, SAMPLE = "5f427fae9c41a502e30ebe93", "5f427fae9c41a502e30ebe94", "61aec45361f37158fad6e44b"
DAY = 86_400
NAMESPACES = {"cfdi": "http://www.sat.gob.mx/cfd/4", "tfd": "http://www.sat.gob.mx/TimbreFiscalDigital"}


def pulled(api: Syncfy, id_site: str, username: str = "test") -> str:
    pull = api.link(id_site, username)
    api.clock.advance(2)
    assert api.codes(pull["id_job"])[-1] == 200
    return str(pull["id_credential"])


def raw(api: Syncfy, path: str) -> Any:
    return api.send("GET", path, auth=f"Bearer {api.token}")


def text_of(xml: bytes, path: str) -> str:
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    return str(root.xpath(f"string({path})", namespaces=NAMESPACES))


def test_movements_are_of_the_last_sixty_days_with_exact_cents(linked: Syncfy) -> None:
    id_credential = pulled(linked, NORMAL)
    rows = linked.call("GET", f"/transactions?id_credential={id_credential}")
    now = linked.clock.now()
    assert len(rows) >= 12
    assert all(now - 60 * DAY <= row["dt_transaction"] <= now for row in rows)
    assert all(row["amount"].as_tuple().exponent == -2 for row in rows)
    assert {row["amount"] > 0 for row in rows} == {True, False}
    assert len({row["id_transaction"] for row in rows}) == len(rows)


def test_a_balance_is_what_its_movements_add_up_to(linked: Syncfy) -> None:
    id_credential = pulled(linked, NORMAL)
    balance = linked.call("GET", "/accounts")[0]["balance"]
    linked.call("PUT", f"/credentials/{id_credential}/sync")
    linked.clock.advance(2)
    account = linked.call("GET", "/accounts")[0]
    new = linked.call("GET", f"/transactions?id_account={account['id_account']}")[-2:]
    assert account["balance"] == balance + sum(row["amount"] for row in new)


@pytest.mark.parametrize(("id_site", "accounts", "transactions"), [(NORMAL, 3, 24), (LIVE, 1, 12), (SAMPLE, 4, 132)])
def test_each_sandbox_site_has_its_own_data(linked: Syncfy, id_site: str, accounts: int, transactions: int) -> None:
    pulled(linked, id_site)
    assert (len(linked.call("GET", "/accounts")), linked.call("GET", "/transactions/count")["count"]) == (
        accounts,
        transactions,
    )


def test_live_and_disabled_transactions(linked: Syncfy) -> None:
    live, disabled = pulled(linked, LIVE), pulled(linked, DISABLED)
    shown = linked.call("GET", f"/transactions?id_credential={live}")
    assert sum(row["is_pending"] for row in shown) == 1
    off = linked.call("GET", f"/transactions?id_credential={disabled}&is_disable=1")
    assert len(off) == 6
    assert all(row["id_disable_type"] and row["dt_disable"] for row in off)
    on = linked.call("GET", f"/transactions/count?id_credential={disabled}&is_disable=0")
    assert on == {"count": 12}


def test_transactions_are_filtered(linked: Syncfy) -> None:
    id_credential = pulled(linked, NORMAL)
    pulled(linked, WITH_FILES)
    rows = linked.call("GET", "/transactions")

    def found(query: str) -> list[Any]:
        found: list[Any] = linked.call("GET", f"/transactions?{query}")
        assert linked.call("GET", f"/transactions/count?{query}") == {"count": len(found)}
        return found

    for name in ("id_transaction", "id_account", "id_credential", "id_site", "id_site_organization"):
        assert found(f"{name}={rows[0][name]}") == [row for row in rows if row[name] == rows[0][name]]
    middle = sorted(row["dt_transaction"] for row in rows)[len(rows) // 2]
    assert found(f"dt_transaction_from={middle}") == [row for row in rows if row["dt_transaction"] >= middle]
    assert found(f"dt_transaction_to={middle}") == [row for row in rows if row["dt_transaction"] <= middle]
    assert found("has_attachment=1") == [row for row in rows if row["id_credential"] != id_credential]
    assert found("has_attachment=0") == [row for row in rows if row["id_credential"] == id_credential]
    assert found("keywords=savings,credit") == [
        r for r in rows if "Savings" in r["description"] or "Credit" in r["description"]
    ]
    assert found("skip_keywords=transaction") == [r for r in rows if "Transaction" not in r["description"]]
    assert found("dt_refresh_from=9999999999") == []
    assert found(f"id_transaction={'0' * 24}") == []


def test_transactions_come_page_by_page(linked: Syncfy) -> None:
    pulled(linked, NORMAL)
    rows = linked.call("GET", "/transactions?order=-amount")
    assert [row["amount"] for row in rows] == sorted((row["amount"] for row in rows), reverse=True)
    pages = [linked.call("GET", f"/transactions?order=-amount&limit=10&skip={skip}") for skip in (0, 10, 20)]
    assert [row for page in pages for row in page] == rows
    assert linked.status("GET", "/transactions?limit=0") == 400
    narrow = linked.call("GET", "/transactions?fields=description,amount&limit=1")[0]
    assert set(narrow) == {"id_transaction", "description", "amount"}


def test_a_credentials_transactions_carry_their_files_when_asked(linked: Syncfy) -> None:
    id_credential = pulled(linked, WITH_FILES)
    pulled(linked, NORMAL)
    path = f"/credentials/{id_credential}/transactions"
    plain = linked.call("GET", path)
    assert len(plain) == 12
    assert "content" not in plain[0]["attachments"][0]
    opened = linked.call("GET", f"{path}?attachment_content=1&attachment_content_parse=1&limit=2&skip=1")
    assert [row["id_transaction"] for row in opened] == [row["id_transaction"] for row in plain[1:3]]
    inline = opened[0]["attachments"][0]
    assert base64.b64decode(inline["content"]) == raw(linked, inline["url"]).body
    assert inline["parse_content"]["cfdi:Comprobante"]["Version"] == "4.0"
    assert "content" not in linked.call("GET", path)[1]["attachments"][0]


def test_invoices_are_well_formed_and_add_up(linked: Syncfy) -> None:
    pulled(linked, CIEC, "ACM010101ABC")
    files = {file["id_attachment"]: file for file in linked.call("GET", "/attachments")}
    rows = linked.call("GET", "/transactions")
    assert len(rows) == len(files) == 12
    for row in rows:
        inline = row["attachments"][0]
        assert inline.items() <= files[inline["id_attachment"]].items()
        answer = raw(linked, inline["url"])
        assert dict(answer.headers)["Content-Type"] == "text/xml;charset=UTF-8"
        assert dict(answer.headers)["Content-Disposition"] == f'filename="{inline["file"]}"'
        assert Decimal(text_of(answer.body, "@Total")) == abs(row["amount"])
        taxes = Decimal(text_of(answer.body, "cfdi:Impuestos/@TotalImpuestosTrasladados"))
        assert Decimal(text_of(answer.body, "@SubTotal")) + taxes == abs(row["amount"])
        assert f"{text_of(answer.body, '//tfd:TimbreFiscalDigital/@UUID')}.xml" == inline["file"]
        who = "Emisor" if row["amount"] > 0 else "Receptor"
        assert text_of(answer.body, f"cfdi:{who}/@Rfc") == "ACM010101ABC"
        assert ("emitidas" if row["amount"] > 0 else "recibidas") in row["keywords"]


def test_extra_is_the_xml_upper_cased_and_json_the_xml_as_an_object(linked: Syncfy) -> None:
    pulled(linked, CIEC, "ACM010101ABC")
    file = linked.call("GET", "/attachments?limit=1")[0]
    extra = linked.call("GET", f"{file['url']}/extra")
    root = extra["extra"][0]
    assert (root["n"], root["a"]["VERSION"]) == ("CFDI:COMPROBANTE", "4.0")
    issuer, receiver, items = root["c"][:3]
    assert (issuer["n"], "c" in issuer) == ("CFDI:EMISOR", False)
    assert receiver["n"] == "CFDI:RECEPTOR"
    assert (items["n"], "a" in items, items["c"][0]["n"]) == ("CFDI:CONCEPTOS", False, "CFDI:CONCEPTO")
    shown = {name: file[name] for name in ("id_attachment", "id_user", "id_external", "is_valid", "file", "mime")}
    assert {name: value for name, value in extra.items() if name != "extra"} == shown
    parsed = linked.call("GET", f"{file['url']}/json")
    assert parsed[0]["json"]["cfdi:Comprobante"]["cfdi:Emisor"][0]["Rfc"] == issuer["a"]["RFC"]


def test_attachments_are_filtered_counted_and_exported(linked: Syncfy) -> None:
    first, second = pulled(linked, CIEC, "ACM010101ABC"), pulled(linked, WITH_FILES)
    files = linked.call("GET", f"/attachments?id_credential={first}")
    assert len(files) == 12
    assert linked.call("GET", "/attachments/count") == {"count": 24}
    assert linked.call("GET", f"/attachments/count?id_credential={second}") == {"count": 12}
    one = files[0]
    assert linked.call("GET", f"/attachments?id_transaction={one['id_transaction']}") == [one]
    assert linked.call("GET", "/attachments?is_valid=0") == []
    issued = linked.call("GET", f"/attachments?id_credential={first}&keywords=emitidas")
    received = linked.call("GET", f"/attachments?id_credential={first}&skip_keywords=emitidas")
    assert len(issued) + len(received) == 12
    answer = raw(linked, f"/attachments/export?id_credential={first}&limit=5000&skip=0&wbhk=1")
    assert ("Content-Type", "application/zip") in answer.headers
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.namelist() == [file["file"] for file in files]
        assert archive.read(one["file"]) == raw(linked, one["url"]).body


def test_the_key_exports_everybodys_files(linked: Syncfy) -> None:
    pulled(linked, CIEC, "ACM010101ABC")
    linked.enter("El Santo", "ELSAN090909")
    pulled(linked, WITH_FILES)
    with zipfile.ZipFile(io.BytesIO(linked.send("GET", "/attachments/export", auth=KEY).body)) as archive:
        assert len(archive.namelist()) == 24


def test_withholdings_and_tax_returns(linked: Syncfy) -> None:
    pulled(linked, "5f2c2aacd74b837fc10602c1", "IIA040805DZ4")
    file = linked.call("GET", "/attachments?limit=1")[0]
    receipt = etree.fromstring(raw(linked, file["url"]).body)
    assert receipt.tag == "{http://www.sat.gob.mx/esquemas/retencionpago/2}Retenciones"
    returns = pulled(linked, "58543125784806c3298b4572", "EKU9003173C9")
    files = linked.call("GET", f"/attachments?id_credential={returns}")
    assert [(one["id_transaction"], one["file"][-11:]) for one in files] == [
        (None, "2023-10.pdf"),
        (None, "2023-09.pdf"),
        (None, "2023-08.pdf"),
    ]
    answer = raw(linked, files[0]["url"])
    assert ("Content-Type", "application/pdf") in answer.headers
    assert answer.body.startswith(b"%PDF-1.4")
    assert linked.call("GET", f"{files[0]['url']}/extra")["extra"] == []
    assert linked.call("GET", f"{files[0]['url']}/json")[0]["json"] == {}


def test_accounts_are_filtered(linked: Syncfy) -> None:
    id_credential = pulled(linked, NORMAL)
    accounts = linked.call("GET", "/accounts")
    assert accounts[0]["site"]["organization"] == "Acme"
    assert linked.call("GET", f"/accounts?id_account={accounts[1]['id_account']}") == [accounts[1]]
    assert linked.call("GET", f"/accounts?id_credential={id_credential}&keywords=savings") == [accounts[1]]
    assert linked.call("GET", "/accounts?is_disable=1") == []


def story(seed: int) -> list[bytes]:
    """Everything a user's afternoon answers, byte by byte."""
    clock = ManualClock()
    api = Syncfy(clock, Mock(clock=clock, seed=seed, providers=[syncfy.provider()]))
    api.enter()
    pulled(api, CIEC, "ACM010101ABC")
    pulled(api, NORMAL)
    paths = ("/credentials", "/accounts", "/transactions", "/attachments", "/attachments/export")
    return [raw(api, path).body for path in paths]


def test_the_same_seed_tells_the_same_story() -> None:
    assert story(3) == story(3)
    assert story(3)[2] != story(4)[2]
    json.loads(story(3)[0])


def test_asking_more_often_changes_nothing_that_comes() -> None:
    def told(questions: int) -> Any:
        clock = ManualClock()
        api = Syncfy(clock, Mock(clock=clock, providers=[syncfy.provider()]))
        api.enter()
        first = api.link(NORMAL)
        for _ in range(questions):
            clock.advance(2 / questions)
            api.codes(first["id_job"])
        second = api.link(CIEC, "ACM010101ABC")
        clock.advance(2)
        return second, api.call("GET", "/transactions"), api.call("GET", "/attachments")

    assert told(1) == told(64)
