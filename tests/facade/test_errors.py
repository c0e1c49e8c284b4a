"""Everything that goes wrong has its own typed error, with the provider's message and id, in both faces."""

import logging
import pickle
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import anyio
import httpx
import pytest
from attrs import frozen

from ventanilla import (
    AsyncFacti,
    AsyncFacturaOnline,
    AsyncSyncfy,
    Facti,
    FacturaOnline,
    Syncfy,
    errors,
)
from ventanilla.codes import LANGUAGES
from ventanilla.mock import AsyncMockTransport, ManualClock, Mock, MockTransport
from ventanilla.syncfy import Challenge
from ventanilla_clients.facti.api.payments import create_request
from ventanilla_clients.facti.models import NewRequest
from ventanilla_clients.facturaonline.api.groups import create_group
from ventanilla_clients.facturaonline.models import NewGroup

SYNCFY_KEY = "7767a4a04f990e9231bafc949e8ca08a"
USER, UNKNOWN = "5e06694b93f4a91cb218f28f", "ffffffffffffffffffffffff"
RID = "d337e963-680f-4009-85dc-ab439bfdc771"
Handler = Callable[[httpx.Request], httpx.Response]
Action = Callable[[Any], Any]

FACES: dict[str, tuple[type[Any], type[Any], str, dict[str, Any]]] = {
    "syncfy": (Syncfy, AsyncSyncfy, "/syncfy/v1", {"api_key": SYNCFY_KEY}),
    "facti": (
        Facti,
        AsyncFacti,
        "/facti",
        {
            "client_id": "d09168b32f80ai8ba24c416916y304n8",
            "api_key": "26b413ah0ba67543c7642069a91h743t",
            "company_id": 5,
            "from_rfc": "EKU9003173C9",
        },
    ),
    "facturaonline": (
        FacturaOnline,
        AsyncFacturaOnline,
        "/facturaonline/api",
        {"api_key": "mock-api-key", "secret_key": "mock-secret-key"},
    ),
}
FIRST: dict[str, Action] = {
    "syncfy": lambda face: face.user(USER),
    "facti": lambda face: face.payment(5022),
    "facturaonline": lambda face: face.payroll("6206f3702bcdd"),
}


@frozen
class Case:
    """What goes wrong, at which provider, and what must come of it."""

    name: str
    provider: str
    kind: type[errors.VentanillaError]
    says: str
    action: Action | None = None
    handler: Handler | None = None
    keys: dict[str, Any] | None = None
    status: int | None = None
    id: str | None = None
    raw: bool = False


def answering(status: int, body: bytes | str, **headers: str) -> Handler:
    content = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, content=content, headers=named)


def failing(error: type[httpx.TransportError]) -> Handler:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("the text of httpx", request=request)

    return fail


JSON = "application/json"
HTML = "<!DOCTYPE html><html><body>Error 522</body></html>"
EVERY = [
    ("malformed JSON", errors.MalformedAnswer, "not the JSON", answering(200, '{"rid": "x', content_type=JSON)),
    ("empty answer", errors.MalformedAnswer, "not the JSON|no body", answering(200, b"", content_type=JSON)),
    ("JSON of another shape", errors.MalformedAnswer, "not", answering(200, b"[1, 2]", content_type=JSON)),
    ("HTML answer", errors.HtmlAnswer, "web page", answering(200, HTML, content_type="text/html", x_request_id="r-1")),
    ("522", errors.ServiceUnavailable, "failed", answering(522, HTML, content_type="text/html", cf_ray="ray-1")),
    ("500", errors.ServiceUnavailable, "failed", answering(500, b"", content_type=JSON)),
    ("redirect", errors.UnexpectedAnswer, "redirect", answering(302, b"", location="https://elsewhere.example/")),
    ("timeout", errors.TimedOut, "no answer in time", failing(httpx.ReadTimeout)),
    ("connect timeout", errors.TimedOut, "no answer in time", failing(httpx.ConnectTimeout)),
    ("refused", errors.ConnectionFailed, "connection failed", failing(httpx.ConnectError)),
    ("reset", errors.ConnectionFailed, "connection failed", failing(httpx.ReadError)),
    ("cut off", errors.ConnectionFailed, "connection failed", failing(httpx.RemoteProtocolError)),
]
IDS = {"HTML answer": "r-1", "522": "ray-1"}
CANNED = [
    Case(name, provider, kind, says, handler=handler, id=IDS.get(name))
    for provider in FACES
    for name, kind, says, handler in EVERY
]


def envelope(code: int, message: str) -> str:
    return f'{{"rid":"{RID}","code":{code},"errors":null,"status":false,"message":"{message}","response":null}}'


SYNCFY_STATUSES = [
    (400, errors.Rejected, "name is required"),
    (401, errors.AuthenticationFailed, "Unauthorized"),
    (402, errors.PaymentRequired, "Payment Required"),
    (403, errors.PermissionDenied, "Forbidden"),
    (404, errors.NotFound, "Not found"),
    (429, errors.RateLimited, "Too many requests"),
    (503, errors.ServiceUnavailable, "Maintenance"),
]
BY_STATUS = [
    Case(f"{code}", "syncfy", kind, says, handler=answering(code, envelope(code, says), content_type=JSON), id=RID)
    for code, kind, says in SYNCFY_STATUSES
]
INSIDE_200 = [
    Case(
        "failure inside HTTP 200",
        "syncfy",
        errors.Rejected,
        "The user could not be deleted",
        action=lambda face: face.delete_user(USER),
        handler=answering(200, envelope(400, "The user could not be deleted"), content_type=JSON),
        status=200,
        id=RID,
    ),
    Case(
        "failure inside HTTP 200",
        "facti",
        errors.Rejected,
        "El folio es requerido",
        handler=answering(200, '{"result": 0, "msg": "El folio es requerido"}', content_type=JSON),
        status=200,
    ),
    Case(
        "failure as text flag",
        "facti",
        errors.Rejected,
        "El folio es requerido",
        handler=answering(200, '{"result": "0", "msg": "El folio es requerido"}', content_type=JSON),
        status=200,
    ),
    Case(
        "failure inside HTTP 200",
        "facturaonline",
        errors.Rejected,
        "La serie no es de nómina",
        handler=answering(200, '{"response": "error", "message": "La serie no es de nómina"}', content_type=JSON),
        status=200,
    ),
]
WRONG = "0" * 32


def through_raw(endpoint: Any, face: Any, body: Any) -> Any:
    """What the facade refuses to send, sent all the same, through the generated client."""
    return (endpoint.sync if face.raw.http is not None else endpoint.asyncio)(client=face.raw, body=body)


def no_number(challenge: Challenge) -> dict[str, str]:
    return {field.name: "not a number" for field in challenge.fields}


def pending_link(face: Any) -> Any:
    return face.link(
        id_external="MIST030794",
        name="Rey Misterio",
        site="56cf5728784806f72b8b4569",
        credentials={"username": "test", "password": "test"},
        answer=no_number,
    )


AGAINST_THE_MOCK = [
    Case(
        "wrong key", "syncfy", errors.AuthenticationFailed, "Unauthorized", keys={"api_key": WRONG}, status=401, id="*"
    ),
    Case(
        "unknown id", "syncfy", errors.NotFound, "", action=lambda face: face.delete_user(UNKNOWN), status=404, id="*"
    ),
    Case(
        "missing field", "syncfy", errors.Rejected, "name", action=lambda face: face.create_user(""), status=400, id="*"
    ),
    Case("wrong TWOFA", "syncfy", errors.WrongTwofa, "ended with code 403", action=pending_link, id="job"),
    Case("expired token", "syncfy", errors.SessionExpired, "", action=lambda face: face.verify_session(WRONG), id="*"),
    Case("wrong key", "facti", errors.AuthenticationFailed, "", keys={"api_key": WRONG}, status=200),
    Case("unknown id", "facti", errors.NotFound, "", action=lambda face: face.payment(999999), status=200),
    Case(
        "missing field",
        "facti",
        errors.Rejected,
        "to_client_name",
        raw=True,
        action=lambda face: through_raw(
            create_request,
            face,
            NewRequest(
                folio=1, from_rfc="EKU9003173C9", to_client_name="", to_email="a@example.mx", total_amount=Decimal(1)
            ),
        ),
        status=200,
    ),
    Case(
        "wrong key", "facturaonline", errors.AuthenticationFailed, "no existe", keys={"secret_key": WRONG}, status=200
    ),
    Case(
        "unknown id",
        "facturaonline",
        errors.NotFound,
        "",
        action=lambda face: face.payroll("ffffffffffffff"),
        status=200,
    ),
    Case(
        "missing field",
        "facturaonline",
        errors.Rejected,
        "grupo",
        raw=True,
        action=lambda face: through_raw(create_group, face, NewGroup(grupo="")),
        status=200,
    ),
]


def name_of(case: Case) -> str:
    return f"{case.provider}-{case.name}"


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    """Time that passes only by waiting, for the faces and the mock alike."""
    clock = ManualClock()

    class Fast:
        def now(self) -> float:
            return clock.now()

        def sleep(self, seconds: float) -> None:
            clock.advance(seconds)

        async def asleep(self, seconds: float) -> None:
            clock.advance(seconds)

    monkeypatch.setattr("ventanilla._flow.waiting", Fast())
    return clock


def raised(case: Case, clock: ManualClock, *, asynchronous: bool) -> errors.VentanillaError:
    sync_face, async_face, path, keys = FACES[case.provider]
    action = case.action or FIRST[case.provider]
    arguments = {**keys, **(case.keys or {}), "base_url": f"http://127.0.0.1{path}"}
    if not asynchronous:
        transport: Any = httpx.MockTransport(case.handler) if case.handler else MockTransport(Mock(clock=clock))
        with sync_face(**arguments, transport=transport) as face, pytest.raises(errors.VentanillaError) as error:
            action(face)
        return error.value

    async def fail() -> errors.VentanillaError:
        transport: Any = httpx.MockTransport(case.handler) if case.handler else AsyncMockTransport(Mock(clock=clock))
        async with async_face(**arguments, transport=transport) as face:
            with pytest.raises(errors.VentanillaError) as error:
                await action(face)
        return error.value

    return anyio.run(fail)


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("case", [*CANNED, *BY_STATUS, *INSIDE_200, *AGAINST_THE_MOCK], ids=name_of)
def test_each_failure_has_its_own_error(case: Case, fast: ManualClock, asynchronous: bool) -> None:
    error = raised(case, fast, asynchronous=asynchronous)
    assert type(error) is case.kind or (case.kind is errors.UnexpectedAnswer and isinstance(error, case.kind))
    assert any(part in error.message for part in case.says.split("|"))
    if case.status is not None:
        assert error.status_code == case.status
    if case.id == "*":
        assert error.request_id
    elif case.id == "job":
        assert isinstance(error, errors.JobFailed)
        assert len(error.id_job) == 24
    elif case.id:
        assert error.request_id == case.id
    if not case.raw and not isinstance(error, errors.JobFailed):
        assert error.operation, "the error does not say which operation failed"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), type(again), vars(again)) == (str(error), type(error), vars(error))


@pytest.mark.parametrize("case", [*CANNED, *BY_STATUS, *INSIDE_200, *AGAINST_THE_MOCK], ids=name_of)
def test_no_error_shows_a_credential(case: Case, fast: ManualClock) -> None:
    error = raised(case, fast, asynchronous=False)
    _, _, _, keys = FACES[case.provider]
    secrets = [value for name, value in {**keys, **(case.keys or {})}.items() if "key" in name or name == "client_id"]
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    for link in chain:
        shown = [str(link), repr(link)]
        shown += [link.explain(each) for each in LANGUAGES] if isinstance(link, errors.VentanillaError) else []
        assert not [secret for secret in secrets if any(secret in text for text in shown)]


def test_expired_session_is_renewed_once_and_the_call_succeeds(fast: ManualClock) -> None:
    mock = Mock(clock=fast)
    with Syncfy(api_key=SYNCFY_KEY, base_url="http://127.0.0.1/syncfy/v1", transport=MockTransport(mock)) as syncfy:
        user = syncfy.create_user("Rey Misterio")
        assert [*syncfy.countries(user)]
        fast.advance(301)
        assert [*syncfy.countries(user)]
        token = syncfy.open_session(user)
        syncfy.verify_session(token)
        fast.advance(301)
        with pytest.raises(errors.SessionExpired):
            syncfy.verify_session(token)


def test_no_token_or_key_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Syncfy(api_key=SYNCFY_KEY, base_url="http://127.0.0.1/syncfy/v1", transport=MockTransport(Mock())) as syncfy:
        token = syncfy.open_session(syncfy.create_user("El Santo"))
        syncfy.verify_session(token)
        syncfy.close_session(token)
    assert "/sessions/***/verify" in caplog.text
    assert token not in caplog.text
    assert SYNCFY_KEY not in caplog.text


def test_users_never_share_a_token() -> None:
    seen: dict[str, set[str]] = {}
    mock = Mock()
    inner = MockTransport(mock)

    def watch(request: httpx.Request) -> httpx.Response:
        seen.setdefault(request.headers["authorization"], set()).add(request.url.path)
        return inner.handle_request(request)

    with Syncfy(
        api_key=SYNCFY_KEY, base_url="http://127.0.0.1/syncfy/v1", transport=httpx.MockTransport(watch)
    ) as syncfy:
        users = [syncfy.create_user(name) for name in ("El Santo", "Blue Demon")]
        for user in [*users, *users]:
            assert [*syncfy.credentials(user)] == []
    tokens = [value for value in seen if value.startswith("TOKEN ")]
    assert len(tokens) == 2
    assert all(paths == {"/syncfy/v1/credentials"} for value, paths in seen.items() if value in tokens)


def test_credentials_never_leave_the_configured_origin() -> None:
    elsewhere: list[str] = []

    def listen(request: httpx.Request) -> httpx.Response:
        elsewhere.append(str(request.url))
        return httpx.Response(200, json={})

    with Syncfy(api_key=SYNCFY_KEY, transport=httpx.MockTransport(listen)) as syncfy:
        assert syncfy.raw.http is not None
        with pytest.raises(errors.ConfigurationError, match="refused to send credentials to elsewhere"):
            syncfy.raw.request(method="GET", url="https://elsewhere.example/v1/users")
    assert elsewhere == []


async def _collect(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


def test_listing_raises_in_both_faces() -> None:
    handler = answering(404, envelope(404, "Not found"), content_type=JSON)
    with Syncfy(api_key=SYNCFY_KEY, transport=httpx.MockTransport(handler)) as syncfy, pytest.raises(errors.NotFound):
        next(syncfy.users())

    async def listed() -> None:
        async with AsyncSyncfy(api_key=SYNCFY_KEY, transport=httpx.MockTransport(handler)) as face:
            with pytest.raises(errors.NotFound):
                await _collect(face.users())

    anyio.run(listed)
