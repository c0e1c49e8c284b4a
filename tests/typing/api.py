"""What users write, for the type checkers to read: nobody runs this file."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path
from typing import assert_type

from ventanilla import AsyncFacti, AsyncFacturaOnline, AsyncSyncfy, Facti, FacturaOnline, Syncfy
from ventanilla.facti import Payment, PaymentRequested
from ventanilla.facturaonline import Acuse, Payroll, PayrollRecord
from ventanilla.syncfy import Connection, JobState, Link, WidgetConfiguration
from ventanilla.webhooks import Answer, Event, Inbox, MemoryInbox, Processed, Receiver, SqliteInbox, Worker
from ventanilla_clients.syncfy.models import Account, Attachment, Credential, Document, Site, Transaction, User, Webhook


def synchronous(syncfy: Syncfy, facti: Facti, factura: FacturaOnline) -> None:
    linked = syncfy.link(
        id_external="MIST030794",
        name="Rey Misterio",
        site="56cf5728784806f72b8b4569",
        credentials={"username": "test", "password": "test"},
        answer=lambda challenge: {field.name: "123456" for field in challenge.fields},
        webhook="https://example.mx/hooks/syncfy",
    )
    assert_type(linked, Link)
    assert_type(linked.user, User)
    assert_type(syncfy.transactions(linked.user, id_credential=linked.id_credential), Iterator[Transaction])
    for movement in syncfy.transactions(linked.user):
        assert_type(movement.amount, Decimal)
    assert_type(syncfy.accounts(linked.user), Iterator[Account])
    assert_type(syncfy.attachments(linked.user), Iterator[Attachment])
    assert_type(syncfy.documents(linked.user), Iterator[Document])
    assert_type(syncfy.find_user("MIST030794"), User | None)
    assert_type(syncfy.site(linked.user, "56cf5728784806f72b8b4569"), Site)
    assert_type(syncfy.resume(linked, {"token": "1"}), Link)
    assert_type(syncfy.job(linked.user, linked.id_job), JobState)
    assert_type(syncfy.widget(linked.user), WidgetConfiguration)
    assert_type(syncfy.delete_user(linked.user), None)
    assert_type(syncfy.register_webhook("https://example.mx"), Webhook)
    assert_type(syncfy.attachment(linked.user, "5db073b4caaf236a6a4c2eb5"), bytes)
    request = facti.request_payment(
        folio=3, total_amount=Decimal("55.20"), to_client_name="El Santo", to_email="santo@example.mx"
    )
    assert_type(request, PaymentRequested)
    assert_type(facti.mark_paid(request.request_id), Payment)
    assert_type(facti.payments(paid=True), Iterator[Payment])
    payroll = factura.wait_payroll("6206f3702bcdd")
    assert_type(payroll, Payroll)
    assert_type(payroll.stamped[0], PayrollRecord)
    assert_type(factura.payroll_item(payroll.stamped[0].uid), PayrollRecord)
    assert_type(factura.cancel(payroll.stamped[0].uid, motivo="02"), Acuse)
    assert_type(factura.pdf(payroll.stamped[0].uid), bytes)
    assert_type(factura.save_xml(payroll.stamped[0].uid, "."), Path)


async def asynchronous(syncfy: AsyncSyncfy, facti: AsyncFacti, factura: AsyncFacturaOnline) -> None:
    linked = await syncfy.link(id_external="a", site="b", credentials={})
    assert_type(linked, Link)
    assert_type(syncfy.transactions(linked.user), AsyncIterator[Transaction])
    async for movement in syncfy.transactions(linked.user):
        assert_type(movement.amount, Decimal)
    credential = await syncfy.credential(linked.user, "5e17c432d7288d358a039141")
    assert_type(credential, Credential)
    assert_type(await syncfy.connection(credential), Connection)
    assert_type(await syncfy.find_user("MIST030794"), User | None)
    assert_type(facti.payments(), AsyncIterator[Payment])
    assert_type(await facti.payment(38), Payment)
    assert_type(await factura.wait_payroll("6206f3702bcdd"), Payroll)


def book(connection: sqlite3.Connection, event: Event, payment: Payment) -> None:
    connection.execute("INSERT INTO paid VALUES (?)", (payment.id,))


async def webhooks(
    event: Event, syncfy: Syncfy, facti: Facti, async_facti: AsyncFacti, async_syncfy: AsyncSyncfy
) -> None:
    inbox: Inbox = SqliteInbox("inbox")
    receiver = Receiver(MemoryInbox(), tokens=["t"], ipn_password="p", checks=[lambda call: call.peer == "::1"])
    assert_type(receiver.handle("POST", "/t", {"a": "b"}, b""), Answer)
    assert_type(receiver.handle("POST", "/t", [("a", "b")], b"", peer="::1"), Answer)
    assert_type(Worker(inbox, facti.confirm, apply=book).drain(), Processed)
    assert_type(await Worker(inbox, async_facti.confirm, apply=book).arun(), Processed)
    assert_type(facti.confirm(event), Payment)
    assert_type(await async_facti.confirm(event), Payment)
    assert_type(syncfy.confirm(event), Credential)
    assert_type(syncfy.event_transactions(event), Iterator[Transaction])
    assert_type(async_syncfy.event_documents(event), AsyncIterator[Document])
    assert_type(facti.backfill(inbox), int)
    assert_type(await async_syncfy.backfill(inbox), int)
