"""A notification is understood in every form that PHP, gateways and old pages give it, and its password is checked."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from bodies import PASSWORD, TOKEN, batch, entry, flat, own_id

from ventanilla.webhooks import Answer, CredentialRefreshed, Event, MemoryInbox, PaymentNotified, Receiver, UnknownEvent

SECRET = "contraseña"
NAME = "Camión Ñandú"
DATA = {"id": 38, "company_id": 5, "company_alias": NAME, "total_amount": "55.20"}
Form = tuple[bytes, str | None]


def digest(password: str = SECRET, encoding: str = "utf-8") -> str:
    return hashlib.md5(password.encode(encoding)).hexdigest()


def fields(password: str = "", data: Any = None) -> dict[str, str]:
    said = json.dumps(DATA, ensure_ascii=False) if data is None else data
    return {"ipn_password": password or digest(), "ipn_type": "1", "data": said}


def form(encoding: str = "utf-8", media: str | None = "application/x-www-form-urlencoded") -> Form:
    return urlencode(fields(), encoding=encoding).encode(), media


def bare(encoding: str) -> Form:
    """A form of which nothing is escaped but what has to be."""
    text = "&".join(f"{name}={quote(value, safe='{}:, áéíóúñÑ')}" for name, value in fields().items())
    return text.encode(encoding), "application/x-www-form-urlencoded"


def parts(boundary: str = "----x", newline: str = "\r\n", encoding: str = "utf-8", named: str = '"{}"') -> bytes:
    pieces = [
        f"--{boundary}\nContent-Disposition: form-data; name={named.format(name)}\n\n{value}\n"
        for name, value in fields().items()
    ]
    return ("".join(pieces) + f"--{boundary}--\n").replace("\n", newline).encode(encoding)


def as_json(encoding: str = "utf-8", media: str | None = "application/json", **more: Any) -> Form:
    text = json.dumps({"ipn_password": digest(), "ipn_type": 1, "data": DATA, **more}, ensure_ascii=False)
    return text.encode(encoding), media


def nested() -> bytes:
    pairs = {"ipn_password": digest(), "ipn_type": "1", **{f"data[{name}]": value for name, value in DATA.items()}}
    return urlencode(pairs).encode()


def as_file() -> bytes:
    head = b'Content-Disposition: form-data; filename="name=a; x"; name="data"\r\nContent-Type: application/json\r\n'
    return parts().replace(b'Content-Disposition: form-data; name="data"\r\n', head)


FORM_DATA = "multipart/form-data"
FORMS: dict[str, Form] = {
    "form": form(),
    "form in Latin-1": form("latin-1"),
    "form in Latin-1, declared": form("latin-1", "application/x-www-form-urlencoded; charset=ISO-8859-1"),
    "form that is not escaped": bare("utf-8"),
    "form that is not escaped in Latin-1": bare("latin-1"),
    "form in UTF-16": (form()[0].decode().encode("utf-16"), "application/x-www-form-urlencoded; charset=utf-16"),
    "form with a mark": (b"\xef\xbb\xbf" + form()[0], None),
    "form without a type": form(media=None),
    "form as text": form(media="text/plain"),
    "form as JSON": form(media="application/json"),
    "form whose fields come twice": (b"ipn_password=x&ipn_type=7&data=y&" + form()[0], None),
    "form that is nested": (nested(), "application/x-www-form-urlencoded"),
    "form without data": (urlencode(DATA | {"ipn_password": digest(), "ipn_type": 1}).encode(), None),
    "parts": (parts(), f"{FORM_DATA}; boundary=----x"),
    "parts with a quoted boundary": (parts(), f'{FORM_DATA}; boundary="----x"'),
    "parts with another boundary": (parts(), f"{FORM_DATA}; boundary=y"),
    "parts without a type": (parts(), None),
    "parts in lines of Unix": (parts(newline="\n"), FORM_DATA),
    "parts in Latin-1": (parts(encoding="latin-1"), FORM_DATA),
    "parts with bare names": (parts(named="{}"), FORM_DATA),
    "parts after a preamble": (b"This is a form.\r\n" + parts(), FORM_DATA),
    "parts with a file": (as_file(), FORM_DATA),
    "JSON": as_json(),
    "JSON as text": as_json(media="text/plain"),
    "JSON as a form": as_json(media="application/x-www-form-urlencoded"),
    "JSON without a type": as_json(media=None),
    "JSON with a mark": as_json("utf-8-sig"),
    "JSON in Latin-1": as_json("latin-1"),
    "JSON in UTF-16": as_json("utf-16"),
    "JSON in UTF-16 without a mark": as_json("utf-16-be"),
    "JSON that says UTF-16 and is not": as_json(media="application/json; charset=utf-16"),
    "JSON with data as text": as_json(data=json.dumps(DATA)),
    "JSON with numbers as text": as_json(ipn_type="1", data=DATA | {"id": "38"}),
    "gzip": (gzip.compress(form()[0]), "application/x-www-form-urlencoded"),
    "deflate": (zlib.compress(form()[0]), None),
    "password in capitals": (urlencode(fields(digest().upper())).encode(), None),
    "password in Latin-1": (urlencode(fields(digest(encoding="latin-1"))).encode(), None),
}


def receive(body: bytes, media: str | None, password: str = SECRET) -> tuple[Answer, list[Event]]:
    inbox = MemoryInbox()
    receiver = Receiver(inbox, tokens=[TOKEN], ipn_password=password)
    headers = {"CONTENT-LENGTH": str(len(body))} | ({} if media is None else {"CONTENT-TYPE": media})
    answer = receiver.handle("POST", f"/hooks/{TOKEN}/?a=b", headers, body)
    return answer, [each.event for each in inbox.list()]


@pytest.mark.parametrize("name", FORMS)
def test_a_notification_is_understood_in_every_form(name: str) -> None:
    answer, (event,) = receive(*FORMS[name])
    assert answer.status == 200
    assert isinstance(event, PaymentNotified)
    assert (event.payment_id, event.company_id, own_id(event)) == (38, 5, "ipn:1:38")
    assert event.payload["data"]["company_alias"] == NAME
    assert event.payload["data"]["total_amount"] == "55.20"
    for secret in (digest(), digest(encoding="latin-1")):
        assert secret not in event.raw.decode().lower()


@pytest.mark.parametrize("name", FORMS)
def test_in_no_form_does_another_password_do(name: str) -> None:
    answer, events = receive(*FORMS[name], password="contrasena")
    assert (answer.status, events) == (401, [])


def test_equal_forms_of_one_notification_are_one_event() -> None:
    names = ("form", "form in Latin-1", "parts", "JSON", "JSON in UTF-16", "JSON with data as text", "gzip")
    assert len({receive(*FORMS[name])[1][0].key for name in names}) == 1


def test_a_password_that_no_page_can_write_is_no_other_one() -> None:
    # In Latin-1 both would be `??`, had what it lacks been replaced by a question mark.
    for other in ("??", "日本"):
        body = urlencode(fields(digest(other))).encode()
        assert receive(body, None, "中文")[0].status == 401
    assert receive(urlencode(fields(digest("中文"))).encode(), None, "中文")[0].status == 200
    assert receive(form()[0], None, "\ud800")[0].status == 401


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "mark": lambda body: b"\xef\xbb\xbf" + body,
    "UTF-16": lambda body: body.decode().encode("utf-16"),
    "Latin-1": lambda body: body.decode().encode("latin-1"),
    "gzip": gzip.compress,
    "spaces": lambda body: b"\r\n " + body + b"\n",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("wrapped", [True, False])
def test_events_of_syncfy_are_understood_in_every_encoding(change: str, wrapped: bool) -> None:
    said: dict[str, Any] = {"note": NAME, "is_executing": 0}
    body = json.dumps(json.loads(batch(entry("e", **said)) if wrapped else flat(**said)), ensure_ascii=False).encode()
    answer, (event,) = receive(CHANGES[change](body), None)
    assert answer.status == 200
    assert isinstance(event, CredentialRefreshed)
    assert NAME.encode() in event.raw


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb'"pastel \ud83c"', "pastel �"),
        (rb'"\udf70\ud83c pastel"', "�� pastel"),
        (rb'"pastel \ud83c\udf70"', "pastel 🍰"),
        (rb'"a\\ud83c"', "a\\ud83c"),
        (b'"pastel \xed\xa0\xbc!"', "pastel �!"),
        (b'"cut off \xc3"', "cut off Ã"),
        (b'"\x81\x80"', "�€"),
        (b'"a\nb\tc"', "a\nb\tc"),
        (b"NaN", "NaN"),
        (b"-Infinity", "-Infinity"),
        (b"1e999", "1e999"),
        (b"9" * 5000, "9" * 5000),
        (b"9" * 30, 10**30 - 1),
        (b"98.579999999999998", 98.58),
    ],
)
def test_what_json_does_not_have_is_replaced_and_nothing_else(written: bytes, read: Any) -> None:
    body = batch(entry("a", note="HERE"), entry("b", note="NaN \\ud83c")).replace(b'"HERE"', written)
    answer, events = receive(body, None)
    assert answer.status == 200
    later, first = events
    assert isinstance(first, CredentialRefreshed)
    assert first.payload["payload"]["note"] == read
    assert later.payload["payload"]["note"] == "NaN \\ud83c"
    assert json.loads(json.dumps(first.payload)) == first.payload


ODD: list[Any] = [None, 1, "text", [], [[]], {}, {"header": None}, {"payload": 5}, {"header": {"event": []}}, True]


def test_the_odd_ones_of_a_batch_are_kept_and_so_are_the_others() -> None:
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    answer, events = receive(batch(entry("a"), *ODD, {"deep": deep}, entry("b", "x.y"), entry("c")), None)
    assert json.loads(answer.body) == {"received": 14, "new": 14}
    odd = [each.raw for each in reversed(events) if isinstance(each, UnknownEvent)]
    assert [json.loads(each) for each in odd] == [*ODD, {"deep": deep}, entry("b", "x.y")]
    assert [own_id(each) for each in events if isinstance(each, CredentialRefreshed)] == ["eid:c", "eid:a"]


def test_a_list_that_php_numbers_is_a_batch() -> None:
    _, events = receive(json.dumps({"events": {"0": entry("a"), "2": entry("b")}}).encode(), None)
    assert [own_id(each) for each in reversed(events)] == ["eid:a", "eid:b"]
    _, (other,) = receive(json.dumps({"events": {"a": entry("a")}}).encode(), None)
    assert type(other) is UnknownEvent


def test_a_password_without_a_character_is_refused() -> None:
    from ventanilla.errors import ConfigurationError

    for given in ("", [PASSWORD, ""]):
        with pytest.raises(ConfigurationError, match="ipn_password"):
            Receiver(MemoryInbox(), tokens=[TOKEN], ipn_password=given)
