"""Proves that the mock's Factura Online behaves as the provider's document says, and where it is silent, as decided."""

import copy
import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from ventanilla.mock import facturaonline
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.facturaonline.access import API_KEY, PLUGIN, SECRET_KEY
from ventanilla.mock.facturaonline.scenarios import SCENARIOS
from ventanilla.mock.facturaonline.seed import SCENARIO_GROUP
from ventanilla.mock.wire import Request, Response

KEYS = {
    "Content-Type": "application/json",
    "F-PLUGIN": PLUGIN,
    "F-Api-Key": API_KEY,
    "F-Secret-Key": SECRET_KEY,
}
# The document's own example, but for the deduction, which would take everything back.
PAYROLL: dict[str, Any] = {
    "grupo": "6660e2c11e1cb",
    "fecha_pago": "2024-09-02",
    "num_dias": "1",
    "inicial": "2024-09-02",
    "final": "2024-09-02",
    "tipo_nomina": "O",
    "descripcion": "VIATICOS",
    "serie": "NOM",
    "concepto": "VIATICOS",
    "identificador": "VIATICOS",
    "version_cfdi": "4.0",
    "registros": [
        {
            "data": {"id": "6660e385cfb0b", "nombre": "NOMBRE DEL EMPLEADO", "salario": None, "dias": 1},
            "percepciones": [
                {"tipo": "050", "clave": "050", "descripcion": "VIATICOS", "exento": "1435", "gravado": "0.00"}
            ],
            "deducciones": [
                {
                    "tipo": "081",
                    "clave": "081",
                    "importe": "435.5",
                    "descripcion": "AJUSTE EN VIATICOS",
                    "Incapacidad": {"DiasIncapacidad": "", "TipoIncapacidad": "", "ImporteMonetario": ""},
                }
            ],
        }
    ],
}
EMPLOYEE = {
    "grupo": "6660e2c11e1cb",
    "no_empleado": "7",
    "nombre": "Ramón",
    "paterno": "Ibarra",
    "materno": "López",
    "periodo": "04",
    "regimen": "02",
    "curp": "XEXX010101HNEXXXA4",
    "rfc": "XOJI740919U48",
    "tipo_contrato": "01",
    "entidad_emite": "CMX",
}
PERCEPTION = PAYROLL["registros"][0]["percepciones"][0]


class Factura:
    """A mock with Factura Online alone."""

    def __init__(self, auth_status: int = 200) -> None:
        self.clock = ManualClock()
        self.mock = Mock(clock=self.clock, providers=[facturaonline.provider(auth_status=auth_status)])

    def send(self, method: str, path: str, body: object = None, headers: dict[str, str] = KEYS) -> Response:
        content = b"" if body is None else msgspec.json.encode(body)
        return self.mock.handle(Request(method, f"/facturaonline/api{path}", headers, content))

    def get(self, path: str) -> Any:
        answer = self.answer("GET", path)
        assert answer["status"] == "success", answer
        return answer["data"]

    def post(self, path: str, body: object = None) -> dict[str, Any]:
        answer = self.answer("POST", path, body)
        assert answer["response"] == "success", answer
        return answer

    def answer(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        response = self.send(method, path, body)
        assert response.status == 200, response.body
        found: dict[str, Any] = response.json()
        return found

    def refused(self, method: str, path: str, body: object = None) -> str:
        answer = self.answer(method, path, body)
        assert "error" in (answer.get("status"), answer.get("response")), answer
        return str(answer["message"])

    def create(self, **change: Any) -> str:
        return str(self.post("/payroll/create", PAYROLL | change)["uid"])

    def stamped(self, **change: Any) -> dict[str, Any]:
        """Create a payroll, let its time pass, and return its first record."""
        uid = self.create(**change)
        self.clock.advance(2)
        record: dict[str, Any] = self.get(f"/payroll/{uid}/view")["registros"][0]
        return record


def records(*ids: str, **change: Any) -> list[dict[str, Any]]:
    """Return one record for each employee, changed alike."""
    template = copy.deepcopy(PAYROLL["registros"][0]) | change
    return [template | {"data": {"id": id, "dias": 1}} for id in ids]


@pytest.fixture
def api() -> Factura:
    return Factura()


def test_every_operation_has_a_handler() -> None:
    provider = facturaonline.provider()
    assert set(provider.handlers) == set(provider.spec.operations)


@pytest.mark.parametrize("header", ["F-PLUGIN", "F-Api-Key", "F-Secret-Key"])
@pytest.mark.parametrize("status", [200, 401])
def test_each_of_the_three_headers_is_needed_and_a_refusal_echoes_hashes(header: str, status: int) -> None:
    api = Factura(status)
    for headers in (KEYS | {header: "other"}, {name: value for name, value in KEYS.items() if name != header}):
        response = api.send("GET", "/payroll/list", headers=headers)
        answer = response.json()
        assert response.status == status
        assert (answer["status"], answer["message"]) == ("error", "La cuenta que intenta autenticarse no existe")
        for name in ("Data", "Secret"):
            assert re.fullmatch(r"\$2y\$10\$[./A-Za-z0-9]{53}", answer[name])
    assert api.send("GET", "/payroll/list").status == 200


def test_credentials_come_before_everything_else(api: Factura) -> None:
    answer = api.send("POST", "/payroll/create", {"nonsense": True}, {}).json()
    assert answer["message"] == "La cuenta que intenta autenticarse no existe"


def test_the_documents_payroll_is_there(api: Factura) -> None:
    payroll = api.get("/payroll/6206f3702bcdd/view")
    first, second = payroll.pop("registros")
    assert payroll == {
        "uid": "6206f3702bcdd",
        "grupo": "619ead8d6427a",
        "inicia": "2022-02-01",
        "termina": "2022-02-15",
        "descripcion": "Nomina 6 v4.0",
        "concepto": "Nomina 6 v4.0",
        "status": 100,
        "total": "46510.00",
        "creada": "2022-02-11 17:36:43",
        "errores": 0,
        "timbradas": 2,
        "version_cfdi": "4.0",
    }
    assert (first["uid"], first["uuid"]) == ("6206f370306ae", "e270f5f2-14a8-42ef-9022-e6d93ea31781")
    assert second == {
        "uid": "6206f370394f4",
        "uuid": "9728d285-a060-47db-b261-eae9ab39dae8",
        "dias_trabajados": 15,
        "total_percepciones": "31000.00",
        "total_deducciones": "0.00",
        "total": "31010.00",
        "status_timbre": "cancelada",
        "employee_uid": "61c4b697c9b3f",
        "creada": "2022-04-11 15:03:56",
        "folio": 59,
        "serie": "NOM",
        "percepciones": [
            {
                "tipo": "001",
                "clave": "123456",
                "descripcion_per": "Empleado 2",
                "gravado_per": "31000.00",
                "exento_per": "0.00",
                "extra_tipo": None,
                "extra_dias": None,
                "extra_horas": None,
            }
        ],
        "deducciones": [],
        "otrospagos": [
            {"tipo": "002", "clave": "123456", "descripcion_otros": "descripcion prueba", "importe": "10.00"}
        ],
    }


def test_the_same_record_by_itself_has_other_names(api: Factura) -> None:
    in_payroll = api.get("/payroll/6206f3702bcdd/view")["registros"][1]
    item = api.get("/payroll/6206f370394f4/view/item")
    assert item.pop("version_cfdi") == "4.0"
    perception = item["percepciones"][0]
    renamed = {name.removesuffix("_per"): value for name, value in in_payroll["percepciones"][0].items()}
    assert perception == renamed
    assert {"descripcion", "gravado", "exento"} <= set(perception)
    assert item == in_payroll | {"percepciones": [perception]}


def test_the_list_is_newest_first_and_leaves_other_payments_out(api: Factura) -> None:
    new = api.create()
    listed = api.get("/payroll/list")
    known = ["62559959918c3", "625598bd098d4", "6206f3702bcdd"]
    assert [payroll["uid"] for payroll in listed][:4] == [new, *known]
    assert not any("otrospagos" in record for payroll in listed for record in payroll["registros"])
    failed = listed[1]
    assert (failed["errores"], failed["timbradas"], failed["total"]) == (2, 0, "46510.00")
    assert failed["registros"][1]["total"] == "31010.00"
    assert {record["serie"] for record in failed["registros"]} == {"17321"}
    assert (listed[2]["version_cfdi"], listed[2]["total"]) == ("3.3", "46510.00")


def test_totals_add_up_everywhere(api: Factura) -> None:
    api.create()
    for payroll in api.get("/payroll/list"):
        shown = api.get(f"/payroll/{payroll['uid']}/view")
        totals = [Decimal(record["total"]) for record in shown["registros"]]
        assert Decimal(shown["total"]) == sum(totals)
        for record in shown["registros"]:
            other = sum(Decimal(line["importe"]) for line in record["otrospagos"])
            earned, deducted = Decimal(record["total_percepciones"]), Decimal(record["total_deducciones"])
            assert Decimal(record["total"]) == earned + other - deducted


@pytest.mark.parametrize("serie", ["NOM", 17321, "17321", 1247])
def test_a_payroll_waits_in_the_queue_and_is_stamped_within_two_seconds(api: Factura, serie: object) -> None:
    answer = api.post("/payroll/create", PAYROLL | {"serie": serie})
    assert answer["message"] == "Nómina agregada a la fila de timbrado."
    assert re.fullmatch("[0-9a-f]{13}", answer["uid"])
    queued = api.get(f"/payroll/{answer['uid']}/view")
    [record] = queued["registros"]
    assert (queued["status"], queued["timbradas"], queued["errores"]) == (0, 0, 0)
    assert (record["status_timbre"], record["uuid"], record["folio"]) == ("en fila", "", None)
    assert record["serie"] == str(17321 if serie == "NOM" else serie)
    assert (record["total_percepciones"], record["total_deducciones"], record["total"]) == (
        "1435.00",
        "435.50",
        "999.50",
    )
    api.clock.advance(2)
    done = api.get(f"/payroll/{answer['uid']}/view")
    [record] = done["registros"]
    assert (done["status"], done["timbradas"], done["errores"]) == (100, 1, 0)
    assert (record["status_timbre"], record["folio"], record["serie"]) == ("timbrada", 60, "NOM")
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", record["uuid"])


def test_the_records_of_a_payroll_are_stamped_one_after_the_other(api: Factura) -> None:
    uid = api.create(grupo="619ead8d6427a", registros=records("61c4b569c0baf", "61c4b697c9b3f"))
    seen: list[tuple[int, int]] = []
    for _ in range(20):
        payroll = api.get(f"/payroll/{uid}/view")
        if (state := (payroll["status"], payroll["timbradas"])) not in seen:
            seen.append(state)
        api.clock.advance(0.1)
    assert seen == [(0, 0), (50, 1), (100, 2)]
    folios = [record["folio"] for record in api.get(f"/payroll/{uid}/view")["registros"]]
    assert folios == [60, 61]


def test_a_large_payroll_is_done_within_two_seconds_too(api: Factura) -> None:
    uid = api.create(registros=records(*["6660e385cfb0b"] * 300))
    api.clock.advance(2)
    assert api.get(f"/payroll/{uid}/view")["timbradas"] == 300


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"grupo": "6660e2c11e1cc"}, "grupo"),
        ({"serie": "NADA"}, "NADA"),
        ({"serie": 1}, "no es de nómina"),
        ({"serie": "F"}, "no es de nómina"),
        ({"fecha_pago": "2024-02-30"}, "fecha_pago"),
        ({"inicial": "2024-09-03"}, "posterior"),
        ({"inicial": "1024-09-02"}, "inicial"),
        ({"final": "02/09/2024"}, "final"),
        ({"num_dias": 40000}, "num_dias"),
        ({"tipo_nomina": "X"}, "tipo_nomina"),
        ({"version_cfdi": "3.2"}, "version_cfdi"),
        ({"FechaFromAPI": "2024-02-30T00:00:00"}, "FechaFromAPI"),
        ({"registros": []}, "registros"),
        ({"registros": records("61c4b569c0baf")}, "61c4b569c0baf"),
        ({"registros": records("6660e385cfb0c")}, "6660e385cfb0c"),
        ({"registros": records("6660e385cfb0b", percepciones=[PERCEPTION | {"exento": "mil"}])}, "exento"),
        (
            {
                "registros": records(
                    "6660e385cfb0b",
                    deducciones=[{"tipo": "081", "clave": "081", "descripcion": "x", "importe": "-1.00"}],
                )
            },
            "importe",
        ),
    ],
)
def test_what_cannot_be_queued_is_refused_at_once(api: Factura, change: dict[str, Any], said: str) -> None:
    before = len(api.get("/payroll/list"))
    assert said in api.refused("POST", "/payroll/create", PAYROLL | change)
    assert len(api.get("/payroll/list")) == before


@pytest.mark.parametrize("name", sorted(set(PAYROLL) - {"identificador"}))
def test_a_missing_field_is_named(api: Factura, name: str) -> None:
    body = {key: value for key, value in PAYROLL.items() if key != name}
    assert name in api.refused("POST", "/payroll/create", body)


def test_a_body_that_is_no_json_is_refused(api: Factura) -> None:
    response = api.mock.handle(Request("POST", "/facturaonline/api/payroll/create", KEYS, b"{nothing"))
    assert (response.status, response.json()["response"]) == (200, "error")


@pytest.mark.parametrize(
    "change",
    [
        {"version_cfdi": "3.3"},
        {"registros": records("6660e385cfb0b", percepciones=[])},
        {"registros": records("6660e385cfb0b", percepciones=[PERCEPTION | {"tipo": "007"}])},
        {"registros": records("6660e385cfb0b", percepciones=[PERCEPTION | {"exento": "0.00"}])},
        {"registros": records("6660e385cfb0b", percepciones=[PERCEPTION | {"exento": "400.00"}])},
        {"registros": records("6660e385cfb0b", percepciones=[PERCEPTION | {"tipo": "019"}])},
        {"registros": records("6660e385cfb0b", percepciones=[PERCEPTION | {"clave": "a|b"}])},
        {
            "registros": records(
                "6660e385cfb0b", deducciones=[{"tipo": "006", "clave": "006", "descripcion": "x", "importe": "1"}]
            )
        },
        {
            "registros": records(
                "6660e385cfb0b",
                deducciones=[
                    {
                        "tipo": "006",
                        "clave": "006",
                        "descripcion": "x",
                        "importe": "1",
                        "Incapacidad": {"DiasIncapacidad": "2", "TipoIncapacidad": " 09"},
                    }
                ],
            )
        },
        {
            "registros": records(
                "6660e385cfb0b", otrospagos=[{"tipo": "010", "clave": "010", "descripcion": "x", "importe": "1"}]
            )
        },
    ],
)
def test_what_the_sat_would_not_stamp_ends_as_error(api: Factura, change: dict[str, Any]) -> None:
    record = api.stamped(**change)
    assert (record["status_timbre"], record["uuid"], record["folio"]) == ("error", "", None)
    assert record["serie"] == "17321"
    assert record["mensaje"]
    for kind in ("xml", "pdf", "acuse"):
        assert "no se encuentra" in api.refused("GET", f"/payroll/{record['uid']}/item/{kind}")
    assert "no se encuentra timbrada" in api.refused("POST", f"/payroll/{record['uid']}/item/email")
    assert "no se encuentra timbrada" in api.refused("POST", f"/payroll/{record['uid']}/item/cancel", {"motivo": "02"})


def test_overtime_and_disability_are_stamped_when_complete(api: Factura) -> None:
    overtime = PERCEPTION | {"tipo": "019", "extra_tipo": "01", "extra_dias": 1, "extra_horas": "3"}
    disability = {"DiasIncapacidad": "2", "TipoIncapacidad": " 01", "ImporteMonetario": "10.50"}
    deduction = {"tipo": "006", "clave": "006", "descripcion": "x", "importe": "1", "Incapacidad": disability}
    record = api.stamped(registros=records("6660e385cfb0b", percepciones=[overtime], deducciones=[deduction]))
    assert record["status_timbre"] == "timbrada"
    assert record["percepciones"][0]["extra_horas"] == "3"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.value)
def test_each_scenario_has_an_employee_who_plays_it(api: Factura, scenario: Any) -> None:
    people = {employee["nombre"].lower(): employee["uid"] for employee in api.get("/payroll/employee/list")}
    uid = api.create(grupo=SCENARIO_GROUP, registros=records(people[scenario.value]))
    api.clock.advance(2)
    [record] = api.get(f"/payroll/{uid}/view")["registros"]
    if scenario.error is not None:
        assert (record["status_timbre"], record["mensaje"]) == ("error", scenario.error)
        return
    assert record["status_timbre"] == "en fila"
    api.clock.advance(3600)
    expected = "en fila" if scenario.steps is None else "timbrada"
    assert api.get(f"/payroll/{uid}/view")["registros"][0]["status_timbre"] == expected


def test_one_failing_employee_does_not_hold_up_the_others(api: Factura) -> None:
    failing = api.post("/payroll/employee/create", EMPLOYEE | {"nombre": "MOCK_ERROR"})["data"]["uid"]
    uid = api.create(registros=records(failing, "6660e385cfb0b"))
    api.clock.advance(2)
    payroll = api.get(f"/payroll/{uid}/view")
    assert (payroll["status"], payroll["errores"], payroll["timbradas"]) == (100, 1, 1)
    assert [record["status_timbre"] for record in payroll["registros"]] == ["error", "timbrada"]
    assert "mensaje" not in payroll["registros"][1]


def test_an_unknown_scenario_is_refused(api: Factura) -> None:
    message = api.refused("POST", "/payroll/employee/create", EMPLOYEE | {"nombre": "mock_nada"})
    assert all(scenario.value in message for scenario in SCENARIOS)


def test_the_documents_cancellation_works_unchanged(api: Factura) -> None:
    body = {"motivo": "02", "folioSustituto": "6206eec5d7cd4"}
    assert api.post("/payroll/6206eec5d2ac3/item/cancel", body) == {
        "response": "success",
        "uid": "61c4b569c0baf",
        "message": "Nomina de empleado cancelada satisfactoriamente",
    }
    assert api.get("/payroll/6206eec5d2ac3/view/item")["status_timbre"] == "cancelada"
    assert "ya se encuentra cancelada" in api.refused("POST", "/payroll/6206eec5d2ac3/item/cancel", body)


@pytest.mark.parametrize("motivo", ["02", "03", "04"])
def test_a_stamped_record_is_cancelled_without_substitute(api: Factura, motivo: str) -> None:
    record = api.stamped()
    answer = api.post(f"/payroll/{record['uid']}/item/cancel", {"motivo": motivo})
    assert answer["uid"] == record["employee_uid"] == "6660e385cfb0b"
    after = api.get(f"/payroll/{record['uid']}/view/item")
    assert (after["status_timbre"], after["uuid"], after["folio"]) == ("cancelada", record["uuid"], record["folio"])
    payroll = api.get("/payroll/list")[0]
    assert (payroll["timbradas"], payroll["errores"]) == (1, 0)


def test_reason_01_is_refused_with_and_without_a_substitute(api: Factura) -> None:
    record, other = api.stamped(), api.stamped()
    path = f"/payroll/{record['uid']}/item/cancel"
    assert "requiere" in api.refused("POST", path, {"motivo": "01"})
    for substitute in (other["uid"], other["uuid"]):
        message = api.refused("POST", path, {"motivo": "01", "folioSustituto": substitute})
        assert "no contiene relaciones" in message
    assert "motivo" in api.refused("POST", path, {"motivo": "05"})
    assert api.get(f"/payroll/{record['uid']}/view/item")["status_timbre"] == "timbrada"


def test_a_record_in_the_queue_cannot_be_cancelled_nor_downloaded(api: Factura) -> None:
    uid = api.get(f"/payroll/{api.create()}/view")["registros"][0]["uid"]
    api.refused("POST", f"/payroll/{uid}/item/cancel", {"motivo": "02"})
    api.refused("GET", f"/payroll/{uid}/item/xml")
    api.clock.advance(2)
    assert api.send("GET", f"/payroll/{uid}/item/xml").body.startswith(b"<?xml")


def test_an_acuse_exists_only_after_a_cancellation(api: Factura) -> None:
    record = api.stamped()
    path = f"/payroll/{record['uid']}/item/acuse"
    refusal = api.send("GET", path)
    assert dict(refusal.headers)["Content-Type"] == "application/json"
    assert refusal.json()["status"] == "error"
    api.post(f"/payroll/{record['uid']}/item/cancel", {"motivo": "02"})
    acuse = api.send("GET", path)
    assert record["uuid"].upper().encode() in acuse.body


@pytest.mark.parametrize(
    ("kind", "media_type", "magic"),
    [("xml", 'application/xml; charset="utf8"', b"<?xml"), ("pdf", "application/x-download", b"%PDF-")],
)
def test_downloads_are_raw_and_accept_uid_and_uuid_in_any_case(
    api: Factura, kind: str, media_type: str, magic: bytes
) -> None:
    record = api.stamped()
    for id in (record["uid"], record["uuid"], record["uuid"].upper()):
        response = api.send("GET", f"/payroll/{id}/item/{kind}")
        assert response.status == 200
        assert dict(response.headers)["Content-Type"] == media_type
        assert response.body.startswith(magic)
    if kind == "pdf":
        assert dict(response.headers)["Content-Disposition"] == 'attachment; filename="NOM-60.pdf"'


def test_the_documents_downloads_and_email_work_unchanged(api: Factura) -> None:
    for kind in ("xml", "pdf", "acuse"):
        assert api.send("GET", f"/payroll/6206f370394f4/item/{kind}").body[:1] in (b"<", b"%")
    answer = api.post("/payroll/6206f370394f4/item/email")
    assert answer["uid"] == "61c4b697c9b3f"
    assert answer["message"].startswith("Hemos enviado tu Nomina con exito al e-mail: ")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/payroll/0000000000000/view"),
        ("GET", "/payroll/6206f3702bcdd/view/item"),
        ("GET", "/payroll/6206f370394f4/view"),
        ("GET", "/payroll/0000000000000/item/pdf"),
        ("GET", "/payroll/0000000000000/item/acuse"),
        ("POST", "/payroll/0000000000000/item/email"),
        ("POST", "/payroll/0000000000000/item/cancel"),
        ("GET", "/payroll/employee/0000000000000/view"),
        ("POST", "/payroll/employee/0000000000000/up"),
        ("GET", "/payroll/employee/group/0000000000000/view"),
        ("POST", "/payroll/employee/group/0000000000000/delete"),
    ],
)
def test_unknown_ids_are_refused_and_batches_are_no_records(api: Factura, method: str, path: str) -> None:
    body = {"motivo": "02"} if path.endswith("cancel") else None
    assert "no existe" in api.refused(method, path, body)
    key = "status" if method == "GET" else "response"
    assert api.answer(method, path, body)[key] == "error"


def test_employees_live_in_groups(api: Factura) -> None:
    group = api.post("/payroll/employee/group/create", {"grupo": "Lucha libre"})["uid"]
    assert api.get(f"/payroll/employee/group/{group}/view") == {"uid": group, "nombre": "Lucha libre", "status": 1}
    uid = api.post("/payroll/employee/create", EMPLOYEE | {"grupo": group})["data"]["uid"]
    assert api.get(f"/payroll/employee/{uid}/view") == EMPLOYEE | {"grupo": group, "uid": uid, "status": 1}
    assert api.get("/payroll/employee/list")[-1]["uid"] == uid
    assert "empleados" in api.refused("POST", f"/payroll/employee/group/{group}/delete")
    api.post(f"/payroll/employee/{uid}/delete")
    assert "no existe" in api.refused("GET", f"/payroll/employee/{uid}/view")
    assert api.get("/payroll/employee/list")[-1]["uid"] != uid
    api.post(f"/payroll/employee/group/{group}/delete")
    assert group not in {each["uid"] for each in api.get("/payroll/employee/group/list")}
    assert "no existe" in api.refused("POST", "/payroll/employee/create", EMPLOYEE | {"grupo": group})


def test_inactive_employees_and_groups_cannot_be_paid(api: Factura) -> None:
    for kind, uid in (("employee", "6660e385cfb0b"), ("employee/group", "6660e2c11e1cb")):
        api.post(f"/payroll/{kind}/{uid}/down")
        assert api.get(f"/payroll/{kind}/{uid}/view")["status"] == 0
        assert "no está activo" in api.refused("POST", "/payroll/create", PAYROLL)
        api.post(f"/payroll/{kind}/{uid}/up")
    assert api.stamped()["status_timbre"] == "timbrada"


def test_an_employee_deleted_in_the_meantime_is_not_paid(api: Factura) -> None:
    uid = api.create()
    api.post("/payroll/employee/6660e385cfb0b/delete")
    api.clock.advance(2)
    assert api.get(f"/payroll/{uid}/view")["registros"][0]["status_timbre"] == "error"


def test_a_deleted_employees_cfdi_remains(api: Factura) -> None:
    record = api.stamped()
    api.post("/payroll/employee/6660e385cfb0b/delete")
    assert b"JORGE MENDOZA ORTIZ" in api.send("GET", f"/payroll/{record['uid']}/item/xml").body


def test_catalogues_and_series_are_listed(api: Factura) -> None:
    names = facturaonline.provider().spec.operations["list_catalogue"].parameters[0].schema["enum"]
    assert len(names) == 12
    for name in names:
        assert {"key", "name"} == set(api.get(f"/payroll/catalogos/{name}")[0])
    assert {"key": "01", "name": "Dobles"} in api.get("/payroll/catalogos/tipohoras")
    assert "catalogo" in api.refused("GET", "/payroll/catalogos/nada")
    payroll_series = [series for series in api.get("/v4/series") if series["SerieType"] == "nomina"]
    assert {series["SerieID"] for series in payroll_series} == {17321, 1247}
    assert {series["SerieName"] for series in payroll_series} == {"NOM"}


def test_paths_and_methods_that_do_not_exist_keep_their_http_status(api: Factura) -> None:
    assert api.send("GET", "/payroll/nowhere").status == 404
    refusal = api.send("DELETE", "/payroll/list")
    assert (refusal.status, ("Allow", "GET") in refusal.headers) == (405, True)


def test_uids_never_repeat_even_while_the_clock_stands_still(api: Factura) -> None:
    uids = [api.post("/payroll/employee/group/create", {"grupo": "x"})["uid"] for _ in range(2000)]
    assert len(set(uids)) == 2000
    assert uids == sorted(uids)


def test_the_same_requests_at_the_same_moments_get_the_same_bytes() -> None:
    def play() -> list[bytes]:
        api = Factura()
        record = api.stamped()
        api.post(f"/payroll/{record['uid']}/item/cancel", {"motivo": "02"})
        item = f"/payroll/{record['uid']}/item"
        bodies = [api.send("GET", f"{item}/{kind}").body for kind in ("xml", "pdf", "acuse")]
        return [*bodies, api.send("GET", "/payroll/list").body]

    assert play() == play()
