"""One recipe or more for every public method of the clients: how to call it, and what it may do at the service."""

import inspect
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from attrs import field, frozen

import ventanilla
from proving.canaries import PASSWORD, TWOFA
from proving.scripted import ScriptedServer
from proving.scripted_facti import PAID, PENDING
from proving.scripted_facturaonline import EMPLOYEE, EMPTY_GROUP, GROUP, PAYROLL, RECORD
from proving.scripted_syncfy import (
    ASKING_JOB,
    ATTACHMENT,
    CREDENTIAL,
    EXTERNAL,
    HOOK_URL,
    JOB,
    NORMAL,
    SAT,
    SESSION,
    TOKEN,
    USER,
    WEBHOOK,
)

CLASSES = {"syncfy": "Syncfy", "facti": "Facti", "facturaonline": "FacturaOnline"}
# What opens and closes a client, and what needs no service to say something.
NOT_CALLS = {"close", "aclose", "as_user"}
KEY = "order-1043"
LOGIN = {"username": "test", "password": PASSWORD}
NEW_EXTERNAL = "MIST030794"
Do = Callable[[Any], Any]


@frozen(eq=False)
class Recipe:
    """One way to call one method.

    Args:
        provider: whose.
        method: of the client.
        variant: what is special about it; empty where nothing is.
        do: calls it on a client of either kind.
        write: the operation that it does at the service; None for a read.
        limit: how often that may be done, however often the call is repeated; None where each call does it.
        is_keyed: whether it goes by an idempotency key, so that `resume` and `pending` concern it.
        is_findable: whether reads can show that it was done.
        named: the places, by operation, where the answer must repeat the id that was asked for.
        prepare: changes what is there first.
        options: of the client.
    """

    provider: str
    method: str
    do: Do = field(repr=False)
    write: str | None = None
    variant: str = ""
    limit: int | None = None
    is_keyed: bool = False
    is_findable: bool = False
    named: tuple[tuple[str, tuple[str | int, ...]], ...] = ()
    prepare: Callable[[ScriptedServer], object] | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(factory=dict[str, Any])

    @property
    def name(self) -> str:
        """Its name, of all recipes alone."""
        return f"{self.provider}.{self.method}" + (f"({self.variant})" if self.variant else "")


@cache
def key_name() -> str:
    """Return the name of the argument that carries the caller's own id of a create, whatever it is called by now."""
    create: Any = ventanilla.Facti.request_payment
    names = inspect.signature(create).parameters
    return next(name for name in ("idempotency_key", "operation_id") if name in names)


def keyed(value: str | None = KEY) -> dict[str, Any]:
    """Return the argument of an idempotency key."""
    return {} if value is None else {key_name(): value}


@cache
def policy(*, settle: float = 3.0, **options: Any) -> ventanilla.Policy:
    """Return a patient policy that looks for what got lost for so many seconds, by whatever name that goes by now."""
    names = inspect.signature(ventanilla.Policy).parameters
    waits = next(name for name in ("reconcile_timeout", "settle") if name in names)
    given: dict[str, Any] = {"requests_per_second": float("inf"), "deadline": 600.0, waits: settle, **options}
    return ventanilla.Policy(**given)


def request(face: Any, key: str | None = KEY, **changes: Any) -> Any:
    """Ask for the payment that the odd suites ask for."""
    given: dict[str, Any] = {
        "folio": 1043,
        "total_amount": Decimal("55.20"),
        "to_client_name": "El Santo",
        "to_email": "santo@example.mx",
    }
    return face.request_payment(**(given | changes), **keyed(key))


def grouped(face: Any) -> Any:
    """Ask for one payment of two invoices."""
    from ventanilla.facti import Invoice

    invoices = [Invoice(folio=7, amount=Decimal("10.10")), Invoice(folio=8, amount=Decimal("20.20"))]
    return face.request_grouped_payment(
        invoices=invoices, to_client_name="El Santo", to_email="santo@example.mx", **keyed()
    )


def payroll(face: Any, method: str = "create_payroll", key: str | None = KEY, **changes: Any) -> Any:
    """Queue the payroll that the odd suites queue."""
    from ventanilla.facturaonline import PayrollEntry, Perception

    salary = Perception(tipo="001", clave="001", descripcion="Sueldo", gravado=Decimal("15500.00"))
    given: dict[str, Any] = {
        "grupo": GROUP,
        "fecha_pago": date(2026, 11, 15),
        "inicial": date(2026, 11, 1),
        "final": date(2026, 11, 15),
        "descripcion": "Quincena 21",
        "concepto": "Nómina quincenal",
        "serie": 17321,
        "entries": [PayrollEntry(employee=EMPLOYEE, days=15, perceptions=[salary])],
    }
    return getattr(face, method)(**(given | changes), **keyed(key))


def _employee() -> Any:
    from ventanilla.facturaonline import NewEmployee

    return NewEmployee(
        grupo=GROUP,
        no_empleado="9",
        nombre="María",
        paterno="Guzmán",
        periodo="04",
        regimen="02",
        curp="XOJI740919HDFXXX04",
        rfc="XOJI740919U48",
        tipo_contrato="01",
        entidad_emite="DIF",
    )


@cache
def _challenge() -> Any:
    from ventanilla.syncfy import Challenge, ChallengeField

    return Challenge(id_job=ASKING_JOB, number=1, fields=(ChallengeField(name="token", type="text"),))


@cache
def _link(is_asking: bool) -> Any:
    from ventanilla.syncfy import Link
    from ventanilla_clients.syncfy import models

    user = models.User(id_user=USER, id_external=EXTERNAL, name="El Santo", dt_create=1, dt_modify=None)
    job, challenge = (ASKING_JOB, _challenge()) if is_asking else (JOB, None)
    return Link(user=user, id_site=NORMAL, id_job=job, id_credential=CREDENTIAL, challenge=challenge)


def _answers(challenge: Any) -> dict[str, str]:
    return {each.name: TWOFA for each in challenge.fields}


_EVENT = (
    b'{"event": "%s", "id_credential": "'
    + CREDENTIAL.encode()
    + b'", "id_user": "'
    + USER.encode()
    + b'", "id_site": "56cf5728784806f72b8b4568", "id_job": "5e17c4325d4f6077171c0254", '
    + b'"endpoints": {"credential": []}}'
)
_DOCUMENTS = (
    b'{"rid": "x", "events": [{"header": {"event": {"eid": "91f5f406-cb4a-417c-8dc1-fde7482ad27a", "name": '
    b'"documents.completed", "at": "2023-06-16 19:06:57.591579+0000", "version": "3.1"}, "user": {"id_user": "'
    + USER.encode()
    + b'", "id_external": "x", "id_environment": "574894bf7848066d138b4571"}}, "payload": {"id_job": '
    b'"648cb2ab199e4b39654a9d20", "endpoints": ["/v1/documents?id_job_webhook=648cb2d190b1bf61cc50b3ba"]}}]}'
)


@cache
def _parsed(body: bytes, content_type: str = "application/json") -> Any:
    from ventanilla.webhooks import parse

    return parse(body, content_type)[0]


def _inbox() -> Any:
    from ventanilla.webhooks import MemoryInbox

    return MemoryInbox()


def _folder() -> str:
    folder = Path(tempfile.gettempdir()) / f"odd-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    return str(folder)


def _calling(name: str, *arguments: str) -> Do:
    return lambda face: getattr(face, name)(*arguments)


def _reads() -> Iterator[Recipe]:
    since = datetime(2020, 1, 1, tzinfo=UTC)

    def syncfy(method: str, do: Do, **more: Any) -> Recipe:
        return Recipe("syncfy", method, do, **more)

    for name in (
        "account_types",
        "accounts",
        "attachment_types",
        "attachments",
        "count_attachments",
        "count_transactions",
        "countries",
        "credentials",
        "currencies",
        "document_statuses",
        "document_types",
        "documents",
        "export_attachments",
        "organization_sites",
        "organization_types",
        "organizations",
        "sites",
        "transactions",
        "widget",
        "open_session",
    ):
        yield syncfy(name, _calling(name, USER))
    yield syncfy("transactions", lambda f: f.transactions(USER, page_size=2, prefetch=True), variant="prefetch")
    yield syncfy("all_credentials", lambda f: f.all_credentials())
    yield syncfy("users", lambda f: f.users(), variant="")
    yield syncfy("webhooks", lambda f: f.webhooks())
    yield syncfy("user", lambda f: f.user(USER), named=(("list_users", ("response", 0, "id_user")),))
    yield syncfy("find_user", lambda f: f.find_user(EXTERNAL))
    yield syncfy("site", lambda f: f.site(USER, NORMAL))
    yield syncfy("credential", lambda f: f.credential(USER, CREDENTIAL), named=(("get_credential", _FIRST_CREDENTIAL),))
    yield syncfy("connection", lambda f: f.connection(_link(False)), named=(("get_credential", _FIRST_CREDENTIAL),))
    yield syncfy("credential_transactions", lambda f: f.credential_transactions(USER, CREDENTIAL))
    yield syncfy("job", lambda f: f.job(USER, JOB))
    yield syncfy("job", lambda f: f.job(USER, ASKING_JOB), variant="asking")
    yield syncfy("follow_job", lambda f: f.follow_job(USER, JOB, timeout=5.0))
    yield syncfy("attachment", lambda f: f.attachment(USER, ATTACHMENT))
    yield syncfy("save_attachment", lambda f: f.save_attachment(USER, ATTACHMENT, _folder()))
    extra = (("get_attachment_extra", ("response", "id_attachment")),)
    yield syncfy("attachment_extra", lambda f: f.attachment_extra(USER, ATTACHMENT), named=extra)
    yield syncfy("attachment_json", lambda f: f.attachment_json(USER, ATTACHMENT))
    yield syncfy("verify_session", lambda f: f.verify_session(SESSION))
    yield syncfy("confirm", lambda f: f.confirm(_parsed(_EVENT % b"credential_update")))
    yield syncfy("event_transactions", lambda f: f.event_transactions(_parsed(_EVENT % b"refresh")))
    yield syncfy("event_documents", lambda f: f.event_documents(_parsed(_DOCUMENTS)))
    yield syncfy("backfill", lambda f: f.backfill(_inbox(), since=since))

    def facti(method: str, do: Do, **more: Any) -> Recipe:
        return Recipe("facti", method, do, **more)

    yield facti("authenticate", lambda f: f.authenticate())
    yield facti("payment_ways", lambda f: f.payment_ways())
    yield facti("clabes", lambda f: f.clabes("santo@example.mx"))
    yield facti("payments", lambda f: f.payments())
    yield facti("payments", lambda f: f.payments(page_size=2, prefetch=True), variant="prefetch")
    yield facti("payment", lambda f: f.payment(PAID), named=(("get_payment", ("details", "id")),))
    ipn = b'ipn_password=x&ipn_type=1&data={"id": 9, "company_id": 5}'
    form = "application/x-www-form-urlencoded"
    yield facti("confirm", lambda f: f.confirm(_parsed(ipn, form)), named=(("get_payment", ("details", "id")),))
    yield facti("backfill", lambda f: f.backfill(_inbox()))
    yield facti("pending", lambda f: f.pending())

    def factura(method: str, do: Do, **more: Any) -> Recipe:
        return Recipe("facturaonline", method, do, **more)

    for name in ("payrolls", "employees", "groups", "series", "pending"):
        yield factura(name, _calling(name))
    for name, operation, uid in (
        ("payroll", "get_payroll", PAYROLL),
        ("wait_payroll", "get_payroll", PAYROLL),
        ("payroll_item", "get_payroll_item", RECORD),
        ("employee", "get_employee", EMPLOYEE),
        ("group", "get_group", GROUP),
    ):
        named = ((operation, ("data", "uid")),)
        yield factura(name, _calling(name, uid), named=named)
    for name in ("pdf", "xml"):
        yield factura(name, _calling(name, RECORD))
        yield factura(f"save_{name}", _calling(f"save_{name}", RECORD, _folder()))
    yield factura("acuse", lambda f: f.acuse("6206f370394f4"))
    yield factura("save_acuse", lambda f: f.save_acuse("6206f370394f4", _folder()))
    yield factura("catalogue", lambda f: f.catalogue("tipodeduccion"))


_FIRST_CREDENTIAL = ("response", 0, "id_credential")


def _writes() -> Iterator[Recipe]:
    def syncfy(method: str, write: str, do: Do, **more: Any) -> Recipe:
        return Recipe("syncfy", method, do, write, **more)

    found = {"is_findable": True}
    new_user = {"limit": 1, **found}
    yield syncfy("create_user", "create_user", lambda f: f.create_user("Rey", id_external=NEW_EXTERNAL), **new_user)
    yield syncfy("create_user", "create_user", lambda f: f.create_user("Rey"), variant="no id")
    there = {"limit": 0, "variant": "there"}
    yield syncfy("create_user", "create_user", lambda f: f.create_user("Santo", id_external=EXTERNAL), **there)
    yield syncfy(
        "update_user",
        "update_user",
        lambda f: f.update_user(USER, name="Santo Jr."),
        named=(("update_user", ("response", "id_user")),),
        **found,
    )
    yield syncfy("delete_user", "delete_user", lambda f: f.delete_user(USER), limit=1, **found)
    yield syncfy("close_session", "delete_session", lambda f: f.close_session(SESSION))
    yield syncfy("create_credential", "create_credential", lambda f: f.create_credential(USER, NORMAL, LOGIN))
    yield syncfy(
        "create_credential",
        "create_credential_pull",
        lambda f: f.create_credential(USER, NORMAL, LOGIN),
        variant="pulls",
        options={"use_pulls": True},
    )
    yield syncfy(
        "synchronize",
        "sync_credential",
        lambda f: f.synchronize(USER, CREDENTIAL),
        named=(("sync_credential", ("response", "id_credential")),),
    )
    yield syncfy(
        "delete_credential", "delete_credential", lambda f: f.delete_credential(USER, CREDENTIAL), limit=1, **found
    )
    sat = {"rfc": "ACM010101ABC", "password": PASSWORD}
    yield syncfy("create_job", "create_job", lambda f: f.create_job(USER, SAT, sat))
    yield syncfy("answer_challenge", "answer_twofa", lambda f: f.answer_challenge(USER, _challenge(), {"token": TWOFA}))
    yield syncfy(
        "follow_job",
        "answer_twofa",
        lambda f: f.follow_job(USER, ASKING_JOB, answer=_answers, timeout=5.0),
        variant="answering",
        limit=1,
    )
    yield syncfy("link", "create_credential", _linking(EXTERNAL, NORMAL), variant="known user")
    yield syncfy("link", "create_user", _linking(NEW_EXTERNAL, NORMAL, name="Rey"), variant="new user", **new_user)
    yield syncfy("link", "create_job", _linking(EXTERNAL, SAT, values=sat), variant="job")
    yield syncfy("link", "answer_twofa", _linking(EXTERNAL, TOKEN, answer=_answers), variant="token")
    new_hook = {"limit": 1, **found}
    yield syncfy(
        "link", "create_webhook", _linking(EXTERNAL, NORMAL, webhook="https://a.mx/hook"), variant="hook", **new_hook
    )
    yield syncfy(
        "resume",
        "answer_twofa",
        lambda f: f.resume(_link(True), {"token": TWOFA}, timeout=5.0),
        limit=None,
    )
    yield Recipe("syncfy", "resume", lambda f: f.resume(_link(False), timeout=5.0), variant="done")
    hooks = ["refresh"]
    yield syncfy(
        "create_webhook", "create_webhook", lambda f: f.create_webhook("https://a.mx/hook", events=hooks), **found
    )
    yield syncfy(
        "register_webhook",
        "create_webhook",
        lambda f: f.register_webhook("https://a.mx/hook", events=hooks),
        limit=1,
        **found,
    )
    yield syncfy("register_webhook", "create_webhook", lambda f: f.register_webhook(HOOK_URL), **there)
    yield syncfy("delete_webhook", "delete_webhook", lambda f: f.delete_webhook(WEBHOOK), limit=1, **found)

    def facti(method: str, write: str, do: Do, **more: Any) -> Recipe:
        return Recipe("facti", method, do, write, **more)

    once = {"limit": 1, "is_keyed": True, **found}
    yield facti("request_payment", "create_request", request, **once)
    yield facti("request_payment", "create_request", lambda f: request(f, paid=True, serie="A"), variant="paid", **once)
    yield facti("request_grouped_payment", "create_request", grouped, **once)
    yield facti(
        "mark_paid",
        "mark_payment_paid",
        lambda f: f.mark_paid(PENDING),
        named=(("mark_payment_paid", ("details", "id")),),
        **found,
    )
    yield facti(
        "delete",
        "delete_payment",
        lambda f: f.delete(PENDING),
        named=(("delete_payment", ("payment_details", "id")), ("get_payment", ("details", "id"))),
        limit=1,
        **found,
    )

    def factura(method: str, write: str, do: Do, **more: Any) -> Recipe:
        return Recipe("facturaonline", method, do, write, **more)

    yield factura("create_payroll", "create_payroll", payroll, **once)
    issued = (("get_payroll", ("data", "uid")),)
    yield factura(
        "issue_payroll", "create_payroll", lambda f: payroll(f, "issue_payroll", timeout=20.0), named=issued, **once
    )
    yield factura("email", "email_payroll_item", lambda f: f.email(RECORD))
    yield factura("cancel_item", "cancel_payroll_item", lambda f: f.cancel_item(RECORD), limit=1, **found)
    yield factura("cancel", "cancel_payroll_item", lambda f: f.cancel(RECORD, timeout=5.0), limit=1, **found)
    yield factura("create_employee", "create_employee", lambda f: f.create_employee(_employee()))
    yield factura("create_group", "create_group", lambda f: f.create_group("Nuevo"))
    for what in ("activate", "deactivate", "delete"):
        for kind, uid in (("employee", EMPLOYEE), ("group", EMPTY_GROUP)):
            name = f"{what}_{kind}"
            yield factura(name, name, _calling(name, uid))


def _linking(external: str, site: str, *, values: Mapping[str, str] = LOGIN, **more: Any) -> Do:
    return lambda face: face.link(id_external=external, site=site, credentials=values, timeout=5.0, **more)


def _lost(recipe: Recipe) -> Recipe | None:
    """Return a recipe in which the answer of the write gets lost, so that what it did is looked for."""
    if recipe.write is None or not recipe.is_findable:
        return None
    from attrs import evolve

    variant = f"{recipe.variant}, lost" if recipe.variant else "lost"
    return evolve(recipe, variant=variant, named=())


# `resume` and `dismiss` concern an operation that has an intent, and so a call before them.
INDIRECT = {("facti", "resume"), ("facti", "dismiss"), ("facturaonline", "resume"), ("facturaonline", "dismiss")}
RECIPES: tuple[Recipe, ...] = (*_reads(), *_writes())
LOST: tuple[Recipe, ...] = tuple(lost for each in RECIPES if (lost := _lost(each)) is not None)


def methods(provider: str, *, is_async: bool) -> set[str]:
    """Return the public methods of a client that ask the service something."""
    kind = getattr(ventanilla, ("Async" if is_async else "") + CLASSES[provider])
    found = {name for name in dir(kind) if not name.startswith("_") and callable(getattr(kind, name))}
    return found - NOT_CALLS


def missing() -> list[str]:
    """Return the methods of the six clients that no recipe calls."""
    known = {(each.provider, each.method) for each in RECIPES} | INDIRECT
    return sorted(
        f"{'Async' if is_async else ''}{CLASSES[provider]}.{name}"
        for provider in CLASSES
        for is_async in (False, True)
        for name in methods(provider, is_async=is_async)
        if (provider, name) not in known
    )
