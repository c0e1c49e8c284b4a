"""Nothing leaves the origin that the face was given: no link is followed, no redirect, no proxy, no trick in a URL."""

import json
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from attrs import evolve
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from driving import FACES, GIVEN, KEYS, Drive, Fast, answered, driven, drives
from standing import PREFIX, Answer, Standing
from wires import Wire, whole, wire

from ventanilla import AsyncFacti, AsyncFacturaOnline, AsyncSyncfy, Facti, FacturaOnline, Syncfy, errors

both = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
Face = Any


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Wire]:
    """A server on a port of its own. Answers lead to it in every way that they can; nobody may come."""
    with wire(lambda request: [whole(b"{}")]) as listener:
        yield listener
        assert listener.came == []


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla._flow.waiting", Fast())


def leading(elsewhere: Wire) -> Any:
    """Put a link elsewhere into every text of an answer that can be a link, and into its headers."""
    links = {"ws": f"ws://127.0.0.1:{elsewhere.port}/ws", "twofa": f"//127.0.0.1:{elsewhere.port}/twofa"}
    named = {"url", "status", "address", "endpoint", "avatar", "cover", "small_cover", "file", "message", *links}

    def bent(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: bent(each, key) for key, each in cast("dict[str, Any]", value).items()}
        if isinstance(value, list):
            return [bent(each) for each in cast(Any, value)]
        is_link = isinstance(value, str) and ("/" in value or name in named)
        return links.get(name, f"{elsewhere.origin}/{name}") if is_link else value

    def bend(answer: Answer, request: httpx.Request) -> Answer:
        refresh = {"Link": f"<{elsewhere.origin}/next>; rel=next", "Refresh": f"0; url={elsewhere.origin}/"}
        headers = {**answer.headers, **refresh, "Content-Location": elsewhere.origin, "Alt-Svc": f":{elsewhere.port}"}
        if not answer.body.startswith(b"{"):
            return evolve(answer, headers=headers)
        value: dict[str, Any] = json.loads(answer.body)
        said = {key: value[key] for key in ("status", "response") if isinstance(value.get(key), str)}
        if answer.operation == "create_webhook":
            # Its URL is the one that was registered.
            said["response"] = {**bent(value["response"]), "url": value["response"]["url"]}
        return evolve(answer, headers=headers, body=json.dumps({**bent(value), **said}).encode())

    return bend


@both
@pytest.mark.parametrize("provider", FACES)
def test_no_link_of_an_answer_is_followed(provider: str, asynchronous: bool, elsewhere: Wire, tmp_path: Path) -> None:
    standing = Standing(provider, leading(elsewhere))
    with wire(standing.spoken) as server:
        base = server.origin + PREFIX[provider]
        for drive, _, error in driven(drives(provider, tmp_path), None, asynchronous=asynchronous, base_url=base):
            # The payment of the examples can be deleted, so it is not paid; a second create is answered as the first.
            expected = errors.NotConfirmed | errors.OutcomeUnknown
            # A payment whose status is a link may have been paid.
            is_spared = drive.name == "delete" and isinstance(error, errors.UnexpectedAnswer)
            assert is_spared or error is None or isinstance(error, expected), f"{drive.name}: {error!r}"
    assert elsewhere.came == []
    assert len(standing.asked) >= 10


@both
def test_a_challenge_is_answered_where_the_face_is_and_heard_there(asynchronous: bool, elsewhere: Wire) -> None:
    """The whole link, by socket too: its address, its links and its pictures lead elsewhere."""
    field = {"name": "token", "type": "text", "label": "?", "imgURL": f"{elsewhere.origin}/picture"}
    waiting = {"code": 410, "address": f"{elsewhere.origin}/twofa", "twofa": [field]}
    rows: list[dict[str, Any]] = [waiting]

    def bend(answer: Answer, request: httpx.Request) -> Answer:
        answer = leading(elsewhere)(answer, request)
        if answer.operation == "answer_twofa":
            rows.append({"code": 200})
        if answer.operation == "list_job_statuses":
            return evolve(answer, body=json.dumps({**json.loads(answer.body), "response": rows}).encode())
        return answer

    standing = Standing("syncfy", bend)

    def speak(request: bytes) -> list[bytes]:
        if b"/v1/status/" in request:
            location = f"Location: ws://127.0.0.1:{elsewhere.port}/".encode()
            return [whole(b"", location, status=b"302 Found")]
        return standing.spoken(request)

    with wire(speak) as server:
        given = {name: GIVEN[name] for name in ("id_external", "site", "credentials", "name")}
        drive = Drive("syncfy", "link", {**given, "answer": answered, "watch": "socket", "timeout": 9.0})
        base = f"{server.origin}/v1"
        ((_, linked, error),) = driven([drive], None, asynchronous=asynchronous, base_url=base)
    assert error is None, error
    assert (linked.is_finished, "answer_twofa" in standing.asked) == (True, True)
    assert elsewhere.came == []


REDIRECTS = [*(("elsewhere", status) for status in (300, 301, 302, 303, 307, 308)), ("here", 302), ("here", 307)]


@both
@pytest.mark.parametrize(("where", "status"), REDIRECTS)
@pytest.mark.parametrize("provider", FACES)
def test_a_redirect_is_an_error(
    provider: str, where: str, status: int, asynchronous: bool, elsewhere: Wire, tmp_path: Path
) -> None:
    standing = Standing(provider)

    def bend(answer: Answer, request: httpx.Request) -> Answer:
        origin = elsewhere.origin if where == "elsewhere" else str(request.url.copy_with(path="/", query=None))
        # The body is that of a success, so that the status alone can tell.
        return evolve(answer, status=status, headers={**answer.headers, "Location": f"{origin}/moved"})

    standing.bend = bend
    base, transport = f"http://127.0.0.1{PREFIX[provider]}", httpx.MockTransport(standing)
    for drive, _, error in driven(drives(provider, tmp_path), transport, asynchronous=asynchronous, base_url=base):
        # A write that was answered so may have been done.
        typed = (errors.UnexpectedAnswer, errors.OutcomeUnknown, errors.WaitTimeout)
        assert isinstance(error, typed), f"{drive.name}: {error!r}"
        if isinstance(error, errors.UnexpectedAnswer):
            assert "redirects are never followed" in str(error)
            assert error.status_code == status
    assert not any(request.url.path == "/moved" for request in standing.seen)


def test_raw_follows_no_redirect_even_if_it_is_asked_to(elsewhere: Wire) -> None:
    moved = whole(b"{}", f"Location: {elsewhere.origin}/moved".encode(), status=b"307 Temporary Redirect")
    with wire(lambda request: [moved]) as server:
        face = FacturaOnline(**KEYS["facturaonline"], base_url=server.origin)
        client = face.raw.http
        assert client is not None
        with face, pytest.raises(errors.UnexpectedAnswer, match="redirects"):
            client.get("/payroll/list", auth=face.raw.auth, follow_redirects=True)
        assert len(server.came) == 1


def test_control_a_client_that_follows_does_arrive_elsewhere() -> None:
    with wire(lambda request: [whole(b"{}")]) as listener:
        moved = whole(b"{}", f"Location: {listener.origin}/moved".encode(), status=b"307 Temporary Redirect")
        with wire(lambda request: [moved]) as server, httpx.Client(follow_redirects=True) as client:
            client.get(server.origin, headers={"F-Secret-Key": "canary"})
        # httpx takes Authorization off on the way, but not the headers of a provider.
        assert b"canary" in listener.came[0]


@pytest.mark.parametrize("face", [face for pair in FACES.values() for face in pair])
def test_an_absolute_address_gets_no_keys(face: type[Face], elsewhere: Wire) -> None:
    provider = next(name for name, pair in FACES.items() if face in pair)
    made = face(**KEYS[provider], base_url=f"http://127.0.0.1:9{PREFIX[provider]}")
    if made.raw.http is not None:
        with pytest.raises(errors.ConfigurationError, match="refused to send credentials"):
            made.raw.request(method="GET", url=f"{elsewhere.origin}/v1/users")
        with pytest.raises(errors.ConnectionFailed):  # it is a path to httpx, and nobody listens on the face's own port
            made.raw.request(method="GET", url=f"//127.0.0.1:{elsewhere.port}/")


@both
@pytest.mark.parametrize("provider", FACES)
def test_no_proxy_of_the_environment_sees_what_goes_to_this_machine(
    provider: str, asynchronous: bool, elsewhere: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, elsewhere.origin)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    standing = Standing(provider)
    with wire(standing.spoken) as server:
        base = server.origin + PREFIX[provider]
        driven(drives(provider, tmp_path)[:2], None, asynchronous=asynchronous, base_url=base)
    assert standing.asked
    assert elsewhere.came == []


TRICKS = [
    "http://localhost.evil.example/v1",
    "http://127.0.0.1.evil.example/v1",
    "http://127.0.0.1@evil.example/v1",
    "https://127.0.0.1@evil.example/v1",
    "https://user:password@api.example/v1",
    "http://127.0.0.1\\@evil.example/v1",
    "http://localhost%00.evil.example/v1",
    "http://127.0.0.1%2eevil.example/v1",
    "http://[::1]evil.example/v1",
    "http://[::ffff:7f00:1]/v1",
    "http://localhost./v1",
    "http://127.1/v1",
    "http://0x7f000001/v1",
    "http://2130706433/v1",
    "HTTP://api.example/v1",
    "http://api.sandbox.facti.mx.evil.example",
    "http://api.sandbox.facti.mx@evil.example",
    "http://api.sandbox.facti.mx:8080",
    "http://api.facti.mx",
    "https://api.example/v1?to=evil.example",
    "https://api.example/v1?",
    "https://api.example/v1#evil",
    "https://api.example\r\nHost: evil.example/v1",
    "https://api.example /v1",
    " https://api.example/v1",
    "https://api.example:80:80/v1",
    "https://ⓔvil.example/v1",
    "//api.example/v1",
    "https:/api.example/v1",
    "https://",
    "ftp://api.example/v1",
    "file:///etc/passwd",
    "api.example",
]


@pytest.mark.parametrize("url", TRICKS)
@pytest.mark.parametrize("face", [face for pair in FACES.values() for face in pair])
def test_a_base_url_that_plays_tricks_is_refused(face: type[Face], url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = next(name for name, pair in FACES.items() if face in pair)
    with pytest.raises(errors.ConfigurationError) as raised:
        face(**KEYS[provider], base_url=url)
    assert "password" not in str(raised.value)
    monkeypatch.setenv(f"{provider.upper()}_BASE_URL", url)
    with pytest.raises(errors.ConfigurationError):
        face(**KEYS[provider])


@pytest.mark.parametrize(
    "url",
    ["http://localhost:1/v1", "HTTP://LOCALHOST/v1", "http://[::1]:1/", "HTTPS://API.example/v1", "http://127.0.0.1"],
)
def test_an_honest_base_url_is_taken(url: str) -> None:
    for face in (Syncfy, AsyncSyncfy):
        face(api_key="k", base_url=url)
    for factura in (FacturaOnline, AsyncFacturaOnline):
        factura(api_key="k", secret_key="s", base_url=url)


SANDBOX = "http://api.sandbox.facti.mx"
OWN = {"client_id": "of-an-account-without-payments", "api_key": "another-key"}


@pytest.mark.parametrize("face", [Facti, AsyncFacti])
def test_the_sandbox_of_facti_is_asked_for_in_words(face: type[Face], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.ConfigurationError, match="environment="):
        face(**OWN, base_url=SANDBOX)
    monkeypatch.setenv("FACTI_BASE_URL", SANDBOX)
    with pytest.raises(errors.ConfigurationError, match="environment="):
        face(**OWN)
    with pytest.warns(UserWarning, match="the network can read the keys"):
        assert face(**OWN, environment="sandbox").base_url == SANDBOX


@pytest.mark.parametrize("face", [Facti, AsyncFacti])
def test_the_sandbox_of_facti_refuses_the_keys_of_production(face: type[Face], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTI_CLIENT_ID", "client-of-production")
    monkeypatch.setenv("FACTI_API_KEY", "key-of-production")
    warnings.simplefilter("ignore", UserWarning)
    for given in ({}, {**OWN, "api_key": "key-of-production"}, {"client_id": OWN["client_id"]}):
        with pytest.raises(errors.ConfigurationError, match="plain http") as raised:
            face(**given, environment="sandbox")
        assert "of-production" not in str(raised.value)
    # They are what https and this machine are for.
    face(environment="production")
    face(environment="sandbox", base_url="http://127.0.0.1:1")
    face(environment="sandbox", base_url="https://sandbox.example")
    face(**OWN, environment="sandbox")


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate that only itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@both
def test_a_server_that_nobody_vouches_for_gets_nothing(
    asynchronous: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    heard: list[bytes] = []
    context = self_signed(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return  # it is over
                try:
                    with context.wrap_socket(connection, server_side=True) as secure:
                        heard.append(secure.recv(65536))
                except OSError:
                    heard.append(b"")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        base = f"https://127.0.0.1:{listening.getsockname()[1]}/v1"
        ((_, _, error),) = driven(drives("syncfy", tmp_path)[:1], None, asynchronous=asynchronous, base_url=base)
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)
    assert isinstance(error, errors.ConnectionFailed)
    assert {*heard} == {b""}
