"""Both faces of Facti over the mock, what they send, and what they make of answers that no document shows."""

import asyncio
import inspect
import logging
import pickle
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from ventanilla import AsyncFacti, Facti, drift, errors
from ventanilla.facti import AlreadyPaid, Invoice, PaymentNotification, PaymentRequested, parse_ipn, verify_ipn
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.transports import AsyncMockTransport, MockTransport
from ventanilla.mock.wire import Request
from ventanilla.testing import without_waiting
from ventanilla_clients._runtime import encode_form
from ventanilla_clients.facti.api.payments import create_request
from ventanilla_clients.facti.models import Concepto, NewRequest

CLIENT_ID, API_KEY = "d09168b32f80ai8ba24c416916y304n8", "26b413ah0ba67543c7642069a91h743t"
BASE = "http://127.0.0.1:8765/facti"
KEYS: dict[str, Any] = {"client_id": CLIENT_ID, "api_key": API_KEY, "company_id": 5, "from_rfc": "EKU9003173C9"}
REQUEST: dict[str, Any] = {
    "folio": 3,
    "total_amount": Decimal("55.20"),
    "to_client_name": "El Santo",
    "to_email": "santo@example.mx",
}


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


@pytest.fixture
def mock() -> Mock:
    return Mock(clock=ManualClock())


@pytest.fixture(params=[Facti, AsyncFacti])
def face(request: pytest.FixtureRequest, mock: Mock) -> Any:
    if request.param is Facti:
        return Facti(**KEYS, base_url=BASE, transport=MockTransport(mock))
    return AsyncFacti(**KEYS, base_url=BASE, transport=AsyncMockTransport(mock))


def answering(answer: Callable[[httpx.Request], httpx.Response] | httpx.Response, **changes: Any) -> Facti:
    transport = httpx.MockTransport(answer if callable(answer) else lambda request: answer)
    return Facti(**KEYS | changes, base_url=BASE, transport=transport)


NONE: dict[str, Any] = {"result": 1, "msg": "", "payments": []}


def is_search(request: httpx.Request) -> bool:
    return b"company_payments" in request.url.raw_path


def test_request_mark_paid_and_delete(face: Any) -> None:
    made = do(face, "request_payment", **REQUEST)
    assert made.total_amount == Decimal("55.20")
    assert {reference.payment_type for reference in made.references} == {"stp", "bank"}
    assert not do(face, "payment", made.request_id).is_paid
    assert do(face, "mark_paid", made.request_id).is_paid
    with pytest.raises(errors.Rejected, match="pagado"):
        do(face, "mark_paid", made.request_id)
    with pytest.raises(AlreadyPaid):
        do(face, "delete", made.request_id)
    other = do(face, "request_payment", **REQUEST | {"total_amount": "242.831"})
    assert other.total_amount == Decimal("242.84")
    assert do(face, "delete", other.request_id).id == other.request_id
    with pytest.raises(errors.NotFound, match="no existe"):
        do(face, "payment", other.request_id)


def test_search_reads_past_a_page_and_filters(face: Any) -> None:
    ids = [do(face, "request_payment", **REQUEST | {"folio": folio}).request_id for folio in range(7)]
    do(face, "mark_paid", ids[2])
    assert [payment.id for payment in do(face, "payments", page_size=3)] == ids
    assert [payment.id for payment in do(face, "payments", paid=True)] == [ids[2]]
    assert [payment.id for payment in do(face, "payments", paid=False, page_size=2)] == ids[:2] + ids[3:]
    assert [payment.id for payment in do(face, "payments", since_id=ids[1], max_id=ids[4])] == ids[1:5]
    later = datetime(2100, 1, 1, tzinfo=UTC)
    assert do(face, "payments", from_payment_date=later) == []


def test_payments_requested_meanwhile_neither_hide_nor_repeat_others(mock: Mock) -> None:
    facti = Facti(**KEYS, base_url=BASE, transport=MockTransport(mock))
    ids = [facti.request_payment(**REQUEST).request_id for _ in range(4)]
    walk = facti.payments(page_size=2)
    seen = [next(walk).id]
    ids.append(facti.request_payment(**REQUEST).request_id)
    facti.delete(ids[0])
    seen += [payment.id for payment in walk]
    assert seen == ids


def test_grouped_request_is_understood_as_such(face: Any) -> None:
    invoices = [Invoice(folio=101, serie="A", amount="100.001"), Invoice(folio=102, amount=50)]
    made = do(
        face, "request_grouped_payment", invoices=invoices, to_client_name="El Santo", to_email="santo@example.mx"
    )
    assert made.total_amount == Decimal("150.01")
    group = do(face, "payment", made.request_id)
    assert (group.is_group, group.in_group, len(group.children)) == (True, False, 2)


def test_clabes_ways_and_keys(face: Any) -> None:
    clabes = do(face, "clabes", "santo@example.mx")
    assert [each.clabe for each in clabes] == [each.clabe for each in do(face, "clabes", "santo@example.mx")]
    assert clabes.accounts
    assert {way.type for way in do(face, "payment_ways")} >= {"stp", "bank"}
    assert do(face, "authenticate") is None


@pytest.mark.parametrize("wrong", [{"client_id": "other"}, {"api_key": "other"}])
def test_wrong_keys_are_an_authentication_failure_in_form_and_query(mock: Mock, wrong: dict[str, Any]) -> None:
    facti = Facti(**KEYS | wrong, base_url=BASE, transport=MockTransport(mock))
    for act in (lambda: facti.authenticate(), lambda: facti.payment(5022), lambda: facti.mark_paid(17542)):
        with pytest.raises(errors.AuthenticationFailed, match="credenciales") as raised:
            act()
        assert raised.value.provider == "Facti"
        assert raised.value.status_code == 200


def test_reference_errors_are_told_apart(mock: Mock) -> None:
    facti = Facti(**KEYS, base_url=BASE, transport=MockTransport(mock))
    made = facti.request_payment(**REQUEST, payment_ways=(1, 4040))
    assert [reference.payment_way_id for reference in made.references] == ["1"]
    assert "4040" in made.reference_errors[0].message


def sent_by(act: Callable[[Facti], Any], answer: dict[str, Any]) -> httpx.Request:
    requests: list[httpx.Request] = []

    def record(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json=NONE if is_search(request) else answer)

    act(answering(record))
    # What is asked for once is looked for first: its request is the last.
    assert all(is_search(r) or r.method == "GET" for r in requests[:-1])
    return requests[-1]


DETAILS: dict[str, Any] = {
    "id": 5022,
    "empresas_id": 452,
    "organizaciones_id": 232,
    "request_datetime": "2019-05-22 14:37:19",
    "serie": "A",
    "folio": 6,
    "to_rfc": "XAXX010101000",
    "to_email": "usuario@dominio.com",
    "total_amount": 1000,
    "status": "1",
    "group_parent": "0",
    "group_child": "0",
    "count_childs": 0,
    "childs": [],
}
ANSWER: dict[str, Any] = {"result": 1, "msg": "", "details": DETAILS}
REQUESTED: dict[str, Any] = {
    "result": 1,
    "msg": "",
    "request_id": 1,
    "total_amount": 1,
    "send_to": "",
    "references": [],
}


def test_keys_travel_in_the_query_of_a_get() -> None:
    request = sent_by(lambda facti: facti.payment(5022), ANSWER)
    assert request.url.path == "/facti/v1/payments/5022"
    assert dict(request.url.params) == {"client_id": CLIENT_ID, "api_key": API_KEY}
    assert request.content == b""


def test_keys_travel_in_the_form_of_a_post_and_its_length_is_right() -> None:
    request = sent_by(lambda facti: facti.mark_paid(5022), ANSWER)
    assert not request.url.query
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert int(request.headers["content-length"]) == len(request.content)
    assert parse_qs(request.content.decode()) == {"payed": ["1"], "client_id": [CLIENT_ID], "api_key": [API_KEY]}


def test_empty_form_becomes_the_keys_alone() -> None:
    request = sent_by(lambda facti: facti.authenticate(), {"result": 1, "msg": ""})
    assert parse_qs(request.content.decode()) == {"client_id": [CLIENT_ID], "api_key": [API_KEY]}


def test_timeouts_survive_the_keys() -> None:
    request = sent_by(lambda facti: facti.mark_paid(5022), ANSWER)
    assert request.extensions["timeout"]["read"] == 30.0


def test_nested_fields_are_written_with_brackets() -> None:
    concepto = Concepto(quantity=Decimal(2), unit="PIEZA", description="Monitor ñ&=", pu=Decimal("2500.00"))
    request = sent_by(lambda facti: facti.request_payment(**REQUEST, conceptos=[concepto]), REQUESTED)
    form = parse_qs(request.content.decode())
    assert form["conceptos[0][description]"] == ["Monitor ñ&="]
    assert form["conceptos[0][pu]"] == ["2500.00"]
    assert form["total_amount"] == ["55.20"]


def test_keys_go_to_no_other_host() -> None:
    facti = answering(httpx.Response(200, json=ANSWER))
    for url in ("https://evil.example/x", "http://127.0.0.1:8766/facti"):
        with pytest.raises(errors.ConfigurationError, match="refused to send credentials"):
            facti.raw.request(method="GET", url=url)


def test_raw_client_has_the_same_keys_and_errors() -> None:
    facti = answering(httpx.Response(200, json={"result": 0, "msg": "El RFC no es válido"}))
    body = NewRequest(folio=1, from_rfc="X", to_client_name="S", to_email="s@example.mx", total_amount=Decimal(1))
    assert b"client_id" not in encode_form(body)
    with pytest.raises(errors.Rejected, match="El RFC no es válido"):
        create_request.sync_detailed(client=facti.raw, body=body)


def failure(msg: Any, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"result": 0, "msg": msg, **more})


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (failure("Credenciales incorrectas"), errors.AuthenticationFailed, "Credenciales"),
        (failure("API KEY no válida"), errors.AuthenticationFailed, "API KEY"),
        (failure("Error de autenticación"), errors.AuthenticationFailed, "autenticación"),
        (failure("El pago no existe"), errors.NotFound, "no existe"),
        (failure("No se encontró el pago"), errors.NotFound, "No se encontró"),
        (failure("El importe no es válido"), errors.Rejected, "importe"),
        (failure(""), errors.Rejected, "without saying why"),
        (failure(["uno", "dos"]), errors.Rejected, "uno"),
        (httpx.Response(200, json={"result": "0", "msg": "no"}), errors.Rejected, "no"),
        (httpx.Response(200, json={"result": False, "msg": "no"}), errors.Rejected, "no"),
        (httpx.Response(200, json={"result": None, "msg": "no"}), errors.UnexpectedAnswer, "it says: no"),
        # The tables call the flag status; it counts only where result is absent.
        (httpx.Response(200, json={"status": 0, "msg": "no"}), errors.Rejected, "no"),
        (httpx.Response(200, json={**ANSWER, "result": 0, "status": 1, "msg": "no"}), errors.Rejected, "no"),
        (httpx.Response(401, json={"result": 0, "msg": "x"}), errors.AuthenticationFailed, "HTTP 401"),
        (httpx.Response(402, json={"result": 0, "msg": "x"}), errors.PaymentRequired, "x"),
        (httpx.Response(403, json={"result": 0, "msg": "x"}), errors.PermissionDenied, "x"),
        (httpx.Response(404, json={"result": 0, "msg": "x"}), errors.NotFound, "x"),
        (httpx.Response(429, text="slow down"), errors.RateLimited, "too many"),
        (httpx.Response(500, json={"result": 0, "msg": "roto"}), errors.ServiceUnavailable, "roto"),
        (httpx.Response(502, html="<html>Bad gateway</html>"), errors.ServiceUnavailable, "gateway"),
        (httpx.Response(522, text=""), errors.ServiceUnavailable, "HTTP 522"),
        (httpx.Response(200, html="<html>Mantenimiento</html>"), errors.HtmlAnswer, "web page"),
        (httpx.Response(200, text=""), errors.MalformedAnswer, "0 bytes"),
        (httpx.Response(200, text='{"result": 1, "msg'), errors.MalformedAnswer, "not the JSON"),
        (httpx.Response(200, json=[1]), errors.MalformedAnswer, "not the JSON"),
        (httpx.Response(200, json={"msg": ""}), errors.MalformedAnswer, "not the JSON"),
        (httpx.Response(200, json={"result": 1, "msg": ""}), errors.MalformedAnswer, "details"),
        (httpx.Response(302, headers={"location": "https://evil.example"}), errors.UnexpectedAnswer, "redirect"),
        (httpx.Response(206, json=ANSWER), errors.UnexpectedAnswer, "206"),
    ],
)
def test_odd_answers_are_typed(answer: httpx.Response, kind: type[errors.VentanillaError], says: str) -> None:
    with pytest.raises(errors.VentanillaError, match=says) as raised:
        answering(answer).payment(5022)
    assert type(raised.value) is kind
    assert raised.value.operation == "get_payment"


def test_payment_state_and_inner_result_decide_nothing() -> None:
    answer = {**ANSWER, "status": 0, "details": {**DETAILS, "result": 0, "status": "0"}}
    assert not answering(httpx.Response(200, json=answer)).payment(5022).is_paid


@pytest.mark.parametrize("flags", [{"result": "1"}, {"result": True}, {"status": 1}])
def test_other_spellings_of_success_are_no_refusal(flags: dict[str, Any]) -> None:
    answer = {**flags, "msg": "", "details": DETAILS}
    with pytest.raises(errors.MalformedAnswer, match="result"):  # accepted, and then not as the spec has it
        answering(httpx.Response(200, json=answer)).payment(5022)


def test_any_refusal_of_authenticate_is_an_authentication_failure() -> None:
    with pytest.raises(errors.AuthenticationFailed, match="Nope"):
        answering(failure("Nope")).authenticate()


def test_retry_after_and_request_id_are_kept() -> None:
    answer = httpx.Response(429, headers={"retry-after": "7", "x-request-id": "abc"})
    with pytest.raises(errors.RateLimited) as raised, without_waiting():
        answering(answer).payment(5022)
    assert (raised.value.retry_after, raised.value.request_id) == (7.0, "abc")


def test_other_spelling_of_reference_errors_is_understood() -> None:
    drift.set_strict(False)  # the request exists by now: nothing that is wrong with this list may raise
    ours = [{"type": "stp", "error": "sin CLABE"}]
    for more, expected in (
        ({"references_errors": ours, "limit_payment": "2024-02-29"}, ["sin CLABE"]),
        ({"References_errors": ours}, ["sin CLABE"]),
        ({"references_errors": "broken"}, []),
        ({}, []),
    ):
        made = requested_with(more)
        assert [each.message for each in made.reference_errors] == expected
    assert str(requested_with({"limit_payment": "2024-02-29"}).limit_date) == "2024-02-29"


def requested_with(more: dict[str, Any]) -> PaymentRequested:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=NONE if is_search(request) else {**REQUESTED, **more})

    return answering(answer, journal=None).request_payment(**REQUEST)


def raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return answer


def test_no_key_is_shown_by_errors_logs_or_pickles(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = failure(f"La llave {API_KEY} del cliente {CLIENT_ID} no es válida")
    faces = [
        answering(echo),
        answering(httpx.Response(500, json={"result": 0, "msg": f"roto {API_KEY}"})),
        answering(httpx.Response(200, text=f"<html>{API_KEY}")),
        answering(httpx.Response(200, json={"result": 1, "details": {"id": API_KEY}})),
        answering(raising(httpx.ReadTimeout("slow"))),
        answering(raising(httpx.ConnectError("refused"))),
    ]
    for facti in faces:
        for act in (lambda: facti.payment(5022), lambda: facti.request_payment(**REQUEST)):  # noqa: B023 - called here
            with pytest.raises(errors.VentanillaError) as raised, without_waiting():
                act()
            shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + repr(facti)
            for secret in (API_KEY, CLIENT_ID):
                assert secret not in shown
                assert secret.encode() not in pickle.dumps(raised.value)
                assert secret not in caplog.text
    assert "HTTP Request: GET" in caplog.text  # the log that would have shown the query


def test_sandbox_warns_that_it_is_plain_http() -> None:
    with pytest.warns(UserWarning, match="plain http"):
        facti = Facti(**KEYS, environment="sandbox")
    assert facti.base_url == "http://api.sandbox.facti.mx"
    assert Facti(**KEYS).base_url == "https://api.facti.mx"  # a warning here would be an error


@pytest.mark.parametrize("wrong", ["five", "0", -1, "1.5"])
def test_company_id_must_be_a_number(wrong: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="company_id"):
        Facti(**KEYS | {"company_id": wrong})


def test_company_and_issuer_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTI_COMPANY_ID", "452")
    monkeypatch.setenv("FACTI_FROM_RFC", "IXS7607092R5")
    facti = Facti(client_id=CLIENT_ID, api_key=API_KEY)
    assert (facti.company_id, facti.from_rfc) == (452, "IXS7607092R5")
    monkeypatch.setenv("FACTI_FROM_RFC", "nobody")
    with pytest.raises(errors.InvalidRequest, match="from_rfc"):
        Facti(client_id=CLIENT_ID, api_key=API_KEY)


DATA = (
    '{"id":9,"company_id":5,"company_razon_social":"Empresa de Prueba","company_alias":"Prueba",'
    '"request_datetime":"2019-05-10 15:06:05","serie":"","folio":3,"to_email":"a@example.mx;b@example.mx",'
    '"total_amount":111.11,"amount_received":"111.110","limit_payment_date":"2019-06-10 00:00:00",'
    '"confirmed_from":"stp","confirmed_date":"2019-05-10 16:55:51","payment_way_id":1,'
    '"payment_way_alias":"STP Prepago"}'
)
MD5_OF_SECRET = "5ebe2294ecd0e0f08eab7690d2a6ee69"
FORM = encode_form({"ipn_password": MD5_OF_SECRET, "ipn_type": "1", "data": DATA})


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (FORM, "application/x-www-form-urlencoded"),
        (FORM, None),
        (FORM, "text/plain"),
        (f'{{"ipn_password":"{MD5_OF_SECRET}","ipn_type":1,"data":{DATA}}}'.encode(), "application/json"),
        (f'{{"ipn_password":"{MD5_OF_SECRET.upper()}","ipn_type":"1","data":{DATA}}}'.encode(), None),
        (
            httpx.Request(
                "POST", "http://x", json={"ipn_password": MD5_OF_SECRET, "ipn_type": 1, "data": DATA}
            ).content,
            "application/json; charset=utf-8",
        ),
    ],
)
def test_notification_in_every_form(body: bytes, content_type: str | None) -> None:
    notification = parse_ipn(body, content_type)
    assert notification.is_payment
    assert notification.key == (1, 9)
    assert (notification.folio, notification.serie, notification.payment_way_id) == ("3", "", "1")
    assert (str(notification.total_amount), str(notification.amount_received)) == ("111.11", "111.110")
    assert notification.to_email == ("a@example.mx", "b@example.mx")
    assert str(notification.confirmed_at) == "2019-05-10 16:55:51"
    assert str(notification.limit_date) == "2019-06-10"
    assert verify_ipn(notification, "secret")
    assert not verify_ipn(notification, "Secret")
    assert not verify_ipn(notification, MD5_OF_SECRET)
    assert not verify_ipn(notification, "señor")


def test_notification_keeps_nothing_that_could_forge_another() -> None:
    notification = parse_ipn(FORM)
    assert MD5_OF_SECRET not in repr(notification)
    assert MD5_OF_SECRET.encode() not in pickle.dumps(notification)
    assert verify_ipn(pickle.loads(pickle.dumps(notification)), "secret")
    assert "proof" not in repr(notification)


def test_notification_without_what_may_be_missing_is_still_read() -> None:
    data = '{"id":"9","total_amount":"","folio":"007","payment_way_id":null,"company_id":"","confirmed_date":""}'
    found = parse_ipn(encode_form({"ipn_password": "señor", "ipn_type": "2", "data": data}))
    assert isinstance(found, PaymentNotification)
    assert (found.id, found.folio, found.is_payment, found.total_amount) == (9, "007", False, None)
    assert (found.company_id, found.confirmed_at, found.payment_way_id, found.to_email) == (None, None, None, ())
    assert not verify_ipn(found, "secret")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"ipn_type=1&data={}",
        b"ipn_password=x&ipn_type=nine&data=%7B%22id%22%3A9%7D",
        b"ipn_password=x&ipn_type=1",
        b"ipn_password=x&ipn_type=1&data={}",
        b"ipn_password=x&ipn_type=1&data=[]",
        b"ipn_password=x&ipn_type=1&data=%7B%22id%22%3A%22nine%22%7D",
        b"ipn_password=x&ipn_type=1&data=%22text%22",
        b'{"ipn_password": "x"',
        b'{"ipn_password": "x", "ipn_type": 1}',
        FORM + b"".join(b"&a=1" for _ in range(200)),
    ],
)
def test_what_is_no_notification_is_refused_without_quoting_it(body: bytes) -> None:
    with pytest.raises(errors.InvalidRequest, match="notification") as raised:
        parse_ipn(body)
    assert raised.value.field == "body"
    assert "nine" not in str(raised.value)


def test_notification_of_the_mock_is_read(mock: Mock) -> None:
    mock.handle(
        Request(
            "POST",
            "/_mock/facti/ipn",
            {"Content-Type": "application/json"},
            b'{"company_id": 5, "url": "http://127.0.0.1:1/ipn", "password": "secret"}',
        )
    )
    bodies: list[bytes] = []

    def sink(delivery: Any) -> int:
        bodies.append(delivery.body)
        return 200

    facti = Facti(**KEYS, base_url=BASE, transport=MockTransport(mock, sink=sink))
    made = facti.request_payment(**REQUEST)
    facti.mark_paid(made.request_id)
    (body,) = bodies
    notification = parse_ipn(body, "application/x-www-form-urlencoded")
    assert notification.id == made.request_id
    assert notification.amount_received == Decimal("55.20")
    assert verify_ipn(notification, "secret")


def test_faces_close_what_they_open(mock: Mock) -> None:
    with Facti(**KEYS, base_url=BASE, transport=MockTransport(mock)) as facti:
        facti.authenticate()
    with pytest.raises(errors.ConfigurationError, match="closed"):
        facti.authenticate()

    async def use() -> None:
        async with AsyncFacti(**KEYS, base_url=BASE, transport=AsyncMockTransport(mock)) as other:
            await other.authenticate()

    asyncio.run(use())
