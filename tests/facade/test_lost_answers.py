"""A write whose answer gets lost is read where its effect can be seen, and never sent again where that could harm."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from ventanilla import Facti, FacturaOnline, Policy, Syncfy, errors
from ventanilla.facturaonline import PayrollEntry, Perception
from ventanilla.intents import MemoryJournal, SqliteJournal
from ventanilla.intents._place import journal_of
from ventanilla.intents._sqlite import DEFAULT
from ventanilla.mock import AsyncMockTransport, Mock, MockTransport
from ventanilla.mock.stage import Stage
from ventanilla.testing import without_waiting
from ventanilla_clients.facti import api, models

SITE, HOOK = "56cf5728784806f72b8b4568", "https://example.mx/hook"
LOGIN = {"username": "test", "password": "test"}
REQUEST: dict[str, Any] = {
    "folio": 3,
    "total_amount": Decimal("55.20"),
    "to_client_name": "El Santo",
    "to_email": "santo@example.mx",
}
SALARY = Perception(tipo="001", clave="001", descripcion="Sueldo", gravado=Decimal("15500.00"))
PAYROLL: dict[str, Any] = {
    "grupo": "619ead8d6427a",
    "fecha_pago": date(2026, 11, 15),
    "inicial": date(2026, 11, 1),
    "final": date(2026, 11, 15),
    "descripcion": "Quincena 21",
    "concepto": "Nómina quincenal",
    "serie": "NOM",
    "entries": [PayrollEntry(employee="61c4b569c0baf", days=15, perceptions=[SALARY])],
}


class Faces:
    """The three faces over one mock, and what they have made."""

    def __init__(self, stage: Stage) -> None:
        policy = Policy(settle=20, retries=0)
        self.syncfy = Syncfy(**stage.options("syncfy"), policy=policy)
        self.facti = Facti(**stage.options("facti"), policy=policy)
        self.factura = FacturaOnline(**stage.options("facturaonline"), policy=policy)

    def user(self) -> str:
        found = self.syncfy.find_user("A-1")
        return (found or self.syncfy.create_user("Ana", id_external="A-1")).id_user

    def credential(self) -> str:
        return self.syncfy.create_credential(self.user(), SITE, LOGIN).id_credential

    def item(self) -> str:
        return self.factura.issue_payroll(**PAYROLL).stamped[0].uid


@pytest.fixture
def faces(ventanilla_mock: Stage) -> Faces:
    return Faces(ventanilla_mock)


Prepare = Callable[[Faces], Any]
Write = Callable[[Faces, Any], Any]
# Writes whose effect can be read: operation, what must be there, the write, and whether what it returns is right.
READABLE: dict[str, tuple[Prepare, Write, Callable[[Any], bool]]] = {
    "create_user": (
        lambda faces: None,
        lambda faces, _: faces.syncfy.create_user("Ana", id_external="A-1"),
        lambda user: user.id_external == "A-1",
    ),
    "update_user": (
        lambda faces: faces.user(),
        lambda faces, user: faces.syncfy.update_user(user, name="Eva"),
        lambda user: user.name == "Eva",
    ),
    "delete_user": (Faces.user, lambda faces, user: faces.syncfy.delete_user(user), lambda nothing: nothing is None),
    "create_webhook": (
        lambda faces: faces.syncfy.create_webhook(HOOK),
        lambda faces, _: faces.syncfy.create_webhook(HOOK),
        lambda hook: hook.url == HOOK,
    ),
    "delete_webhook": (
        lambda faces: faces.syncfy.create_webhook(HOOK),
        lambda faces, hook: faces.syncfy.delete_webhook(hook),
        lambda nothing: nothing is None,
    ),
    "delete_credential": (
        Faces.credential,
        lambda faces, credential: faces.syncfy.delete_credential(faces.user(), credential),
        lambda nothing: nothing is None,
    ),
    "mark_payment_paid": (
        lambda faces: faces.facti.request_payment(**REQUEST).request_id,
        lambda faces, payment: faces.facti.mark_paid(payment),
        lambda payment: payment.is_paid,
    ),
    "delete_payment": (
        lambda faces: faces.facti.request_payment(**REQUEST).request_id,
        lambda faces, payment: faces.facti.delete(payment),
        lambda payment: payment.folio == "3",
    ),
    "cancel_payroll_item": (
        Faces.item,
        lambda faces, item: faces.factura.cancel_item(item),
        lambda cancelled: cancelled.employee_uid == "61c4b569c0baf",
    ),
    "create_request": (
        lambda faces: None,
        lambda faces, _: faces.facti.request_payment(**REQUEST),
        lambda request: request.was_found and request.request_id > 0 and request.total_amount == Decimal("55.20"),
    ),
    "create_payroll": (
        lambda faces: None,
        lambda faces, _: faces.factura.issue_payroll(**PAYROLL),
        lambda payroll: payroll.descripcion == "Quincena 21" and len(payroll.stamped) == 1,
    ),
}
# Writes that nobody can look for, or that could lock an account, spam a person or use up a code.
UNREADABLE: dict[str, tuple[Prepare, Write]] = {
    "create_user": (lambda faces: None, lambda faces, _: faces.syncfy.create_user("Ana")),
    "create_credential": (Faces.user, lambda faces, user: faces.syncfy.create_credential(user, SITE, LOGIN)),
    "sync_credential": (Faces.credential, lambda faces, each: faces.syncfy.synchronize(faces.user(), each)),
    "email_payroll_item": (Faces.item, lambda faces, item: faces.factura.email(item)),
    "create_group": (lambda faces: None, lambda faces, _: faces.factura.create_group("Semanales")),
}


@pytest.mark.parametrize("operation", READABLE)
def test_an_effect_that_can_be_read_is_the_answer(operation: str, faces: Faces, ventanilla_mock: Stage) -> None:
    prepare, write, is_right = READABLE[operation]
    there = prepare(faces)
    ventanilla_mock.fault({"kind": "status", "status": 502}, operation=operation, when="after", times=1)
    before = ventanilla_mock.journal.count(operation=operation)
    with without_waiting():
        assert is_right(write(faces, there))
    assert ventanilla_mock.journal.count(operation=operation) - before == 1


@pytest.mark.parametrize("operation", READABLE)
def test_without_an_effect_the_outcome_is_unknown(operation: str, faces: Faces, ventanilla_mock: Stage) -> None:
    prepare, write, _ = READABLE[operation]
    there = prepare(faces)
    ventanilla_mock.fault({"kind": "status", "status": 502}, operation=operation, when="before")
    before = ventanilla_mock.journal.count(operation=operation)
    with without_waiting(), pytest.raises(errors.OutcomeUnknown) as raised:
        write(faces, there)
    assert raised.value.operation == operation
    # Marking is one way, and may be done once more when the payment is read to be unpaid.
    assert ventanilla_mock.journal.count(operation=operation) - before == (2 if operation == "mark_payment_paid" else 1)


@pytest.mark.parametrize("operation", UNREADABLE)
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_nobody_can_look_for_is_unknown_at_once(
    operation: str, when: str, faces: Faces, ventanilla_mock: Stage
) -> None:
    prepare, write = UNREADABLE[operation]
    there = prepare(faces)
    ventanilla_mock.fault({"kind": "status", "status": 502}, operation=operation, when=when)
    before = ventanilla_mock.journal.count(operation=operation)
    with without_waiting(), pytest.raises(errors.OutcomeUnknown, match="read before you repeat it"):
        write(faces, there)
    assert ventanilla_mock.journal.count(operation=operation) - before == 1


def test_a_users_external_id_is_not_given_twice(faces: Faces) -> None:
    first = faces.syncfy.create_user("Ana", id_external="A-1")
    with pytest.raises(errors.AlreadyExists) as raised:
        faces.syncfy.create_user("Eva", id_external="A-1")
    assert raised.value.existing.id_user == first.id_user
    assert [user.id_user for user in faces.syncfy.users()] == [first.id_user]


def test_an_answer_to_a_challenge_is_sent_once_and_the_job_is_followed(faces: Faces, ventanilla_mock: Stage) -> None:
    lost = ventanilla_mock.fault({"kind": "status", "status": 502}, operation="answer_twofa", when="after", times=1)
    link = faces.syncfy.link(
        id_external="A-1",
        name="Ana",
        site="56cf5728784806f72b8b4569",
        credentials=LOGIN,
        answer=lambda challenge: {field.name: "123456" for field in challenge.fields},
    )
    assert (link.is_finished, lost.struck) == (True, 1)
    ventanilla_mock.assert_called(operation="answer_twofa", times=1)


def test_a_payment_of_the_same_kind_is_not_taken_for_the_lost_one(faces: Faces, ventanilla_mock: Stage) -> None:
    twin = faces.facti.request_payment(**REQUEST)
    ventanilla_mock.fault({"kind": "status", "status": 502}, operation="create_request", when="before", times=1)
    with without_waiting(), pytest.raises(errors.OutcomeUnknown) as raised:
        faces.facti.request_payment(**REQUEST)
    operation_id = str(raised.value.operation_id)
    assert [intent.operation_id for intent in faces.facti.pending()] == [operation_id]
    made = faces.facti.resume(operation_id, send_again=True)
    assert made.request_id != twin.request_id
    assert faces.facti.pending() == []


def test_a_watermark_is_found_among_more_payments_than_a_search_gives(faces: Faces, ventanilla_mock: Stage) -> None:
    asked: dict[str, Any] = {
        "from_rfc": "EKU9003173C9",
        "to_client_name": "S",
        "to_email": "s@example.mx",
        "total_amount": Decimal(1),
    }
    for folio in range(450):
        body = models.NewRequest(folio=folio, **asked)
        api.payments.create_request.sync_detailed(client=faces.facti.raw, body=body)
    fresh = Faces(ventanilla_mock)
    before = ventanilla_mock.journal.count(operation="search_payments")
    ventanilla_mock.fault({"kind": "status", "status": 502}, operation="create_request", when="after", times=1)
    with without_waiting():
        made = fresh.facti.request_payment(**REQUEST)
    newest = max(payment.id for payment in fresh.facti.payments())
    assert made.request_id == newest
    assert ventanilla_mock.journal.count(operation="search_payments") - before < 30


def test_intents_are_kept_where_the_face_or_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_process = (MockTransport(Mock()), AsyncMockTransport(Mock()))
    monkeypatch.delenv("VENTANILLA_JOURNAL")
    default = journal_of(DEFAULT, httpx.MockTransport(lambda request: httpx.Response(200)))
    assert isinstance(default, SqliteJournal)
    assert default.path == Path.home() / ".ventanilla" / "intents.sqlite3"
    for transport in in_process:
        assert isinstance(journal_of(DEFAULT, transport), MemoryJournal)
    assert isinstance(journal_of(None), MemoryJournal)
    own = MemoryJournal()
    assert journal_of(own) is own
    monkeypatch.setenv("VENTANILLA_JOURNAL", str(tmp_path / "named.sqlite3"))
    for each in (None, *in_process):
        named = journal_of(DEFAULT, each)
        assert isinstance(named, SqliteJournal)
        assert named.path == tmp_path / "named.sqlite3"


def test_a_journal_is_its_owners_alone_and_shows_no_secret(tmp_path: Path, ventanilla_mock: Stage) -> None:
    path = tmp_path / "folder" / "intents.sqlite3"
    options = ventanilla_mock.options("facti")
    with Facti(**options, journal=path, policy=Policy(settle=1)) as facti:
        ventanilla_mock.fault({"kind": "status", "status": 502}, operation="create_request", when="before", times=1)
        with without_waiting(), pytest.raises(errors.OutcomeUnknown):
            facti.request_payment(**REQUEST)
        files = sorted(path.parent.iterdir())
        kept = b"".join(file.read_bytes() for file in files)
        (intent,) = facti.pending()
        assert b"santo@example.mx" in intent.body  # what was asked for is kept as long as its outcome is open
        assert not any(options[name].encode() in kept for name in ("client_id", "api_key"))
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert "santo" not in repr(intent)


def test_a_journal_of_another_version_or_no_journal_at_all_is_refused(tmp_path: Path, ventanilla_mock: Stage) -> None:
    path = tmp_path / "intents.sqlite3"
    path.write_bytes(b"this is no database" * 100)
    with (
        Facti(**ventanilla_mock.options("facti"), journal=path) as facti,
        pytest.raises(errors.JournalUnavailable, match="file is not a database"),
    ):
        facti.request_payment(**REQUEST)
    ventanilla_mock.assert_not_called(operation="create_request")
