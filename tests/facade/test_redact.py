"""Secrets are known by what they are called and where they stand, and are hidden in every way of writing them."""

import json
import logging
import re
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from types import ModuleType
from urllib.parse import quote, quote_plus

import httpx
import pytest

from ventanilla import _redact
from ventanilla._redact import HIDDEN, LONG, carried, hidden, is_secret, protect_logs, redact

SECRET_NAMES = [
    *("auth", "Authorization", "x-auth", "Proxy-Authorization", "cookie", "Set-Cookie", "F-PLUGIN", "f-api-key"),
    *("F-Secret-Key", "client_id", "client-id", "api_key", "api key", "credential", "credentials", "input", "twofa"),
    *("headers", "token", "password", "contrasena", "my_secret_thing"),
    *("pwd", "otp", "nip", "jwt", "session_id", "session-id", "sessionid", "key", "signature", "x-jwt", "x-auth-key"),
    *("pin", "cvv", "CVV2", "ciec", "contraseña", "pass", "csrf", "connect.sid", "PHPSESSID", "credentials[user]"),
    *("private_key", "otpCode", "clave_de_acceso", "oauth"),
]
# However words are put together; these cannot be told in one case.
CAMELS = ["sessionId", "SessionID", "accessToken", "APIKey", "userPIN", "PINCode", "xAuthKey"]
PLAIN_NAMES = ["folio", "status", "author", "inputs", "name", "id_user", "header", "content-type", ""]
PLAIN_NAMES.extend(
    [
        "monkey",
        "keyboard",
        "keywords",
        "skip_keywords",
        "clave",
        "opinion",
        "compass",
        "id_credential",
        "aside",
    ]
)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_secrets_are_known_by_their_names(name: str) -> None:
    assert is_secret(name)
    assert is_secret(name.upper())


@pytest.mark.parametrize("name", CAMELS)
def test_secrets_are_known_by_words_put_together(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", PLAIN_NAMES)
def test_other_names_are_not_secret(name: str) -> None:
    assert not is_secret(name)


def test_long_names_are_looked_into_but_not_remembered() -> None:
    before = _redact._is_secret.cache_info().currsize  # pyright: ignore[reportPrivateUsage] - what is remembered
    assert is_secret("a" * 59 + "token1")  # 65 characters
    assert not is_secret("a" * 65)
    assert _redact._is_secret.cache_info().currsize == before  # pyright: ignore[reportPrivateUsage]
    assert is_secret("b" * 59 + "token")  # 64
    assert _redact._is_secret.cache_info().currsize == before + 1  # pyright: ignore[reportPrivateUsage]


def test_urls_keep_everything_but_their_credentials() -> None:
    url = "http://x/v1/payments/7?client_id=abc&folio=3&api%5Fkey=def"
    assert redact(url) == "http://x/v1/payments/7?client_id=***&folio=3&api%5Fkey=***"
    assert redact("http://x/v1/sessions/0123456789abcdef/verify") == "http://x/v1/sessions/***/verify"
    assert redact("http://x/v1/sessions/a-b.c") == "http://x/v1/sessions/***"
    assert redact("http://x/v1/sessions/jwt/a.b_c?x=1") == "http://x/v1/sessions/jwt/***?x=1"
    assert redact("http://x/credentials/7/otp/123#token=1;pin=2") == "http://x/credentials/7/otp/***#token=***;pin=***"
    assert redact("http://user:word@x/credentials/token") == "http://***@x/credentials/token"
    assert redact("http://x/y/api_key=s3cret?a=1") == "http://x/y/api_key=***?a=1"


def request(**options: object) -> httpx.Request:
    given: dict[str, object] = {"method": "POST", "url": "https://127.0.0.1/v1/users", **options}
    return httpx.Request(**given)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - as httpx takes them


def test_what_a_request_carries_is_found_in_its_headers() -> None:
    found = {
        *carried(
            request(headers={"Authorization": "api_key api_key=12345678,id_user=1234567", "X-Plain": "a=bbbbbbbb"})
        )
    }
    assert found == {"api_key api_key=12345678,id_user=1234567", "12345678"}


def test_what_a_request_carries_is_found_in_its_path_and_its_query() -> None:
    assert [*carried(request(url="https://127.0.0.1/v1/sessions/abc/verify?api_key=k&folio=3"))] == ["abc", "k"]


def test_what_a_request_carries_is_found_in_its_json_however_deep() -> None:
    body = {
        **{
            "name": "Ana",
            "credentials": {"user": "u1", "list": ["l1", {"x": 7}], "none": None},
            "twofa": {"token": "t1"},
        },
        **{"rows": [{"api_key": "k1", "folio": 3}], "url": "https://x.mx/hooks/12345678/1234567?a=abcdefgh"},
    }
    assert [*carried(request(json=body))] == ["u1", "l1", "7", "t1", "k1", "12345678", "abcdefgh"]


def test_what_a_request_carries_is_found_in_its_form() -> None:
    form = {"client_id": "c1", "api_key": "k 1", "folio": "3"}
    assert [*carried(request(data=form))] == ["c1", "k 1"]
    assert [*carried(request(content=b"[" * 100_000 + b"&api_key=k2"))] == ["k2"]


def test_a_body_that_has_not_been_read_carries_nothing_that_could_be_said() -> None:
    def parts() -> Iterator[bytes]:
        yield b"api_key=k1"

    assert [*carried(request(content=parts()))] == []


@pytest.mark.parametrize(
    ("text", "secrets", "left"),
    [
        ("clave 12345678 mal", ["12345678"], "clave *** mal"),
        ("clavex12345678y", ["12345678"], "clavex***y"),
        ("clave 1234567 mal", ["1234567"], "clave *** mal"),
        ("clavex1234567", ["1234567"], "clavex1234567"),
        ("pin 1234, 12345", ["1234"], "pin ***, 12345"),
        ("pin 123", ["123"], "pin 123"),
        ("a%2Fb%3Dc%2Fdddd", ["a/b=c/dddd"], "***"),
        ("a+b+c+d+e+f", ["a b c d e f"], "***"),
        ("a%20b%20c%20d", ["a b c d"], "***"),
        ('say \\"12345678\\" twice', ['"12345678"'], "say *** twice"),
        ("abcdefghij abcdefgh", ["abcdefgh", "abcdefghij"], "*** ***"),
        ("nothing", [], "nothing"),
    ],
)
def test_secrets_are_hidden_in_every_way_of_writing_them(text: str, secrets: list[str], left: str) -> None:
    assert hidden(text, secrets) == left


def only_filter(logger: str) -> logging.Filter:
    (found,) = (each for each in logging.getLogger(logger).filters if type(each).__module__ == "ventanilla._redact")
    assert isinstance(found, logging.Filter)
    return found


def record(message: object, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("x", logging.DEBUG, __file__, 1, message, arguments, None)


# Of the successors too, which nobody has to have.
LOGGERS = [
    f"{library}{child}"
    for library in ("httpcore", "httpcore2")
    for child in (".http11", ".http2", ".proxy", ".socks", ".connection")
]


@pytest.mark.parametrize("name", LOGGERS)
def test_heads_of_answers_are_logged_without_what_they_say_of_anybody(name: str) -> None:
    protect_logs()
    protect_logs()
    kept = only_filter(name)
    plain = "(b'Content-Length', b'5'), (b'date', b'today'), (b'Server', b'x'), (b'Vary', b'y'), (b'connection', b'z')"
    more = "(b'content-encoding', b'gzip'), (b'transfer-encoding', b'chunked'), (b'keep-alive', b'5')"
    begun = f"receive.complete return_value=(b'1', 200, b'OK', [{plain}, {more}, (b'Set-Cookie', "
    told = record(begun + """b"a'b"), (b'X', b'c')])""")
    assert kept.filter(told) is True
    assert told.msg == begun + "b'***'), (b'X', b'***')])"
    for message in ("send.started request=(b'X', b'c')", 7):
        other = record(message)
        assert kept.filter(other) is True
        assert other.msg == ("send.started request=(b'X', b'***')" if message != 7 else 7)


@pytest.mark.parametrize(
    ("message", "left"),
    [
        (
            "x.complete return_value=(b'HTTP/1.1', 400, b'k1', [])",
            "x.complete return_value=(b'HTTP/1.1', 400, b'***', [])",
        ),
        ("setup_socks5_connection.started host='a' auth=(b'me', b'k1') timeouts={}", None),
        (
            "x.failed exception=LocalProtocolError(\"Illegal header value b'k1'\")",
            "x.failed exception=LocalProtocolError(***)",
        ),
        ("x.failed exception=ConnectError(OSError('all'))", "x.failed exception=ConnectError(OSError('all'))"),
    ],
)
def test_what_else_the_transport_logs_has_no_secret(message: str, left: str | None) -> None:
    protect_logs()
    told = record(message)
    assert only_filter("httpcore.socks").filter(told)
    assert told.msg == (left or "setup_socks5_connection.started host='a' auth=*** timeouts={}")


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_urls_are_logged_without_their_credentials(name: str) -> None:
    protect_logs()
    told = record('%s %s "%s %d %s"', "GET", httpx.URL("https://x/?api_key=k1"), "HTTP/1.1", 200, "token k1")
    assert only_filter(name).filter(told) is True
    assert told.getMessage() == 'GET https://x/?api_key=*** "HTTP/1.1 200 ***"'
    plain = record('%s %s "%s %d %s"', "GET", httpx.URL("https://x/"), "HTTP/1.1", 200, "OK")
    assert only_filter(name).filter(plain) is True
    assert plain.getMessage() == 'GET https://x/ "HTTP/1.1 200 OK"'


def test_loggers_of_the_library_in_use_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", ModuleType("httpx9"))
    child = logging.getLogger("httpx9.deep.child")
    try:
        protect_logs()
        assert only_filter("httpx9")
        assert only_filter("httpx9.deep.child")
    finally:
        child.filters.clear()


ODD = 'ñandú/&<"clave">+é='


WRITTEN: list[Callable[[str], str]] = [
    str,
    quote,
    quote_plus,
    lambda secret: quote(secret, safe=""),
    lambda secret: re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
    lambda secret: json.dumps(secret)[1:-1],
    lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    lambda secret: secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"),
    lambda secret: secret.encode().decode("latin-1"),
]


@pytest.mark.parametrize("written", WRITTEN)
def test_a_secret_is_hidden_however_it_is_written(written: Callable[[str], str]) -> None:
    assert hidden(f"a {written(ODD)} b", [ODD]) == f"a {HIDDEN} b"


@pytest.mark.parametrize("encoded", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("secret", ["x" * LONG, "sk_live_4eC39HqLyjWDarjt", "¿¾ÿ~~~??>>"])
def test_all_that_base64_shows_of_a_secret_is_hidden_wherever_it_begins(
    secret: str, before: int, encoded: Callable[[bytes], bytes]
) -> None:
    plain = b"\0" * before + secret.encode()
    text = encoded(plain + b"\0" * 6).decode()
    # At most the digits that the secret shares with what stands beside it.
    first, last = before * 8 // 6, -(-len(plain) * 8 // 6)
    left, right = hidden(text, [secret]).split(HIDDEN)
    assert text[: first + 1].startswith(left)
    assert text[last - 1 :].endswith(right)


def test_half_a_character_breaks_nothing() -> None:
    secret = "\ud800 half of one, then a secret"
    assert hidden(f"a {secret} b", [secret]) == f"a {HIDDEN} b"
