"""Acuses in every form that they arrive in: read, or handed over as they came, and never cancelled again for them."""

import json
import pickle
from base64 import b64encode
from html import escape
from pathlib import Path

import httpx
import pytest
from playing import Played, play

from ventanilla import FacturaOnline, Policy, errors
from ventanilla.facturaonline import Acuse
from ventanilla.facturaonline._items import Items
from ventanilla.testing import without_waiting
from ventanilla_clients.facturaonline import models

DATA = Path(__file__).resolve().parents[1] / "data" / "facturaonline"
PLAIN = (DATA / "acuse.xml").read_bytes()
TEXT = PLAIN.decode()
BODY = TEXT.split("?>", 1)[1].strip()
UUID = "9728d285-a060-47db-b261-eae9ab39dae8"
OTHER = "3eaeabc9-ea41-4627-9609-c6856b78e2b1"
CANCELLED = models.ItemAction.from_dict(json.loads((DATA / "cancelled.json").read_bytes()))
ITEM = "6206f370394f4"
FOLIOS = "<Folios xmlns='http://cancelacfd.sat.gob.mx'><UUID>{}</UUID><EstatusUUID>{}</EstatusUUID></Folios>"
BOTH = FOLIOS.format(OTHER.upper(), 203) + FOLIOS.format(UUID.upper(), 201)
SEVERAL = f"<Acuse Fecha='2026-01-02T03:04:05' RfcEmisor='X'>{BOTH}</Acuse>"


def soap(inside: str) -> str:
    return (
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<CancelaCFDResponse xmlns="http://cancelacfd.sat.gob.mx">{inside}</CancelaCFDResponse></s:Body></s:Envelope>'
    )


RESULT = BODY.replace("<Acuse", "<CancelaCFDResult").replace("</Acuse", "</CancelaCFDResult")
DECLARED = '<?xml version="1.0" encoding="utf-16"?>' + BODY
FORMS: dict[str, bytes] = {
    "plain": PLAIN,
    "leading lines": b"\r\n\r\n " + PLAIN,
    "BOM": b"\xef\xbb\xbf" + PLAIN,
    "BOM and lines": b"\xef\xbb\xbf\r\n" + PLAIN,
    "result": RESULT.encode(),
    "soap": soap(RESULT).encode(),
    "soap with its declaration": b'\n<?xml version="1.0" encoding="utf-8"?>' + soap(RESULT).encode(),
    "declared UTF-16": DECLARED.encode(),
    "real UTF-16": DECLARED.encode("utf-16"),
    "UTF-16, little end": DECLARED.encode("utf-16-le"),
    "UTF-16, big end": DECLARED.encode("utf-16-be"),
    "UTF-16 undeclared": BODY.encode("utf-16"),
    "Latin-1": TEXT.replace("utf-8", "ISO-8859-1").encode("latin-1"),
    "escaped": f'<string xmlns="http://tempuri.org/">{escape(TEXT)}</string>'.encode(),
    "CDATA": f"<r><status>ok</status><string><![CDATA[{DECLARED}]]></string></r>".encode(),
    "escaped in soap": soap(f"<CancelaCFDResult>{escape(BODY)}</CancelaCFDResult>").encode(),
    "JSON": json.dumps({"response": "success", "acuse": TEXT}).encode(),
    "JSON with a longer text": json.dumps({"data": {"acuse": TEXT, "pdf": "A" * 9000}}).encode(),
    "JSON of base64": json.dumps({"response": "success", "acuse": b64encode(PLAIN).decode()}).encode(),
    "JSON of escaped": json.dumps([{"xml": f"<string>{escape(TEXT)}</string>"}]).encode(),
    "JSON with a BOM": b"\xef\xbb\xbf" + json.dumps({"Acuse": TEXT}).encode(),
    "base64": b64encode(PLAIN),
    "JSON text": json.dumps(TEXT).encode(),
    "JSON text of base64": json.dumps(b64encode(PLAIN).decode()).encode(),
    "escaped twice": f"<string>{escape(escape(TEXT))}</string>".encode(),
    "escaped twice in CDATA": f"<r><status>ok</status><a><![CDATA[{escape(TEXT)}]]></a></r>".encode(),
    "JSON of text escaped alone": json.dumps({"acuse": escape(TEXT)}).encode(),
    "numeric entities": f"<a>{escape(TEXT.replace('<', '&#60;'))}</a>".encode(),
    "with remarks": PLAIN.replace(b"<Acuse", b"<!-- x --><?x y?><Acuse", 1),
}


@pytest.mark.parametrize("form", FORMS)
def test_acuse_is_read_in_every_form(form: str) -> None:
    found = Acuse.of(FORMS[form])
    assert (found.uuid, found.estatus, found.issuer_rfc, found.is_accepted) == (UUID, "201", "XOJI740919U48", True)
    assert str(found.date) == "2022-04-11 15:06:00"
    assert found.xml == FORMS[form]


@pytest.mark.parametrize("folios", ["<Folios/>", "<Folios><UUID/></Folios>", ""])
def test_refused_request_has_its_reason(folios: str) -> None:
    found = Acuse.of(f"<Acuse Fecha='2026-01-02T03:04:05' RfcEmisor='X' CodEstatus='305'>{folios}</Acuse>".encode())
    assert (found.uuid, found.estatus, found.is_accepted) == ("", "305", False)
    assert "certificado" in found.explain("es")
    assert found.issuer_rfc == "X"


def test_folio_is_the_one_asked_for() -> None:
    assert Acuse.of(SEVERAL.encode(), OTHER.upper()).estatus == "203"
    assert Acuse.of(SEVERAL.encode(), UUID).estatus == "201"
    assert Acuse.of(PLAIN, UUID.upper()).uuid == UUID
    for content, uuid in ((SEVERAL.encode(), None), (SEVERAL.encode(), "0" * 36), (PLAIN, OTHER)):
        with pytest.raises(errors.UnreadableAcuse, match="may be meant"):
            Acuse.of(content, uuid)


def wrapped(text: str, times: int) -> bytes:
    for _ in range(times):
        text = f"<a>{escape(text)}</a>"
    return text.encode()


TYPED = '<!DOCTYPE a [<!ENTITY x "201">]><Acuse><Folios><UUID>&x;</UUID></Folios></Acuse>'
UNREADABLE: dict[str, bytes] = {
    "taken, of no CFDI": b"<Acuse Fecha='2026-01-02T03:04:05' CodEstatus='201'><Folios/></Acuse>",
    "typed, escaped twice": f"<string>{escape(escape(TYPED))}</string>".encode(),
    "typed, JSON text": json.dumps(TYPED).encode(),
    "entities for ever": b"<a>&amp;" + b"amp;" * 100_000 + b"lt;</a>",
    "lone ampersand": b"&",
    "empty JSON": b"{}",
    "JSON without": b'{"response": "success", "acuse": null}',
    "other JSON": b'{"acuse": {"a": 1}}',
    "cut": PLAIN[:400],
    "PDF": b"%PDF-1.4 x",
    "other XML": b"<?xml version='1.0'?><error>no</error>",
    "SOAP fault": soap("<s:Fault><faultstring>Server was unable</faultstring></s:Fault>").encode(),
    "typed": TYPED.encode(),
    "typed, UTF-16": TYPED.encode("utf-16"),
    "typed, escaped": f"<string>{escape(TYPED)}</string>".encode(),
    "typed, CDATA": f"<string><![CDATA[{TYPED}]]></string>".encode(),
    "typed, JSON": json.dumps({"acuse": TYPED}).encode(),
    "typed, base64": b64encode(TYPED.encode()),
    "typed, base64 of UTF-16 in JSON": json.dumps({"acuse": b64encode(TYPED.encode("utf-16")).decode()}).encode(),
    "wrapped for ever": wrapped(TEXT, 8),
    "large": b"<a>" + b"x" * 2_000_000 + b"</a>",
    "large JSON": json.dumps({"acuse": "x" * 2_000_000}).encode(),
    "deep JSON": b'{"acuse":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "half a character": b'{"acuse": "\\ud83c<a/>"}',
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_acuse_hands_over_its_bytes(name: str) -> None:
    with pytest.raises(errors.UnreadableAcuse) as raised:
        Acuse.of(UNREADABLE[name])
    error = raised.value
    assert error.content == UNREADABLE[name]
    assert error.content not in [*vars(error).values(), *error.args]
    assert len(repr(error)) + len(str(error)) < 600
    if name.startswith("typed"):
        assert "document type" in error.message
    assert pickle.loads(pickle.dumps(error)).content == b""


def record(**changed: object) -> models.PayrollItemAnswer:
    item = json.loads((DATA / "payroll_item.json").read_bytes())
    item["data"] |= {"uid": ITEM, "uuid": UUID, **changed}
    return models.PayrollItemAnswer.from_dict(item)


@pytest.fixture
def face() -> FacturaOnline:
    return FacturaOnline(api_key="k" * 32, secret_key="s" * 32, base_url="http://127.0.0.1/api")


def test_unreadable_acuse_ends_the_wait_at_once(face: FacturaOnline) -> None:
    for content in (UNREADABLE["cut"], UNREADABLE["other JSON"], UNREADABLE["typed"]):
        played = Played()
        with pytest.raises(errors.UnreadableAcuse, match=r"accepted.* do not cancel again") as raised:
            play(
                Items.cancel.flow(face, ITEM),
                {"cancel_payroll_item": CANCELLED, "get_payroll_item_acuse": content},
                played,
            )
        assert played.operations == ["cancel_payroll_item", "get_payroll_item_acuse"]
        assert raised.value.content == content
        assert "sin volver a cancelar" in raised.value.explain("es")


@pytest.mark.parametrize(
    "lasting", [errors.AuthenticationFailed("x"), errors.PermissionDenied("x"), errors.BodyTooLarge("x", limit=1)]
)
def test_what_lasts_ends_the_wait_and_says_it_was_accepted(
    face: FacturaOnline, lasting: errors.VentanillaError
) -> None:
    played = Played()
    with pytest.raises(type(lasting), match="do not cancel again"):
        play(
            Items.cancel.flow(face, ITEM), {"cancel_payroll_item": CANCELLED, "get_payroll_item_acuse": lasting}, played
        )
    assert played.operations == ["cancel_payroll_item", "get_payroll_item_acuse"]


def test_several_folios_are_told_apart_by_the_record(face: FacturaOnline) -> None:
    played = Played()
    replies = {"get_payroll_item_acuse": SEVERAL.encode(), "get_payroll_item": record()}
    found = play(Items.acuse.flow(face, ITEM), replies, played)
    assert (found.uuid, found.estatus) == (UUID, "201")
    assert played.operations == ["get_payroll_item_acuse", "get_payroll_item"]


@pytest.mark.parametrize("of", [{"uuid": OTHER}, {"uuid": ""}, {"uuid": "false"}])
def test_acuse_of_another_cfdi_is_no_success(face: FacturaOnline, of: dict[str, object]) -> None:
    replies = {"cancel_payroll_item": CANCELLED, "get_payroll_item_acuse": PLAIN, "get_payroll_item": record(**of)}
    for flow in (Items.acuse.flow(face, ITEM), Items.cancel.flow(face, ITEM), Items.save_acuse.flow(face, ITEM, "/")):
        played = Played()
        with pytest.raises(errors.UnreadableAcuse) as raised:
            play(flow, replies, played)
        assert (raised.value.content, raised.value.outcome) == (PLAIN, "unknown")
        assert played.operations[-2:] == ["get_payroll_item_acuse", "get_payroll_item"]


def test_record_of_another_proves_no_acuse(face: FacturaOnline) -> None:
    replies = {"get_payroll_item_acuse": PLAIN, "get_payroll_item": record(uid="6206f370394ff", uuid=OTHER)}
    with pytest.raises(errors.UnexpectedAnswer, match="not about record"):
        play(Items.acuse.flow(face, ITEM), replies)
    lost = {"cancel_payroll_item": errors.OutcomeUnknown("x"), "get_payroll_item": replies["get_payroll_item"]}
    with pytest.raises(errors.OutcomeUnknown):
        play(Items.cancel_item.flow(face, ITEM), lost)
    assert play(Items.acuse.flow(face, UUID), {"get_payroll_item_acuse": PLAIN}).uuid == UUID


@pytest.mark.parametrize(
    "content", [b"", b"<html><body>x</body></html>", b'{"acuse": "<Acu', b"\xef\xbb\xbf<!DOCTYPE html>"]
)
@pytest.mark.parametrize("kind", ["application/xml", "application/json"])
def test_whole_answer_that_is_no_acuse_ends_the_wait(content: bytes, kind: str) -> None:
    asked: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path.endswith("/cancel"):
            return httpx.Response(200, content=(DATA / "cancelled.json").read_bytes())
        return httpx.Response(200, content=content, headers={"content-type": kind})

    policy, transport, url = Policy(retries=0), httpx.MockTransport(serve), "http://127.0.0.1/api"
    face = FacturaOnline(api_key="k" * 32, secret_key="s" * 32, base_url=url, policy=policy, transport=transport)
    with face, without_waiting():
        with pytest.raises(errors.UnreadableAcuse, match="do not cancel again") as raised:
            face.cancel(ITEM)
        assert (raised.value.content, raised.value.provider) == (content, "Factura Online")
        with pytest.raises(errors.UnreadableAcuse):
            face.acuse(UUID)
    assert len(asked) == 3
