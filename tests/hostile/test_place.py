"""What was handed on is never "not sent", whatever is raised afterwards; what never left is."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpcore
import httpx
import pytest
from attrs import evolve
from driving import FACES, KEYS, Drive, Fast, driven, drives
from standing import GENERATED, PREFIX, Answer, Bend, Standing, operations
from wires import OK

from proving.connecting import cannot_connect
from ventanilla import Facti, Policy, _attempts, _bodies, drift, errors
from ventanilla_clients.facti import api, models

both = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
EFFECTS = {
    operation["operationId"]: f'Operation("{operation["operationId"]}", "write"' in path.read_text(encoding="utf-8")
    for provider in FACES
    for _, _, operation in operations(provider)
    for path in (GENERATED / provider / "api").rglob(f"{operation['operationId']}.py")
}
RAISED: dict[str, Callable[[], Exception]] = {
    "InvalidURL": lambda: httpx.InvalidURL("Invalid port: 'x'"),
    "UnicodeEncodeError": lambda: UnicodeEncodeError("ascii", "\ud800", 0, 1, "surrogates not allowed"),
    "LocalProtocolError": lambda: httpx.LocalProtocolError("illegal header"),
    "UnsupportedProtocol": lambda: httpx.UnsupportedProtocol("no scheme"),
    "ConnectError of a wrapper": lambda: httpx.ConnectError("refused, the second time"),
    "PoolTimeout of a wrapper": lambda: httpx.PoolTimeout("?"),
    "ConfigurationError": lambda: errors.ConfigurationError("?"),
    "InvalidRequest": lambda: errors.InvalidRequest("?"),
    "KeyError": lambda: KeyError("value"),
    "RuntimeError": lambda: RuntimeError("Event loop is closed"),
    "OSError": lambda: OSError("?"),
    "RateLimited": lambda: errors.RateLimited("?"),
    "SessionExpired": lambda: errors.SessionExpired("?"),
    "Rejected": lambda: errors.Rejected("?"),
}


def caused() -> Exception:
    """Return an error of httpx with httpcore's as its cause, which any transport can make up."""
    error = httpx.ConnectError("?")
    error.__cause__ = httpcore.ConnectError("?")
    return error


RAISED["ConnectError with a cause"] = caused


class NotConnected(Exception):
    """Stands for what httpcore shows and raises where it cannot connect."""

    def __init__(self, kind: type[httpx.TransportError]) -> None:
        super().__init__()
        self.kind = kind


KINDS: tuple[type[httpx.TransportError], ...] = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
NEVER = {kind.__name__: partial(NotConnected, kind) for kind in KINDS}


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla._flow.waiting", Fast())
    drift.set_strict(False)


def struck(provider: str, fails: Callable[[], Exception], folder: Path, asynchronous: bool) -> list[tuple[Drive, Any]]:
    """Do each operation; those writes that the server has done fail afterwards. Return what was made of them."""
    done: list[str] = []

    def bend(answer: Answer, request: httpx.Request) -> Answer:
        if not EFFECTS[answer.operation] or answer.operation == "create_session":
            return answer
        done.append(answer.operation)
        failure = fails()
        if isinstance(failure, NotConnected):
            cannot_connect(request, failure.kind, "?")
        raise failure

    transport, found = httpx.MockTransport(Standing(provider, bend)), list[tuple[Drive, Any]]()
    for drive in drives(provider, folder):
        done.clear()
        base = f"http://127.0.0.1{PREFIX[provider]}"
        ((_, _, error),) = driven([drive], transport, asynchronous=asynchronous, base_url=base)
        if done:
            found.append((drive, error))
    return found


# Each kind once, over the faces in turns, one way or the other.
@pytest.mark.parametrize(
    ("raised", "provider", "asynchronous"), [(each, [*FACES][n % 3], n % 2 == 1) for n, each in enumerate(RAISED)]
)
def test_no_write_that_left_is_called_not_sent(
    provider: str, raised: str, asynchronous: bool, fast: None, tmp_path: Path
) -> None:
    found = struck(provider, RAISED[raised], tmp_path, asynchronous)
    assert len(found) >= {"syncfy": 9, "facti": 3, "facturaonline": 6}[provider]
    for drive, error in found:
        # Those that read what they wrote may have seen it after all.
        assert error is None or isinstance(error, errors.VentanillaError), f"{drive.name}: {error!r}"
        assert getattr(error, "outcome", "unknown") == "unknown", f"{drive.name}: {error!r}"


@pytest.mark.parametrize(("raised", "asynchronous"), [(each, n % 2 == 1) for n, each in enumerate(NEVER)])
@pytest.mark.parametrize("provider", FACES)
def test_a_write_that_httpcore_could_not_connect_for_is_not_sent(
    provider: str, raised: str, asynchronous: bool, fast: None, tmp_path: Path
) -> None:
    for drive, error in struck(provider, NEVER[raised], tmp_path, asynchronous):
        assert getattr(error, "outcome", None) == "not_sent", f"{drive.name}: {error!r}"


def test_control_by_class_alone_the_same_is_called_not_sent(
    fast: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was: whoever raises it, wherever."""

    def may_have_left(call: object, problem: Exception) -> bool:
        return not isinstance(problem, httpx.ConnectError | httpx.LocalProtocolError)

    monkeypatch.setattr(_attempts.Call, "_may_have_left", may_have_left)
    found = struck("facti", RAISED["ConnectError of a wrapper"], tmp_path, False)
    assert {error.outcome for _, error in found if error is not None} == {"not_sent"}


# Values that httpx, or the standard library below it, may stumble over.
GARBAGE = [
    *(
        "http:x",
        "//",
        "///",
        "http://",
        "http://[",
        "http://[::1",
        "http://a:99999999/",
        "http://\x7f/",
        "https://é.mx",
    ),
    *("\\\\host", "?", "#", "http://xn--/", "mailto:a", "http://a b/", "%zz", "\xff\xfe", "http://" + "a" * 70 + ".mx"),
    *("http://user:pass@/", ":80", "http://.", "x" * 70000, "", " "),
]
HEADERS = (
    *("Location", "Set-Cookie", "Set-Cookie2", "Content-Type", "Content-Location", "Retry-After", "X-Request-Id"),
    *("CF-Ray", "Link", "Refresh", "Date", "WWW-Authenticate", "Alt-Svc", "Keep-Alive", "Vary"),
)
PAYMENT: dict[str, Any] = {
    **{"folio": 7, "total_amount": "55.20", "to_client_name": "El Santo", "to_email": "santo@example.mx"},
    "operation_id": "order-7",
}
PAYMENTS = b'{"result":1,"msg":"","payments":[]}'


def asked_twice(transport: httpx.BaseTransport, **options: Any) -> list[str | None]:
    """Ask for the same payment twice, and return the outcomes."""
    outcomes: list[str | None] = []
    with Facti(**KEYS["facti"], base_url="http://127.0.0.1", transport=transport, **options) as facti:
        for _ in range(2):
            with pytest.raises(errors.VentanillaError) as raised:
                facti.request_payment(**PAYMENT)
            outcomes.append(raised.value.outcome)
    return outcomes


@pytest.mark.parametrize("status", [300, 302, 307, 399, 200])
def test_no_header_of_an_answer_makes_a_second_payment(status: int, fast: None) -> None:
    for place, name in enumerate(HEADERS if status in (200, 302) else HEADERS[:1]):
        for value in GARBAGE if name == "Location" else GARBAGE[place % 5 :: 5]:
            posts: list[httpx.Request] = []

            def answer(
                request: httpx.Request, name: str = name, value: str = value, posts: Any = posts
            ) -> httpx.Response:
                if not request.url.path.endswith("new_request"):
                    return httpx.Response(200, content=PAYMENTS, headers={"Content-Type": "application/json"})
                posts.append(request)
                return httpx.Response(status, headers=[(name.encode(), value.encode("latin-1"))], content=b"{}")

            outcomes = asked_twice(httpx.MockTransport(answer), policy=Policy(settle=1, retries=1), journal=None)
            assert (len(posts), "not_sent" in outcomes) == (1, False), (name, value)


def test_control_with_location_read_a_redirect_fails(fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(response: httpx.Response) -> None:
        """Let httpx read it."""

    monkeypatch.setattr(_bodies, "_drop_location", keep)
    answer = httpx.MockTransport(lambda _: httpx.Response(302, headers={"location": "http:x"}))
    with (
        Facti(**KEYS["facti"], base_url="http://127.0.0.1", transport=answer) as facti,
        pytest.raises(errors.UnexpectedAnswer, match="cannot be used"),
    ):
        facti.payment(7)


class Again(httpx.BaseTransport):
    """Somebody's transport that tries again, and may make the request anew."""

    def __init__(self, inner: httpx.BaseTransport, *, anew: bool) -> None:
        self.inner, self.anew = inner, anew

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.anew:
            request = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        try:
            return self.inner.handle_request(request)
        except httpx.TransportError:
            return self.inner.handle_request(request)


class AsyncAgain(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, *, anew: bool) -> None:
        self.inner, self.anew = inner, anew

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.anew:
            request = httpx.Request(request.method, request.url, headers=request.headers, content=await request.aread())
        try:
            return await self.inner.handle_async_request(request)
        except httpx.TransportError:
            return await self.inner.handle_async_request(request)


def marked(port: int, transport: Any, asynchronous: bool, scheme: str = "http") -> errors.VentanillaError:
    """Create a user at a port and return how it fails."""
    options: dict[str, Any] = {
        **KEYS["syncfy"],
        "base_url": f"{scheme}://127.0.0.1:{port}",
        "transport": transport,
        "policy": Policy(retries=0, settle=0.01),
        "timeout": 2.0,
    }

    async def go() -> None:
        async with FACES["syncfy"][1](**options) as face:
            await face.create_user("El Santo")

    def do() -> None:
        with FACES["syncfy"][0](**options) as face:
            face.create_user("El Santo")

    with pytest.raises(errors.VentanillaError) as raised:
        anyio.run(go) if asynchronous else do()
    return raised.value


@contextmanager
def one_connection(says: bytes) -> Generator[tuple[int, list[bytes]]]:
    """Take one connection, do what it asks, say something and hang up; nobody is at the port afterwards."""
    came: list[bytes] = []

    def serve() -> None:
        connection, _ = server.accept()
        server.close()
        with connection:
            came.append(connection.recv(65536))
            connection.sendall(says)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], came
    thread.join(5)


@both
@pytest.mark.parametrize("anew", [False, True])
def test_a_second_try_that_cannot_connect_proves_nothing_of_the_first(anew: bool, asynchronous: bool) -> None:
    with one_connection(b"") as (port, came):
        inner: Any = httpx.AsyncHTTPTransport() if asynchronous else httpx.HTTPTransport()
        again: Any = AsyncAgain if asynchronous else Again
        error = marked(port, again(inner, anew=anew), asynchronous)
    assert (len(came), error.outcome) == (1, "unknown")
    assert "ConnectError" in str(error)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@both
@pytest.mark.parametrize("through", ["our own", "httpx's", "a wrapper"])
def test_nobody_at_the_port_means_not_sent(through: str, asynchronous: bool) -> None:
    inner: Any = httpx.AsyncHTTPTransport() if asynchronous else httpx.HTTPTransport()
    again: Any = AsyncAgain if asynchronous else Again
    transport = {"our own": None, "httpx's": inner, "a wrapper": again(inner, anew=False)}[through]
    assert marked(closed_port(), transport, asynchronous).outcome == "not_sent"


@both
def test_a_handshake_that_fails_means_not_sent(asynchronous: bool) -> None:
    with one_connection(b"HTTP/1.1 400 this is not TLS\r\n\r\n") as (port, _):
        error = marked(port, None, asynchronous, scheme="https")
    assert error.outcome == "not_sent", error


@both
@pytest.mark.parametrize("says", [b"", OK + b"Content-Length: 9\r\n\r\n{"], ids=["hangs up", "cuts off"])
def test_a_server_that_was_reached_proves_nothing(says: bytes, asynchronous: bool) -> None:
    with one_connection(says) as (port, _):
        assert marked(port, None, asynchronous).outcome == "unknown"


@both
def test_a_session_that_fails_leaves_the_write_unsent(asynchronous: bool, fast: None, tmp_path: Path) -> None:
    def bend(answer: Answer, request: httpx.Request) -> Answer:
        if answer.operation != "create_session":
            return answer
        return evolve(answer, body=b'{"rid":"r","code":200,"errors":null,"status":true,"response":[1]}')

    (drive,) = [each for each in drives("syncfy", tmp_path) if each.name == "create_credential"]

    def failing(fails: Callable[[], Exception]) -> Bend:
        return lambda answer, request: _raise(fails()) if answer.operation == "create_session" else answer

    for each in (bend, *map(failing, RAISED.values())):
        transport = httpx.MockTransport(Standing("syncfy", each))
        ((_, _, error),) = driven([drive], transport, asynchronous=asynchronous, base_url="http://127.0.0.1/v1")
        assert isinstance(error, errors.VentanillaError)
        assert error.outcome == "not_sent", error


def _raise(error: Exception) -> Answer:
    raise error


def test_an_authentication_that_makes_the_request_anew_hides_nothing() -> None:
    class Anew(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            yield httpx.Request(request.method, request.url, headers=request.headers, content=b"")

    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("lost")

    with Facti(**KEYS["facti"], base_url="http://127.0.0.1", transport=httpx.MockTransport(handle)) as facti:
        view, update = facti.raw.with_auth(Anew()), models.PaymentUpdate(payed="1")
        with pytest.raises(errors.ConnectionFailed) as raised:
            api.payments.mark_payment_paid.sync("7", client=view, body=update)
    assert raised.value.outcome == "unknown"


def test_a_stream_keeps_to_the_same() -> None:
    sent: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        raise httpx.ConnectError("refused, the second time")

    with Facti(**KEYS["facti"], base_url="http://127.0.0.1", transport=httpx.MockTransport(handle)) as facti:
        http = facti.raw.http
        assert http is not None
        with pytest.raises(errors.ConnectionFailed) as raised:
            http.send(http.build_request("POST", "/v1/payments/new_request"), stream=True)
    assert (raised.value.outcome, len(sent)) == ("unknown", 1)
