"""The payroll flows check everything before they send, stamp once, wait for every employee, and cancel by the item."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve
from playing import Played, play, wrong

from ventanilla import errors
from ventanilla.facturaonline import (
    Acuse,
    Deduction,
    Disability,
    FacturaOnline,
    NewEmployee,
    OtherPayment,
    Payroll,
    PayrollEntry,
    PayrollRecord,
    Perception,
)
from ventanilla.facturaonline._catalogues import Catalogues
from ventanilla.facturaonline._items import Items
from ventanilla.facturaonline._payrolls import Payrolls
from ventanilla.facturaonline._people import Employees, Groups
from ventanilla.facturaonline._queueing import natural_key
from ventanilla.facturaonline._token import plain_description
from ventanilla.facturaonline.values import state_of
from ventanilla_clients._runtime import decode, encode_json
from ventanilla_clients.facturaonline import models

DATA = Path(__file__).parent.parent / "data" / "facturaonline"
BATCH, ITEM, EMPLOYEE = "6257c33b8c944", "6206f370394f4", "61c4b697c9b3f"
ACUSE = (DATA / "acuse.xml").read_bytes()
PERCEPTION = Perception(tipo="001", clave="001", descripcion="Sueldo", gravado="15500.00")
ENTRIES = tuple(
    PayrollEntry(employee=uid, days=15, perceptions=[PERCEPTION]) for uid in ("61c4b569c0baf", "61c4b697c9b3f")
)
ARGUMENTS: dict[str, Any] = {
    "grupo": "619ead8d6427a",
    "fecha_pago": date(2026, 1, 15),
    "inicial": date(2026, 1, 1),
    "final": date(2026, 1, 15),
    "descripcion": "Primera quincena",
    "concepto": "Pago de nómina",
    "serie": 17321,
    "entries": ENTRIES,
}
NONE = ()  # rows of the list
CREATED = models.PayrollCreated(response="success", message="Nómina agregada a la fila de timbrado.", uid=BATCH)


@pytest.fixture
def face() -> FacturaOnline:
    return FacturaOnline(api_key="key", secret_key="secret", base_url="http://127.0.0.1:1/api")


def sample(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def batch(*states: tuple[str, str]) -> models.PayrollAnswer:
    answer = sample("payroll_view.json")
    first = answer["data"]["registros"][0]
    answer["data"]["uid"] = BATCH
    answer["data"]["registros"] = [
        {**first, "uid": f"item{place}", "status_timbre": status, "uuid": uuid}
        for place, (status, uuid) in enumerate(states)
    ]
    return models.PayrollAnswer.from_dict(answer)


WAITING, STAMPED, FAILED = ("en fila", ""), ("timbrada", "e270f5f2-14a8-42ef-9022-e6d93ea31781"), ("error", "")


def create(face: FacturaOnline, played: Played | None = None, **changes: Any) -> str:
    flow = Payrolls.create_payroll.flow(face, **{**ARGUMENTS, **changes})
    return play(flow, {"create_payroll": CREATED, "list_payrolls": NONE}, played)


def body_of(played: Played, operation: str) -> dict[str, Any]:
    body: dict[str, Any] = played.options(operation)["body"].to_dict()
    return body


def test_create_sends_the_documented_fields(face: FacturaOnline) -> None:
    played = Played()
    assert create(face, played) == BATCH
    assert played.operations == ["list_payrolls", "create_payroll"]
    body = body_of(played, "create_payroll")
    records = body.pop("registros")
    description = body.pop("descripcion")
    assert re.fullmatch(r"Primera quincena \[v-[0-9a-f]{16}\]", description)
    assert plain_description(description) == "Primera quincena"
    assert body == {
        "grupo": "619ead8d6427a",
        "fecha_pago": "2026-01-15",
        "num_dias": 15,
        "inicial": "2026-01-01",
        "final": "2026-01-15",
        "tipo_nomina": "O",
        "serie": 17321,
        "concepto": "Pago de nómina",
        "version_cfdi": "4.0",
    }
    assert records[0] == {
        "data": {"id": "61c4b569c0baf", "dias": 15},
        "percepciones": [
            {
                "tipo": "001",
                "clave": "001",
                "descripcion": "Sueldo",
                "gravado": Decimal("15500.00"),
                "exento": Decimal("0.00"),
            }
        ],
    }
    assert str(records[0]["percepciones"][0]["gravado"]) == "15500.00"


def test_every_part_of_an_entry_reaches_its_field(face: FacturaOnline) -> None:
    played = Played()
    leave = Disability(days=3, tipo="02", importe="500")
    overtime = Perception(
        tipo="019", clave="019", descripcion="Horas extra", exento=100, extra_tipo="01", extra_dias=1, extra_horas=2
    )
    entry = PayrollEntry(
        employee=EMPLOYEE,
        days=Decimal("14.50"),
        perceptions=[overtime],
        deductions=[
            Deduction(tipo="006", clave="006", descripcion="Incapacidad", importe=Decimal("500"), disability=leave)
        ],
        other_payments=[OtherPayment(tipo="002", clave="002", descripcion="Subsidio", subsidy="407.02")],
    )
    create(
        face,
        played,
        entries=[entry],
        serie="NOM",
        num_dias="30",
        tipo_nomina="E",
        identificador="VIATICOS",
        issued_at=datetime.fromisoformat("2026-01-15T09:30:00"),
    )
    body = body_of(played, "create_payroll")
    assert (body["serie"], body["num_dias"], body["tipo_nomina"]) == ("NOM", 30, "E")
    assert (body["identificador"], body["FechaFromAPI"]) == ("VIATICOS", "2026-01-15T09:30:00")
    (record,) = body["registros"]
    assert record["data"]["dias"] == "14.5"
    assert record["percepciones"][0]["extra_horas"] == 2
    assert record["deducciones"] == [
        {
            "tipo": "006",
            "clave": "006",
            "descripcion": "Incapacidad",
            "importe": Decimal("500.00"),
            "Incapacidad": {"DiasIncapacidad": "3", "TipoIncapacidad": "02", "ImporteMonetario": "500.00"},
        }
    ]
    assert record["otrospagos"][0]["SubsidioAlEmpleo"] == {"SubsidioCausado": Decimal("407.02")}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"grupo": "../create"}, "grupo"),
        ({"fecha_pago": "2026-01-15"}, "fecha_pago"),
        ({"fecha_pago": datetime(2026, 1, 15, tzinfo=UTC)}, "fecha_pago"),
        ({"inicial": date(2026, 1, 16)}, "inicial"),
        ({"num_dias": 0}, "num_dias"),
        ({"num_dias": 0.5}, "num_dias"),
        ({"num_dias": "1.2345"}, "num_dias"),
        ({"descripcion": " "}, "descripcion"),
        ({"concepto": ""}, "concepto"),
        ({"serie": True}, "serie"),
        ({"serie": 0}, "serie"),
        ({"serie": -1}, "serie"),
        ({"serie": ""}, "serie"),
        ({"entries": []}, "entries"),
        ({"entries": [ENTRIES[0], ENTRIES[0]]}, "entries"),
        ({"tipo_nomina": "X"}, "tipo_nomina"),
        ({"version_cfdi": "5.0"}, "version_cfdi"),
        ({"issued_at": datetime(2026, 1, 15, tzinfo=UTC)}, "issued_at"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    face: FacturaOnline, changes: dict[str, Any], field: str
) -> None:
    played = Played()
    with pytest.raises(errors.InvalidRequest) as refused:
        create(face, played, **changes)
    assert refused.value.field == field
    assert played.operations == []


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Perception(tipo="1", clave="001", descripcion="S", gravado=1), "tipo"),
        (lambda: Perception(tipo="001", clave="01", descripcion="S", gravado=1), "clave"),
        (lambda: Perception(tipo="001", clave="001", descripcion="S" * 101, gravado=1), "descripcion"),
        (lambda: Perception(tipo="001", clave="001", descripcion="S", gravado=wrong(0.1)), "gravado"),
        (lambda: Perception(tipo="001", clave="001", descripcion="S", exento="1.001"), "exento"),
        (lambda: Perception(tipo="001", clave="001", descripcion="S", exento=-1), "exento"),
        (lambda: Perception(tipo="001", clave="001", descripcion="S", exento="1e2"), "exento"),
        (lambda: Deduction(tipo="002", clave="002", descripcion="ISR", importe=Decimal("Infinity")), "importe"),
        (lambda: Deduction(tipo="002", clave="002", descripcion="ISR", importe=Decimal("NaN")), "importe"),
        (lambda: Disability(days=1, tipo=" 01"), "tipo"),
        (lambda: Disability(days=wrong(Decimal("1.5")), tipo="01").to_wire(), "days"),
        (lambda: OtherPayment(tipo="002", clave="002", descripcion="S", subsidy="x"), "subsidy"),
        (lambda: PayrollEntry(employee="a/b", days=1, perceptions=[PERCEPTION]), "employee"),
        *(
            (lambda days=days: PayrollEntry(employee=EMPLOYEE, days=wrong(days), perceptions=[PERCEPTION]), "days")
            for days in (0, "0.000", "0.0001", "-1", 0.5, "36160.001", 40_000, "medio", None, True)
        ),
        (lambda: PayrollEntry(employee=EMPLOYEE, days=1), "perceptions"),
    ],
)
def test_wrong_parts_are_refused_where_they_are_written(make: Callable[[], object], field: str) -> None:
    with pytest.raises(errors.InvalidRequest) as refused:
        make()
    assert refused.value.field == field


def test_version_3_3_is_sent_but_warns(face: FacturaOnline) -> None:
    played = Played()
    with pytest.warns(UserWarning, match="SAT stamps CFDI 3.3 no longer"):
        create(face, played, version_cfdi="3.3")
    assert body_of(played, "create_payroll")["version_cfdi"] == "3.3"


def issue(face: FacturaOnline, looks: list[Any], played: Played | None = None, **changes: Any) -> Payroll:
    flow = Payrolls.issue_payroll.flow(face, **{**ARGUMENTS, **changes})
    return play(flow, {"create_payroll": CREATED, "list_payrolls": NONE, "get_payroll": looks}, played)


def test_issue_waits_until_no_record_is_queued(face: FacturaOnline) -> None:
    played = Played()
    payroll = issue(face, [batch(WAITING, WAITING), batch(STAMPED, WAITING), batch(STAMPED, FAILED)], played)
    assert played.operations == ["list_payrolls", "create_payroll", "get_payroll", "get_payroll", "get_payroll"]
    assert played.waits == [1.0, 1.5]
    assert ([record.uid for record in payroll.stamped], [record.uid for record in payroll.failed]) == (
        ["item0"],
        ["item1"],
    )
    assert payroll.queued == ()
    assert (payroll.uid, payroll.total) == (BATCH, Decimal("46510.00"))


def test_issue_waits_for_records_that_are_not_there_yet(face: FacturaOnline) -> None:
    payroll = issue(face, [batch(), batch(STAMPED), batch(STAMPED, STAMPED)])
    assert len(payroll.stamped) == 2


@pytest.mark.parametrize(
    "passing",
    [
        errors.TimedOut("no answer"),
        errors.ConnectionFailed("reset"),
        errors.ServiceUnavailable("502"),
        errors.RateLimited("429"),
        errors.HtmlAnswer("a web page"),
        errors.NotFound("not yet"),
    ],
)
def test_issue_goes_on_when_a_look_fails_and_never_creates_again(face: FacturaOnline, passing: Exception) -> None:
    played = Played()
    payroll = issue(face, [passing, batch(STAMPED, STAMPED)], played)
    assert len(payroll.stamped) == 2
    assert played.operations.count("create_payroll") == 1


def test_issue_that_takes_too_long_names_the_batch_and_how_to_go_on(face: FacturaOnline) -> None:
    played = Played()
    with pytest.raises(errors.WaitTimeout, match=rf"{BATCH}.*wait_payroll\('{BATCH}'\).*do not create") as raised:
        issue(face, [batch(WAITING, WAITING)] * 99, played, timeout=60)
    assert BATCH in raised.value.waiting_for
    assert played.operations.count("create_payroll") == 1
    assert sum(played.waits) == 60
    assert max(played.waits) <= 15


def test_any_error_after_the_creation_names_the_batch(face: FacturaOnline) -> None:
    with pytest.raises(errors.AuthenticationFailed, match=rf"wait_payroll\('{BATCH}'\)"):
        issue(face, [errors.AuthenticationFailed("revoked")])


def test_creation_is_not_sent_again_after_a_failure(face: FacturaOnline) -> None:
    played = Played()
    flow = Payrolls.issue_payroll.flow(face, **ARGUMENTS)
    with pytest.raises(errors.OutcomeUnknown, match=r"call resume\('") as raised:
        play(flow, {"create_payroll": [errors.ServiceUnavailable("502"), CREATED], "list_payrolls": NONE}, played)
    assert played.operations.count("create_payroll") == 1
    assert "wait_payroll" not in str(raised.value)


def test_wrong_timeout_is_refused_before_anything_is_created(face: FacturaOnline) -> None:
    played = Played()
    with pytest.raises(errors.InvalidRequest, match="timeout"):
        issue(face, [], played, timeout=0)
    assert played.operations == []


def test_wait_payroll_says_at_once_that_there_is_none(face: FacturaOnline) -> None:
    with pytest.raises(errors.NotFound) as raised:
        play(Payrolls.wait_payroll.flow(face, BATCH), {"get_payroll": [errors.NotFound("no existe")]})
    assert "is in the queue" not in str(raised.value)
    payroll = play(Payrolls.wait_payroll.flow(face, BATCH), {"get_payroll": [batch(WAITING), batch(FAILED)]})
    assert len(payroll.failed) == 1


@pytest.mark.parametrize(
    ("status", "uuid", "state"),
    [
        ("timbrada", "e270f5f2", "stamped"),
        ("Timbrado ", "e270f5f2", "stamped"),
        ("algo nuevo", "e270f5f2", "unknown"),
        ("cancelación en proceso", "e270f5f2", "unknown"),
        ("no timbrada", "e270f5f2", "unknown"),
        ("error", "e270f5f2", "unknown"),
        ("", "e270f5f2", "unknown"),
        (None, "e270f5f2", "unknown"),
        (["timbrada"], "e270f5f2", "unknown"),
        ("cancelada", "e270f5f2", "cancelled"),
        ("CANCELADO", "e270f5f2", "cancelled"),
        ("Cancelada ", "", "cancelled"),
        ("error", "", "failed"),
        ("ERROR", " ", "failed"),
        ("en fila", "", "queued"),
        ("timbrada", "", "queued"),
        ("", "", "queued"),
        (None, None, "queued"),
    ],
)
def test_state_of_a_record(status: object, uuid: object, state: str) -> None:
    assert state_of(status, uuid) == state


def test_one_value_for_both_forms_of_a_record(face: FacturaOnline) -> None:
    view = models.PayrollAnswer.from_dict(sample("payroll_view.json"))
    payroll = play(Payrolls.payroll.flow(face, "6206f3702bcdd"), {"get_payroll": view})
    alone = models.PayrollItemAnswer.from_dict(sample("payroll_item.json"))
    item = play(Payrolls.payroll_item.flow(face, ITEM), {"get_payroll_item": alone})
    in_batch = next(record for record in payroll.records if record.uid == ITEM)
    assert type(in_batch) is type(item) is PayrollRecord
    assert in_batch.perceptions == item.perceptions
    assert (item.perceptions[0].descripcion, item.perceptions[0].gravado) == ("Empleado 2", Decimal("31000.00"))
    assert (item.state, item.folio, item.serie, item.employee_uid) == ("cancelled", 59, "NOM", EMPLOYEE)
    assert item.total == item.total_perceptions + Decimal("10.00")
    assert item.other_payments[0].importe == Decimal("10.00")
    assert (payroll.inicia, payroll.termina) == (date(2022, 2, 1), date(2022, 2, 15))
    assert len(payroll.cancelled) == 2
    assert payroll.stamped == payroll.failed == payroll.queued == ()


def test_list_keeps_the_order_and_does_without_other_payments(face: FacturaOnline) -> None:
    played = Played()
    answer = models.PayrollListAnswer.from_dict(sample("payroll_list.json"))
    play(Payrolls.payrolls.flow(face), {"list_payrolls": answer}, played)
    assert [payroll.uid for payroll in played.items] == ["62559959918c3", "625598bd098d4"]
    record = played.items[0].records[0]
    assert (record.state, record.uuid, record.folio, record.other_payments) == ("failed", None, None, ())


def test_uuid_is_written_in_one_way_or_is_none() -> None:
    upper, blank = batch(("timbrada", " E270F5F2-14A8-42EF-9022-E6D93EA31781 "), ("en fila", " ")).data.registros
    assert PayrollRecord.of(upper).uuid == "e270f5f2-14a8-42ef-9022-e6d93ea31781"
    assert (PayrollRecord.of(blank).uuid, PayrollRecord.of(blank).is_settled) == (None, False)


@pytest.mark.parametrize("key", ["mensaje", "status_message"])
def test_reason_of_a_failure_is_text_wherever_it_stands(key: str) -> None:
    record = batch(FAILED).data.registros[0].to_dict() | {key: {"message": "CFDI40145", "Data": "$2y$10$abcdefghij"}}
    assert PayrollRecord.of(models.PayrollRecord.from_dict(record)).message == "CFDI40145"


RECORD = models.PayrollItemAnswer.from_dict(sample("payroll_item.json"))
CANCELLED = models.ItemAction.from_dict(sample("cancelled.json"))


def test_cancel_fetches_the_acuse_by_the_item_not_by_the_uid_of_the_answer(face: FacturaOnline) -> None:
    played = Played()
    replies = {"cancel_payroll_item": CANCELLED, "get_payroll_item_acuse": ACUSE, "get_payroll_item": RECORD}
    receipt = play(Items.cancel.flow(face, ITEM), replies, played)
    assert played.operations == ["cancel_payroll_item", "get_payroll_item_acuse", "get_payroll_item"]
    assert played.options("get_payroll_item_acuse")["path"] == (ITEM,)
    assert body_of(played, "cancel_payroll_item") == {"motivo": "02"}
    assert (receipt.estatus, receipt.is_accepted, receipt.issuer_rfc) == ("201", True, "XOJI740919U48")
    assert receipt.uuid == "9728d285-a060-47db-b261-eae9ab39dae8"
    assert receipt.date == datetime.fromisoformat("2022-04-11T15:06:00")
    assert receipt.meaning == "the request to cancel was received"
    assert receipt.xml == ACUSE


def test_cancel_waits_for_the_acuse_without_cancelling_again(face: FacturaOnline) -> None:
    played = Played()
    late = [errors.Rejected("sin acuse"), errors.NotFound("no existe"), errors.TimedOut("no answer"), ACUSE]
    replies = {"cancel_payroll_item": CANCELLED, "get_payroll_item_acuse": late, "get_payroll_item": RECORD}
    assert play(Items.cancel.flow(face, ITEM), replies, played).estatus == "201"
    assert played.operations.count("cancel_payroll_item") == 1
    with pytest.raises(errors.WaitTimeout, match=rf"acuse\('{ITEM}'\) later, and do not cancel again"):
        play(
            Items.cancel.flow(face, ITEM, timeout=5),
            {"cancel_payroll_item": CANCELLED, "get_payroll_item_acuse": errors.Rejected("sin acuse")},
        )


def test_cancellation_that_was_refused_asks_for_no_acuse(face: FacturaOnline) -> None:
    played = Played()
    with pytest.raises(errors.Rejected, match="cancelada"):
        play(
            Items.cancel.flow(face, ITEM),
            {"cancel_payroll_item": errors.Rejected("La nómina ya está cancelada")},
            played,
        )
    assert played.operations == ["cancel_payroll_item"]


@pytest.mark.parametrize(
    ("motivo", "substitute"),
    [("01", None), ("02", ITEM), ("03", ITEM), ("04", ITEM), ("05", None), ("2", None), ("", None), ("01", "a/b")],
)
def test_reasons_are_checked_before_anything_is_sent(face: FacturaOnline, motivo: str, substitute: str | None) -> None:
    played = Played()
    with pytest.raises(errors.InvalidRequest):
        play(Items.cancel.flow(face, ITEM, motivo, substitute), {}, played)
    assert played.operations == []


@pytest.mark.parametrize(("motivo", "substitute"), [("01", "6206eec5d7cd4"), ("02", None), ("03", None), ("04", None)])
def test_cancel_item_sends_what_each_reason_needs(face: FacturaOnline, motivo: str, substitute: str | None) -> None:
    played = Played()
    done = play(Items.cancel_item.flow(face, ITEM, motivo, substitute), {"cancel_payroll_item": CANCELLED}, played)
    expected = {"motivo": motivo} | ({"folioSustituto": substitute} if substitute else {})
    assert body_of(played, "cancel_payroll_item") == expected
    assert (done.employee_uid, done.message) == ("61c4b569c0baf", "Nomina de empleado cancelada satisfactoriamente")


ATTACKS = {
    "entity": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Acuse RfcEmisor="&x;"/>',
    "doctype alone": b'<?xml version="1.0"?><!DOCTYPE Acuse>' + ACUSE.split(b"?>", 1)[1],
    "laughs": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Acuse>&b;</Acuse>',
    "utf-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE Acuse><Acuse/>'.encode("utf-16"),
    "long": ACUSE + b"<!--" + b"x" * 1_000_000 + b"-->",
    "not XML": b"<?xml version='1.0'?><Acuse>",
    "other XML": b"<?xml version='1.0'?><Comprobante/>",
    "no UUID": b"<?xml version='1.0'?><Acuse><Folios xmlns='http://cancelacfd.sat.gob.mx'/></Acuse>",
}


@pytest.mark.parametrize("xml", ATTACKS.values(), ids=ATTACKS.keys())
def test_acuse_refuses_what_is_no_acuse(xml: bytes) -> None:
    with pytest.raises(errors.MalformedAnswer, match="the acuse"):
        Acuse.of(xml)


def test_acuse_tells_a_status_that_nobody_published() -> None:
    receipt = Acuse.of(ACUSE.replace(b">201<", b">999<"))
    assert (receipt.is_accepted, receipt.meaning) == (False, "estatus 999, which is not a known one")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b'{"status": "success"}', b"<?xml version='1.0'?><html>"])
def test_xml_must_be_xml(face: FacturaOnline, content: bytes) -> None:
    with pytest.raises(errors.MalformedAnswer, match="is not XML"):
        play(Items.xml.flow(face, ITEM), {"get_payroll_item_xml": content})


def test_downloads_are_the_bytes_as_they_came(face: FacturaOnline, tmp_path: Path) -> None:
    pdf, xml = b"%PDF-1.4 \xff", b"\xef\xbb\xbf<?xml version='1.0'?><cfdi:Comprobante/>"
    assert play(Items.pdf.flow(face, ITEM), {"get_payroll_item_pdf": pdf}) == pdf
    assert play(Items.xml.flow(face, ITEM), {"get_payroll_item_xml": xml}) == xml
    with pytest.raises(errors.MalformedAnswer, match="is not PDF"):
        play(Items.pdf.flow(face, ITEM), {"get_payroll_item_pdf": xml})
    saved = play(Items.save_pdf.flow(face, ITEM, tmp_path), {"get_payroll_item_pdf": pdf})
    assert saved == tmp_path / f"{ITEM}.pdf"
    play(Items.save_xml.flow(face, ITEM, tmp_path / "own.xml"), {"get_payroll_item_xml": xml})
    play(Items.save_acuse.flow(face, ITEM, tmp_path), {"get_payroll_item_acuse": ACUSE, "get_payroll_item": RECORD})
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found == {f"{ITEM}.pdf": pdf, "own.xml": xml, f"{ITEM}-acuse.xml": ACUSE}


@pytest.mark.parametrize("wrong", ["", "..", "a/b", "ñ", "x" * 65, "a\r\nb"])
def test_uids_that_are_no_uids_go_nowhere(face: FacturaOnline, wrong: str) -> None:
    flows: list[Any] = [
        *(Payrolls.payroll, Payrolls.payroll_item, Payrolls.wait_payroll, Items.xml, Items.pdf, Items.acuse),
        *(Items.email, Items.cancel_item, Items.cancel, Employees.employee, Employees.delete_employee),
        *(Employees.activate_employee, Employees.deactivate_employee, Groups.group, Groups.activate_group),
        *(Groups.deactivate_group, Groups.delete_group),
    ]
    for member in flows:
        played = Played()
        with pytest.raises(errors.InvalidRequest, match="uid must be"):
            play(member.flow(face, wrong), {}, played)
        assert played.operations == []


def test_email_returns_the_words_of_the_provider(face: FacturaOnline) -> None:
    sent = models.ItemAction.from_dict(sample("emailed.json"))
    assert "exito" in play(Items.email.flow(face, ITEM), {"email_payroll_item": sent})


def employee(**more: Any) -> NewEmployee:
    required: dict[str, Any] = {
        "grupo": "619ead8d6427a",
        "no_empleado": "1",
        "nombre": "Ramón",
        "paterno": "Ibarra",
        "periodo": "04",
        "regimen": "02",
        "curp": "XEXX010101HNEXXXA4",
        "rfc": "XOJI740919U48",
        "tipo_contrato": "01",
        "entidad_emite": "CMX",
    }
    return NewEmployee(**{**required, **more})


def test_pay_of_an_employee_is_written_out_exactly(face: FacturaOnline) -> None:
    played = Played()
    created = models.EmployeeCreated.from_dict({"response": "success", "data": {"uid": EMPLOYEE}})
    flow = Employees.create_employee.flow(face, employee(salario=Decimal("1E+3"), cuota_diaria="1033.333300"))
    assert play(flow, {"create_employee": created}, played) == EMPLOYEE
    body = body_of(played, "create_employee")
    assert (str(body["salario"]), str(body["cuota_diaria"])) == ("1000", "1033.3333")
    assert "materno" not in body
    with pytest.raises(errors.InvalidRequest, match="salario is a float"):
        play(Employees.create_employee.flow(face, employee(salario=1.5)), {})


def test_groups_and_catalogues_check_their_names(face: FacturaOnline) -> None:
    created = models.GroupCreated(response="success", uid="619ead8d6427a")
    assert play(Groups.create_group.flow(face, "Quincenales"), {"create_group": created}) == "619ead8d6427a"
    with pytest.raises(errors.InvalidRequest, match="name is empty"):
        play(Groups.create_group.flow(face, " "), {})
    with pytest.raises(errors.InvalidRequest, match="there are bancos, estados"):
        play(Catalogues.catalogue.flow(face, wrong("../list")), {})


def test_the_same_people_and_days_are_the_same_payroll() -> None:
    dates = {"fecha_pago": "2026-01-15", "num_dias": 15, "inicial": "2026-01-01", "final": "2026-01-15"}
    texts = {"tipo_nomina": "O", "descripcion": "Quincena", "serie": 1, "concepto": "c", "version_cfdi": "4.0"}
    body = models.NewPayroll.from_dict({"grupo": "g", **dates, **texts, "registros": []})
    keys = [natural_key(each) for each in (body, evolve(body, final="2026-01-16"), evolve(body, grupo="h"))]
    assert len({str(key) for key in keys}) == 3
    assert natural_key(evolve(body, descripcion="Otra")) == keys[0]


def test_a_payroll_that_is_too_large_to_be_read_is_not_waited_for(face: FacturaOnline) -> None:
    played = Played()
    with pytest.raises(errors.BodyTooLarge, match="wait_payroll"):
        issue(face, [errors.BodyTooLarge("20 MiB")], played)
    assert played.waits == []


@pytest.mark.parametrize(
    ("days", "sent"),
    [
        ("0.5", "0.5"),
        ("0.001", "0.001"),
        (Decimal("0.50"), "0.5"),
        (36160, 36160),
        ("15.000", 15),
        (Decimal("1.25"), "1.25"),
    ],
)
def test_parts_of_a_day_are_sent_exactly(days: Any, sent: Any) -> None:
    entry = PayrollEntry(employee=EMPLOYEE, days=days, perceptions=[PERCEPTION])
    record = json.loads(encode_json(entry.to_wire(), decimals="string"))
    assert record["data"]["dias"] == sent


def test_deduction_of_zero_is_sent() -> None:
    entry = Deduction(tipo="002", clave="002", descripcion="ISR", importe="0.00")
    assert json.loads(encode_json(entry.to_wire(), decimals="string"))["importe"] == "0.00"


@pytest.mark.parametrize(
    ("came", "days"),
    [("15", 15), ("0.5", Decimal("0.5")), ('"0.001"', Decimal("0.001")), ('"15"', 15), ("14.0", 14)],
)
def test_parts_of_a_day_are_read(came: str, days: Any) -> None:
    text = json.dumps(sample("payroll_item.json")).replace('"dias_trabajados": 15', f'"dias_trabajados": {came}')
    assert f": {came}" in text
    answer = decode(httpx.Response(200, content=text.encode()), models.PayrollItemAnswer)
    found = PayrollRecord.of(answer.data).days
    assert (found, type(found)) == (days, type(days))
