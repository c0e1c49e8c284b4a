"""The shop's own tests, as its developers write them with ventanilla's pytest plugin: no contract, no keys, no network.

Each test has a mock of the three providers to itself. Its clock stands still, and what takes time is over at once.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from flask.testing import FlaskClient
from shop import create_app

from ventanilla import Facti, FacturaOnline, Syncfy
from ventanilla.facti import PaymentRequested
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.snapshots import Snapshot
from ventanilla.mock.stage import Stage, Stages
from ventanilla.testing import without_waiting

URL, IPN_PASSWORD = "https://shop.example.mx", "of the notifications"
# Sandbox sites of Syncfy, and what the mock's account at Factura Online has from the start.
BANK, BANK_WITH_TOKEN = "56cf5728784806f72b8b4568", "56cf5728784806f72b8b4569"
GROUP, ANA, LUIS, SERIE = "619ead8d6427a", "61c4b569c0baf", "61c4b697c9b3f", 17321
LOGIN = {"username": "test", "password": "test"}
ORDER = {"amount": "55.20", "name": "El Santo", "email": "santo@example.mx"}


@pytest.fixture
def shop(ventanilla_mock: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FlaskClient]:
    """The shop, whose providers are the test's mock; whatever webhook leaves there arrives here."""
    ventanilla_mock.use_env(monkeypatch)
    monkeypatch.setenv("SHOP_DATABASE", str(tmp_path / "shop.sqlite"))
    monkeypatch.setenv("SHOP_URL", URL)
    monkeypatch.setenv("SHOP_IPN_PASSWORD", IPN_PASSWORD)
    with requests.Session() as session:
        session.mount(ventanilla_mock.url, ventanilla_mock.requests_adapter())
        app = create_app(transport=ventanilla_mock.transport(), session=session)
        ventanilla_mock.webhooks.deliver_to(wsgi=app)
        ventanilla_mock.webhooks.configure_ipn(f"{URL}/hooks/facti", password=IPN_PASSWORD)
        yield app.test_client()


def link(shop: FlaskClient, site: str = BANK) -> None:
    assert shop.post("/bank/maria", json={"site": site, "login": LOGIN}).status_code in (200, 202)


def place(shop: FlaskClient) -> int:
    answer = shop.post("/orders", json=ORDER)
    assert answer.status_code == 201
    order: int = answer.get_json()["order"]
    return order


def status_of(shop: FlaskClient, order: int) -> str:
    status: str = shop.get(f"/orders/{order}").get_json()["status"]
    return status


# The bank


def test_movements_are_fetched_when_the_webhook_says_so(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    link(shop)
    ventanilla_mock.webhooks.settle()
    movements = shop.get("/movements").get_json()
    assert len(movements) > 10
    assert all(Decimal(movement["amount"]) for movement in movements)
    ventanilla_mock.assert_called(operation="create_webhook", times=1)
    ventanilla_mock.assert_no_broken_requests()


def test_the_webhook_of_version_3_does_as_well(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    ventanilla_mock.webhooks.register(f"{URL}/hooks/syncfy", "credentials.refreshed")
    ventanilla_mock.fault("webhook-lost", profile="sync-v1")
    link(shop)
    ventanilla_mock.webhooks.settle()
    assert shop.get("/movements").get_json()


def test_bank_asks_for_a_token(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    answer = shop.post("/bank/maria", json={"site": BANK_WITH_TOKEN, "login": LOGIN})
    (asked,) = answer.get_json()["asks"]
    assert shop.post("/bank/maria/answers", json={asked["name"]: "89704371"}).get_json() == {"linked": True}
    ventanilla_mock.webhooks.settle()
    assert shop.get("/movements").get_json()


def test_wrong_token_is_told_to_the_customer(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    answer = shop.post("/bank/maria", json={"site": BANK_WITH_TOKEN, "login": LOGIN})
    (asked,) = answer.get_json()["asks"]
    answer = shop.post("/bank/maria/answers", json={asked["name"]: "wrong"})
    assert (answer.status_code, "codes are used once" in answer.get_json()["hint"]) == (422, True)
    ventanilla_mock.assert_called(operation="answer_twofa", times=1)
    assert shop.get("/movements").get_json() == []


def test_locked_account_is_told_to_the_customer(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    ventanilla_mock.scenario("syncfy", "error_405")
    answer = shop.post("/bank/maria", json={"site": BANK, "login": LOGIN})
    assert answer.status_code == 422
    assert "unlock the account" in answer.get_json()["hint"]


def test_slow_bank_is_waited_for_in_no_time(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    ventanilla_mock.lifecycle("syncfy", "timed")
    ventanilla_mock.scenario("syncfy", "slow_30")
    before = ventanilla_mock.clock.moment
    link(shop)
    assert ventanilla_mock.clock.moment - before >= timedelta(seconds=30)
    ventanilla_mock.webhooks.settle()
    assert shop.get("/movements").get_json()


def test_webhooks_that_come_twice_and_out_of_order_change_nothing(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    ventanilla_mock.fault({"kind": "webhook-duplicate", "copies": 2}, event="refresh")
    ventanilla_mock.fault("webhook-reorder", event="credential_create")
    link(shop)
    ventanilla_mock.webhooks.settle()
    (refresh,) = ventanilla_mock.webhooks.deliveries(event="refresh")
    ventanilla_mock.replay(refresh)
    movements = shop.get("/movements").get_json()
    assert len({movement["id"] for movement in movements}) == len(movements) > 10
    causes = [attempt.cause for attempt in ventanilla_mock.webhooks.attempts(event="refresh")]
    assert causes == ["event", "duplicate", "duplicate", "replay"]


def test_lost_webhook_is_made_up_for_at_night(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    ventanilla_mock.fault("webhook-lost", event="refresh")
    link(shop)
    ventanilla_mock.webhooks.settle()
    assert shop.get("/movements").get_json() == []
    assert shop.post("/bank/maria/synchronise").status_code == 204
    assert shop.get("/movements").get_json()


def test_session_that_expired_is_renewed(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    link(shop)
    assert len(shop.get("/bank/maria/accounts").get_json()) == 3
    ventanilla_mock.clock.advance(minutes=6)
    assert len(shop.get("/bank/maria/accounts").get_json()) == 3
    ventanilla_mock.assert_called(operation="create_session", times=2)
    ventanilla_mock.assert_called(operation="list_accounts", status=401, times=1)


# The till


def test_order_is_paid_when_facti_says_so(shop: FlaskClient, ventanilla_mock: Stage, ventanilla_facti: Facti) -> None:
    order = place(shop)
    assert status_of(shop, order) == "asked"
    ventanilla_facti.mark_paid(shop.get(f"/orders/{order}").get_json()["payment"])
    ventanilla_mock.webhooks.settle()
    assert status_of(shop, order) == "paid"


def test_customer_who_pays_before_facti_has_answered(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    ventanilla_mock.scenario("facti", "pays_by_stp")
    order = place(shop)
    ventanilla_mock.webhooks.settle()
    assert status_of(shop, order) == "paid"


def test_order_that_is_paid_late(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    ventanilla_mock.lifecycle("facti", "timed")
    ventanilla_mock.scenario("facti", "pays_late")
    order = place(shop)
    ventanilla_mock.clock.advance(4)
    assert status_of(shop, order) == "asked"
    ventanilla_mock.clock.advance(2)
    assert status_of(shop, order) == "paid"


def test_notification_is_not_believed(shop: FlaskClient, ventanilla_mock: Stage, ventanilla_facti: Facti) -> None:
    order = place(shop)
    forged = {"ipn_password": "0" * 32, "ipn_type": "1", "data": f'{{"id": {order}}}'}
    assert shop.post("/hooks/facti", data=forged).status_code == 403
    ventanilla_mock.assert_not_called(operation="get_payment")
    assert status_of(shop, order) == "asked"


def test_request_whose_answer_is_lost_is_not_made_again(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    lost = ventanilla_mock.fault({"kind": "status", "status": 503}, operation="create_request", when="after", times=1)
    order = place(shop)
    assert lost.struck == 1
    assert status_of(shop, order) == "asked"
    ventanilla_mock.assert_called(operation="create_request", times=1)


def test_request_that_never_arrived_is_told(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    fault = ventanilla_mock.fault("reset", operation="create_request", when="before")
    with without_waiting():  # it is looked for before anybody is told
        answer = shop.post("/orders", json=ORDER)
    assert (answer.status_code, "It may still come: call resume(" in answer.get_json()["hint"]) == (502, True)
    assert fault.struck == 1  # so it was sent once


def test_shop_that_was_closed_for_a_day_hears_of_the_payment(
    shop: FlaskClient, ventanilla_mock: Stage, ventanilla_facti: Facti
) -> None:
    order = place(shop)
    ventanilla_mock.webhooks.collect(status=503)
    ventanilla_facti.mark_paid(shop.get(f"/orders/{order}").get_json()["payment"])
    ventanilla_mock.clock.advance(hours=27)
    assert status_of(shop, order) == "asked"
    ventanilla_mock.webhooks.deliver_to(wsgi=shop.application)
    ventanilla_mock.clock.advance(hours=1)
    assert status_of(shop, order) == "paid"
    attempts = ventanilla_mock.webhooks.attempts(event="payment_notification")
    assert [attempt.status for attempt in attempts] == [503] * 7 + [204]
    assert attempts[-1].at - attempts[0].at == timedelta(hours=27, minutes=35, seconds=5).total_seconds()


def test_receiver_that_breaks_is_tried_again(
    shop: FlaskClient, ventanilla_mock: Stage, ventanilla_facti: Facti, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(delivery: Delivery) -> int:
        raise RuntimeError("the shop is on fire")

    order = place(shop)
    ventanilla_mock.webhooks.deliver_to(call=breaks)
    with caplog.at_level(logging.CRITICAL, "ventanilla.mock"):
        ventanilla_facti.mark_paid(shop.get(f"/orders/{order}").get_json()["payment"])
        ventanilla_mock.clock.advance(0)
    ventanilla_mock.webhooks.deliver_to(wsgi=shop.application)
    ventanilla_mock.clock.advance(5)
    attempts = ventanilla_mock.webhooks.attempts()
    assert [(attempt.status, attempt.error) for attempt in attempts] == [(None, "RuntimeError"), (204, None)]
    assert status_of(shop, order) == "paid"


# The payroll


def issue(shop: FlaskClient) -> dict[str, dict[str, str | None]]:
    salaries = {ANA: "15500.00", LUIS: "12000.00"}
    answer = shop.put("/payrolls/2026-11-15", json={"group": GROUP, "serie": SERIE, "salaries": salaries})
    assert answer.status_code == 200
    return {row["employee"]: row for row in answer.get_json()}


def test_payroll_is_stamped_once(
    shop: FlaskClient, ventanilla_mock: Stage, ventanilla_facturaonline: FacturaOnline
) -> None:
    payslips = issue(shop)
    assert issue(shop) == payslips
    ventanilla_mock.assert_called(operation="create_payroll", times=1)
    for payslip in payslips.values():
        assert payslip["uuid"]
        assert ventanilla_facturaonline.xml(payslip["uuid"]).startswith(b"<")


def test_employee_whose_stamping_fails(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    ventanilla_mock.scenario("facturaonline", "mock_error")
    payslips = issue(shop)
    assert payslips[ANA]["uuid"] is None
    assert "CFDI40145" in str(payslips[ANA]["problem"])
    assert payslips[LUIS]["uuid"]


def test_payroll_that_is_still_in_the_queue_is_waited_for_later(shop: FlaskClient, ventanilla_mock: Stage) -> None:
    ventanilla_mock.lifecycle("facturaonline", "event")
    salaries = {ANA: "15500.00"}
    request = {"group": GROUP, "serie": SERIE, "salaries": salaries}
    answer = shop.put("/payrolls/2026-11-15", json=request)
    assert (answer.status_code, "wait again" in answer.get_json()["hint"]) == (502, False)
    for provider, process in ventanilla_mock.world.processes():
        assert ventanilla_mock.step(provider, process)
    assert shop.put("/payrolls/2026-11-15", json=request).get_json()[0]["uuid"]
    ventanilla_mock.assert_called(operation="create_payroll", times=1)


# What several tests begin with is made once


@pytest.fixture(scope="module")
def asked(ventanilla_mocks: Stages) -> Iterator[tuple[Snapshot, PaymentRequested]]:
    """A mock in which a payment was asked for, and a customer's bank linked, before the shop opened."""
    with (
        ventanilla_mocks.open() as mock,
        Facti(**mock.options("facti")) as facti,
        Syncfy(**mock.options("syncfy")) as syncfy,
    ):
        request = facti.request_payment(
            folio=1, serie="SHOP", total_amount="55.20", to_client_name="El Santo", to_email="santo@example.mx"
        )
        syncfy.link(id_external="maria", name="María", site=BANK, credentials=LOGIN)
        yield mock.snapshot(), request


def test_new_shop_fetches_what_was_there_before(
    shop: FlaskClient, ventanilla_mock: Stage, asked: tuple[Snapshot, PaymentRequested]
) -> None:
    ventanilla_mock.restore(asked[0])
    assert shop.post("/bank/maria/synchronise").status_code == 204
    assert shop.get("/movements").get_json()


def test_payment_of_before_can_still_be_paid(
    ventanilla_mock: Stage, ventanilla_facti: Facti, asked: tuple[Snapshot, PaymentRequested]
) -> None:
    before, request = asked
    ventanilla_mock.restore(before)
    assert not ventanilla_facti.payment(request.request_id).is_paid
    mine = ventanilla_mock.snapshot("mine")
    assert ventanilla_facti.mark_paid(request.request_id).is_paid
    ventanilla_mock.restore(mine)
    assert not ventanilla_facti.payment(request.request_id).is_paid
