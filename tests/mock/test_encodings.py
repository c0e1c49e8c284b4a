"""Requests in other encodings than documented: read where they can be, else refused in the provider's words."""

import gzip
import json
import random
from collections.abc import Callable, Iterator

import pytest
from syncfy_caller import KEY

from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.wire import Request, Response

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
FACTI = (
    "client_id=d09168b32f80ai8ba24c416916y304n8&api_key=26b413ah0ba67543c7642069a91h743t&folio=3"
    "&from_rfc=EKU9003173C9&to_email=a@example.mx&total_amount=55.20&to_client_name="
)
FACTURA = {
    "f-plugin": "9d4095c8f7ed5785cb14c0e3b033eeb8252416ed",
    "f-api-key": "mock-api-key",
    "f-secret-key": "mock-secret-key",
}
NAME = "José Ñandú"
USER = json.dumps({"name": NAME}, ensure_ascii=False)


def create_user(mock: Mock, body: bytes, kind: str | None = JSON, **headers: str) -> Response:
    sent = {"authorization": KEY, **headers} | ({} if kind is None else {"content-type": kind})
    return mock.handle(Request("POST", "/syncfy/v1/users", sent, body))


def request_payment(mock: Mock, body: bytes, kind: str | None = FORM, **headers: str) -> Response:
    sent = headers | ({} if kind is None else {"content-type": kind})
    return mock.handle(Request("POST", "/facti/v1/payments/new_request", sent, body))


def serie_of(mock: Mock) -> str:
    keys = FACTI.partition("&folio")[0]
    found = mock.handle(Request("GET", f"/facti/v1/payments/38?{keys}")).json()
    return str(found["details"]["serie"])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (USER.encode("utf-8-sig"), JSON),
        (USER.encode("latin-1"), JSON),
        (USER.encode("cp1252"), f"{JSON}; charset=ISO-8859-1"),
        (USER.encode("utf-16"), JSON),
        (USER.encode("utf-16-be"), f'{JSON};charset="UTF-16BE"'),
        (USER.encode(), f"{JSON}; charset=no-such"),
        (USER.encode(), f"{JSON}; charset=us-ascii"),
        (USER.encode(), "text/plain"),
        (USER.encode(), "text/html; charset=utf-8"),
        (USER.encode(), None),
        (b'{"name": "x", "name": "Jos\\u00e9 \\u00d1and\\u00fa"}', JSON),
        (b"name=Jos%E9+%D1and%FA", FORM),
        (b"name=Jos%C3%A9+%c3%91and%C3%BA", FORM),
        (f"name={NAME}".encode("latin-1"), FORM),
        (f"name={NAME}".encode("utf-8-sig"), FORM),
    ],
)
def test_a_name_is_read_in_any_encoding(body: bytes, kind: str | None) -> None:
    answer = create_user(Mock(), body, kind)
    assert (answer.status, answer.json()["response"]["name"]) == (200, NAME)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"\ud83c", "�"),
        (rb"a\udf55b", "a�b"),
        (rb"\ud83c\udf55", "\U0001f355"),
        (rb"\ud83c\ud83c\udf55", "�\U0001f355"),
        (rb"\\ud83c\ud83c", "\\ud83c�"),
    ],
)
def test_half_a_surrogate_pair_is_read_as_unknown(written: bytes, read: str) -> None:
    assert create_user(Mock(), b'{"name": "%b"}' % written).json()["response"]["name"] == read


@pytest.mark.parametrize("name", [b"Jos%E9", b"Jos%C3%A9", "José".encode("latin-1"), "José".encode()])
def test_forms_and_queries_of_latin_1_are_read(name: bytes) -> None:
    mock = Mock(clock=ManualClock())
    assert request_payment(mock, FACTI.encode() + b"Ana&serie=" + name).json()["result"] == 1
    assert serie_of(mock) == "José"
    create_user(mock, b'{"name": "Jos\\u00e9"}')
    found = mock.handle(Request("GET", "/syncfy/v1/users?name=Jos%E9", {"authorization": KEY})).json()
    assert [user["name"] for user in found["response"]] == ["José"]


def deep(levels: int) -> bytes:
    return b'{"name":' * levels + b"1" + b"}" * levels


@pytest.mark.parametrize(
    "body", [deep(101), deep(300), deep(900), deep(100_000), gzip.compress(USER.encode(), mtime=0), b"\0"]
)
def test_what_cannot_be_read_is_a_refusal_of_the_provider(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    mock = Mock()
    for answer in (create_user(mock, body), create_user(mock, body, "text/plain", **{"content-encoding": "gzip"})):
        assert (answer.status, answer.json()["status"], answer.json()["code"]) == (400, False, 400)
    assert request_payment(mock, body).json()["result"] == 0
    assert not caplog.records


def test_a_form_of_millions_of_fields_is_refused_at_once() -> None:
    answer = request_payment(Mock(), b"a&" * 1_000_000).json()
    assert answer["result"] == 0
    assert create_user(Mock(), b"a=1&" * 10_001, FORM).json()["message"] == "the form has more than 10000 fields"


# What a body may be turned into, on its way from a client that is odd.
CHANGES: list[Callable[[bytes, random.Random], bytes]] = [
    lambda body, dice: b"\xef\xbb\xbf" + body,
    lambda body, dice: body.decode().encode("utf-16"),
    lambda body, dice: body.decode().encode("cp1252", "replace"),
    lambda body, dice: gzip.compress(body, mtime=0),
    lambda body, dice: body.replace(b"a", dice.choice([b"\xe9", b"%E9", b"%00", b"\0", rb"\ud800", b"\xed\xa0\x80"])),
    lambda body, dice: body.replace(b"1", b"1" * 5_000),
    lambda body, dice: deep(dice.choice([90, 256, 1_000])),
    lambda body, dice: body + body,
    lambda body, dice: body.replace(b"&", b"&folio=4&folio[]=5&folio[a][b]=6&"),
    lambda body, dice: bytes(dice.randrange(256) if dice.random() < 0.02 else byte for byte in body),
    lambda body, dice: body[: dice.randrange(len(body) + 1)],
]
KINDS = [
    *(JSON, FORM, "text/plain", "", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "/;=;"),
    *("text/html; charset=iso-8859-1", f"{FORM}; charset=latin1", "application/json; charset=punycode", "\xff"),
]
TAILS = ["", "/", "?pretty=1", "?a=%E9&a[]=%00&%=%zz", "/?pretty=1&pretty", "?" + "a&" * 2_000]


def odd_requests(dice: random.Random) -> Iterator[Request]:
    payroll = json.dumps({"descripcion": "año 1", "empleados": [{"a": 1}]}).encode()
    targets: list[tuple[str, bytes, dict[str, str]]] = [
        ("/syncfy/v1/users", USER.encode(), {"authorization": KEY}),
        ("/facti/v1/payments/new_request", (FACTI + "a1").encode(), {}),
        ("/facti/v1/payments/38", (FACTI + "&payed=1").encode(), {}),
        ("/facturaonline/api/payroll/create", payroll, FACTURA),
        ("/facturaonline/api/payroll/employee/group/create", b'{"grupo": "a1"}', FACTURA),
        ("/_ns/\xe9", b"", {}),
    ]
    for _ in range(400):
        target, body, headers = dice.choice(targets)
        for _ in range(dice.randrange(1, 3)):
            body = _changed(body, dice)
        kind = dice.choice(KINDS)
        method = dice.choice(["POST", "POST", "POST", "GET", "HEAD", "PUT", "OPTIONS"])
        yield Request(method, target + dice.choice(TAILS), {**headers, "content-type": kind}, body)


def _changed(body: bytes, dice: random.Random) -> bytes:
    try:
        return dice.choice(CHANGES)(body, dice)
    except UnicodeError:
        return body


def test_odd_requests_are_answered_in_form(caplog: pytest.LogCaptureFixture) -> None:
    mock, seen = Mock(clock=ManualClock()), set[int]()
    for request in odd_requests(random.Random(11)):
        answer = mock.handle(request)
        seen.add(answer.status)
        assert answer.status < 500, (request.target, request.body[:200], answer.body)
        if request.method != "HEAD":
            assert isinstance(json.loads(answer.body.decode()), dict)
    assert {200, 400, 404, 405} <= seen
    assert not caplog.records
    shown = mock.handle(Request("GET", "/_mock/requests?limit=2000", {"host": "localhost"})).body.decode()
    entries = json.loads(shown)
    assert len(entries) > 300
    assert "\0" not in shown
    assert all(line.isprintable() for line in mock.world.journal.lines(mock.world.journal.find()))
    assert json.loads(mock.handle(Request("GET", "/_mock/requests/har", {"host": "localhost"})).body.decode())


@pytest.mark.parametrize("tail", ["", "/", "?pretty=1", "/?pretty=1", "?no_such=1&_=2"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_slashes_head_and_unknown_parameters_are_served(method: str, tail: str) -> None:
    mock = Mock(clock=ManualClock())
    create_user(mock, USER.encode())
    whole = mock.handle(Request("GET", "/syncfy/v1/users", {"authorization": KEY}))
    answer = mock.handle(Request(method, f"/syncfy/v1/users{tail}", {"authorization": KEY}))
    assert answer.status == 200
    length = ("Content-Length", str(len(whole.body)))
    if method == "HEAD":
        assert (answer.body, length in answer.headers) == (b"", True)
    else:
        assert answer.json()["response"] == whole.json()["response"]


def test_an_empty_id_deletes_nothing() -> None:
    mock = Mock()
    create_user(mock, USER.encode())
    for path in ("/users/", "/users//"):
        assert mock.handle(Request("DELETE", f"/syncfy/v1{path}", {"authorization": KEY})).status in (404, 405)
