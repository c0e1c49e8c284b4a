"""A test's own mock: its time, what goes wrong in it, who takes its webhooks, and what can be asserted of it."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from datetime import UTC, datetime
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests
from receiving import receiver

from ventanilla import AsyncFacti, AsyncSyncfy, Facti, FacturaOnline, Policy, Syncfy, _flow, _limiter
from ventanilla.errors import ServiceUnavailable, WaitTimeout
from ventanilla.facti import parse_ipn, verify_ipn
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.stage import Stage, Stages
from ventanilla.syncfy import Challenge

HOOK, PASSWORD = "https://shop.example.mx/hooks/facti", "of the notifications"
BANK, BANK_WITH_TOKEN = "56cf5728784806f72b8b4568", "56cf5728784806f72b8b4569"
LOGIN = {"username": "test", "password": "test"}
Message = MutableMapping[str, Any]


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    with Stages() as stages:
        yield stages


@pytest.fixture(params=["process", "socket"])
def mock(request: pytest.FixtureRequest, stages: Stages) -> Iterator[Stage]:
    with stages.open(request.node.name, socket=request.param == "socket") as stage:
        stage.webhooks.configure_ipn(HOOK, password=PASSWORD)
        yield stage


@pytest.fixture
def here(stages: Stages) -> Iterator[Stage]:
    """A mock that is reached within the process, where it makes no difference."""
    with stages.open() as stage:
        stage.webhooks.configure_ipn(HOOK, password=PASSWORD)
        yield stage


def pay(mock: Stage) -> int:
    """Have a payment requested and paid, and return its id."""
    with Facti(**mock.options("facti")) as facti:
        asked = facti.request_payment(folio=3, total_amount="55.20", to_client_name="Ana", to_email="a@example.mx")
        assert facti.mark_paid(asked.request_id).is_paid
    mock.webhooks.settle()
    return asked.request_id


def link(mock: Stage, site: str = BANK, **more: Any) -> str:
    with Syncfy(**mock.options("syncfy")) as syncfy:
        found = syncfy.link(id_external="ana", name="Ana", site=site, credentials=LOGIN, **more)
    assert found.is_finished
    return found.user.id_user


def answered(challenge: Challenge) -> dict[str, str]:
    return {field.name: "1" for field in challenge.fields}


# Time


def test_clock_stands_still_and_moves_when_told(here: Stage) -> None:
    before = here.clock.now()
    assert abs(before - time.time()) < 5
    assert before == int(before)
    here.clock.advance(1, minutes=1, hours=1, days=1)
    assert here.clock.now() == before + 90_061
    assert here.clock.moment == datetime.fromtimestamp(before + 90_061, UTC)
    here.clock.travel(here.clock.moment)
    here.clock.travel("2090-01-01T00:00:00-06:00")
    assert here.clock.moment == datetime(2090, 1, 1, 6, tzinfo=UTC)
    for wrong in (-1, float("nan"), 4e9):
        with pytest.raises(ValueError, match=r"time runs forward only|NaN"):
            here.clock.advance(wrong)
    with pytest.raises(ValueError, match="has no zone"):
        here.clock.travel("2091-01-01T00:00:00")


def test_clock_runs_when_told(here: Stage) -> None:
    here.clock.run(1000)
    before = here.clock.now()
    time.sleep(0.01)
    assert here.clock.now() >= before + 10
    here.clock.freeze()
    assert here.clock.now() == here.clock.now()


@pytest.mark.parametrize("mode", ["immediate", "timed", "polls"])
def test_faces_wait_in_no_time(mock: Stage, mode: str) -> None:
    mock.lifecycle("syncfy", mode)
    began, before = time.monotonic(), mock.clock.now()
    mock.scenario("syncfy", "slow_30")
    link(mock, BANK_WITH_TOKEN, answer=answered)
    assert time.monotonic() - began < 5
    assert (mock.clock.now() > before + 30) is (mode == "timed")


def test_what_never_ends_times_out_by_the_clock(here: Stage) -> None:
    here.lifecycle("syncfy", "event")
    before = here.clock.now()
    with pytest.raises(WaitTimeout):
        link(here, timeout=250)
    assert here.clock.now() == before + 250
    assert here.step("syncfy", here.world.processes()[0][1])
    assert not here.step("syncfy", "unknown")


def test_asynchronous_faces_wait_in_no_time(mock: Stage) -> None:
    mock.lifecycle("syncfy", "timed")
    mock.scenario("syncfy", "slow_30")
    syncfy = AsyncSyncfy(**mock.async_options("syncfy"))
    began = time.monotonic()
    # Twice: what a face leaves open must not hang on an event loop.
    for person in ("ana", "eva"):
        linking = syncfy.link(id_external=person, name=person, site=BANK, credentials=LOGIN)
        assert asyncio.run(linking).is_finished
    assert time.monotonic() - began < 5


def test_faces_wait_for_a_clock_that_runs(here: Stage) -> None:
    here.lifecycle("syncfy", "timed")
    here.scenario("syncfy", "slow_30")
    here.clock.run(1000)
    began = time.monotonic()
    link(here)
    assert time.monotonic() - began > 0.03


def test_faces_wait_by_the_last_clock_that_is_still_there(stages: Stages) -> None:
    own = _flow.waiting
    first, second = stages.open(), stages.open()
    with first as one:
        other = second.__enter__()
        _flow.waiting.sleep(5)
        one.clock.advance(1)
        assert other.clock.now() - one.clock.now() in (3, 4, 5)
    # The first has ended, the second has not.
    before = other.clock.now()
    _flow.waiting.sleep(5)
    assert other.clock.now() == before + 5
    second.__exit__(None, None, None)
    assert _flow.waiting is own


# Webhooks


def test_calls_are_collected(mock: Stage) -> None:
    calls = mock.webhooks.collect()
    payment = pay(mock)
    (call,) = calls
    assert (call.url, call.event) == (HOOK, "payment_notification")
    notification = parse_ipn(call.body, dict(call.headers)["Content-Type"])
    assert (verify_ipn(notification, PASSWORD), notification.id) == (True, payment)
    assert mock.webhooks.deliveries(state="delivered") == calls


def test_calls_go_where_their_url_leads_and_nowhere_else(mock: Stage) -> None:
    with receiver() as hook:
        mock.webhooks.configure_ipn(hook.url, password=PASSWORD)
        pay(mock)
        assert len(hook.received) == 1
        mock.webhooks.configure_ipn(HOOK, password=PASSWORD)
        pay(mock)
    (refused,) = mock.webhooks.attempts(url=HOOK)
    assert "shop.example.mx is not this machine" in str(refused.error)


def test_calls_can_be_led_to_another_server(mock: Stage) -> None:
    with receiver() as hook:
        mock.webhooks.deliver_to(url=hook.url.removesuffix("/hook"))
        pay(mock)
        assert len(hook.received) == 1
    with pytest.raises(ValueError, match="not this machine"):
        mock.webhooks.deliver_to(url=HOOK)


class Application:
    """The same small application in two dialects: it asks the mock something for every call that it gets."""

    def __init__(self, mock: Stage) -> None:
        self.mock = mock
        self.paths: list[str] = []
        self.paid: list[bool] = []

    def wsgi(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        with Facti(**self.mock.options("facti")) as facti:
            self.paid.append(facti.payment(parse_ipn(body, environ["CONTENT_TYPE"]).id).is_paid)
        self.paths.append(environ["HTTP_HOST"] + environ["PATH_INFO"])
        start_response("202 Accepted", [])
        return []

    async def asgi(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        body = (await receive())["body"]
        facti = AsyncFacti(**self.mock.async_options("facti"))
        headers = dict(scope["headers"])
        self.paid.append((await facti.payment(parse_ipn(body, headers[b"content-type"].decode()).id)).is_paid)
        self.paths.append(headers[b"host"].decode() + scope["path"])
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("dialect", ["wsgi", "asgi"])
def test_application_takes_its_calls_in_process(mock: Stage, dialect: str) -> None:
    application = Application(mock)
    taken: dict[str, Any] = {dialect: getattr(application, dialect)}
    mock.webhooks.deliver_to(**taken)
    pay(mock)
    assert (application.paths, application.paid) == (["shop.example.mx/hooks/facti"], [True])
    assert [attempt.status for attempt in mock.webhooks.attempts()] == [202]


def test_server_goes_on_while_an_application_takes_its_call(stages: Stages) -> None:
    with stages.open(socket=True) as mock, Facti(**mock.options("facti")) as facti:
        application = Application(mock)
        mock.webhooks.configure_ipn(HOOK, password=PASSWORD)
        mock.webhooks.deliver_to(wsgi=application.wsgi)
        mock.scenario("facti", "pays_by_stp")
        facti.request_payment(folio=3, total_amount="55.20", to_client_name="Ana", to_email="a@example.mx")
        # Not settled: the server makes the call by itself.
        mock.webhooks.wait()
        assert application.paid == [True]


@pytest.mark.parametrize("dialect", ["wsgi", "asgi"])
def test_application_takes_its_calls_in_the_loop_of_the_test(mock: Stage, dialect: str) -> None:
    application = Application(mock)
    taken: dict[str, Any] = {dialect: getattr(application, dialect)}
    mock.webhooks.deliver_to(**taken)

    async def play() -> None:
        facti = AsyncFacti(**mock.async_options("facti"))
        asked = await facti.request_payment(
            folio=3, total_amount="55.20", to_client_name="Ana", to_email="a@example.mx"
        )
        await facti.mark_paid(asked.request_id)
        await mock.webhooks.asettle()
        triggered = await mock.atrigger("payment_notification")
        assert triggered.told[0].url == HOOK
        await mock.areplay(mock.webhooks.deliveries()[0])

    asyncio.run(play())
    assert application.paid == [True] * 3


def test_calls_are_made_in_the_loop_of_the_test_as_time_passes(here: Stage) -> None:
    loops: list[object] = []

    async def asgi(scope: Message, receive: object, send: Callable[[Message], Awaitable[None]]) -> None:
        loops.append(asyncio.get_running_loop())
        await send({"type": "http.response.start", "status": 503 if len(loops) < 3 else 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    here.webhooks.deliver_to(asgi=asgi)

    async def play() -> list[object]:
        await here.atrigger("payment_notification")
        await here.clock.aadvance(hours=1)
        return [asyncio.get_running_loop()] * 3

    assert loops == asyncio.run(play())


def test_a_call_in_a_loop_that_runs_gets_a_loop_of_its_own(here: Stage) -> None:
    application = Application(here)
    here.webhooks.deliver_to(asgi=application.asgi)

    async def play() -> None:
        here.trigger("payment_notification")

    asyncio.run(play())
    assert application.paid == [True]


def test_what_an_application_raises_is_logged(mock: Stage, caplog: pytest.LogCaptureFixture) -> None:
    def breaks(delivery: Delivery) -> int:
        raise RuntimeError("the shop is on fire")

    mock.webhooks.deliver_to(call=breaks)
    pay(mock)
    (attempt,) = mock.webhooks.attempts()
    assert (attempt.status, attempt.error) == (None, "RuntimeError")
    assert "the shop is on fire" in caplog.text
    assert "whoever received payment_notification raised" in caplog.text


def test_calls_go_to_one_receiver_only(here: Stage) -> None:
    with pytest.raises(ValueError, match="one of wsgi, asgi, call and url"):
        here.webhooks.deliver_to(call=lambda delivery: 200, url="http://127.0.0.1:1")


def test_retries_come_at_their_moments_and_in_no_time(mock: Stage) -> None:
    moments: list[float] = []

    def receive(delivery: Delivery) -> int:
        moments.append(mock.clock.now())
        return 500

    mock.webhooks.deliver_to(call=receive)
    began, start = time.monotonic(), mock.clock.now()
    pay(mock)
    mock.clock.advance(hours=28)
    assert time.monotonic() - began < 5
    assert [moment - start for moment in moments] == [0, 5, 305, 2105, 9305, 27305, 63305, 99305]
    assert [attempt.at for attempt in mock.webhooks.attempts()] == moments
    assert mock.webhooks.deliveries(state="failed")


def test_time_stands_still_while_the_server_makes_a_call(stages: Stages) -> None:
    began = threading.Event()

    def receive(delivery: Delivery) -> int:
        began.set()
        time.sleep(0.05)
        return 503

    with stages.open(socket=True) as mock, Facti(**mock.options("facti")) as facti:
        mock.webhooks.configure_ipn(HOOK)
        mock.webhooks.deliver_to(call=receive)
        mock.scenario("facti", "pays_by_stp")
        facti.request_payment(folio=3, total_amount="55.20", to_client_name="Ana", to_email="a@example.mx")
        assert began.wait(5)
        before = mock.clock.now()
        mock.clock.advance(5)
        assert [attempt.at - before for attempt in mock.webhooks.attempts()] == [0, 5]


def test_settling_from_within_a_call_says_so(stages: Stages) -> None:
    with stages.open(socket=True) as mock:
        problems: list[str] = []

        def receive(delivery: Delivery) -> None:
            with pytest.raises(TimeoutError) as error:
                mock.webhooks.settle(0.01)
            problems.append(str(error.value))

        mock.webhooks.configure_ipn(HOOK)
        mock.webhooks.deliver_to(call=receive)
        pay(mock)
    assert "still being made after 0.01 s" in problems[0]
    assert HOOK in problems[0]


def test_calls_that_come_beside_the_test_are_waited_for(mock: Stage) -> None:
    mock.webhooks.collect()
    later = threading.Thread(target=pay, args=(mock,))
    later.start()
    assert len(mock.webhooks.wait(event="payment_notification")) == 1
    later.join()
    with pytest.raises(TimeoutError, match=r"after 0 s 0 calls with event='refresh', not 1.*\n.*payment_notification"):
        mock.webhooks.wait(timeout=0, event="refresh")


def test_version_3_is_registered_as_the_dashboard_does(here: Stage) -> None:
    here.webhooks.collect()
    here.webhooks.register("https://shop.example.mx/v3", "credentials.refreshed")
    link(here)
    assert [each.event for each in here.webhooks.deliveries(profile="sync-v3")] == ["credentials.refreshed"]
    here.webhooks.register("https://shop.example.mx/all")
    here.trigger("refresh", url="https://shop.example.mx/v1")
    assert {each.profile for each in here.webhooks.deliveries(event="refresh")} == {"sync-v1"}
    assert len(here.webhooks.deliveries(url="https://shop.example.mx/all")) > 1
    with pytest.raises(ValueError, match=r"there is no event 'refresh'; there are credentials\.created"):
        here.webhooks.register("https://shop.example.mx/v3", "refresh")


# What goes wrong


def test_fault_strikes_and_is_counted(mock: Stage) -> None:
    fault = mock.fault({"kind": "status", "status": 503}, operation="list_users", times=1)
    with Syncfy(**mock.options("syncfy"), policy=Policy(retries=0)) as syncfy:
        with pytest.raises(ServiceUnavailable):
            next(syncfy.users())
        assert [*syncfy.users()] == []
    assert (fault.struck, fault.matched) == (1, 2)
    mock.assert_called(operation="list_users", fault=True, times=1)
    mock.faults.clear()
    assert [*mock.faults] == []


WRONG: list[tuple[Callable[[Stage], object], str]] = [
    (lambda mock: mock.fault("explosion"), "effect.kind: must be one of latency"),
    (lambda mock: mock.fault("reset", operation="list_user"), "there is no list_user; there is list_users"),
    (lambda mock: mock.fault("reset", often=3), "unknown field"),
    (lambda mock: mock.scenario("facti", "error_401"), "known: pays_by_stp"),
    (lambda mock: mock.lifecycle("facti", "instantly"), "lifecycle: must be one of timed, immediate"),
    (lambda mock: mock.lifecycle("facti", "polls", 0), "polls: must be 1 or more"),
    (lambda mock: mock.lifecycle("fact", "polls"), "there is no 'fact'; there are syncfy, facti, facturaonline"),
    (lambda mock: mock.base_url("paybook"), "there is no 'paybook'"),
    (lambda mock: mock.trigger("refreshed"), "there is no event 'refreshed'"),
    (lambda mock: mock.replay("1"), "there is no webhook call 1"),
    (lambda mock: mock.restore("never"), "there is no snapshot never"),
    (lambda mock: mock.assert_called(provider="fact"), "there is no fact"),
    (lambda mock: mock.assert_not_called(operation="create_requests"), "there is create_request"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_what_there_is_not_is_refused(here: Stage, wrong: Callable[[Stage], object], words: str) -> None:
    with pytest.raises((ValueError, LookupError), match=words):
        wrong(here)


# What came


def test_assertions_show_what_came(mock: Stage) -> None:
    mock.assert_not_called()
    with pytest.raises(AssertionError, match=r"no request came with provider='facti'\. No request came at all"):
        mock.assert_called(provider="facti")
    pay(mock)
    mock.assert_called(operation="mark_payment_paid", times=1)
    mock.assert_called(provider="facti", times=3)
    mock.assert_not_called(provider="syncfy")
    mock.assert_no_broken_requests()
    with pytest.raises(AssertionError) as error:
        mock.assert_called(operation="mark_payment_paid", times=2)
    assert str(error.value).startswith("1 requests, not 2, came with operation='mark_payment_paid'. The last 3 reque")
    assert "POST /facti/v1/payments/new_request 200 create_request" in str(error.value)
    with pytest.raises(AssertionError, match="3 requests, not one, should have come with provider='facti'"):
        mock.assert_not_called(provider="facti")


def test_requests_that_break_the_spec_are_shown(mock: Stage) -> None:
    with requests.Session() as session:
        session.mount(mock.url, mock.requests_adapter())
        headers = {"Authorization": f"api_key api_key={mock.credentials('syncfy')['api_key']}"}
        assert session.post(mock.base_url("syncfy") + "/users", json={}, headers=headers).status_code == 400
        assert session.get(mock.base_url("syncfy") + "/users", headers=headers).status_code == 200
    with pytest.raises(AssertionError, match=r"(?s)1 requests broke a rule of the spec:.*create_user broken: .*name"):
        mock.assert_no_broken_requests()
    assert mock.journal.count(broken=True) == 1


def test_report_is_short_and_has_no_secrets(here: Stage) -> None:
    ((title, text),) = here.sections()
    assert title == "ventanilla mock: requests (0)"
    assert "@pytest.mark.ventanilla(socket=True)" in text
    here.webhooks.collect()
    with Syncfy(**here.options("syncfy")) as syncfy:
        for _ in range(60):
            syncfy.create_user("Ana")
    pay(here)
    (requests_, asked), (webhooks, told) = here.sections()
    assert (requests_, webhooks) == ("ventanilla mock: requests (63)", "ventanilla mock: webhooks (1)")
    assert len(asked.splitlines()) == 50
    assert told == f"facti-ipn payment_notification → {HOOK}: event 200: delivered"
    secrets = [str(value) for name in ("facti", "syncfy") for value in here.credentials(name).values()]
    assert [secret for secret in secrets if len(secret) > 10 and secret in asked + told] == []


# Beginning, and beginning again


def test_snapshot_of_one_mock_can_be_restored_in_another(stages: Stages, here: Stage) -> None:
    with stages.open("first", at="2030-01-01T00:00:00Z") as first:
        first.webhooks.configure_ipn(HOOK, password=PASSWORD)
        first.webhooks.collect(status=503)
        payment = pay(first)
        kept = first.snapshot()
        first.clock.advance(hours=1)
    here.restore(kept)
    calls = here.webhooks.collect()
    here.clock.advance(hours=1)
    assert here.clock.moment == datetime(2030, 1, 1, 1, tzinfo=UTC)
    assert [attempt.status for attempt in here.webhooks.attempts()] == [503, 200]
    assert [call.world for call in calls] == [here.name]
    with Facti(**here.options("facti")) as facti:
        assert facti.payment(payment).is_paid


def test_reset_begins_as_the_test_began(stages: Stages) -> None:
    settings: dict[str, Any] = {"seed": 7, "at": 1_900_000_000, "lifecycle": {"facti": "timed"}, "rate_limits": True}
    with stages.open(pace=3.0, **settings) as mock:
        with Syncfy(**mock.options("syncfy")) as syncfy:
            first = syncfy.create_user("Ana")
            mock.clock.advance(10)
            mock.lifecycle("facti", "immediate")
            mock.reset()
            assert (mock.clock.now(), mock.world.pace, mock.world.rate_limits) == (1_900_000_000, 3.0, True)
            modes = [mock.world.lifecycle(name).mode for name in ("facti", "syncfy")]
            assert modes == ["timed", "immediate"]
            assert syncfy.create_user("Ana") == first
            mock.reset(seed=8)
            assert syncfy.create_user("Ana") != first
        assert mock.journal.count() == 1


def test_settings_that_there_are_not_are_refused(stages: Stages) -> None:
    for wrong, words in (
        ({"freeze": True}, "there is no setting 'freeze'; there are seed, frozen, at"),
        ({"lifecycle": "instantly"}, "lifecycle: must be one of timed"),
        ({"lifecycle": {"fact": "timed"}}, "there is no 'fact'"),
        ({"at": "2030-01-01"}, "has no zone"),
    ):
        given: dict[str, Any] = wrong
        with pytest.raises(ValueError, match=words), stages.open(**given):
            pass


def test_clock_may_run_from_the_start(stages: Stages) -> None:
    with stages.open(frozen=False) as mock:
        assert mock.clock.rate == 1


# How it is reached


def test_faces_are_configured_by_the_environment(mock: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    mock.use_env(monkeypatch)
    transport = mock.transport()
    with Syncfy(transport=transport) as syncfy:
        assert syncfy.create_user("Ana").name == "Ana"
    with Facti(transport=mock.transport()) as facti:
        assert [*facti.payments()] == []
        assert (facti.company_id, facti.from_rfc) == (5, "EKU9003173C9")
    with FacturaOnline(transport=mock.transport()) as factura:
        assert [*factura.groups()]
    mock.assert_called(times=3)
    assert "FACTURAONLINE_PLUGIN" in mock.env
    assert repr(mock) == f"<Stage {mock.url}>"


def test_socket_is_there_for_others(stages: Stages) -> None:
    with stages.open("others", socket=True) as mock, requests.Session() as session:
        session.trust_env = False
        assert mock.url.startswith("http://127.0.0.1:")
        assert session.get(mock.url + "/_mock/health", headers={"Connection": "close"}).ok


def test_mocks_know_nothing_of_each_other(stages: Stages) -> None:
    with stages.open("a", socket=True) as one, stages.open("a") as other:
        assert one.name != other.name
        pay(one)
        other.clock.advance(60)
        other.assert_not_called()
        assert other.clock.now() >= one.clock.now() + 59
    assert {one.name, other.name}.isdisjoint(stages.mock.worlds)


def test_server_ends_with_the_mocks() -> None:
    before = {*threading.enumerate()}
    with Stages(socket=True) as stages, stages.open() as mock:
        pay(mock)
    assert {thread.name for thread in {*threading.enumerate()} - before} == set()


@pytest.mark.parametrize("limited", [False, True])
def test_faces_hold_back_only_where_the_mock_counts(
    stages: Stages, limited: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_limiter, "DOCUMENTED", {"Syncfy": 5.0})
    with stages.open(rate_limits=limited) as stage, Syncfy(**stage.options("syncfy")) as syncfy:
        began = stage.clock.now()
        for _ in range(20):
            assert syncfy.find_user("nobody") is None
        assert (stage.clock.now() - began >= 3) == limited
        stage.assert_not_called(status=429)
