"""Both faces of Factura Online over the mock, what they send, and what they make of answers no document shows."""

import asyncio
import inspect
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from proving.passing_time import passing
from ventanilla import AsyncFacturaOnline, FacturaOnline, Policy, errors
from ventanilla.facturaonline import Deduction, NewEmployee, OtherPayment, PayrollEntry, Perception
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.transports import AsyncMockTransport, MockTransport

BASE = "http://127.0.0.1:8765/facturaonline/api"
KEYS: dict[str, Any] = {"api_key": "mock-api-key", "secret_key": "mock-secret-key"}
GROUP, EMPLOYEES = "619ead8d6427a", ("61c4b569c0baf", "61c4b697c9b3f")
BCRYPT = "$2y$10$8a9S8o8WeiRhPh1YT6bnXun6uPs1ZdiZBUHjGwSqn3X44mbYSmY4."
SHORT_BCRYPT = "$2y$10$c5KNUW06w8r9OhH4MVPNz.BgpQfjHVZjPPYsVbX13WPQZomnYtxq"
UID = "6206f370394f4"


@pytest.fixture
def clock() -> Iterator[ManualClock]:
    made = ManualClock()
    with passing(made):
        yield made


@pytest.fixture
def mock(clock: ManualClock) -> Mock:
    return Mock(clock=clock)


@pytest.fixture(params=[FacturaOnline, AsyncFacturaOnline])
def face(request: pytest.FixtureRequest, mock: Mock) -> Any:
    if request.param is FacturaOnline:
        return FacturaOnline(**KEYS, base_url=BASE, transport=MockTransport(mock))
    return AsyncFacturaOnline(**KEYS, base_url=BASE, transport=AsyncMockTransport(mock))


async def _collect(items: Any) -> list[Any]:
    return [item async for item in items]


def do(face: Any, name: str, *args: Any, **options: Any) -> Any:
    """Do one operation of either face and return its value, a listing as a list."""
    result = getattr(face, name)(*args, **options)
    if inspect.iscoroutine(result):
        return asyncio.run(result)
    if hasattr(result, "__aiter__"):
        return asyncio.run(_collect(result))
    return list(result) if inspect.isgenerator(result) else result


def entry(employee: str, amount: str = "15500.00") -> PayrollEntry:
    return PayrollEntry(
        employee=employee,
        days=15,
        perceptions=[Perception(tipo="001", clave="001", descripcion="Sueldo", gravado=amount)],
        deductions=[Deduction(tipo="002", clave="002", descripcion="ISR", importe="500.00")],
        other_payments=[OtherPayment(tipo="002", clave="002", descripcion="Subsidio", importe=10, subsidy="407.02")],
    )


def payroll(*employees: str, **changes: Any) -> dict[str, Any]:
    return {
        "grupo": GROUP,
        "fecha_pago": date(2026, 1, 15),
        "inicial": date(2026, 1, 1),
        "final": date(2026, 1, 15),
        "descripcion": "Primera quincena",
        "concepto": "Pago de nómina",
        "serie": 17321,
        "entries": [entry(uid) for uid in employees or EMPLOYEES],
        **changes,
    }


def answering(answer: Callable[[httpx.Request], httpx.Response] | httpx.Response) -> FacturaOnline:
    """Return a face that gets one answer to everything, but for the list that is read before a payroll is created."""
    transport = httpx.MockTransport(answer if callable(answer) else lambda request: listed(request) or answer)
    return FacturaOnline(**KEYS, base_url=BASE, transport=transport, policy=Policy(settle=0))


def listed(request: httpx.Request) -> httpx.Response | None:
    is_list = request.url.path.endswith("/payroll/list")
    return httpx.Response(200, json={"status": "success", "data": []}) if is_list else None


def test_issue_download_send_cancel_and_read_the_acuse(face: Any, tmp_path: Path) -> None:
    issued = do(face, "issue_payroll", **payroll())
    assert [record.employee_uid for record in issued.stamped] == list(EMPLOYEES)
    assert issued.failed == issued.queued == ()
    assert issued.total == sum((record.total for record in issued.records), Decimal(0)) == Decimal("30020.00")
    record = issued.stamped[0]
    assert (record.serie, record.folio is None, record.total_deductions) == ("NOM", False, Decimal("500.00"))
    assert do(face, "xml", record.uid) == do(face, "xml", record.uuid)
    assert do(face, "pdf", record.uid).startswith(b"%PDF")
    for name, end in (("save_xml", ".xml"), ("save_pdf", ".pdf")):
        assert do(face, name, record.uid, tmp_path) == tmp_path / f"{record.uid}{end}"
    assert (tmp_path / f"{record.uid}.pdf").read_bytes().startswith(b"%PDF")
    assert "@example.mx" in do(face, "email", record.uid)
    receipt = do(face, "cancel", record.uid, motivo="02")
    assert (receipt.estatus, receipt.uuid) == ("201", record.uuid)
    assert do(face, "save_acuse", record.uid, tmp_path).read_bytes() == receipt.xml
    assert do(face, "payroll_item", record.uid).state == "cancelled"
    after = do(face, "payroll", issued.uid)
    assert (len(after.stamped), len(after.cancelled)) == (1, 1)
    assert do(face, "payrolls")[0].uid == issued.uid
    with pytest.raises(errors.Rejected, match="ya se encuentra cancelada"):
        do(face, "cancel", record.uid)
    with pytest.raises(errors.Rejected, match="no contiene relaciones"):
        do(face, "cancel", issued.stamped[1].uid, "01", substitute=record.uid)


def test_partial_failure_is_a_result(face: Any) -> None:
    failing = next(e for e in do(face, "employees") if e.nombre == "MOCK_ERROR")
    issued = do(face, "issue_payroll", **payroll(failing.uid, grupo=failing.grupo))
    assert issued.stamped == ()
    (record,) = issued.failed
    assert record.employee_uid == failing.uid
    assert "CFDI40145" in record.message
    assert (record.uuid, record.folio) == (None, None)


def test_wait_goes_on_where_it_stopped(face: Any, mock: Mock) -> None:
    slow = next(e for e in do(face, "employees") if e.nombre == "MOCK_LENTO")
    with pytest.raises(errors.WaitTimeout) as raised:
        do(face, "issue_payroll", **payroll(slow.uid, grupo=slow.grupo, timeout=2))
    uid = do(face, "payrolls")[0].uid
    assert uid in str(raised.value)
    assert len(do(face, "wait_payroll", uid).stamped) == 1
    assert len([each for each in do(face, "payrolls") if each.grupo == slow.grupo]) == 1


def test_create_returns_at_once_and_refusals_say_why(face: Any) -> None:
    uid = do(face, "create_payroll", **payroll())
    assert len(do(face, "payroll", uid).queued) == 2
    with pytest.raises(errors.NotFound, match="no existe"):
        do(face, "create_payroll", **payroll("61c4b569c0bff"))
    with pytest.raises(errors.Rejected, match="no es de nómina"):
        do(face, "create_payroll", **payroll(serie="F"))
    with pytest.raises(errors.NotFound, match="no existe"):
        do(face, "wait_payroll", "0000000000000")


def test_downloads_that_are_refused_are_typed(face: Any) -> None:
    uid = do(face, "create_payroll", **payroll())
    queued = do(face, "payroll", uid).records[0].uid
    for name in ("xml", "pdf", "acuse", "email", "cancel"):
        with pytest.raises(errors.Rejected, match="no se encuentra"):
            do(face, name, queued)
        with pytest.raises(errors.NotFound, match="no existe"):
            do(face, name, "0000000000000")


def test_people_catalogues_and_series(face: Any) -> None:
    group = do(face, "create_group", "Quincenales")
    assert do(face, "group", group).nombre == "Quincenales"
    new = NewEmployee(
        grupo=group,
        no_empleado="1",
        nombre="Ramón",
        paterno="Ibarra",
        periodo="04",
        regimen="02",
        curp="XEXX010101HNEXXXA4",
        rfc="XOJI740919U48",
        tipo_contrato="01",
        entidad_emite="CMX",
        salario=Decimal("1080.50"),
    )
    employee = do(face, "create_employee", new)
    assert do(face, "employee", employee).salario == Decimal("1080.5")
    do(face, "deactivate_employee", employee)
    with pytest.raises(errors.Rejected, match="no está activo"):
        do(face, "create_payroll", **payroll(employee, grupo=group))
    do(face, "activate_employee", employee)
    do(face, "create_payroll", **payroll(employee, grupo=group))
    do(face, "delete_employee", employee)
    with pytest.raises(errors.NotFound):
        do(face, "employee", employee)
    do(face, "deactivate_group", group)
    do(face, "activate_group", group)
    do(face, "delete_group", group)
    assert group not in [each.uid for each in do(face, "groups")]
    assert {"key": "01", "name": "Horas dobles"}.keys() == do(face, "catalogue", "tipohoras")[0].keys()
    assert {series.SerieType for series in do(face, "series")} >= {"nomina"}


@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize("wrong", ["api_key", "secret_key", "plugin"])
def test_wrong_keys_are_an_authentication_failure(clock: ManualClock, status: int, wrong: str) -> None:
    mock = Mock(clock=clock, facturaonline_auth_status=status)
    keys: dict[str, Any] = {**KEYS, wrong: "other"}
    factura = FacturaOnline(**keys, base_url=BASE, transport=MockTransport(mock))
    calls = (lambda: list(factura.payrolls()), lambda: factura.xml(UID), lambda: factura.create_payroll(**payroll()))
    for act in calls:
        with pytest.raises(errors.AuthenticationFailed, match="no existe") as raised:
            act()
        assert raised.value.status_code == status
        assert "$2y$" not in str(raised.value)


def sent_by(act: Callable[[FacturaOnline], Any], answer: dict[str, Any]) -> httpx.Request:
    requests: list[httpx.Request] = []

    def record(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return listed(request) or httpx.Response(200, json=answer)

    act(answering(record))
    # What is asked for once is looked for first: its request is the last.
    assert all(b"company_payments" in r.url.raw_path or r.method == "GET" for r in requests[:-1])
    return requests[-1]


CREATED: dict[str, Any] = {"response": "success", "message": "en fila", "uid": "6257c33b8c944"}


def test_keys_travel_in_three_headers_and_amounts_as_exact_text() -> None:
    request = sent_by(lambda factura: factura.create_payroll(**payroll()), CREATED)
    assert request.headers["F-PLUGIN"] == "9d4095c8f7ed5785cb14c0e3b033eeb8252416ed"
    assert (request.headers["F-Api-Key"], request.headers["F-Secret-Key"]) == ("mock-api-key", "mock-secret-key")
    assert request.headers["content-type"] == "application/json"
    assert request.url.path == "/facturaonline/api/payroll/create"
    body = json.loads(request.content)
    assert body["registros"][0]["percepciones"][0]["gravado"] == "15500.00"
    assert body["registros"][0]["deducciones"][0] == {
        "tipo": "002",
        "clave": "002",
        "descripcion": "ISR",
        "importe": "500.00",
    }
    assert body["registros"][0]["otrospagos"][0]["SubsidioAlEmpleo"] == {"SubsidioCausado": "407.02"}


def test_keys_go_to_no_other_host() -> None:
    factura = answering(httpx.Response(200, json=CREATED))
    with pytest.raises(errors.ConfigurationError, match="refused to send credentials"):
        factura.raw.request(method="GET", url="https://evil.example/x")


def test_created_batch_is_a_success_whatever_the_2xx() -> None:
    for status in (200, 201, 202):
        uid = f"{status}{CREATED['uid']}"
        assert answering(httpx.Response(status, json={**CREATED, "uid": uid})).create_payroll(**payroll()) == uid


def refusal(message: Any, key: str = "response", **more: Any) -> httpx.Response:
    return httpx.Response(200, json={key: "error", "message": message, **more})


ODD: list[tuple[httpx.Response, type[errors.VentanillaError], str]] = [
    (refusal("No se pudo", "status"), errors.Rejected, "No se pudo"),
    (refusal("No se pudo", "response"), errors.Rejected, "No se pudo"),
    (refusal("La cuenta que intenta autenticarse no existe"), errors.AuthenticationFailed, "La cuenta"),
    (refusal("x", "status", Data=BCRYPT), errors.AuthenticationFailed, "x"),
    (refusal("x", "status", Secret=SHORT_BCRYPT), errors.AuthenticationFailed, "x"),
    (refusal("La nómina no existe"), errors.NotFound, "no existe"),
    (refusal("No se encontró"), errors.NotFound, "No se encontró"),
    (
        refusal({"message": "CFDI40145", "messageDetail": "El RFC\n no", "data": BCRYPT, "status": "error"}),
        errors.Rejected,
        "CFDI40145; El RFC no",
    ),
    (refusal(["uno", {"a": "dos"}, "uno", None, 3]), errors.Rejected, "uno; dos; 3"),
    (refusal(None), errors.Rejected, "without saying why"),
    (refusal(f"clave {BCRYPT} y {SHORT_BCRYPT} mal"), errors.Rejected, r"clave \*\*\* y \*\*\* mal"),
    (refusal("mock-secret-key mal"), errors.Rejected, r"\*\*\* mal"),
    (httpx.Response(200, json={"status": "error", "messsage": "mal escrito"}), errors.Rejected, "mal escrito"),
    (httpx.Response(200, json={"status": "create", "0": {"a": "sin serie"}}), errors.UnexpectedAnswer, "sin serie"),
    (
        httpx.Response(200, json={"status": "success", "response": "error", "message": "no"}),
        errors.UnexpectedAnswer,
        "it says: no",
    ),
    (httpx.Response(401, json={"status": "error", "message": "x"}), errors.AuthenticationFailed, "HTTP 401"),
    (httpx.Response(402, json={"status": "error", "message": "x"}), errors.PaymentRequired, "x"),
    (httpx.Response(403, json={"status": "error", "message": "x"}), errors.PermissionDenied, "x"),
    (httpx.Response(404, json={"status": "error", "message": "x"}), errors.NotFound, "x"),
    (httpx.Response(429), errors.RateLimited, "too many"),
    (httpx.Response(500, json={"status": "error", "message": "roto"}), errors.ServiceUnavailable, "roto"),
    (httpx.Response(520, text="<?xml version='1.0'?><e/>"), errors.ServiceUnavailable, "gateway"),
    (httpx.Response(200, html="<html>Mantenimiento</html>"), errors.HtmlAnswer, "web page"),
    (
        httpx.Response(
            200, content=b"<?xml version='1.0'?><!DOCTYPE html><html/>", headers={"content-type": "text/html"}
        ),
        errors.HtmlAnswer,
        "web page",
    ),
    (httpx.Response(200, text=""), errors.MalformedAnswer, "0 bytes"),
    (httpx.Response(200, text='{"status": "succ'), errors.MalformedAnswer, "not the JSON"),
    (httpx.Response(200, json=[]), errors.MalformedAnswer, "not the JSON"),
    (httpx.Response(200, json={"message": "hola"}), errors.MalformedAnswer, "not the JSON"),
    (httpx.Response(302, headers={"location": "https://evil.example"}), errors.UnexpectedAnswer, "redirect"),
]


@pytest.mark.parametrize(("answer", "kind", "says"), ODD)
def test_odd_answers_are_typed_in_the_place_of_json_and_of_files(
    answer: httpx.Response, kind: type[errors.VentanillaError], says: str
) -> None:
    factura = answering(answer)
    calls: tuple[tuple[str, Callable[[], object]], ...] = (
        ("get_payroll", lambda: factura.payroll(UID)),
        ("get_payroll_item_pdf", lambda: factura.pdf(UID)),
        ("get_payroll_item_acuse", lambda: factura.acuse(UID)),
        ("create_payroll", lambda: factura.create_payroll(**payroll())),
    )
    for operation, act in calls:
        is_file = operation in ("get_payroll_item_pdf", "get_payroll_item_acuse")
        is_odd = kind in (errors.UnexpectedAnswer, errors.MalformedAnswer) and answer.status_code == 200
        # In a file's place only a documented refusal is none.
        expected, text = (errors.MalformedAnswer, None) if is_file and is_odd else (kind, says)
        if operation == "get_payroll_item_acuse" and kind is errors.HtmlAnswer and answer.status_code == 200:
            expected = errors.UnreadableAcuse
        with pytest.raises(errors.VentanillaError, match=text) as raised:
            act()
        found: BaseException | None = raised.value
        if operation == "create_payroll" and kind.outcome == "unknown":
            while isinstance(found, errors.OutcomeUnknown):
                found = found.__cause__
        assert type(found) is expected or (is_file and isinstance(found, expected))
        assert raised.value.operation == operation


def test_files_are_known_by_their_bytes_not_by_their_type() -> None:
    for kind in ("text/html", "application/json", 'application/xml; charset="utf8"', "application/x-download"):
        headers = {"content-type": kind}
        assert answering(httpx.Response(200, content=b"%PDF-1.4", headers=headers)).pdf(UID) == b"%PDF-1.4"
        xml = b"<?xml version='1.0'?><cfdi:Comprobante/>"
        assert answering(httpx.Response(200, content=xml, headers=headers)).xml(UID) == xml


def test_json_success_in_the_place_of_a_file_is_no_file() -> None:
    with pytest.raises(errors.MalformedAnswer, match="is not PDF"):
        answering(httpx.Response(200, json={"status": "success"})).pdf(UID)
    with pytest.raises(errors.MalformedAnswer):
        answering(httpx.Response(200, content=b"%PDF-1.4")).payroll(UID)


def test_json_sent_as_html_is_still_json() -> None:
    # PHP says text/html where a script says nothing.
    answer = httpx.Response(200, content=json.dumps(CREATED).encode(), headers={"content-type": "text/html"})
    assert answering(answer).create_payroll(**payroll()) == CREATED["uid"]


def raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return answer


def test_no_key_and_no_hash_is_shown_by_errors_logs_or_pickles(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = ("mock-api-key", "mock-secret-key", BCRYPT, SHORT_BCRYPT)
    echo = {"status": "error", "message": " ".join(secrets), "Data": BCRYPT, "Secret": SHORT_BCRYPT}
    faces = [
        answering(httpx.Response(200, json=echo)),
        answering(httpx.Response(503, json=echo)),
        answering(httpx.Response(200, json={"status": "success", "data": {"uid": echo}})),
        answering(httpx.Response(200, text="<html>" + " ".join(secrets))),
        answering(raising(httpx.ReadTimeout("slow"))),
    ]
    for factura in faces:
        with pytest.raises(errors.VentanillaError) as raised:
            factura.payroll(UID)
        shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + repr(factura) + caplog.text
        for secret in secrets:
            assert secret not in shown
            assert secret.encode() not in pickle.dumps(raised.value)


def test_long_messages_are_cut() -> None:
    with pytest.raises(errors.Rejected) as raised:
        answering(refusal("x" * 100_000)).payroll(UID)
    assert len(raised.value.message) == 500


def test_plugin_comes_from_argument_environment_or_the_published_one(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def record(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["F-PLUGIN"])
        return httpx.Response(200, json={"status": "success", "data": []})

    def ask(**more: Any) -> None:
        list(FacturaOnline(**KEYS, base_url=BASE, transport=httpx.MockTransport(record), **more).payrolls())

    ask()
    monkeypatch.setenv("FACTURAONLINE_PLUGIN", "from-environment")
    ask()
    ask(plugin="from-argument")
    assert seen == ["9d4095c8f7ed5785cb14c0e3b033eeb8252416ed", "from-environment", "from-argument"]


def test_environments_are_the_documented_hosts() -> None:
    assert FacturaOnline(**KEYS).base_url == "https://facturaonline.com.mx/api"
    assert FacturaOnline(**KEYS, environment="sandbox").base_url == "https://sandbox.facturaonline.com.mx/api"
