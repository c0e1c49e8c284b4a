"""What the providers send is received, read again and applied: the mock delivers, with all that may go wrong."""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from bodies import FORM_HEADERS, JSON_HEADERS, PASSWORD, TOKEN, entry, payment

from ventanilla import AsyncFacti, AsyncSyncfy, Facti, Syncfy
from ventanilla.errors import InvalidRequest, NotConfirmed
from ventanilla.facti import Payment, parse_ipn
from ventanilla.mock.stage import Stage
from ventanilla.webhooks import (
    CredentialRefreshed,
    Cursor,
    DocumentsEvent,
    Event,
    PaymentNotified,
    Processed,
    Receiver,
    Retries,
    SqliteInbox,
    Worker,
    parse,
    supersedes,
)

URL = f"https://shop.example.mx/hooks/{TOKEN}"
BANK, TAX, ALL_IN_ONE = "56cf5728784806f72b8b4568", "5da784f1f9de2a06483abec1", "61c12b8cde3c034b3c8b25b1"
LOGIN = {"username": "test", "password": "test"}


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[SqliteInbox]:
    with SqliteInbox(tmp_path / "shop.sqlite3") as made:
        with vars(made)["_database"].transaction() as connection:
            connection.execute("CREATE TABLE paid (id INTEGER PRIMARY KEY, amount TEXT)")
            connection.execute("CREATE TABLE movements (id TEXT PRIMARY KEY)")
            connection.execute("CREATE TABLE credentials (id TEXT PRIMARY KEY, refreshed INTEGER, times INTEGER)")
        yield made


@pytest.fixture
def receiver(inbox: SqliteInbox, ventanilla_mock: Stage) -> Receiver:
    """A receiver that the mock's webhooks reach."""
    made = Receiver(inbox, tokens=[TOKEN], ipn_password=PASSWORD)
    ventanilla_mock.webhooks.deliver_to(asgi=made.asgi)
    ventanilla_mock.webhooks.configure_ipn(URL, password=PASSWORD)
    return made


def rows(inbox: SqliteInbox, query: str) -> list[Any]:
    with vars(inbox)["_database"].reading() as connection:
        found: list[Any] = connection.execute(query).fetchall()
        return found


def book(connection: sqlite3.Connection, event: Event, payment: Payment) -> None:
    connection.execute("INSERT INTO paid VALUES (?, ?)", (payment.id, str(payment.total_amount)))


def ask(facti: Facti) -> int:
    asked = facti.request_payment(folio=3, total_amount="55.20", to_client_name="El Santo", to_email="santo@example.mx")
    return asked.request_id


def till(inbox: SqliteInbox, facti: Facti) -> Worker:
    return Worker(inbox, facti.confirm, apply=book, provider="facti", retries=Retries(first=0.0, attempts=2))


# Facti


def test_a_payment_is_booked_once_however_often_it_is_notified(
    inbox: SqliteInbox, receiver: Receiver, ventanilla_mock: Stage, ventanilla_facti: Facti
) -> None:
    ventanilla_mock.fault({"kind": "webhook-duplicate", "copies": 3})
    ids = [ask(ventanilla_facti) for _ in range(2)]
    for each in ids:
        ventanilla_facti.mark_paid(each)
    ventanilla_mock.webhooks.settle()
    assert till(inbox, ventanilla_facti).drain() == Processed(done=2)
    for delivery in ventanilla_mock.webhooks.deliveries():
        ventanilla_mock.replay(delivery, 2)
    assert till(inbox, ventanilla_facti).drain() == Processed()
    assert rows(inbox, "SELECT * FROM paid") == [(each, "55.20") for each in ids]
    assert {each.seen for each in inbox.list()} == {6}


def test_a_forged_notification_changes_nothing_and_does_not_stand_in_the_true_one_s_way(
    inbox: SqliteInbox, receiver: Receiver, ventanilla_mock: Stage, ventanilla_facti: Facti
) -> None:
    number = ask(ventanilla_facti)
    forged = payment(number, total_amount="0.01", amount_received="0.01")
    assert receiver.handle("POST", f"/{TOKEN}", FORM_HEADERS, forged).status == 200
    assert till(inbox, ventanilla_facti).drain() == Processed(failed=1, dead=1)
    assert rows(inbox, "SELECT * FROM paid") == []
    assert "is not paid" in (inbox.list("dead")[0].reason or "")
    ventanilla_facti.mark_paid(number)
    ventanilla_mock.webhooks.settle()
    assert till(inbox, ventanilla_facti).drain() == Processed(done=1)
    assert rows(inbox, "SELECT * FROM paid") == [(number, "55.20")]


def test_whoever_believes_a_notification_books_a_forged_one(inbox: SqliteInbox, receiver: Receiver) -> None:
    # The control of the test above: the same call, handled without reading the payment.
    def believe(connection: sqlite3.Connection, event: Event, nothing: None) -> None:
        connection.execute("INSERT INTO paid VALUES (?, ?)", (event.ids["id"], event.payload["data"]["total_amount"]))

    receiver.handle("POST", f"/{TOKEN}", FORM_HEADERS, payment(38, total_amount="0.01"))
    assert Worker(inbox, apply=believe).drain() == Processed(done=1)
    assert rows(inbox, "SELECT * FROM paid") == [(38, "0.01")]


def test_a_notification_is_confirmed_by_the_payment_alone(
    receiver: Receiver, ventanilla_facti: Facti, ventanilla_async_facti: AsyncFacti
) -> None:
    number = ask(ventanilla_facti)
    with pytest.raises(NotConfirmed, match="is not paid"):
        ventanilla_facti.confirm(parse_ipn(payment(number)))
    ventanilla_facti.mark_paid(number)
    (event,) = parse(payment(number))
    assert ventanilla_facti.confirm(event).id == number
    assert asyncio.run(ventanilla_async_facti.confirm(event)).is_paid
    (missing,), (foreign,), (other,) = parse(payment(987654)), parse(payment(number, company_id=6)), parse(b"{}")
    with pytest.raises(NotConfirmed, match="there is no payment"):
        ventanilla_facti.confirm(missing)
    with pytest.raises(NotConfirmed, match="another company"):
        ventanilla_facti.confirm(foreign)
    with pytest.raises(InvalidRequest):
        ventanilla_facti.confirm(other)


def test_payments_that_nobody_notified_are_found_and_those_notified_are_known(
    inbox: SqliteInbox,
    receiver: Receiver,
    ventanilla_mock: Stage,
    ventanilla_facti: Facti,
    ventanilla_async_facti: AsyncFacti,
) -> None:
    late, told, untold, unpaid = (ask(ventanilla_facti) for _ in range(4))
    ventanilla_facti.mark_paid(told)
    ventanilla_mock.webhooks.settle()
    ventanilla_mock.fault("webhook-lost")
    ventanilla_facti.mark_paid(untold)
    assert till(inbox, ventanilla_facti).drain() == Processed(done=1)
    begin = ventanilla_mock.clock.now()
    since = datetime.fromtimestamp(float(begin), UTC).replace(tzinfo=None) - timedelta(days=1)
    known = len({each.id for each in ventanilla_facti.payments(paid=True, from_payment_date=since)})
    assert ventanilla_facti.backfill(inbox, since=since) == known - 1
    assert ventanilla_facti.backfill(inbox) == 0
    till(inbox, ventanilla_facti).drain()
    # Of those asked for first one is paid last: the id would say that it had been read already.
    ventanilla_mock.clock.advance(days=3)
    ventanilla_facti.mark_paid(late)
    assert asyncio.run(ventanilla_async_facti.backfill(inbox)) == 1
    till(inbox, ventanilla_facti).drain()
    # A deposit that is reconciled days after it was made is dated before the cursor.
    deposit = ask(ventanilla_facti)
    ventanilla_facti.mark_paid(deposit)
    ahead = datetime.fromtimestamp(float(ventanilla_mock.clock.now()), UTC) + timedelta(days=5)
    inbox.put([], cursor=Cursor("facti:5", f"{ahead:%Y-%m-%d %H:%M:%S}"))
    assert ventanilla_facti.backfill(inbox) == 1
    till(inbox, ventanilla_facti).drain()
    known += 1
    booked = [id for (id,) in rows(inbox, "SELECT id FROM paid")]
    assert {late, deposit, told, untold} <= {*booked}
    assert unpaid not in booked
    assert len(booked) == len({*booked}) == known + 1


def test_a_backfill_that_is_broken_off_is_begun_again_where_it_began(
    inbox: SqliteInbox, receiver: Receiver, ventanilla_mock: Stage, ventanilla_facti: Facti
) -> None:
    ventanilla_mock.fault("webhook-lost")
    for number in [ask(ventanilla_facti) for _ in range(3)]:
        ventanilla_facti.mark_paid(number)

    class Failing(SqliteInbox):
        def put(self, *args: Any, **options: Any) -> Any:
            raise NotImplementedError

    broken = object.__new__(Failing)
    vars(broken).update(vars(inbox))
    with pytest.raises(NotImplementedError):
        ventanilla_facti.backfill(broken)
    assert inbox.cursor("facti:5") is None
    assert ventanilla_facti.backfill(inbox) >= 3
    assert inbox.cursor("facti:5") is not None


# Syncfy


def bank(inbox: SqliteInbox, syncfy: Syncfy) -> Worker:
    """A worker that stores what refreshes bring, and when each credential was refreshed last."""

    def read(event: Event) -> Any:
        if not isinstance(event, CredentialRefreshed):
            return None
        return syncfy.confirm(event), [each.id_transaction for each in syncfy.event_transactions(event)]

    def store(connection: sqlite3.Connection, event: Event, found: Any) -> None:
        if found is None:
            return
        credential, movements = found
        kept = connection.execute("SELECT refreshed FROM credentials WHERE id = ?", (credential.id_credential,))
        if supersedes(credential.dt_refresh, next((row[0] for row in kept), None)):
            connection.execute(
                "INSERT INTO credentials VALUES (?, ?, 1) ON CONFLICT (id) DO UPDATE SET "
                "refreshed = excluded.refreshed, times = times + 1",
                (credential.id_credential, credential.dt_refresh),
            )
        connection.executemany("INSERT OR IGNORE INTO movements VALUES (?)", [(each,) for each in movements])

    return Worker(inbox, read, apply=store, provider="syncfy")


@pytest.mark.parametrize("version", ["sync-v1", "sync-v3"])
@pytest.mark.parametrize("fault", [None, {"kind": "webhook-duplicate", "copies": 2}, {"kind": "webhook-reorder"}])
def test_movements_are_stored_once_whatever_happens_to_the_webhooks(
    inbox: SqliteInbox,
    receiver: Receiver,
    ventanilla_mock: Stage,
    ventanilla_syncfy: Syncfy,
    version: str,
    fault: dict[str, Any] | None,
) -> None:
    if version == "sync-v1":
        ventanilla_syncfy.register_webhook(URL)
    else:
        ventanilla_mock.webhooks.register(URL)
    if fault is not None:
        ventanilla_mock.fault(fault)
    linked = ventanilla_syncfy.link(id_external="MIST030794", name="Rey Misterio", site=BANK, credentials=LOGIN)
    ventanilla_mock.clock.advance(minutes=10)
    ventanilla_mock.webhooks.settle()
    assert [each.event.profile for each in inbox.list()] == [version] * 3
    assert bank(inbox, ventanilla_syncfy).drain() == Processed(done=3)
    there = [each.id_transaction for each in ventanilla_syncfy.transactions(linked.user)]
    assert sorted(id for (id,) in rows(inbox, "SELECT id FROM movements")) == sorted(there)
    assert rows(inbox, "SELECT id, times FROM credentials") == [(linked.id_credential, 1)]
    names = {"credentials.created", "credentials.updated", "credentials.refreshed"}
    assert {each.event.kind for each in inbox.list()} == names


def test_documents_are_read_by_the_ids_of_their_events(
    inbox: SqliteInbox,
    receiver: Receiver,
    ventanilla_mock: Stage,
    ventanilla_syncfy: Syncfy,
    ventanilla_async_syncfy: AsyncSyncfy,
) -> None:
    ventanilla_mock.webhooks.register(URL)
    rfc = {"rfc": "ACM010101ABC", "password": "test"}
    ventanilla_syncfy.link(id_external="ACME", name="Acme", site=ALL_IN_ONE, credentials=rfc)
    ventanilla_mock.webhooks.settle()
    events = [each.event for each in inbox.list() if isinstance(each.event, DocumentsEvent)]
    assert {each.kind for each in events} == {"documents.completed", "documents.success"}
    for event in events:
        found = [each.id_document for each in ventanilla_syncfy.event_documents(event)]
        assert len(found) == 2

        async def read(event: Event = event) -> list[str]:
            return [each.id_document async for each in ventanilla_async_syncfy.event_documents(event)]

        assert asyncio.run(read()) == found
        with pytest.raises(InvalidRequest, match="is not about a credential"):
            ventanilla_syncfy.confirm(event)
    (refreshed, *_) = [each.event for each in inbox.list() if isinstance(each.event, CredentialRefreshed)]
    with pytest.raises(InvalidRequest, match="is not about documents"):
        next(ventanilla_syncfy.event_documents(refreshed))


def test_links_of_an_event_are_not_followed(ventanilla_mock: Stage, ventanilla_syncfy: Syncfy) -> None:
    user = ventanilla_syncfy.create_user("Rey Misterio")
    links = {"transactions": ["https://evil.example/steal?dt_refresh_from=1"]}
    (event,) = parse(b'{"events": [%s]}' % _json(entry("e", user=user.id_user, endpoints=links)))
    assert [*ventanilla_syncfy.event_transactions(event)] == []
    ventanilla_mock.assert_called(operation="list_transactions", times=1)
    with pytest.raises(NotConfirmed):
        ventanilla_syncfy.confirm(event)


def _json(value: Any) -> bytes:
    return httpx.Request("POST", "http://a", json=value).content


def test_refreshes_that_nobody_told_of_are_found(
    inbox: SqliteInbox,
    receiver: Receiver,
    ventanilla_mock: Stage,
    ventanilla_syncfy: Syncfy,
    ventanilla_async_syncfy: AsyncSyncfy,
) -> None:
    linked = ventanilla_syncfy.link(id_external="MIST030794", name="Rey Misterio", site=BANK, credentials=LOGIN)
    assert inbox.list() == []
    assert ventanilla_syncfy.backfill(inbox) == 1
    assert ventanilla_syncfy.backfill(inbox) == 0
    assert bank(inbox, ventanilla_syncfy).drain() == Processed(done=1)
    there = {each.id_transaction for each in ventanilla_syncfy.transactions(linked.user)}
    assert {id for (id,) in rows(inbox, "SELECT id FROM movements")} == there
    ventanilla_mock.clock.advance(days=1)
    ventanilla_syncfy.synchronize(linked.user, linked.id_credential or "")
    ventanilla_mock.webhooks.settle()
    assert asyncio.run(ventanilla_async_syncfy.backfill(inbox)) == 1
    (stored,) = inbox.list("pending")
    assert isinstance(stored.event, CredentialRefreshed)
    # The window begins where the last backfill ended, less the overlap.
    assert stored.event.refreshed_from is not None
    assert stored.event.refreshed_to is not None
    assert stored.event.refreshed_to - stored.event.refreshed_from >= timedelta(days=1, hours=1)
    assert bank(inbox, ventanilla_syncfy).drain() == Processed(done=1)
    assert rows(inbox, "SELECT times FROM credentials") == [(2,)]


def test_what_a_receiver_that_was_down_missed_is_sent_again(
    inbox: SqliteInbox, receiver: Receiver, ventanilla_mock: Stage, ventanilla_facti: Facti
) -> None:
    number = ask(ventanilla_facti)
    with vars(inbox)["_database"].transaction():
        vars(inbox)["_database"]._patience = 0.01
        ventanilla_facti.mark_paid(number)
        ventanilla_mock.webhooks.settle()
    assert [each.status for each in ventanilla_mock.webhooks.attempts()] == [503]
    assert inbox.list() == []
    ventanilla_mock.clock.advance(seconds=5)
    assert [each.status for each in ventanilla_mock.webhooks.attempts()] == [503, 200]
    assert till(inbox, ventanilla_facti).drain() == Processed(done=1)


def test_a_payment_notified_means_what_it_says(inbox: SqliteInbox, receiver: Receiver) -> None:
    receiver.handle("POST", f"/{TOKEN}", FORM_HEADERS, payment(38))
    receiver.handle("POST", f"/{TOKEN}", JSON_HEADERS, b'{"event": "refresh"}')
    kinds = [type(each.event) for each in reversed(inbox.list())]
    assert kinds == [PaymentNotified, CredentialRefreshed]
