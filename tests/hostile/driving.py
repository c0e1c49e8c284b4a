"""Drives every public operation of the three faces, synchronously or not, with secrets that can be looked for."""

import inspect
import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
from attrs import frozen
from standing import example

from ventanilla import AsyncFacti, AsyncFacturaOnline, AsyncSyncfy, Facti, FacturaOnline, Syncfy
from ventanilla.facti import Invoice, PaymentNotification
from ventanilla.facturaonline import NewEmployee, PayrollEntry, Perception
from ventanilla.syncfy import Challenge, ChallengeField, Link
from ventanilla.webhooks import CredentialRefreshed, DocumentsCompleted, MemoryInbox
from ventanilla_clients.syncfy import models

SEED = 20261126
FACES: dict[str, tuple[type[Any], type[Any]]] = {
    "syncfy": (Syncfy, AsyncSyncfy),
    "facti": (Facti, AsyncFacti),
    "facturaonline": (FacturaOnline, AsyncFacturaOnline),
}
# No operations: they do not send, or go on with what another process began.
OTHERS = {"close", "aclose", "as_user", "pending"}
_dice = random.Random(SEED)


def _canary(length: int = 32) -> str:
    return f"{_dice.getrandbits(4 * length):0{length}x}"


# The tokens have the form of tokens, and so have the hashes; each is found by its letters alone.
CANARIES: dict[str, str] = {
    name: _canary()
    for name in (
        "syncfy key",
        "facti client",
        "facti key",
        "factura key",
        "factura secret",
        "factura plugin",
        "session token",
        "opened token",
        "site user",
        "site password",
        "twofa answer",
        "webhook header",
        "webhook path",
    )
}
CANARIES["Data"] = f"$2y$10${_canary(52)[:53]}"
CANARIES["Secret"] = f"$2a$12${_canary(52)[:53]}"
KEYS: dict[str, dict[str, Any]] = {
    "syncfy": {"api_key": CANARIES["syncfy key"]},
    "facti": {
        "client_id": CANARIES["facti client"],
        "api_key": CANARIES["facti key"],
        "company_id": 5,
        "from_rfc": "EKU9003173C9",
    },
    "facturaonline": {
        "api_key": CANARIES["factura key"],
        "secret_key": CANARIES["factura secret"],
        "plugin": CANARIES["factura plugin"],
    },
}
USER: str = example("syncfy", "list_users")["response"][0]["id_user"]
EXTERNAL: str = example("syncfy", "list_users")["response"][0]["id_external"]
SITE: str = example("syncfy", "list_sites")["response"][0]["id_site"]
OBJECT: str = example("syncfy", "get_credential")["response"][0]["id_credential"]
JOB = "5e17c4325d4f6077171c0254"
LOGIN = {"username": CANARIES["site user"], "password": CANARIES["site password"]}
ANSWERS = {"token": CANARIES["twofa answer"]}
ASKED = Challenge(id_job=JOB, number=1, fields=(ChallengeField(name="token", type="text"),))
LINK = Link(
    user=models.User(id_user=USER, id_external=EXTERNAL, name="Rey Misterio", dt_create=1, dt_modify=None),
    id_site=SITE,
    id_job=JOB,
    id_credential=OBJECT,
    challenge=ASKED,
)
DAY = date(2026, 11, 15)
SALARY = Perception(tipo="001", clave="001", descripcion="Sueldo", gravado=Decimal("15500.00"))


def answered(challenge: Challenge) -> dict[str, str]:
    return {field.name: CANARIES["twofa answer"] for field in challenge.fields}


COMMON: dict[str, Any] = {
    "provider": "syncfy",
    "profile": "sync-v3",
    "version": "3.1",
    "key": "k",
    "raw": b"{}",
    "id_user": USER,
}
REFRESHED = CredentialRefreshed(name="credentials.refreshed", id_credential=OBJECT, **COMMON)
COMPLETED = DocumentsCompleted(name="documents.completed", id_job_webhook=JOB, **COMMON)


# What arguments are called, and what is given for them where nothing else is said.
GIVEN: dict[str, Any] = {
    "user": USER,
    "id_user": USER,
    "id_external": EXTERNAL,
    "id_site": SITE,
    "site": SITE,
    "id_credential": OBJECT,
    "id_job": JOB,
    "attachment": OBJECT,
    "webhook": OBJECT,
    "token": CANARIES["session token"],
    "credentials": LOGIN,
    "values": LOGIN,
    "challenge": ASKED,
    "answers": ANSWERS,
    "link": LINK,
    "credential": LINK,
    "url": f"https://example.mx/hooks/{CANARIES['webhook path']}",
    "name": "El Santo",
    "payment_id": 5022,
    "invoices": [Invoice(serie="A", folio=1, amount=Decimal(1))],
    "folio": 3,
    "total_amount": Decimal("55.20"),
    "to_client_name": "El Santo",
    "to_email": "santo@example.mx",
    "uid": "6206f3702bcdd",
    "grupo": "619ead8d6427a",
    "fecha_pago": DAY,
    "inicial": DAY,
    "final": DAY,
    "descripcion": "Quincena 21",
    "concepto": "Nómina",
    "serie": "NOM",
    "entries": [PayrollEntry(employee="61c4b569c0baf", days=15, perceptions=[SALARY])],
}
# Beside what an operation must be given.
ALSO: dict[str, dict[str, Any]] = {
    "event_transactions": {"event": REFRESHED},
    "event_documents": {"event": COMPLETED},
    "create_webhook": {"headers": {"X-Hook": CANARIES["webhook header"]}},
    "synchronize": {"id_site": SITE, "credentials": LOGIN},
    "resume": {"answers": ANSWERS},
    "link": {
        "webhook": GIVEN["url"],
        "name": "Rey Misterio",
        "answer": answered,
    },
    "catalogue": {"name": "bancos"},
    "follow_job": {"timeout": 5.0},
    "cancel": {"timeout": 5.0},
    "wait_payroll": {"timeout": 5.0},
    "issue_payroll": {"timeout": 5.0},
}


def operations(provider: str) -> list[str]:
    """Return the names of a face's operations."""
    members = inspect.getmembers(FACES[provider][0], inspect.isfunction)
    names = [name for name, _ in members if not name.startswith("_") and name not in OTHERS]
    return [name for name in names if "operation_id" not in _required(provider, name)]


def parameters(provider: str, name: str) -> list[inspect.Parameter]:
    """Return what an operation takes."""
    return [*inspect.signature(getattr(FACES[provider][0], name)).parameters.values()][1:]


def arguments(provider: str, name: str, folder: Path) -> dict[str, Any]:
    """Return what an operation must be given, and what is given beside it."""
    wanted = _required(provider, name)
    event = REFRESHED if provider == "syncfy" else PaymentNotification(ipn_type=1, id=5022)
    made = {"to": folder, "employee": _employee(), "inbox": MemoryInbox(), "event": event}
    known = {**GIVEN, **made, **ALSO.get(name, {})}
    return {each: known[each] for each in wanted} | ALSO.get(name, {})


def _required(provider: str, name: str) -> list[str]:
    return [p.name for p in parameters(provider, name) if p.default is p.empty]


def _employee() -> NewEmployee:
    fields = inspect.signature(NewEmployee).parameters.values()
    texts: dict[str, Any] = {field.name: "1" for field in fields if field.default is field.empty}
    return NewEmployee(**texts)


class Fast:
    """Time that passes only by waiting, for `ventanilla._flow.waiting`."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds + 1e-6  # as a real clock does: what is left of a wait may be too little to add

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)


@frozen(repr=False)
class Drive:
    """One call of an operation; its repr says nothing, for it stands in the frames that are looked at."""

    provider: str
    name: str
    given: dict[str, Any]

    def sync(self, face: Any) -> Any:
        """Do it, and exhaust what it returns."""
        result = getattr(face, self.name)(**self.given)
        return list(result) if inspect.isgenerator(result) else result

    async def asynchronous(self, face: Any) -> Any:
        """Do it likewise."""
        result = getattr(face, self.name)(**self.given)
        return [each async for each in result] if inspect.isasyncgen(result) else await result


def driven(
    drives: list[Drive], transport: Any, *, asynchronous: bool, base_url: str
) -> list[tuple[Drive, Any, BaseException | None]]:
    """Open a face, do the calls one after the other, and return of each what came back, or the error."""
    provider = drives[0].provider
    sync_face, async_face = FACES[provider]
    options = {**KEYS[provider], "base_url": base_url, "transport": transport}
    ended: list[tuple[Drive, Any, BaseException | None]] = []
    if not asynchronous:
        with sync_face(**options) as face:
            for drive in drives:
                try:
                    ended.append((drive, drive.sync(face), None))
                except Exception as error:
                    ended.append((drive, None, error))
        return ended

    async def do() -> None:
        async with async_face(**options) as face:
            for drive in drives:
                try:
                    ended.append((drive, await drive.asynchronous(face), None))
                except Exception as error:
                    ended.append((drive, None, error))

    anyio.run(do)
    return ended


def drives(provider: str, folder: Path) -> list[Drive]:
    """Return a call of each operation of a face."""
    return [Drive(provider, name, arguments(provider, name, folder)) for name in operations(provider)]
