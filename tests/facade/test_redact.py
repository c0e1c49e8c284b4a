"""Secrets are known by what they are called and where they stand, and are hidden in every way of writing them."""

import json
import logging
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

import httpx
import pytest

from ventanilla import _redact
from ventanilla._redact import HIDDEN, LONG, carried, hidden, is_secret, protect_logs, redact

SECRET_NAMES = [
    *("auth", "Authorization", "x-auth", "Proxy-Authorization", "cookie", "Set-Cookie", "F-PLUGIN", "f-api-key"),
    *("F-Secret-Key", "client_id", "client-id", "api_key", "api key", "credential", "credentials", "input", "twofa"),
    *("headers", "token", "password", "contrasena", "my_secret_thing"),
]
PLAIN_NAMES = ["folio", "status", "author", "inputs", "name", "id_user", "header", "content-type", ""]


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_secrets_are_known_by_their_names(name: str) -> None:
    assert is_secret(name)
    assert is_secret(name.upper())


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
    assert redact("http://x/v1/sessions/0123456789abcde") == "http://x/v1/sessions/0123456789abcde"


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


def only_filter(logger: str, kind: str) -> logging.Filter:
    (found,) = (each for each in logging.getLogger(logger).filters if type(each).__name__ == kind)
    assert isinstance(found, logging.Filter)
    return found


def record(message: object, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("x", logging.DEBUG, __file__, 1, message, arguments, None)


@pytest.mark.parametrize("name", ["httpcore.http11", "httpcore.http2", "httpcore.proxy"])
def test_heads_of_answers_are_logged_without_what_they_say_of_anybody(name: str) -> None:
    protect_logs()
    protect_logs()
    kept = only_filter(name, "_HeadFilter")
    plain = "(b'Content-Length', b'5'), (b'date', b'today'), (b'Server', b'x'), (b'Vary', b'y'), (b'connection', b'z')"
    more = "(b'content-encoding', b'gzip'), (b'transfer-encoding', b'chunked'), (b'keep-alive', b'5')"
    begun = f"receive.complete return_value=(b'1', 200, [{plain}, {more}, (b'Set-Cookie', "
    told = record(begun + """b"a'b"), (b'X', b'c')])""")
    assert kept.filter(told) is True
    assert told.msg == begun + "b'***'), (b'X', b'***')])"
    other = record("send.started request=(b'X', b'c')")
    assert kept.filter(other) is True
    assert other.msg == "send.started request=(b'X', b'c')"
    strange = record(7)
    assert kept.filter(strange) is True


def test_urls_are_logged_without_their_credentials() -> None:
    protect_logs()
    kept = only_filter("httpx", "_UrlFilter")
    told = record("%s %s", "GET", httpx.URL("https://x/?api_key=k1"))
    assert kept.filter(told) is True
    assert told.getMessage() == "GET https://x/?api_key=***"


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
    # The digits whose six bits are all the secret's.
    first, last = -(-before * 8 // 6), len(plain) * 8 // 6
    assert hidden(text, [secret]) == text[:first] + HIDDEN + text[last:]


def test_base64_of_what_is_short_may_be_anything() -> None:
    secret = "x" * (LONG - 1)
    text = b64encode(secret.encode()).decode()
    assert hidden(text, [secret]) == text


def test_half_a_character_breaks_nothing() -> None:
    secret = "\ud800 half of one, then a secret"
    assert hidden(f"a {secret} b", [secret]) == f"a {HIDDEN} b"
