"""What every answer proves: a table of HTTP status, body, verdict and encoding, judged by rules written apart."""

import itertools
import json
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from ventanilla import AsyncFacti, AsyncFacturaOnline, AsyncSyncfy, Facti, FacturaOnline, Policy, Syncfy, errors
from ventanilla._flow import arun, call, run
from ventanilla._messages import texts
from ventanilla.facti._auth import check as facti
from ventanilla.facturaonline._auth import HeadersAuth
from ventanilla.facturaonline._auth import check as facturaonline
from ventanilla.syncfy._auth import check as syncfy
from ventanilla_clients._runtime import Operation
from ventanilla_clients.facti import api as facti_api
from ventanilla_clients.facti.models import NewRequest
from ventanilla_clients.facturaonline import api as factura_api
from ventanilla_clients.facturaonline.models import Cancellation
from ventanilla_clients.syncfy import api as syncfy_api
from ventanilla_clients.syncfy.models import NewUser

CHECKS: dict[str, Callable[[httpx.Response], None]] = {
    "facti": facti,
    "facturaonline": facturaonline,
    "syncfy": syncfy,
}
GONE = object()
STATUSES = [200, 201, 202, 203, 206, 300, 304, 400, 401, 402, 403, 404, 405, 408, 409, 410, 418, 422, 425]
STATUSES.extend([429, 451, 499, 500, 502, 503, 504, 520, 522, 530, 599])
VALUES: list[Any] = [1, "1", True, 0, "0", False, None, "ok", 2, {}, [], "", "2", 1.0, 0.0, -1, "true", "TRUE", GONE]
VALUES.extend(["success", "Success", " error ", "ERROR", "error", "succes", [1], {"a": 1}, "null", "false", 10**30])
PAGES = (b"", b"<html><h1>Blocked</h1>", b"OK", b"null", b"[]", b'"success"', b"1", b'{"result":', b"\xff\xfe\x00")
FRAMEWORKS: tuple[Any, ...] = (
    {"message": "The given data was invalid.", "errors": {"serie": ["requerido"]}},
    {"error": "Unauthorized"},
    {"error": {"code": "x", "message": "no"}},
    {"type": "about:blank", "title": "Invalid", "detail": "serie"},
    {},
)


def body(provider: str, verdict: Any, code: Any = 200) -> dict[str, Any]:
    found: dict[str, Any]
    match provider:
        case "facti":
            found = {"result": verdict, "msg": "él", "request_id": 7}
        case "facturaonline":
            found = {"response": verdict, "message": "él", "uid": "b1"}
        case _:
            found = {"rid": "r", "code": code, "errors": None, "status": verdict, "message": "él", "response": {}}
    return {name: value for name, value in found.items() if value is not GONE}


# The oracle, from the promises: what an answer proves of a write.


def told(provider: str, document: dict[str, Any]) -> str:
    match provider:
        case "facti":
            known = [(1, "yes"), ("1", "yes"), (True, "yes"), (0, "no"), ("0", "no"), (False, "no")]
            if "result" not in document:
                return "nothing"
            return next((word for value, word in known if same(value, document["result"])), "odd")
        case "facturaonline":
            if "response" not in document:
                return "nothing"
            word = document["response"]
            return (
                "no"
                if word == "error"
                else "yes"
                if isinstance(word, str) and word.strip().lower() == "success"
                else "odd"
            )
        case _:
            if "status" not in document:
                return "nothing"
            code = document.get("code")
            code = code if type(code) is int else 0
            if document["status"] is True:
                return "yes" if code in range(200, 300) else "odd"
            is_no = document["status"] is False and code in range(400, 500) and code not in (408, 409, 425, 429, 499)
            return "no" if is_no else "wait" if document["status"] is False and code == 429 else "odd"


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def proves(provider: str, status: int, document: Any) -> str:
    said = told(provider, document)
    if status in range(200, 300):
        if said == "no":
            return "not_sent" if provider == "syncfy" and document["code"] == 401 else "refused"
        return {"yes": "success", "wait": "not_sent"}.get(said, "unknown")
    if status not in range(400, 500) or status in (408, 409, 425, 499):
        return "unknown"
    if status == 429:
        return "not_sent" if said in ("no", "nothing", "wait") else "unknown"
    if said == "wait":
        return "not_sent"
    if said != "no":
        return "unknown"
    return "not_sent" if status == 401 else "refused"


def answer(status: int, content: bytes, kind: str = "application/json", effect: Any = "write") -> httpx.Response:
    headers = [("content-type", each) for each in kind.split("|") if each]
    request = httpx.Request("POST", "https://a.example/x", extensions={"operation": Operation("create", effect)})
    return httpx.Response(status, headers=headers, content=content, request=request)


def outcome(provider: str, response: httpx.Response) -> tuple[str, errors.VentanillaError | None]:
    try:
        CHECKS[provider](response)
    except errors.VentanillaError as error:
        return str(error.outcome), error
    return "success", None


def documents(provider: str) -> Iterator[Any]:
    codes = (200, 201, 299, 300, 400, 401, 404, 408, 409, 425, 429, 499, 500, 503, 0, "400", None, GONE)
    for verdict in VALUES:
        yield body(provider, verdict)
    if provider == "syncfy":
        yield from (body(provider, verdict, code) for verdict in (True, False) for code in codes)
    yield from FRAMEWORKS


@pytest.mark.parametrize("provider", CHECKS)
def test_answers_prove_what_the_promises_say(provider: str) -> None:
    rows = [(status, document) for status in STATUSES for document in documents(provider)]
    assert len(rows) > 1_000
    for status, document in rows:
        for compact in (True, False):
            text = json.dumps(document, separators=(",", ":") if compact else None)
            found, error = outcome(provider, answer(status, text.encode()))
            assert found == proves(provider, status, document), (status, text, error)


@pytest.mark.parametrize("provider", CHECKS)
@pytest.mark.parametrize("page", PAGES, ids=repr)
def test_no_json_proves_nothing_but_overload(provider: str, page: bytes) -> None:
    for status in (*STATUSES, 204):
        found, error = outcome(provider, answer(status, page, "text/html"))
        assert found == ("not_sent" if status == 429 else "unknown"), (status, error)
        # By its status alone it is a refusal that is looked for once; else nobody knows.
        is_refusal = 400 <= status < 500 and status not in (408, 409, 425, 499)
        is_down = status == 408 or status >= 500
        assert isinstance(error, errors.ServiceUnavailable) == is_down
        assert (isinstance(error, errors.ProviderError) and not is_down) == is_refusal


ENCODINGS: dict[str, tuple[Callable[[str], bytes], str]] = {
    "clean": (str.encode, "application/json"),
    "bom": (lambda text: b"\xef\xbb\xbf" + text.encode(), "application/json"),
    "padded": (lambda text: b"\r\n \0" + text.encode() + b"\0\0\n", "application/json"),
    "latin": (lambda text: text.encode("latin-1"), "application/json"),
    "declared": (lambda text: text.encode("cp1252"), 'application/json; charset="windows-1252"'),
    "utf-16": (lambda text: text.encode("utf-16"), "application/json; charset=utf-16"),
    "falsely declared": (str.encode, "application/json; charset=utf-16"),
    "escaped half": (lambda text: text.replace("él", "\\u00e9l\\ud83c").encode(), "application/json"),
    "raw half": (
        lambda text: text.encode().replace("él".encode(), "él".encode() + b"\xed\xa0\xbc"),
        "application/json",
    ),
    "page": (str.encode, "text/html"),
    "text": (str.encode, "text/plain; charset=iso-8859-1"),
    "octets": (str.encode, "application/octet-stream"),
    "nothing": (str.encode, ""),
    "twice": (lambda text: text.encode("latin-1"), "text/html|application/json; charset=latin-1"),
    "no charset": (lambda text: text.encode("latin-1"), "application/json; charset=zip"),
}


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("provider", CHECKS)
def test_encoding_changes_no_verdict(provider: str, name: str) -> None:
    encode, kind = ENCODINGS[name]
    yes: dict[str, Any] = {"facti": 1, "facturaonline": "success", "syncfy": True}
    no: dict[str, Any] = {"facti": 0, "facturaonline": "error", "syncfy": False}
    for status, verdict in itertools.product((200, 201, 400, 401, 404, 422, 429, 503), (yes, no)):
        document = body(provider, verdict[provider], 200 if verdict is yes else max(status, 400))
        text = json.dumps(document, ensure_ascii=False)
        found, error = outcome(provider, answer(status, encode(text), kind))
        clean, other = outcome(provider, answer(status, text.encode()))
        assert (found, type(error)) == (clean, type(other)), (status, text)
        if error is not None:
            assert "él" in error.message
            assert "Ã" not in error.message


SUCCESSES = {
    "facti": b'{"result":1,"msg":"","request_id":7%s}',
    "facturaonline": b'{"response":"success","uid":"b1"%s}',
    "syncfy": b'{"rid":"r","code":200,"errors":null,"status":true,"message":null,"response":{}%s}',
}
SECOND = {
    "facti": (b',"result":0', b', "result" : "0"', b',"result":null,"x":1'),
    "facturaonline": (b',"response":"error"', b',"status":"error"', b', "status" :{}', b',"response":null'),
    "syncfy": (b',"status":false', b',"code":500', b',"code":404,"status":false', b',"status" :null'),
}


@pytest.mark.parametrize("provider", CHECKS)
def test_contradiction_is_no_verdict(provider: str) -> None:
    whole = SUCCESSES[provider]
    assert outcome(provider, answer(200, whole % b""))[0] == "success"
    for second in SECOND[provider]:
        if second == b',"response":null':
            continue
        assert outcome(provider, answer(200, whole % second))[0] == "unknown", second
        # The other way round: the documented success comes last.
        turned = b"{" + second.strip(b", ") + b"," + (whole % b"")[1:]
        assert outcome(provider, answer(200, turned))[0] == "unknown", turned
    for again in (b"", b',"nested":[{"result":0,"status":"error","code":500,"response":"error"}]'):
        assert outcome(provider, answer(200, whole % again))[0] == "success", again


@pytest.mark.parametrize("status", [400, 403, 404, 422])
@pytest.mark.parametrize("provider", CHECKS)
def test_status_in_a_gateways_body_is_no_verdict(provider: str, status: int) -> None:
    document = {"type": "about:blank", "title": "Not valid", "status": status, "detail": "serie"}
    found, error = outcome(provider, answer(status, json.dumps(document).encode()))
    assert found == "unknown"
    assert isinstance(error, errors.ProviderError)
    assert error.message == "serie; Not valid"


def download(content: bytes, kind: str, status: int = 200) -> httpx.Response:
    found = answer(status, content, kind)
    found.request.extensions = {"operation": Operation("get_file", "read", is_file=True)}
    return found


FILES = [
    b"%PDF-1.4",
    b"<?xml version='1.0'?><a/>",
    b"\r\n<string>&lt;Acuse&gt;</string>",
    b'{"any": "JSON"}',
    b"\x00\xff",
]
FILES.extend([b"OK", b'{"status": "x", "result": 2}', b"[1]", '<?xml encoding="utf-16"?><a/>'.encode("utf-16")])


@pytest.mark.parametrize("provider", ["facturaonline", "syncfy"])
@pytest.mark.parametrize("kind", ["text/html", "application/json", "application/octet-stream", ""])
def test_file_is_taken_as_it_is(provider: str, kind: str) -> None:
    for content in FILES:
        assert outcome(provider, download(content, kind))[0] == "success", content
    no: dict[str, Any] = {"facturaonline": "error", "syncfy": False}
    refusal = json.dumps(body(provider, no[provider], 404), ensure_ascii=False).encode("latin-1")
    for content, error in (
        (refusal, errors.ProviderError),
        (b"", errors.MalformedAnswer),
        (b"<!DOCTYPE html><p>x", errors.HtmlAnswer),
        *(((refusal[:-9], errors.MalformedAnswer),) if "json" in kind else ()),
        (b"<?xml version='1.0'?>\n<html/>", errors.HtmlAnswer),
    ):
        assert isinstance(outcome(provider, download(content, kind))[1], error), content
    assert isinstance(outcome(provider, download(b"<h1>Blocked</h1>", "text/html"))[1], errors.HtmlAnswer)


# Whole calls: what reaches the caller of a write.

USER = json.loads((Path(__file__).parents[1] / "data" / "syncfy" / "user_created.json").read_text(encoding="utf-8"))
ASKED = NewRequest(folio=1, from_rfc="X", to_client_name="S", to_email="s@example.mx", total_amount=Decimal("55.20"))
DONE: dict[str, dict[str, Any]] = {
    "facti": {"total_amount": 55.2, "limit_payment_date": "2026-12-14", "send_to": "x@example.mx", "references": []},
    "facturaonline": {},
    "syncfy": {"response": USER, "message": None},
}
FACES: dict[str, tuple[type[Any], type[Any], dict[str, str]]] = {
    "facti": (Facti, AsyncFacti, {"client_id": "c" * 32, "api_key": "k" * 32}),
    "facturaonline": (FacturaOnline, AsyncFacturaOnline, {"api_key": "k" * 32, "secret_key": "s" * 32}),
    "syncfy": (Syncfy, AsyncSyncfy, {"api_key": "k" * 32}),
}
POLICY = Policy(retries=0)


def written(provider: str, raw: Any) -> Any:
    match provider:
        case "facti":
            return call(facti_api.payments.create_request.sync_detailed, client=raw, body=ASKED)
        case "facturaonline":
            body = Cancellation(motivo="02")
            return call(factura_api.payroll.cancel_payroll_item.sync_detailed, "i1", client=raw, body=body)
        case _:
            return call(syncfy_api.users.create_user.sync_detailed, client=raw, body=NewUser(name="x"))


def sent(provider: str, how: str, response: httpx.Response) -> Any:
    """Write once, and return what comes back or is raised."""
    sync, asynchronous, keys = FACES[provider]

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(response.status_code, headers=response.headers, content=response.content)

    async def later() -> Any:
        async with asynchronous(
            **keys, base_url="http://127.0.0.1/x", policy=POLICY, transport=httpx.MockTransport(handle)
        ) as face:
            return await arun(written(provider, face.raw))

    try:
        if how == "async":
            return anyio.run(later)
        with sync(**keys, base_url="http://127.0.0.1/x", policy=POLICY, transport=httpx.MockTransport(handle)) as face:
            return run(written(provider, face.raw))
    except Exception as error:
        return error


@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize("provider", CHECKS)
def test_writes_end_as_their_answers_prove(provider: str, how: str) -> None:
    yes = {"facti": 1, "facturaonline": "success", "syncfy": True}[provider]
    dice = random.Random(12)
    rows = [(status, body(provider, yes)) for status in (200, 201, 202, 400, 409, 503)]
    every = [(status, document) for status in STATUSES for document in documents(provider)]
    for status, document in [*rows, *dice.sample(every, 60)]:
        content = json.dumps({**document, **(DONE[provider] if told(provider, document) == "yes" else {})})
        found = sent(provider, how, answer(status, content.encode()))
        expected = proves(provider, status, document)
        if status in (203, 206) and expected == "success":
            continue
        if expected == "success":
            assert not isinstance(found, Exception), (status, document, found)
        elif expected == "unknown":
            assert getattr(found, "outcome", None) == "unknown", (status, document, found)
            # Refused by its status alone, it keeps its class; all else is an unknown outcome.
            is_plain = told(provider, document) == "nothing" and 400 <= status < 500
            keeps = is_plain and status not in (408, 409, 425, 499)
            assert isinstance(found, errors.ProviderError if keeps else errors.OutcomeUnknown), (status, document)
        else:
            assert isinstance(found, errors.ProviderError), (status, document, found)
            assert found.outcome == expected, (status, document, found)


def test_password_changes_no_outcome() -> None:
    auth = HeadersAuth(httpx.URL("https://a.example"), "k" * 32, "unknown", "p" * 32)
    with pytest.raises(errors.NotFound) as raised:
        auth.examine(answer(404, b"{}"))
    assert raised.value.outcome == "unknown"


MESSAGES = (
    ("<strong>No&nbsp;puedes</strong> facturar<br>hoy", "No puedes facturar hoy"),
    ("&lt;p&gt;Falta el nodo &amp;lt;Receptor&amp;gt;&lt;/p&gt;", "Falta el nodo <Receptor>"),
    ("<script>alert(1)</script>Hola<!-- x -->", "Hola"),
    ("facturaciÃ³n de PeÃ±a", "facturación de Peña"),
    ("Ã\x81rea: 5â‚¬", "Área: 5€"),
    ("facturaciÃƒÂ³n", "facturación"),
    ("Sr. Ñandú ÃO", "Sr. Ñandú ÃO"),
    ("uno\r\ndos\x00\x1b[31m tres\x1b[0m \u202ecuatro\u2028cinco", "uno dos tres cuatro cinco"),
    ("monto < 5 y > 3, <juan@example.mx>", "monto < 5 y > 3, <juan@example.mx>"),
)


@pytest.mark.parametrize(("came", "shown"), MESSAGES)
@pytest.mark.parametrize("provider", CHECKS)
def test_messages_are_text_for_people(provider: str, came: str, shown: str) -> None:
    no: dict[str, Any] = {"facti": 0, "facturaonline": "error", "syncfy": False}
    for status in (200, 422, 503):
        document = body(provider, no[provider], 400)
        document["msg" if provider == "facti" else "message"] = came
        _, error = outcome(provider, answer(status, json.dumps(document).encode()))
        assert error is not None
        assert error.message == shown
        assert error.raw_message == (None if came == shown else came)
        assert not {*str(error)} & {*map(chr, range(32))}


def test_raw_message_holds_no_secret() -> None:
    auth = HeadersAuth(httpx.URL("https://a.example"), "mock-api-key", "llave-secreta-1", "p" * 32)
    hidden = "&#108;lave-secreta-1"
    document = {"response": "error", "message": f"<b>no</b> {hidden} {'x' * 2000}"}
    with pytest.raises(errors.Rejected) as raised:
        auth.examine(answer(200, json.dumps(document).encode()))
    assert raised.value.message.startswith("no *** ")
    assert len(raised.value.message) <= 500
    assert hidden not in str(raised.value.raw_message)


@pytest.mark.parametrize(
    "message", [[[[[[[[[[[["x"]]]]]]]]]]], {"a": {"b": "no"}}, 10**30, ["<b>uno</b>", 2, None, True]]
)
def test_message_of_any_shape_is_read(message: Any) -> None:
    for provider, no in (("facti", 0), ("facturaonline", "error"), ("syncfy", False)):
        document = {**body(provider, no, 400), "msg" if provider == "facti" else "message": message}
        _, error = outcome(provider, answer(200, json.dumps(document).encode()))
        assert isinstance(error, errors.Rejected)


def test_deep_message_is_not_followed() -> None:
    message: Any = "x"
    for _ in range(5_000):
        message = [message]
    assert [*texts(message)] == []


@pytest.mark.parametrize("depth", [900, 100_000])
def test_deep_nesting_is_typed(depth: int) -> None:
    for provider, no in (("facti", b'"result":0,"msg":'), ("facturaonline", b'"response":"error","message":')):
        for twice in (b"", no.split(b",")[0] + b","):
            content = b"{" + twice + no + b"[" * depth + b"]" * depth + b"}"
            assert outcome(provider, answer(200, content))[0] in ("refused", "unknown")
