"""Knows every write of the three faces: what has to be there first, and how the face and its `.raw` do it."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from attrs import field, frozen

from proving.stage import Stage
from ventanilla.facti import Invoice
from ventanilla.facturaonline import NewEmployee, PayrollEntry, Perception
from ventanilla_clients._runtime import Operation
from ventanilla_clients.facti import models as facti_models
from ventanilla_clients.facturaonline import models as facturaonline_models
from ventanilla_clients.syncfy import models as syncfy_models

Kind = Literal["face", "raw"]
Given = dict[str, Any]
PROVIDERS = ("syncfy", "facti", "facturaonline")
NORMAL, TOKEN, SAT_JOB = "56cf5728784806f72b8b4568", "56cf5728784806f72b8b4569", "61c12b8cde3c034b3c8b25b1"
LOGIN = {"username": "test", "password": "test"}
SAT_LOGIN = {"rfc": "ACM010101ABC", "password": "test"}
GROUP, EMPLOYEE = "619ead8d6427a", "61c4b569c0baf"
DAY = 86_400.0


@frozen
class Write:
    """One way to ask for a write.

    Args:
        provider: whose.
        operation: the operationId of the request that does it.
        name: of the method of the face, or `raw`.
        do: asks for it, of a face of either kind; returns a value or a coroutine.
        arrange: makes what has to be there first, by a plain synchronous face, and returns what `do` needs of it.
        options: of the face.
    """

    provider: str
    operation: str
    name: str
    do: Callable[[Any, Given], Any] = field(repr=False)
    arrange: Callable[[Stage, Any], Given] = field(repr=False)
    options: Mapping[str, Any] = field(factory=dict[str, Any])

    @property
    def kind(self) -> Kind:
        """Whether the facade or the generated client is asked."""
        return "raw" if self.name == "raw" else "face"

    def __str__(self) -> str:
        return f"{self.provider} {self.operation} by {self.name}"


def operations(effect: str) -> dict[tuple[str, str], Any]:
    """Return the generated modules of all operations with an effect, by provider and operationId."""
    found: dict[tuple[str, str], Any] = {}
    for provider in PROVIDERS:
        api = importlib.import_module(f"ventanilla_clients.{provider}.api")
        for info in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
            module = importlib.import_module(info.name)
            operation: Operation | None = getattr(module, "OPERATION", None)
            if operation is not None and operation.effect == effect:
                found[provider, operation.name] = module
    return found


WRITES = operations("write")


def raw(provider: str, operation: str, *, of_user: bool = False) -> Callable[..., Any]:
    """Return a function that calls the generated endpoint on the client of a face of either kind."""
    module = WRITES[provider, operation]

    def do(face: Any, user: str | None, *arguments: Any, **options: Any) -> Any:
        client = face.as_user(user) if of_user else face.raw
        endpoint = module.asyncio_detailed if hasattr(face, "aclose") else module.sync_detailed
        return endpoint(*arguments, client=client, **options)

    return do


def _nothing(stage: Stage, face: Any) -> Given:
    return {}


def _user(stage: Stage, face: Any) -> Given:
    return {"user": face.create_user("Santo", id_external="SANTO0101").id_user}


def _session(stage: Stage, face: Any) -> Given:
    given = _user(stage, face)
    return {**given, "token": face.open_session(given["user"])}


def _credential(stage: Stage, face: Any) -> Given:
    given = _user(stage, face)
    pull = face.create_credential(given["user"], NORMAL, LOGIN)
    stage.clock.advance(DAY)
    return {**given, "credential": pull.id_credential}


def _challenge(stage: Stage, face: Any) -> Given:
    given = _user(stage, face)
    pull = face.create_credential(given["user"], TOKEN, LOGIN)
    stage.clock.advance(5)
    return {**given, "challenge": face.job(given["user"], pull.id_job).challenge}


def _hook(stage: Stage, face: Any) -> Given:
    return {"hook": face.create_webhook("http://127.0.0.1:9/hook").id_webhook}


def _answers(challenge: Any) -> dict[str, str]:
    return {each.name: "123456" for each in challenge.fields}


def _syncfy(
    operation: str,
    arrange: Callable[[Stage, Any], Given],
    by_raw: tuple[Callable[[Given], tuple[Any, ...]], Callable[[Given], dict[str, Any]]],
    *,
    of_user: bool = False,
    **faces: Callable[[Any, Given], Any],
) -> list[Write]:
    call, (arguments, options) = raw("syncfy", operation, of_user=of_user), by_raw
    by_pulls: dict[str, Any] = (
        {"use_pulls": True} if operation.endswith("_pull") or operation.startswith("pull") else {}
    )
    found = [Write("syncfy", operation, name, do, arrange, by_pulls) for name, do in faces.items()]
    return [
        *found,
        Write("syncfy", operation, "raw", lambda f, g: call(f, g.get("user"), *arguments(g), **options(g)), arrange),
    ]


def _none(given: Given) -> tuple[Any, ...]:
    return ()


def _bare(given: Given) -> dict[str, Any]:
    return {}


def _of(*names: str) -> Callable[[Given], tuple[Any, ...]]:
    return lambda given: tuple(given[name] for name in names)


def _body(body: Any) -> Callable[[Given], dict[str, Any]]:
    return lambda given: {"body": body}


def _link(face: Any, given: Given) -> Any:
    return face.link(id_external="NUEVO0101", name="Nuevo", site=NORMAL, credentials=LOGIN)


def _link_of_known(face: Any, given: Given) -> Any:
    return face.link(id_external="SANTO0101", site=NORMAL, credentials=LOGIN)


def _link_with_token(face: Any, given: Given) -> Any:
    return face.link(id_external="SANTO0101", site=TOKEN, credentials=LOGIN, answer=_answers)


def _link_of_job(face: Any, given: Given) -> Any:
    return face.link(id_external="SANTO0101", site=SAT_JOB, credentials=SAT_LOGIN)


def _link_with_webhook(face: Any, given: Given) -> Any:
    hook = "http://127.0.0.1:9/hook"
    return face.link(id_external="SANTO0101", site=NORMAL, credentials=LOGIN, webhook=hook)


_NEW_CREDENTIAL = syncfy_models.NewCredential(id_site=NORMAL, credentials=dict(LOGIN))
_NEW_JOB = syncfy_models.NewJob(id_site=SAT_JOB, input=dict(SAT_LOGIN))
_NEW_HOOK = syncfy_models.NewWebhook(url="http://127.0.0.1:9/hook", events=["refresh"])


def _syncfy_writes() -> list[Write]:
    return [
        *_syncfy(
            "create_user",
            _nothing,
            (_none, _body(syncfy_models.NewUser(name="Nuevo", id_external="NUEVO0101"))),
            create_user=lambda f, g: f.create_user("Nuevo", id_external="NUEVO0101"),
            link=_link,
        ),
        *_syncfy(
            "update_user",
            _user,
            (_of("user"), _body(syncfy_models.UserUpdate(name="Otro"))),
            update_user=lambda f, g: f.update_user(g["user"], name="Otro"),
        ),
        *_syncfy("delete_user", _user, (_of("user"), _bare), delete_user=lambda f, g: f.delete_user(g["user"])),
        *_syncfy(
            "delete_session", _session, (_of("token"), _bare), close_session=lambda f, g: f.close_session(g["token"])
        ),
        *(
            write
            for operation in ("create_credential", "create_credential_pull")
            for write in _syncfy(
                operation,
                _user,
                (_none, _body(_NEW_CREDENTIAL)),
                of_user=True,
                create_credential=lambda f, g: f.create_credential(g["user"], NORMAL, LOGIN),
                link=_link_of_known,
            )
        ),
        *(
            write
            for operation in ("sync_credential", "pull_credential")
            for write in _syncfy(
                operation,
                _credential,
                (_of("credential"), _body(syncfy_models.CredentialUpdate())),
                of_user=True,
                synchronize=lambda f, g: f.synchronize(g["user"], g["credential"]),
            )
        ),
        *_syncfy(
            "delete_credential",
            _credential,
            (_of("credential"), _bare),
            of_user=True,
            delete_credential=lambda f, g: f.delete_credential(g["user"], g["credential"]),
        ),
        *(
            write
            for operation in ("create_job", "create_job_pull")
            for write in _syncfy(
                operation,
                _user,
                (_none, _body(_NEW_JOB)),
                of_user=True,
                create_job=lambda f, g: f.create_job(g["user"], SAT_JOB, SAT_LOGIN),
                link=_link_of_job,
            )
        ),
        *_syncfy(
            "answer_twofa",
            _challenge,
            (
                lambda g: (g["challenge"].id_job,),
                lambda g: {"body": syncfy_models.TwofaAnswer(twofa=dict(_answers(g["challenge"])))},
            ),
            of_user=True,
            answer_challenge=lambda f, g: f.answer_challenge(g["user"], g["challenge"], _answers(g["challenge"])),
        ),
        *_syncfy("answer_twofa", _user, (_none, _bare), link=_link_with_token)[:1],
        *_syncfy(
            "create_webhook",
            _user,
            (_none, _body(_NEW_HOOK)),
            create_webhook=lambda f, g: f.create_webhook("http://127.0.0.1:9/hook", events=["refresh"]),
            register_webhook=lambda f, g: f.register_webhook("http://127.0.0.1:9/hook", events=["refresh"]),
            link=_link_with_webhook,
        ),
        *_syncfy(
            "delete_webhook", _hook, (_of("hook"), _bare), delete_webhook=lambda f, g: f.delete_webhook(g["hook"])
        ),
    ]


def request(face: Any, given: Given) -> Any:
    """Ask for the payment that every suite asks for."""
    return face.request_payment(
        folio=3, total_amount=Decimal("55.20"), to_client_name="Santo", to_email="santo@example.mx", **given
    )


def grouped(face: Any, given: Given) -> Any:
    """Ask for one payment of two invoices."""
    invoices = [Invoice(folio=7, amount=Decimal("10.10")), Invoice(folio=8, amount=Decimal("20.20"))]
    return face.request_grouped_payment(invoices=invoices, to_client_name="Santo", to_email="santo@example.mx", **given)


_NEW_REQUEST = facti_models.NewRequest(
    folio=3,
    from_rfc="EKU9003173C9",
    to_client_name="Santo",
    to_email="santo@example.mx",
    total_amount=Decimal("55.20"),
)


def _payment(stage: Stage, face: Any) -> Given:
    return {"payment": request(face, {}).request_id}


def _facti_writes() -> list[Write]:
    def made(
        operation: str, name: str, do: Callable[[Any, Given], Any], arrange: Callable[[Stage, Any], Given]
    ) -> Write:
        return Write("facti", operation, name, do, arrange)

    create, mark, delete = (raw("facti", name) for name in ("create_request", "mark_payment_paid", "delete_payment"))
    paid = facti_models.PaymentUpdate(payed="1")
    return [
        made("create_request", "request_payment", request, _nothing),
        made("create_request", "request_grouped_payment", grouped, _nothing),
        made("create_request", "raw", lambda f, g: create(f, None, body=_NEW_REQUEST), _nothing),
        made("mark_payment_paid", "mark_paid", lambda f, g: f.mark_paid(g["payment"]), _payment),
        made("mark_payment_paid", "raw", lambda f, g: mark(f, None, str(g["payment"]), body=paid), _payment),
        made("delete_payment", "delete", lambda f, g: f.delete(g["payment"]), _payment),
        made(
            "delete_payment",
            "raw",
            lambda f, g: delete(f, None, body=facti_models.PaymentDeletion(company_id=5, id=g["payment"])),
            _payment,
        ),
    ]


def payroll(descripcion: str = "Quincena 21") -> dict[str, Any]:
    """Return the arguments of the payroll that every suite creates."""
    salary = Perception(tipo="001", clave="001", descripcion="Sueldo", gravado=Decimal("15500.00"))
    return {
        "grupo": GROUP,
        "fecha_pago": date(2026, 11, 15),
        "inicial": date(2026, 11, 1),
        "final": date(2026, 11, 15),
        "descripcion": descripcion,
        "concepto": "Nómina quincenal",
        "serie": 17321,
        "entries": [PayrollEntry(employee=EMPLOYEE, days=15, perceptions=[salary])],
    }


_NEW_PAYROLL = facturaonline_models.NewPayroll(
    grupo=GROUP,
    fecha_pago="2026-11-15",
    num_dias="15",
    inicial="2026-11-01",
    final="2026-11-15",
    tipo_nomina="O",
    descripcion="Quincena 21",
    serie=17321,
    concepto="Nómina quincenal",
    version_cfdi="4.0",
    registros=[payroll()["entries"][0].to_wire()],
)


def employee(group: str) -> NewEmployee:
    """Return an employee of a group."""
    return NewEmployee(
        grupo=group,
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


def _record(stage: Stage, face: Any) -> Given:
    issued = face.issue_payroll(**payroll())
    return {"uid": issued.stamped[0].uid}


def _employee(stage: Stage, face: Any) -> Given:
    return {"uid": face.create_employee(employee(GROUP))}


def _group(stage: Stage, face: Any) -> Given:
    return {"uid": face.create_group("Nuevo")}


def _factura(
    operation: str,
    arrange: Callable[[Stage, Any], Given],
    body: Any = None,
    **faces: Callable[[Any, Given], Any],
) -> list[Write]:
    call = raw("facturaonline", operation)

    def by_raw(face: Any, given: Given) -> Any:
        arguments = [given["uid"]] if "uid" in given else []
        return call(face, None, *arguments, **({} if body is None else {"body": body}))

    found = [Write("facturaonline", operation, name, do, arrange) for name, do in faces.items()]
    return [*found, Write("facturaonline", operation, "raw", by_raw, arrange)]


def _by_uid(name: str) -> Callable[[Any, Given], Any]:
    return lambda face, given: getattr(face, name)(given["uid"])


def _facturaonline_writes() -> list[Write]:
    simple = ("activate_employee", "deactivate_employee", "delete_employee")
    grouped = ("activate_group", "deactivate_group", "delete_group")
    return [
        *_factura(
            "create_payroll",
            _nothing,
            _NEW_PAYROLL,
            create_payroll=lambda f, g: f.create_payroll(**payroll(), **g),
            issue_payroll=lambda f, g: f.issue_payroll(**payroll(), **g),
        ),
        *_factura(
            "cancel_payroll_item",
            _record,
            facturaonline_models.Cancellation(motivo="02"),
            cancel_item=_by_uid("cancel_item"),
            cancel=_by_uid("cancel"),
        ),
        *_factura("email_payroll_item", _record, email=_by_uid("email")),
        *_factura(
            "create_employee",
            _nothing,
            employee(GROUP),
            create_employee=lambda f, g: f.create_employee(employee(GROUP)),
        ),
        *(write for name in simple for write in _factura(name, _employee, **{name: _by_uid(name)})),
        *_factura(
            "create_group",
            _nothing,
            facturaonline_models.NewGroup(grupo="Nuevo"),
            create_group=lambda f, g: f.create_group("Nuevo"),
        ),
        *(write for name in grouped for write in _factura(name, _group, **{name: _by_uid(name)})),
    ]


CATALOGUE: tuple[Write, ...] = (*_syncfy_writes(), *_facti_writes(), *_facturaonline_writes())


def missing() -> list[tuple[str, str, Kind]]:
    """Return the writes of the generated clients that the catalogue lacks, by the facade or by `.raw`."""
    known = {(write.provider, write.operation, write.kind) for write in CATALOGUE}
    kinds: tuple[Kind, ...] = ("face", "raw")
    return sorted((*write, kind) for write in WRITES for kind in kinds if (*write, kind) not in known)
