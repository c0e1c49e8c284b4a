"""What goes onto a tape has no secret in it, wherever the secret stood, and is of the type and shape that it was."""

import gzip
import json
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast
from urllib.parse import quote, quote_plus, unquote

import msgspec
import pytest
from canaries import readings, ways

from ventanilla.mock._spec import load
from ventanilla.mock.wire import Request, Response
from ventanilla.tapes._exchange import Exchange
from ventanilla.tapes._marks import marks
from ventanilla.tapes._scrub import PLACEHOLDER, Scrubber

CANARY, SPICY = "Zq7canary9wL2mN8b", 'Spicy "pässword" & <more>/='
HEX = "deadbeefcafef00d" * 4
JSON = (("Content-Type", "application/json"),)


def exchange(
    target: str = "/v1/users",
    *,
    body: Any = b"",
    answer: Any = b"{}",
    headers: Any = (),
    method: str = "POST",
    **sent: str,
) -> Exchange:
    posted = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    back = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
    said = tuple(headers) or JSON
    request = Request("POST", target, {name.replace("_", "-"): value for name, value in sent.items()}, posted)
    return Exchange(1, "1", 0.0, "https://api.facti.mx", request, Response(200, said, back))


def text_of(found: Exchange) -> str:
    request, response = found.request, found.response
    parts = [request.target, *request.headers.values(), *(value for _, value in response.headers)]
    return "\n".join([*parts, request.body.decode("latin-1"), response.body.decode("utf-8", "replace")])


def scrubbed(*exchanges: Exchange, operation: str | None = None) -> list[Exchange]:
    scrubber, spec = Scrubber(), load("syncfy")
    chosen = None if operation is None else spec.operations[operation]
    return [scrubber.exchange(each, spec, chosen) for each in exchanges]


def mentions(found: Exchange, *secrets: str) -> list[str]:
    text = text_of(found)
    return [way for secret in secrets for way in ways(secret) if way in text]


@pytest.mark.parametrize("secret", [CANARY, SPICY, HEX, "735194", "p4ss"])
@pytest.mark.parametrize(
    "shape",
    [
        {"authorization": "api_key api_key=SECRET"},
        {"authorization": "TOKEN token=SECRET"},
        {"f_api_key": "SECRET"},
        {"cookie": "SECRET"},
        {"target": "/v1/sessions/SECRET/verify"},
        {"target": "/v1/x?api_key=SECRET&page=1"},
        {"target": "/v1/x?next=https%3A%2F%2Fa.mx%2F%3Ftoken%3DSECRET"},
        {"body": b"client_id=1&api_key=SECRET&folio=3"},
        {"body": b"credentials[password]=SECRET"},
        {"body": {"credentials": {"username": "SECRET", "password": "SECRET"}}},
        {"body": {"twofa": {"token": "SECRET"}}},
        {"body": {"input": {"rfc": "SECRET"}}},
        {"body": {"url": "https://a.mx", "headers": {"X-Hook": "SECRET"}}},
        {"body": {"data": '{"ipn_password": "SECRET"}'}},
        {"answer": {"response": {"token": "SECRET"}}},
        {"answer": {"response": {"credentials": {"username": "SECRET"}}}},
        {"answer": {"response": {"twofa": "SECRET"}}},
        {"answer": {"response": [{"api_key": "SECRET", "new_password": ["SECRET"]}]}},
        {"answer": {"status": "error", "Secret": "SECRET"}},
        {"headers": [("Set-Cookie", "SECRET")]},
        {"headers": [("Location", "https://a.mx/?token=SECRET")]},
    ],
)
def test_a_secret_is_replaced_where_it_stands(shape: dict[str, Any], secret: str) -> None:
    def put(value: Any) -> Any:
        if isinstance(value, str):
            if value.startswith("{"):
                return value.replace("SECRET", json.dumps(secret)[1:-1])
            is_url = "://" in value or value.startswith("/")
            return value.replace("SECRET", quote(secret, safe="") if is_url else secret)
        if isinstance(value, bytes):
            return value.replace(b"SECRET", quote_plus(secret).encode())
        if isinstance(value, dict):
            return {name: put(item) for name, item in cast("dict[str, Any]", value).items()}
        items = [put(item) for item in cast("Iterable[Any]", value)]
        return items if isinstance(value, list) else tuple(items)

    (found,) = scrubbed(exchange(**{name: put(value) for name, value in shape.items()}))
    assert mentions(found, secret) == []
    assert PLACEHOLDER.search(unquote(text_of(found)))


@pytest.mark.parametrize("secret", [CANARY, SPICY, HEX])
def test_a_secret_that_has_been_seen_is_replaced_wherever_it_comes_again(secret: str) -> None:
    given = exchange("/v1/sessions", answer={"response": {"token": secret}})
    plain = f"xx{secret}yy"
    later = [
        exchange(f"/v1/anything/{quote(secret, safe='')}?q={quote_plus(secret)}"),
        exchange(body={"note": plain, plain: 1}),
        exchange(answer={"list": [{"echo": plain}]}, x_own=plain),
        exchange(answer=b"%PDF-\xff\xfe" + plain.encode()),
        exchange(answer={"file": b64encode(plain.encode()).decode()}),
        exchange(answer={"file": urlsafe_b64encode(b"1" + plain.encode()).decode()}),
        exchange(answer=plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()),
    ]
    for found in scrubbed(given, *later):
        assert mentions(found, secret) == []


def test_what_came_before_a_secret_in_the_same_exchange_is_replaced_too() -> None:
    (found,) = scrubbed(exchange(f"/v1/x?q={CANARY}", body={"note": CANARY}, answer={"token": CANARY}))
    assert mentions(found, CANARY) == []


def test_the_value_of_a_cookie_is_replaced_without_its_name_too() -> None:
    first, second = scrubbed(exchange(headers=[("Set-Cookie", f"id={CANARY}; Path=/")]), exchange(body={"a": CANARY}))
    assert mentions(first, CANARY) == []
    assert mentions(second, CANARY) == []


BOUNDARY = "multipart/form-data; boundary=b"


def multipart(head: str, value: bytes) -> bytes:
    return b"--b\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + value + b"\r\n--b--\r\n"


LOGIN = json.dumps({"credentials": {"password": CANARY, "user": "735194"}}).encode()
UNREADABLE_BODIES: list[tuple[str, bytes]] = [
    ("application/json", gzip.compress(LOGIN, mtime=0)),
    ("application/json", zlib.compress(LOGIN)),
    ("application/json", LOGIN.decode().encode("utf-16")),
    ("application/json; charset=utf-16le", LOGIN.decode().encode("utf-16-le")),
    ("application/json; charset=utf-32", LOGIN.decode().encode("utf-32")),
    ("application/json; charset=cp500", LOGIN.decode().encode("cp500")),
    ("application/json", LOGIN[:-3]),
    ("application/json", LOGIN + LOGIN),
    ("application/json", b64encode(LOGIN)),
    ("application/x-www-form-urlencoded", b64encode(LOGIN)),
    ("text/plain", b64encode(LOGIN)),
    ("text/plain", f"{CANARY} 735194".encode()),
    ("text/xml", f"<a>{CANARY} 735194</a>".encode()),
    ("application/msgpack", msgspec.msgpack.encode({"a": CANARY, "b": "735194"})),
    ("application/octet-stream", b"\x00\xff" + CANARY.encode() + b"735194"),
    (BOUNDARY, multipart('name="file"; filename="a.key"', CANARY.encode() + b" 735194")),
    (BOUNDARY, multipart("name=\"file\"; filename*=UTF-8''a.key", CANARY.encode() + b" 735194")),
    (BOUNDARY, multipart('name="a"', b"\xff\x00" + CANARY.encode() + b" 735194")),
    ("multipart/form-data", multipart('name="a"', CANARY.encode() + b" 735194")),
    ("multipart/mixed; boundary=b", multipart('name="a"', CANARY.encode() + b" 735194")),
]


@pytest.mark.parametrize(("kind", "body"), UNREADABLE_BODIES)
def test_a_request_that_cannot_be_read_is_replaced_and_so_is_its_echo(kind: str, body: bytes) -> None:
    answer = {"status": "error", "message": f"{CANARY} is not 735194", "n": 735194, "raw": body.decode("latin-1")}
    sent = {"content_type": kind}
    (found,) = scrubbed(exchange(body=body, answer=answer, **sent))
    text = text_of(found)
    assert [
        each for each in readings(text) if CANARY in each or "735194" in each or body.decode("latin-1") in each
    ] == []
    assert found.is_request_cut
    assert found.json() == {"status": "error", "message": "text", "n": 0, "raw": "text"}


@pytest.mark.parametrize(("kind", "body"), UNREADABLE_BODIES[:6])
def test_what_was_compressed_or_encoded_is_known_afterwards(kind: str, body: bytes) -> None:
    sent = {"content_type": kind}
    _, later = scrubbed(exchange(body=body, **sent), exchange(answer={"message": f"{CANARY} is wrong"}))
    assert later.json() == {"message": "hidden-1 is wrong"}


def test_a_multipart_form_is_read_by_its_names() -> None:
    names = {"folio": "1234", "credentials[user]": CANARY, "otp": "735194", "note": f"so {CANARY}"}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{each}\r\n' for name, each in names.items()]
    (found,) = scrubbed(exchange(body="".join([*parts, "--b--\r\n"]).encode(), content_type=BOUNDARY))
    assert mentions(found, CANARY, "735194") == []
    assert not found.is_request_cut
    text = found.request.body.decode()
    assert 'name="folio"\r\n\r\n1234\r\n--b' in text
    assert 'name="credentials[user]"\r\n\r\nhidden-1\r\n' in text
    assert text.endswith("--b--\r\n")


NAMES = ["pwd", "otp", "nip", "jwt", "session_id", "key", "signature", "x-jwt", "x-auth-key", "authorization", "cvv"]
NAMES.extend(
    ["session", "two_factor", "verification_code", "sms_code", "pw", "psw", "psswd", "sign", "firma", "efirma"]
)
NAMES.extend(["fiel", "llave", "hmac", "X-Session", "X-Credential", "DPoP", "X-Access", "X-Vault", "X-User"])


@pytest.mark.parametrize("name", [*NAMES, "sessionId", "X-Session-Id", "ciec", "contraseña", "PIN"])
@pytest.mark.parametrize("secret", [CANARY, "735194"])
def test_names_beyond_the_specs_are_secret_in_any_place(name: str, secret: str) -> None:
    quoted = quote(name)
    for shape in (
        exchange(f"/v1/x?{quoted}={secret}"),
        exchange(f"/v1/x/{quoted}/{secret}/y"),
        exchange(body={"deep": [{name: secret}]}),
        exchange(body={"data": json.dumps({name: secret})}),
        exchange(body=f"{quoted}={secret}&a=1".encode(), content_type="application/x-www-form-urlencoded"),
        exchange(answer={"response": [{name: secret}]}),
        exchange(answer={"response": [{name: [secret]}]}),
        exchange(headers=[("Location", f"https://a.mx/?{quoted}={secret}")]),
        *([exchange(headers=[(name, secret)]), exchange(**{name: secret})] if name.isascii() else []),
    ):
        (found,) = scrubbed(shape)
        assert mentions(found, secret) == [], text_of(found)


BASE64 = b64encode(json.dumps({"password": CANARY}).encode()).decode()


@pytest.mark.parametrize(
    ("shape", "secret"),
    [
        (exchange(body=[{"name": "password", "value": CANARY}, {"name": "rfc", "value": "XAXX010101000"}]), CANARY),
        (exchange(body={"fields": [{"campo": "contraseña", "valor": CANARY}]}), CANARY),
        (exchange(answer={"response": [{"key": "token", "value": CANARY}]}), CANARY),
        (exchange(body={"data": BASE64}), BASE64),
        (exchange(body={"note": f"Bearer {CANARY}"}), CANARY),
        (exchange(x_other=f"TOKEN token={CANARY}"), CANARY),
        (exchange(body={"note": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"}), "eyJzdWIiOiIxIn0"),
        (exchange(f"/v1/x/api_key={CANARY}/y"), CANARY),
    ],
    ids=str,
)
def test_a_value_that_says_of_itself_what_it_is_is_secret(shape: Exchange, secret: str) -> None:
    (found,) = scrubbed(shape)
    assert mentions(found, secret, CANARY) == [], text_of(found)
    assert "rfc" not in text_of(shape) or "XAXX010101000" in text_of(found)


@pytest.mark.parametrize("levels", [10, 300, 600, 2000])
def test_json_of_any_depth_in_a_query_is_read_or_hidden(levels: int) -> None:
    text = '{"a":' * levels + json.dumps({"password": CANARY}) + "}" * levels
    for value in (quote(text), urlsafe_b64encode(text.encode()).decode()):
        (found,) = scrubbed(exchange(f"/v1/x?data={value}"))
        assert levels > 300 or mentions(found, CANARY) == []


def test_what_only_looks_like_a_credential_is_data() -> None:
    answer = {
        "response": [{"name": "password", "label": "Contraseña"}, {"message": "token expired", "sello": "QUJD" * 9}]
    }
    (found,) = scrubbed(exchange(answer=answer))
    assert json.loads(found.response.body) == answer


def test_a_field_that_the_spec_knows_is_data() -> None:
    spec = load("facturaonline")
    answer = {"status": "success", "data": [{"key": "01", "name": "Horas dobles"}]}
    operation = next(
        each for each in spec.operations.values() if "key" in marks(spec, each).others and each.id.startswith("list")
    )
    assert Scrubber().exchange(exchange(answer=answer), spec, operation).json() == answer
    assert Scrubber().exchange(exchange(answer=answer), spec, None).json() != answer


def test_words_of_a_payroll_are_data() -> None:
    answer = {"percepciones": [{"clave": "001", "keywords": ["3.3"], "monkey": "a", "keyboard": "b"}], "opinion": "c"}
    (found,) = scrubbed(exchange(body=answer, answer=answer))
    assert (json.loads(found.request.body), found.json()) == (answer, answer)


def test_types_and_shapes_stay() -> None:
    body = {"twofa": {"token": 9081726354, "pin": 1.5, "is_me": True, "none": None, "text": "", "list": ["a-secret"]}}
    (found,) = scrubbed(exchange(body=body, answer={"token": HEX, "twofa": "https://a.mx/jobs/1/twofa"}))
    kept = found.request
    assert Response(200, (), kept.body).json()["twofa"] == {
        "token": 0,
        "pin": Decimal("0.5"),
        "is_me": True,
        "none": None,
        "text": "",
        "list": ["hidden-3"],
    }
    answer = found.json()
    assert len(answer["token"]) == len(HEX)
    assert answer["token"].isdigit()
    assert answer["twofa"] == "https://a.mx/jobs/1/twofa"


def test_one_secret_has_one_placeholder_and_two_have_two() -> None:
    first, second = scrubbed(
        exchange(body={"credentials": {"a": CANARY, "b": SPICY}}), exchange(f"/v1/x?api_key={CANARY}")
    )
    assert json.loads(first.request.body)["credentials"] == {"a": "hidden-1", "b": "hidden-2"}
    assert second.request.target == "/v1/x?api_key=hidden-1"


def test_what_describes_a_secret_is_none() -> None:
    answer = {
        "response": [
            {"credentials": [{"name": "password", "type": "password", "label": "Contraseña larga"}]},
            {"twofa": [{"name": "token", "type": "text", "label": "Enter any number sequence as a token"}]},
            {"input": [{"name": "rfc"}], "is_twofa": 1, "id_credential": "6b080a36eb1167b367a9c378"},
        ]
    }
    (found,) = scrubbed(exchange(answer=answer))
    assert found.json() == answer


def test_a_password_that_is_a_word_of_the_specs_changes_no_names() -> None:
    login = exchange(body={"credentials": {"username": "username", "password": "password"}})
    described = exchange("/v1/catalogues/sites", answer={"response": [{"credentials": [{"name": "password"}]}]})
    first, second = scrubbed(login, described)
    assert json.loads(first.request.body) == {"credentials": {"username": "hidden-1", "password": "hidden-2"}}
    assert second.json() == described.json()


@pytest.mark.parametrize("operation", ["create_webhook", "list_webhooks"])
def test_the_token_in_a_webhooks_address_is_replaced(operation: str) -> None:
    url = f"https://shop.mx/hooks/{CANARY}?key={HEX}"
    (found,) = scrubbed(exchange(body={"url": url}, answer={"response": [{"url": url}]}), operation=operation)
    assert mentions(found, CANARY, HEX) == []
    assert found.json()["response"][0]["url"].startswith("https://shop.mx/hooks/hidden-")


def test_the_address_of_an_attachment_stays() -> None:
    answer = {"response": [{"url": "/attachments/6b080a36eb1167b367a9c378"}]}
    (found,) = scrubbed(exchange(answer=answer), operation="list_attachments")
    assert found.json() == answer


@pytest.mark.parametrize("body", [b'{"token": "' + CANARY.encode(), b"<html>csrf_token=" + CANARY.encode()])
def test_an_answer_that_cannot_be_read_goes_whole_when_it_mentions_a_secret(body: bytes) -> None:
    (found,) = scrubbed(exchange(answer=body, headers=[("Content-Type", "text/html")]))
    assert mentions(found, CANARY) == []
    assert found.is_cut


def test_hashes_of_keys_that_a_refusal_echoes_are_replaced() -> None:
    spec = load("facturaonline")
    answer = {"status": "error", "message": "no", "Data": "$2y$10$abcdefghijk", "Secret": "$2y$10$lmnopqrstuv"}
    found = Scrubber().exchange(exchange(answer=answer), spec, spec.operations["list_payrolls"])
    assert found.json() == {"status": "error", "message": "no", "Data": "hidden-1", "Secret": "hidden-2"}
