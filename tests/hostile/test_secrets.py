"""No secret is seen anywhere: not in values, errors and what led to them, tracebacks with locals, pickles, or logs."""

import copy
import json
import logging
import os
import pickle
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve
from driving import ANSWERS, CANARIES, FACES, GIVEN, JOB, KEYS, LOGIN, SEED, SITE, USER, Drive, Fast, driven, drives
from standing import PREFIX, Answer, Bend, Standing
from wires import wire

from ventanilla import Syncfy, drift, errors
from ventanilla._http import ProviderAuth
from ventanilla._redact import HIDDEN, carried, hidden, redact
from ventanilla.facti import parse_ipn
from ventanilla_clients._runtime import UnexpectedBody, UnexpectedStatus
from ventanilla_clients.facti.api.payments import get_payment
from ventanilla_clients.facturaonline.api.payroll import list_payrolls
from ventanilla_clients.syncfy.api.credentials import create_credential
from ventanilla_clients.syncfy.api.jobs import answer_twofa
from ventanilla_clients.syncfy.api.webhooks import create_webhook
from ventanilla_clients.syncfy.models import NewCredential, NewWebhook, TwofaAnswer

HERE = Path(__file__).parent
URL: str = GIVEN["url"]
JSON = {"Content-Type": "application/json"}


def said(request: httpx.Request) -> str:
    """Everything that a request had in it, and who sent it, as a careless server would print it."""
    # Syncfy knows the key that opened a session; the others are sent their keys each time.
    keys = CANARIES["syncfy key"] if "authorization" in request.headers else ""
    headers = " ".join(f"{name}: {value}" for name, value in request.headers.items())
    return f"{keys} {request.url} {headers} {request.content.decode()}"


def line(request: httpx.Request) -> str:
    """The same, as it can stand in a header."""
    return said(request).encode("ascii", "replace").decode().replace("\n", " ")


def refused(provider: str, request: httpx.Request) -> dict[str, Any]:
    """A refusal in the provider's own form that repeats all that was sent; Factura Online does so with hashes."""
    if provider == "syncfy":
        known = {"rid": said(request), "code": 400, "errors": None, "status": False, "response": None}
        return {**known, "message": said(request)}
    if provider == "facti":
        return {"result": 0, "msg": said(request)}
    hashes = {name: CANARIES[name] for name in ("Data", "Secret")}
    return {"status": "error", "message": f"{said(request)} {' '.join(hashes.values())}", **hashes}


def success(answer: Answer, request: httpx.Request) -> Answer:
    if not answer.body.startswith(b"{"):
        return answer
    value = json.loads(answer.body) | {"echo": said(request)}
    if answer.operation == "create_session":
        value["response"] = {"token": CANARIES["opened token"]}
    headers = {**answer.headers, "Set-Cookie": line(request), "Location": f"/?api_key={CANARIES['facti key']}"}
    return evolve(answer, body=json.dumps(value).encode(), headers=headers)


def opened(bend: Bend) -> Bend:
    """Let sessions be opened, so that what needs one goes on to the trouble itself."""
    return lambda answer, request: (success if answer.operation == "create_session" else bend)(answer, request)


def refusal(provider: str, status: int = 200) -> Bend:
    def bend(answer: Answer, request: httpx.Request) -> Answer:
        body = json.dumps(refused(provider, request)).encode()
        return evolve(answer, status=status, headers=JSON | {"X-Request-Id": line(request)}, body=body)

    return bend


def page(answer: Answer, request: httpx.Request) -> Answer:
    body = f"<html>{said(request)}</html>".encode()
    return evolve(answer, headers={"Content-Type": "text/html", "CF-Ray": line(request)}, body=body)


def other_shape(answer: Answer, request: httpx.Request) -> Answer:
    """What is nested is a text now, and the text is secret."""
    text = said(request)
    if not answer.body.startswith(b"{"):
        return evolve(answer, body=text.encode(), headers={"Content-Type": line(request)})
    value: dict[str, Any] = json.loads(answer.body)
    nested = {name: text for name, each in value.items() if isinstance(each, list | dict)}
    return evolve(answer, body=json.dumps({**value, **nested}).encode())


def cut_off(answer: Answer, request: httpx.Request) -> Answer:
    return evolve(answer, body=answer.body[:30] + said(request).encode(), headers={"Content-Type": line(request)})


def deep(answer: Answer, request: httpx.Request) -> Answer:
    return evolve(answer, body=b'{"status":' * 5000, headers=JSON)


def redirect(answer: Answer, request: httpx.Request) -> Answer:
    location = f"https://example.mx/?api_key={CANARIES['facti key']}&token={CANARIES['opened token']}"
    return evolve(answer, status=302, headers={"Location": location})


def lost(answer: Answer, request: httpx.Request) -> Answer:
    raise httpx.ReadError("reset", request=request)


TROUBLES: dict[str, Callable[[str], Bend]] = {
    "success": lambda provider: success,
    "refusal": lambda provider: opened(refusal(provider)),
    "refused session": lambda provider: refusal(provider, 400),
    "outage": lambda provider: opened(refusal(provider, 503)),
    "unauthorized": lambda provider: opened(refusal(provider, 401)),
    "page": lambda provider: opened(page),
    "other shape": lambda provider: opened(other_shape),
    "cut off": lambda provider: opened(cut_off),
    "nested": lambda provider: opened(deep),
    "redirect": lambda provider: opened(redirect),
    "lost": lambda provider: opened(lost),
}


def chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in seen:
            seen.append(each)
            waiting += [each.__cause__, each.__context__]
            yield each


def frames(error: BaseException) -> Iterator[str]:
    """What a reporter shows of the frames, with their locals; those of these tests hold the secrets themselves."""
    for each in chain(error):
        for frame in traceback.TracebackException.from_exception(each, capture_locals=True).stack:
            if HERE not in Path(frame.filename).parents:
                yield f"{frame.filename} {frame.name} {frame.line} {frame.locals}"


def shown(error: BaseException) -> Iterator[str]:
    """Everything that can be seen of an error."""
    for each in chain(error):
        yield from (str(each), repr(each), repr(each.args), repr(vars(each)), repr(getattr(each, "__notes__", [])))
        if isinstance(each, httpx.RequestError):
            yield f"{each.request!r} {each.request.headers.raw!r} {each.request.content!r}"
    yield from traceback.format_exception(error)
    yield from frames(error)
    if isinstance(error, errors.VentanillaError):
        yield repr(pickle.dumps(error))


def leaks(texts: Iterator[str] | list[str]) -> set[str]:
    return {name for text in texts for name, secret in CANARIES.items() if secret in text or secret[:16] in text}


class Log(logging.Handler):
    """Everything that is logged, formatted and in parts."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{self.format(record)} {record.msg!r} {record.args!r}")


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla._flow.waiting", Fast())


@pytest.fixture
def log() -> Iterator[Log]:
    root, handler = logging.getLogger(), Log()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def kept() -> list[str]:
    """What the journal of intents has kept on the disk, its own files included."""
    path = Path(os.environ["VENTANILLA_JOURNAL"])
    return [file.read_bytes().decode("latin-1") for file in path.parent.glob(f"{path.name}*")]


def looked_at(drive: Drive, result: Any, error: BaseException | None) -> list[str]:
    """Return all that can be seen of how one call ended."""
    if error is not None:
        return [*shown(error)]
    # What a session is opened for is its token, and a file is what it is.
    return [] if drive.name == "open_session" or isinstance(result, bytes) else [repr(result)]


both = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


@both
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("provider", FACES)
def test_no_operation_shows_a_secret(
    provider: str, trouble: str, asynchronous: bool, fast: None, log: Log, tmp_path: Path
) -> None:
    drift.set_strict(False)
    standing = Standing(provider, TROUBLES[trouble](provider))
    transport, base = httpx.MockTransport(standing), f"http://127.0.0.1{PREFIX[provider]}"
    ended = driven(drives(provider, tmp_path), transport, asynchronous=asynchronous, base_url=base)
    for drive, result, error in ended:
        assert leaks(looked_at(drive, result, error)) == set(), f"{drive.name} (seed {SEED})"
        assert error is None or isinstance(error, errors.VentanillaError), drive.name
    assert leaks(log.texts) == set()
    assert leaks(kept()) == set()
    assert bool(kept()) is (provider != "syncfy")
    failed = [drive.name for drive, _, error in ended if error is not None]
    if trouble == "success":
        # The payment of the examples can be deleted, so it is not paid; and what is created a second time is named as
        # the first was.
        again = {"facti": ["confirm", "request_payment"], "facturaonline": ["issue_payroll"]}
        assert failed == again.get(provider, [])
    elif trouble in ("lost", "page", "redirect", "nested"):
        # What only opens a session has not been refused one.
        assert {drive.name for drive, _, _ in ended} - {*failed} <= {"open_session", "widget"}


@both
@pytest.mark.parametrize("provider", FACES)
def test_nothing_is_logged_of_what_goes_over_a_socket(
    provider: str, asynchronous: bool, fast: None, log: Log, tmp_path: Path
) -> None:
    drift.set_strict(False)
    for bend in (success, opened(refusal(provider))):
        standing = Standing(provider, bend)
        with wire(standing.spoken) as server:
            base = server.origin + PREFIX[provider]
            for drive, result, error in driven(
                drives(provider, tmp_path), None, asynchronous=asynchronous, base_url=base
            ):
                assert leaks(looked_at(drive, result, error)) == set(), f"{drive.name} (seed {SEED})"
    assert any("receive_response_headers.complete" in text for text in log.texts)
    assert leaks(log.texts) == set()


def unchanged(thing: Any, *others: Any) -> Any:
    return thing


WITHOUT = {
    "redaction of answers": ("ventanilla._http.hidden", "refusal"),
    "silence of tracebacks": ("ventanilla._quiet.silenced", "lost"),
}


@both
@pytest.mark.parametrize("guard", WITHOUT)
@pytest.mark.parametrize("provider", FACES)
def test_control_without_its_guard_a_secret_is_found(
    provider: str, guard: str, asynchronous: bool, fast: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, trouble = WITHOUT[guard]
    monkeypatch.setattr(name, unchanged)
    standing = Standing(provider, TROUBLES[trouble](provider))
    transport, base = httpx.MockTransport(standing), f"http://127.0.0.1{PREFIX[provider]}"
    ended = driven(drives(provider, tmp_path), transport, asynchronous=asynchronous, base_url=base)
    assert {leak for each in ended for leak in leaks(looked_at(*each))}


@pytest.mark.parametrize("provider", ["syncfy", "facti"])
def test_control_without_their_filters_the_logs_show_secrets(
    provider: str, fast: None, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drift.set_strict(False)
    monkeypatch.setattr("ventanilla._http.protect_logs", lambda: None)
    for name in ("httpx", "httpcore.http11"):
        monkeypatch.setattr(logging.getLogger(name), "filters", [])
    with wire(Standing(provider, success).spoken) as server:
        base = server.origin + PREFIX[provider]
        driven(drives(provider, tmp_path), None, asynchronous=False, base_url=base)
    assert leaks(log.texts)


def raw_calls() -> list[tuple[str, Callable[[Any], Any]]]:
    twofa = TwofaAnswer(twofa=dict(ANSWERS))
    login = NewCredential(id_site=SITE, credentials=dict(LOGIN))
    return [
        ("syncfy", lambda face: answer_twofa.sync(JOB, client=face.as_user(USER), body=twofa)),
        ("syncfy", lambda face: create_credential.sync(client=face.as_user(USER), body=login)),
        ("syncfy", lambda face: create_webhook.sync(client=face.raw, body=NewWebhook(url=URL, events=[]))),
        ("facti", lambda face: get_payment.sync("5022", client=face.raw)),
        ("facturaonline", lambda face: list_payrolls.sync(client=face.raw)),
    ]


@pytest.mark.parametrize("trouble", ["refusal", "outage", "page", "other shape", "cut off", "redirect", "lost"])
@pytest.mark.parametrize(("provider", "do"), raw_calls())
def test_raw_calls_show_no_more(provider: str, do: Callable[[Any], Any], trouble: str) -> None:
    drift.set_strict(trouble == "other shape")
    transport = httpx.MockTransport(Standing(provider, TROUBLES[trouble](provider)))
    with (
        FACES[provider][0](
            **KEYS[provider], base_url=f"http://127.0.0.1{PREFIX[provider]}", transport=transport
        ) as face,
        pytest.raises((errors.VentanillaError, UnexpectedBody)) as raised,
    ):
        do(face)
    assert leaks([*shown(raised.value)]) == set()


SAYS_IT_LATER: list[Callable[[Syncfy], object]] = [
    lambda syncfy: syncfy.job(USER, JOB),
    lambda syncfy: [*syncfy.credentials(USER)],
    lambda syncfy: [*syncfy.webhooks()],
    lambda syncfy: syncfy.open_session(USER),
]


@pytest.mark.parametrize("number", range(len(SAYS_IT_LATER)))
def test_what_an_earlier_request_carried_is_hidden_in_later_errors(number: int) -> None:
    assert leaks(later_error(number)) == set()


def test_control_without_memory_a_later_error_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(auth: ProviderAuth, request: httpx.Request) -> None:
        """Keep nothing."""

    monkeypatch.setattr(ProviderAuth, "remember", forget)
    assert leaks(later_error(0)) == {"site user", "site password", "webhook header"}


def later_error(number: int) -> list[str]:
    """Return what an error shows whose answer repeats a login and a header that were sent before."""
    is_late = False

    def answer(request: httpx.Request) -> httpx.Response:
        if is_late:
            body = {
                "rid": "r",
                "code": 400,
                "errors": None,
                "status": False,
                "response": None,
                "message": "no: " + said,
            }
            return httpx.Response(400, json=body)
        return standing(request)

    said = " ".join((*LOGIN.values(), CANARIES["webhook header"]))
    standing = Standing("syncfy")
    with Syncfy(
        **KEYS["syncfy"], base_url=f"http://127.0.0.1{PREFIX['syncfy']}", transport=httpx.MockTransport(answer)
    ) as syncfy:
        syncfy.create_credential(USER, SITE, LOGIN)
        syncfy.create_webhook(URL, headers={"X-Hook": CANARIES["webhook header"]})
        for _ in range(100):
            syncfy.user(USER)
        is_late = True
        with pytest.raises(errors.Rejected) as raised:
            SAYS_IT_LATER[number](syncfy)
    return [*shown(raised.value)]


@pytest.mark.parametrize("face", [face for pair in FACES.values() for face in pair])
def test_faces_and_their_keys_are_neither_pickled_nor_copied(face: type[Any]) -> None:
    provider = next(name for name, pair in FACES.items() if face in pair)
    made = face(**KEYS[provider])
    for thing in (made, made.raw.auth):
        attempts: list[Callable[[Any], Any]] = [pickle.dumps, copy.copy, copy.deepcopy]
        for attempt in attempts:
            with pytest.raises(TypeError, match=r"holds keys.* not pickled or copied"):
                attempt(thing)
    assert leaks([repr(made.__dict__), repr(made.raw), str(made), repr(made.raw.auth)]) == set()


@pytest.mark.parametrize("face", [face for pair in FACES.values() for face in pair])
@pytest.mark.parametrize("wrong", [{"base_url": "ftp://x"}, {"timeout": "soon"}, {"api_key": "ñ {api_key}"}, {"no": 1}])
def test_a_constructor_that_refuses_shows_no_key(face: type[Any], wrong: dict[str, Any]) -> None:
    keys = KEYS[next(name for name, pair in FACES.items() if face in pair)]
    wrong = {name: str(value).format(**keys) if name == "api_key" else value for name, value in wrong.items()}
    with pytest.raises((errors.VentanillaError, TypeError)) as raised:
        face(**{**keys, **wrong})
    assert leaks([*shown(raised.value)]) == set()
    assert not [
        each for text in frames(raised.value) for each in keys.values() if str(each) in text and len(str(each)) > 8
    ]
    repr(object.__new__(face))


@pytest.mark.parametrize("kind", [UnexpectedStatus, UnexpectedBody])
def test_the_body_of_an_unexpected_answer_is_not_printed_or_pickled(kind: type[Any]) -> None:
    secret = CANARIES["opened token"]
    error = kind(*((418,) if kind is UnexpectedStatus else ("no", 418)), secret.encode())
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.status_code) == (kind, str(error), 418)
    assert leaks([repr(error.__dict__), repr(error), repr(pickle.dumps(error))]) == set()
    assert error.content == secret.encode()


def test_a_notification_that_cannot_be_read_does_not_keep_its_body() -> None:
    digest = CANARIES["Data"].encode()
    for body in (
        b"ipn_password=" + digest + b"\xff",
        b"ipn_password=" + digest + b"&ipn_type=x&data={}",
        b'{"a":"' + digest,
    ):
        with pytest.raises(errors.InvalidRequest) as raised:
            parse_ipn(body)
        assert raised.value.__context__ is None
        assert CANARIES["Data"] not in str(raised.value)


def test_what_the_caller_was_dealing_with_keeps_its_traceback() -> None:
    drift.set_strict(False)
    transport = httpx.MockTransport(Standing("syncfy", opened(lost)))
    with FACES["syncfy"][0](**KEYS["syncfy"], base_url="http://127.0.0.1/v1", transport=transport) as face:
        mine = KeyError("mine")
        try:
            raise mine
        except KeyError:
            with pytest.raises(errors.ConnectionFailed) as raised:
                list(face.accounts(USER))
    assert mine.__traceback__ is not None
    assert mine in [*chain(raised.value)]


def test_an_error_of_the_callers_own_keeps_its_frames() -> None:
    def answer(challenge: Any) -> dict[str, str]:
        raise LookupError("the user has gone")

    waiting = [{"code": 410, "address": "x", "twofa": [{"name": "token", "type": "text", "label": "?"}]}]

    def bend(given: Answer, request: httpx.Request) -> Answer:
        if given.operation != "list_job_statuses":
            return given
        return evolve(given, body=json.dumps({**json.loads(given.body), "response": waiting}).encode())

    transport = httpx.MockTransport(Standing("syncfy", bend))
    face = FACES["syncfy"][0](**KEYS["syncfy"], base_url="http://127.0.0.1/v1", transport=transport)
    with face, pytest.raises(LookupError) as raised:
        face.follow_job(USER, JOB, answer=answer)
    assert [frame.name for frame in raised.traceback][-1] == "answer"


def test_a_secret_is_hidden_however_it_is_written() -> None:
    secret = 'p+s/ w"rd ñ'
    for form in (secret, "p%2Bs%2F%20w%22rd%20%C3%B1", "p%2Bs%2F+w%22rd+%C3%B1", json.dumps(secret)):
        assert hidden(f"login {form} refused", [secret]).strip('"').replace('"', "") == f"login {HIDDEN} refused"
    assert hidden("the latest t3st", ["t3st"]) == f"the latest {HIDDEN}"
    assert hidden("answer 1 of 12", ["1", "12"]) == "answer 1 of 12"


def test_what_a_request_carries_is_found_in_each_of_its_parts() -> None:
    body = {
        "credentials": {"user": "u-5f4dcc3b", "pins": ["p-5f4dcc3b"]},
        "url": "https://x.mx/h/0123456789abcdef?k=fedcba9876543210",
    }
    request = httpx.Request(
        "POST",
        "https://api.example.mx/v1/sessions/tok-5f4dcc3b/verify?api_key=q-5f4dcc3b&limit=5",
        headers={"Authorization": "TOKEN token=h-5f4dcc3b"},
        json=body,
    )
    found = {*carried(request)}
    assert {
        "u-5f4dcc3b",
        "p-5f4dcc3b",
        "tok-5f4dcc3b",
        "q-5f4dcc3b",
        "h-5f4dcc3b",
        "0123456789abcdef",
        "fedcba9876543210",
    } <= found
    assert not {"5", "limit", "x.mx"} & found
    form = httpx.Request("POST", "https://api.example.mx/", data={"client_id": "c-5f4dcc3b", "folio": "3"})
    assert [*carried(form)] == ["c-5f4dcc3b"]
    assert redact("GET https://a.mx/?client_id=c-5f4dcc3b&folio=3") == f"GET https://a.mx/?client_id={HIDDEN}&folio=3"
