"""What the journal shows has nobody's real secrets in it; the mock's own are there to be used again."""

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, cast
from urllib.parse import quote, quote_plus

import pytest
from syncfy_caller import KEY, Syncfy

from ventanilla._redact import is_secret, redact
from ventanilla.mock import Mock, syncfy
from ventanilla.mock._masks import HIDDEN, published
from ventanilla.mock._spec import load
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.facti.access import API_KEY, CLIENT_ID
from ventanilla.mock.facturaonline import access
from ventanilla.mock.journal import Entry, Journal
from ventanilla.mock.provider import Call, Provider, Reply
from ventanilla.mock.wire import Request, Response
from ventanilla.mock.world import World

CANARY = "canary7f3a9c2e51d84b06"
SPICY = 'ca "n&a=r+y%/ñ\\7f3a9c2e'
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BASE = "http://127.0.0.1:8765"
LOGIN = json.dumps({"credentials": {"password": CANARY}}).encode()


def views(journal: Journal, entry: Entry) -> dict[str, str]:
    """Return everything that shows an exchange."""
    return {
        "shown": json.dumps(journal.shown(entry), ensure_ascii=False),
        "shown in ASCII": json.dumps(journal.shown(entry)),
        "curl": journal.curl(entry, BASE),
        "har": json.dumps(journal.har([entry], BASE), ensure_ascii=False),
        "lines": "\n".join(journal.lines([entry])),
        "repr": repr(entry),
        "str": f"{entry} {entry!s}",
        "request": repr(entry.request),
    }


def ways(secret: str) -> Iterator[str]:
    """Return how a secret may be written."""
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    # As JSON inside of JSON.
    yield json.dumps(json.dumps(secret))[3:-3]


def leaks(journal: Journal, entry: Entry, *secrets: str) -> list[str]:
    """Return which views show a secret."""
    return [
        name
        for name, text in views(journal, entry).items()
        if any(way in text for secret in secrets for way in ways(secret))
    ]


def sent(request: Request) -> tuple[Journal, Entry]:
    """Send a request to the mock of all three providers, and return what its journal has."""
    mock = Mock(clock=ManualClock())
    mock.handle(request)
    (entry,) = mock.world.journal
    return mock.world.journal, entry


def post(body: str | bytes, kind: str = JSON, path: str = "/syncfy/v1/credentials") -> Request:
    content = body.encode() if isinstance(body, str) else body
    return Request("POST", path, {"Content-Type": kind, "Authorization": KEY}, content)


@pytest.mark.parametrize(
    "value",
    [
        f"api_key api_key={CANARY}",
        f"API_KEY api_key={CANARY},id_user=6553f1a0aaaaaaaaaaaaaaaa",
        f"api_key  api_key = {CANARY}",
        f"TOKEN token={CANARY}",
        f"Bearer {CANARY}",
        f"bearer {CANARY}==",
        f"Basic {CANARY}=",
        f"Digest username=me, response={CANARY}",
        CANARY,
        f"{CANARY} api_key=1",
        f"AWS4 {CANARY}",
    ],
)
def test_a_credential_in_the_authorization_stays_hidden(value: str) -> None:
    journal, entry = sent(Request("GET", "/syncfy/v1/users", {"Authorization": value}))
    assert leaks(journal, entry, CANARY) == []
    assert HIDDEN in journal.shown(entry)["request"]["headers"]["authorization"]
    assert entry.request.headers["authorization"] == value


@pytest.mark.parametrize(
    "name",
    [
        "F-Api-Key",
        "F-Secret-Key",
        "F-PLUGIN",
        "Cookie",
        "X-Api-Key",
        "apikey",
        "Client-Id",
        "Proxy-Authorization",
        "X-Auth",
        "X-Amz-Security-Token",
        "Password",
        "X-Session",
        "X-Credential",
        "DPoP",
    ],
)
def test_a_credential_in_another_header_stays_hidden(name: str) -> None:
    headers = {"F-PLUGIN": access.PLUGIN, "F-Api-Key": access.API_KEY, name: CANARY}
    journal, entry = sent(Request("GET", "/facturaonline/api/payroll/list", headers))
    assert leaks(journal, entry, CANARY) == []


def test_a_refusal_does_not_show_the_hashes_of_credentials() -> None:
    headers = {"F-PLUGIN": access.PLUGIN, "F-Api-Key": CANARY, "F-Secret-Key": SPICY}
    journal, entry = sent(Request("GET", "/facturaonline/api/payroll/list", headers))
    answer = entry.response.json()
    assert answer["Data"].startswith("$2y$10$")
    assert leaks(journal, entry, CANARY, SPICY, answer["Data"], answer["Secret"]) == []
    assert answer["message"] in views(journal, entry)["shown"]


@pytest.mark.parametrize(
    "target",
    [
        f"/facti/v1/payments/payment_ways?client_id={CANARY}&api_key={CANARY}",
        f"/facti/v1/payments/payment_ways?client_id={CLIENT_ID}&api%5Fkey={CANARY}",
        f"/facti/v1/payments/payment_ways?API_KEY={CANARY}&api_key='{CANARY}",
        f"/facti/v1/payments/payment_ways?keys[api_key]={CANARY}&keys[client_id][0]={CANARY}",
        f"/v1/payments?api_key={quote(SPICY)}",
        f"/v1/payments?api_key={quote_plus(SPICY)}&x=1",
        f"/?access_token={CANARY}",
        f"/?password={CANARY}#{CANARY}",
        f"/?api_key {CANARY}=1",
        f"/?api_key+{CANARY}",
        f"/?next=https%3A%2F%2Fa.mx%2F%3Ftoken%3D{CANARY}",
        f"/?next=https://me:{CANARY}@a.mx/",
        f"/syncfy/v1/sessions/{CANARY}",
        f"/syncfy/v1/sessions/{CANARY}/verify",
        f"/v1/sessions/{CANARY}/verify?a=b",
        f"/x/api_key={CANARY}/y",
        f"http://me:{CANARY}@127.0.0.1/syncfy/v1/users",
        "/?" + "a=http://x?" * 5000 + f"token={CANARY}",
    ],
)
def test_a_credential_in_the_target_stays_hidden(target: str) -> None:
    journal, entry = sent(Request("GET", target, {"Referer": f"{BASE}{target}"}))
    assert leaks(journal, entry, CANARY, SPICY) == []
    assert entry.request.target == target


@pytest.mark.parametrize(
    "body",
    [
        f"client_id={CLIENT_ID}&api_key={CANARY}",
        f"client_id={quote_plus(SPICY)}&api_key={quote(SPICY)}",
        f"credentials[password]={CANARY}&folio=1",
        f"a[b][ipn_password]={CANARY}",
        f"api_key: {CANARY}",
        f"api_key={CANARY};client_id={CANARY}",
        f"password {CANARY}=1&folio=1",
        f"url=https://a.mx/?secret={CANARY}",
        json.dumps({"api_key": CANARY}),
    ],
)
@pytest.mark.parametrize("kind", [FORM, "", "text/plain"])
def test_a_credential_in_a_form_stays_hidden(body: str, kind: str) -> None:
    journal, entry = sent(post(body, kind, "/facti/v1/payments/search"))
    assert leaks(journal, entry, CANARY, SPICY) == []


@pytest.mark.parametrize("secret", [CANARY, SPICY])
@pytest.mark.parametrize(
    "shape",
    [
        {"id_site": "1", "credentials": {"username": "SECRET", "password": "SECRET"}},
        {"credentials": {"password": {"deeper": ["SECRET", {"still": "SECRET"}]}}},
        {"credentials": "SECRET"},
        {"input": {"rfc": "SECRET", "password": "SECRET"}},
        {"twofa": {"token": "SECRET"}},
        [{"name": "password", "value": "SECRET"}],
        {"url": "https://a.mx/?token=1&password=SECRET", "headers": {"X-Hook": "SECRET"}},
        {"url": "https://me:pw@a.mx/hook", "new_password": "SECRET", "note": "again: SECRET"},
        [{"list": [{"api_key": "SECRET"}]}, {"client-secret": "SECRET"}, {"Contraseña": "SECRET"}],
    ],
)
def test_a_secret_in_json_stays_hidden(shape: Any, secret: str) -> None:
    text = json.dumps(shape).replace('"SECRET"', json.dumps(secret))
    text = text.replace("password=SECRET", f"password={quote(secret)}").replace("SECRET", json.dumps(secret)[1:-1])
    journal, entry = sent(post(text))
    assert entry.request.body.decode() == text
    assert leaks(journal, entry, secret) == []
    journal, entry = sent(post(text, "text/html"))
    assert leaks(journal, entry, secret) == []


def test_numbers_are_hidden_too_and_what_is_no_secret_is_not() -> None:
    body = {"twofa": {"token": 9081726354, "is_me": True, "none": None}, "folio": 77, "total": 9081}
    journal, entry = sent(post(json.dumps(body)))
    assert leaks(journal, entry, "9081726354") == []
    assert json.loads(journal.shown(entry)["request"]["body"]) == {
        "twofa": {"token": HIDDEN, "is_me": True, "none": None},
        "folio": 77,
        "total": 9081,
    }


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f'{{"credentials": {{"password": "{CANARY}"', JSON),
        (f'{{"api_key": "{CANARY}"}} and more', JSON),
        ("[" * 5000 + f'"api_key", "{CANARY}"', JSON),
        ('{"a":' * 900 + f'{{"api_key":"{CANARY}"}}' + "}" * 900, JSON),
        (f"<login password='{CANARY}'/>", "application/xml"),
        (f'--x\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n{CANARY}\r\n--x--', "multipart/form-data"),
        (f"password is {CANARY}", "text/plain"),
        (f"api_key\x00{CANARY}".encode() + b"\xff\xfe", "application/octet-stream"),
        (json.dumps({"padding": "x" * 70_000, "api_key": CANARY}), JSON),
        (json.dumps({"api_key": CANARY, "padding": "x" * 70_000}), JSON),
    ],
)
def test_a_body_that_cannot_be_read_is_hidden_whole_when_it_mentions_a_secret(body: str | bytes, kind: str) -> None:
    journal, entry = sent(post(body, kind))
    assert leaks(journal, entry, CANARY) == []


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(LOGIN, mtime=0),
        zlib.compress(LOGIN),
        LOGIN.decode().encode("utf-16"),
        LOGIN.decode().encode("cp500"),
    ],
)
def test_a_body_in_another_encoding_is_read_for_what_it_mentions(body: bytes) -> None:
    journal, entry = sent(post(body))
    assert journal.shown(entry)["request"]["body"].startswith("‹hidden: ")


def test_what_an_answer_repeats_in_other_letters_stays_hidden() -> None:
    journal = Journal()
    for written in (CANARY.upper(), CANARY.encode().hex(), CANARY[3:], "".join(f"&#{ord(each)};" for each in CANARY)):
        answer = Response(400, (("X-Echo", written),), json.dumps({"message": written}).encode())
        journal.note(1.0, Request("GET", f"/?token={CANARY}"), answer, None, None, (f"{written} is wrong",))
    for entry in journal:
        assert entry.response.headers[0][1] not in json.dumps(journal.shown(entry))


@pytest.mark.parametrize("body", ['{"name": "El Santo"', "<a b='c'/>", "nothing in particular"])
def test_a_body_that_cannot_be_read_is_shown_when_it_mentions_none(body: str) -> None:
    journal, entry = sent(post(body, "text/plain"))
    assert journal.shown(entry)["request"]["body"] == body


def test_what_a_handler_says_again_of_a_secret_stays_hidden() -> None:
    def echo(world: World, call: Call) -> Reply:
        body, query = call.request.body.decode(), call.request.target
        text = json.dumps([call.body, body, query], ensure_ascii=False).encode()
        return Reply.file(text, JSON, (("X-Echo", f"{CANARY}"),))

    original = syncfy.provider()
    provider = Provider(
        "syncfy",
        original.spec,
        lambda world, call: None,
        original.refuse,
        {**original.handlers, "create_credential": echo},
    )
    mock = Mock(clock=ManualClock(), providers=[provider])
    body = json.dumps({"id_site": "56cf5728784806f72b8b4568", "credentials": {"a": CANARY, "b": SPICY}})
    mock.handle(post(body, path=f"/syncfy/v1/credentials?token={CANARY}&b={quote(SPICY)}"))
    (entry,) = mock.world.journal
    assert CANARY in entry.response.body.decode()
    assert leaks(mock.world.journal, entry, CANARY, SPICY) == []


def test_what_is_said_of_a_broken_rule_has_no_secret_in_it() -> None:
    journal = Journal()
    request = Request("GET", f"/?token={CANARY}")
    journal.note(1.0, request, Response(400, (), b""), None, None, (f"token: {CANARY} is wrong",))
    (entry,) = journal
    assert leaks(journal, entry, CANARY) == []


def test_a_secret_that_waits_in_vain_is_not_told_either() -> None:
    journal = Journal()
    journal.note(1.0, Request("GET", f"/?token={CANARY}"), Response(404, (), b""), None, None)
    with pytest.raises(TimeoutError) as failure:
        journal.wait(2, 0)
    assert "GET /?token=‹hidden› 404" in str(failure.value)
    assert CANARY not in str(failure.value)


# The negative controls: what is published, and what the mock gave out itself.


def test_the_published_credentials_are_shown() -> None:
    _, entry = sent(Request("GET", "/syncfy/v1/users", {"Authorization": KEY}))
    assert KEY in Journal().curl(entry, BASE)
    form = f"client_id={CLIENT_ID}&api_key={API_KEY}"
    _, entry = sent(post(form, FORM, "/facti/v1/user/authenticate"))
    assert Journal().shown(entry)["request"]["body"] == form
    headers = {"F-PLUGIN": access.PLUGIN, "F-Api-Key": access.API_KEY, "F-Secret-Key": access.SECRET_KEY}
    _, entry = sent(Request("GET", "/facturaonline/api/payroll/list", headers))
    assert set(headers.values()) <= set(Journal().shown(entry)["request"]["headers"].values())


def test_the_sandboxs_logins_are_shown_byte_by_byte() -> None:
    body = '{ "credentials": {"username": "error_401",  "password": "test"}, "twofa": {"token": "89704371"} }'
    journal, entry = sent(post(body))
    assert journal.shown(entry)["request"]["body"] == body
    assert {"test", "ACM010101ABC", "error_401"} <= published()


def test_tokens_that_the_mock_gave_out_are_shown_also_when_they_are_over(linked: Syncfy) -> None:
    journal, token = linked.mock.world.journal, linked.token
    linked.call("GET", "/catalogues/countries")
    linked.send("GET", f"/sessions/{token}/verify", auth="")
    linked.send("GET", "/catalogues/countries", auth=f"Bearer {token}")
    linked.clock.advance(3600)
    assert linked.status("GET", "/catalogues/countries") == 401
    for entry in journal.find(since=2):
        assert token in views(journal, entry)["curl"]
        assert token in views(journal, entry)["shown"]
    assert token in views(journal, journal.entry(2))["shown"]


def test_tokens_of_somebody_else_are_not_shown_beside(linked: Syncfy) -> None:
    stranger = "0123456789abcdef" * 4
    linked.send("GET", "/catalogues/countries", auth=f"TOKEN token={stranger}")
    linked.send("DELETE", f"/sessions/{stranger}", auth="")
    journal = linked.mock.world.journal
    assert [leaks(journal, entry, stranger) for entry in journal.find(since=2)] == [[], []]


def test_the_oldest_tokens_are_forgotten_when_there_are_too_many() -> None:
    journal = Journal()

    def giving(number: int) -> str:
        token = sha256(bytes([number % 256, number // 256])).hexdigest()
        journal.note(1.0, Request("POST", "/"), Response(200, (), f'{{"token":"{token}"}}'.encode()), None, None)
        return token

    tokens = [giving(number) for number in range(4098)]
    journal.note(1.0, Request("GET", f"/?token={tokens[0]}&token={tokens[-1]}"), Response(200, (), b""), None, None)
    (entry,) = journal.find(limit=1)
    assert journal.shown(entry)["request"]["path"] == f"/?token={HIDDEN}&token={tokens[-1]}"


def test_what_shows_a_request_hides_what_it_came_with() -> None:
    request = Request("GET", f"/a?api_key={CANARY}&b=2", {"Authorization": CANARY}, CANARY.encode())
    assert CANARY not in repr(request)
    assert "'/a?…'" in repr(request)
    assert "'/a/***'" not in repr(Request("GET", "/a/b"))


def test_urls_in_logs_hide_whatever_is_called_a_secret() -> None:
    assert redact(f"/a?token={CANARY}&limit=5&X-Api%2DKey={CANARY}") == "/a?token=***&limit=5&X-Api%2DKey=***"


def marked(node: Any) -> Iterator[tuple[str, bool]]:
    """Return the names in a spec by which something arrives, and whether they are marked as secret."""
    if isinstance(node, list):
        for item in cast("Iterable[Any]", node):
            yield from marked(item)
    if not isinstance(node, dict):
        return
    fields = cast("dict[str, Any]", node)
    for name, item in cast("dict[str, Any]", fields.get("properties", {})).items():
        yield name, bool(item.get("x-secret") or item.get("x-credential"))
    if "in" in fields and "name" in fields:
        yield fields["name"], bool(fields.get("x-secret")) or fields.get("type") == "apiKey"
    for item in fields.values():
        yield from marked(item)


@pytest.mark.parametrize("provider", ["syncfy", "facti", "facturaonline"])
def test_what_the_specs_call_secret_is_what_is_hidden(provider: str) -> None:
    names = set(marked(load(provider).document))
    # The hashes in a refusal have names of their own, and only there.
    secret = {name for name, is_marked in names if is_marked} - {"Data", "Secret"}
    assert {name for name in secret if not is_secret(name)} == set()
    if provider != "facturaonline":
        assert len(secret) >= 3
    # `token` is also whether a site's field is one, `credentials` the fields of a site.
    others = {name for name, is_marked in names if not is_marked} - secret
    assert {name for name in others if is_secret(name)} <= {"Secret", "F-PLUGIN", "key"}


def test_no_name_of_the_specs_is_hidden_by_chance() -> None:
    assert not any(
        is_secret(name) for name in ("id_credential", "is_authorized", "is_twofa", "data", "author", "keywords")
    )
    assert is_secret("x" * 100 + "token")
    assert not is_secret("x" * 100)
    assert re.fullmatch("‹.*›", HIDDEN)
