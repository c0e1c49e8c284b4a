"""Strangers are kept out by path, address, header and password; nothing of a secret is shown or raised on the way."""

import base64
import hashlib
import pickle
from typing import Any
from urllib.parse import unquote

import pytest
from bodies import FORM_HEADERS, JSON_HEADERS, PASSWORD, TOKEN, USER, document, flat, payment

from ventanilla.errors import ConfigurationError
from ventanilla.webhooks import Addresses, Call, HeaderSecret, MemoryInbox, Receiver, new_token
from ventanilla.webhooks.verification import Secrets, path_tokens


def receiver(**options: Any) -> Receiver:
    given: dict[str, Any] = {"tokens": [TOKEN], "ipn_password": PASSWORD, **options}
    return Receiver(MemoryInbox(), **given)


def status(of: Receiver, path: str = f"/hooks/{TOKEN}", body: bytes = flat(), **options: Any) -> int:
    return of.handle("POST", path, options.pop("headers", JSON_HEADERS), body, **options).status


@pytest.mark.parametrize("path", [f"/{TOKEN}", f"/hooks/{TOKEN}", f"/a/b/{TOKEN}/", f"/{TOKEN}?a=b", TOKEN])
def test_the_last_segment_of_the_path_lets_a_call_in(path: str) -> None:
    assert status(receiver(), path) == 200


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/hooks/",
        f"/{TOKEN[:-1]}",
        f"/{TOKEN}x",
        f"/{TOKEN.lower()}",
        f"/{TOKEN}/more",
        f"/hooks?{TOKEN}",
        "/contraseña-中文-" + TOKEN,
        "/é" * 10_000,
        "/\ud800" + TOKEN,
        f"/%33{TOKEN[1:]}",
    ],
)
def test_another_path_is_not_found_whatever_else_is_wrong(path: str) -> None:
    wrong: list[tuple[str, dict[str, str]]] = [("POST", JSON_HEADERS), ("GET", {}), ("POST", {"Content-Length": "x"})]
    for method, headers in wrong:
        answer = receiver().handle(method, path, headers, flat())
        assert (answer.status, answer.body) == (404, b'{"error":"not found"}')


def test_a_secret_that_is_not_ascii_is_compared_and_not_raised() -> None:
    assert "contraseña" not in Secrets(["contrasena"])
    assert "contraseña" in Secrets(["contraseña"])
    assert b"\xff" not in Secrets(["x"])
    assert None not in Secrets(["x"])


def test_tokens_are_rotated_without_a_gap() -> None:
    old, new = new_token(), new_token()
    both = receiver(tokens=[new, old])
    assert [status(both, f"/{token}") for token in (old, new)] == [200, 200]
    both.accept(new)
    assert [status(both, f"/{token}") for token in (old, new)] == [404, 200]


WEAK = [[], [""], ["short"], ["a" * 21], ["0123456789abcdef0123456789abcde"], ["1" * 38], ["ñ" * 40], ["a/b" * 20]]


@pytest.mark.parametrize("tokens", WEAK)
def test_a_token_that_can_be_guessed_or_breaks_a_path_is_refused_unseen(tokens: list[str]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        path_tokens(tokens)
    assert not any(token in str(refused.value) for token in tokens if token)


def test_a_new_token_is_good_and_another_one_each_time() -> None:
    tokens = {new_token() for _ in range(50)}
    assert len(tokens) == 50
    assert {8 * len(base64.urlsafe_b64decode(token + "=")) for token in tokens} == {256}
    assert len(path_tokens(tokens)) == 50
    assert len(path_tokens(["0123456789abcdef" * 2])) == 1


def test_a_wrong_password_of_facti_is_refused_and_each_company_has_its_own() -> None:
    two = receiver(ipn_password=["other", PASSWORD])
    wrong = [payment(password=each) for each in ("", "wrong", "contraseña", PASSWORD.upper())]
    assert [status(two, body=body, headers=FORM_HEADERS) for body in wrong] == [401] * 4
    assert status(two, body=payment(), headers=FORM_HEADERS) == 200
    assert status(two, body=payment(password="other"), headers=FORM_HEADERS) == 200


def test_without_a_password_of_ours_facti_is_refused_and_syncfy_is_not() -> None:
    none = receiver(ipn_password=())
    assert status(none, body=payment(password=""), headers=FORM_HEADERS) == 401
    assert status(none) == 200


def test_a_password_cannot_be_stepped_round_by_another_form_of_the_body() -> None:
    digest = payment(password="wrong").decode().split("ipn_password=")[1].split("&")[0]
    body = b'{"events": [], "ipn_type": 1, "ipn_password": "%b", "data": {"id": 38}}' % digest.encode()
    assert status(receiver(), body=body) == 401


@pytest.mark.parametrize(
    ("peer", "forwarded", "is_let_in"),
    [
        ("203.0.113.7", None, True),
        ("203.0.113.8", None, False),
        ("::ffff:203.0.113.7", None, True),
        ("2001:db8::5", None, True),
        (None, None, False),
        ("nonsense", None, False),
        # Not from a proxy of ours: the header is anybody's.
        ("198.51.100.1", "203.0.113.7", False),
        ("203.0.113.7", "198.51.100.1", True),
        # From a proxy of ours: the last address that is no proxy.
        ("10.0.0.1", "203.0.113.7", True),
        ("10.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.9", True),
        ("10.0.0.1", "203.0.113.7, 198.51.100.1", False),
        ("10.0.0.1", "203.0.113.7:4711", True),
        ("10.0.0.1", "[2001:db8::5]:4711", True),
        ("10.0.0.1", "203.0.113.7, unknown", False),
        ("10.0.0.1", None, False),
        ("10.0.0.1", "", False),
        ("10.0.0.1", "10.0.0.2", False),
    ],
)
def test_addresses_are_those_of_connections_unless_a_proxy_is_ours(
    peer: str | None, forwarded: str | None, is_let_in: bool
) -> None:
    checked = receiver(checks=[Addresses(["203.0.113.7", "2001:db8::/32"], proxies=["10.0.0.0/8"])])
    headers = JSON_HEADERS if forwarded is None else {**JSON_HEADERS, "X-Forwarded-For": forwarded}
    assert status(checked, headers=headers, peer=peer) == (200 if is_let_in else 401)


def test_by_default_no_forwarded_address_is_believed() -> None:
    checked = receiver(checks=[Addresses("203.0.113.7")])
    headers = [*JSON_HEADERS.items(), ("X-Forwarded-For", "203.0.113.7")]
    assert status(checked, headers=headers, peer="10.0.0.1") == 401


def test_a_list_of_addresses_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        Addresses(["203.0.113.300"])


def test_a_header_can_carry_a_secret() -> None:
    checked = receiver(checks=[HeaderSecret("X-Hook", "new", "old")])
    given = [{}, {"x-hook": "wrong"}, {"X-HOOK": "ñ"}, {"x-hook": "old"}, {"X-Hook": "new"}]
    assert [status(checked, headers={**JSON_HEADERS, **each}) for each in given] == [401, 401, 401, 200, 200]


def test_a_check_of_your_own_sees_the_call_and_has_the_last_word() -> None:
    seen: list[Call] = []

    def is_signed(call: Call) -> bool:
        seen.append(call)
        return call.profile != "sync-v3" or call.headers.get("authorization") == "Bearer good"

    checked = receiver(checks=[is_signed])
    body = document("credentials_created")
    assert status(checked, body=body) == 401
    assert status(checked, body=body, headers={**JSON_HEADERS, "Authorization": "Bearer good"}, peer="::1") == 200
    assert status(checked) == 200
    assert (seen[1].body, seen[1].peer, [each.profile for each in seen]) == (
        body,
        "::1",
        ["sync-v3", "sync-v3", "sync-v1"],
    )
    for secret in ("good", USER):
        assert secret not in repr(seen[1])


def test_what_a_call_is_made_of_is_named() -> None:
    made = Call(profile="sync-v1", headers={}, body=b"{}")
    assert made.peer is None
    with pytest.raises(TypeError):
        Call("sync-v1", {}, b"{}")  # type: ignore[call-arg]  # what a caller without a type checker may write


def test_a_check_that_cannot_say_has_the_call_sent_again() -> None:
    def is_signed(call: Call) -> bool:
        raise OSError("the keys cannot be had")

    answer = receiver(checks=[is_signed]).handle("POST", f"/{TOKEN}", JSON_HEADERS, flat())
    assert answer.status == 503
    assert "Retry-After" in dict(answer.headers)


def test_secrets_are_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    one = receiver(checks=[HeaderSecret("x-hook", "canary-header")])
    calls: list[tuple[bytes, dict[str, str]]] = [(flat(), JSON_HEADERS), (payment(), FORM_HEADERS), (b"{", {})]
    calls.append((payment(password="wrong"), FORM_HEADERS))
    answers = [one.handle("POST", f"/{token}", h, b) for token in (TOKEN, TOKEN + "x") for b, h in calls]
    digest = payment().decode().split("ipn_password=")[1].split("&")[0]
    shown = f"{answers} {one!r} {caplog.text} {vars(one)['_tokens']!r} {pickle.dumps(vars(one)['_tokens'])!r}"
    for secret in (TOKEN, PASSWORD, digest, "canary-header"):
        assert secret not in shown


DIGEST = hashlib.md5(PASSWORD.encode()).hexdigest()
QUOTED = "".join(f"%{ord(each):02X}" for each in DIGEST)
POINTS = "".join(f"\\u{ord(each):04x}" for each in TOKEN)


@pytest.mark.parametrize(
    "body",
    [
        f"IPN_PASSWORD={DIGEST}&IPN_TYPE=1&DATA=x".encode(),
        f"IPN_PASSWORD={QUOTED}&x=".encode(),
        flat(payload={"ipn_password": DIGEST.upper(), "data": PASSWORD}),
        flat(event=TOKEN, url=f"https://shop.example.mx/hooks/{TOKEN}"),
        flat().replace(b"}", f', "url": "{POINTS}"}}'.encode()),
        payment(again=DIGEST) + f"&password={PASSWORD}".encode(),
        f"IPN_PASSWORD={DIGEST}".encode("utf-16"),
    ],
)
def test_what_is_kept_has_no_secret_of_ours(body: bytes) -> None:
    inbox = MemoryInbox()
    one = Receiver(inbox, tokens=[TOKEN], ipn_password=PASSWORD)
    answers = [one.handle("POST", f"/{TOKEN}", {}, body).body for _ in range(2)]
    assert [b'"new":1' in each for each in answers] == [True, False]
    kept = inbox.list()[0].event
    said = unquote(f"{kept!r}{kept.raw.replace(bytes(1), b'').decode('latin-1')}{kept.payload}").lower()
    assert not [each for each in (DIGEST, PASSWORD, TOKEN.lower(), POINTS) if each in said]
