"""Tells what somebody does in one world of a mock, request by request, whichever way the requests get there."""

from collections.abc import Generator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from attrs import define, frozen
from busy_world import PAYROLL, SLOW_PAYROLL

from ventanilla.mock.facti import access as facti
from ventanilla.mock.facturaonline import access as facturaonline
from ventanilla.mock.syncfy._auth import API_KEY
from ventanilla.mock.wire import decode, encode

START = 1_700_000_000.0
DAY = 86_400.0
NORMAL, TOKEN = "56cf5728784806f72b8b4568", "56cf5728784806f72b8b4569"
ALL_IN_ONE = "61c12b8cde3c034b3c8b25b1"
KEYS = f"api_key api_key={API_KEY}"
FACTURA = {
    "f-plugin": facturaonline.PLUGIN,
    "f-api-key": facturaonline.API_KEY,
    "f-secret-key": facturaonline.SECRET_KEY,
}
# Each world has troubles of its own …
TROUBLES: tuple[dict[str, Any], ...] = (
    {"effect": {"kind": "status", "status": 503, "retry_after": 7}},
    {"effect": {"kind": "status", "status": 500}, "when": "after"},
    {"effect": {"kind": "malformed-json"}},
    {"effect": {"kind": "content-type", "value": "text/html"}},
    {"effect": {"kind": "header", "name": "X-Quota-Left", "value": "12"}},
    {"effect": {"kind": "change", "pointer": "/code", "value": 999}},
    {"effect": {"kind": "remove", "pointer": "/rid"}},
    {"effect": {"kind": "truncated"}},
    {"effect": {"kind": "broken-chunk"}},
    {"effect": {"kind": "reset"}},
    {"effect": {"kind": "latency", "seconds": 0.002}},
    {"effect": {"kind": "latency", "seconds": 0.002}, "when": "before"},
)
# … and two choices, the second of which nobody plays.
CHOICES = ("error_401", "error_413", "no_transactions", "partial", "twofa_2", "slow_30", "error_509", "error_408")
A = TypeVar("A")


@frozen
class Ask:
    """One request: the target with its namespace, and all headers but those of its body's length."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@frozen
class Told:
    """What came back; status 0 is an answer that broke off."""

    status: int
    body: bytes


Steps = Generator[Ask, Told, A]
Views = dict[str, Any]


@frozen
class Part:
    """Who plays: `number` decides everything that is different from the others, `hooks` is where receivers are."""

    number: int
    hooks: str
    name: str = ""

    @property
    def mark(self) -> str:
        return f"part-{self.number}"

    @property
    def prefix(self) -> str:
        return f"/_ns/{self.name}" if self.name else ""

    @property
    def start(self) -> float:
        return START + 1000 * self.number

    def hook(self, how: str) -> str:
        return f"{self.hooks}/{self.mark}/{how}"


@define
class Actor:
    """Asks for things in the world of a part, and reads the answers as far as they can be read."""

    part: Part
    token: str = ""
    passed: float = 0.0

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", type: str = "") -> Steps[Told]:
        sent = {"Host": "mock.test", "User-Agent": self.part.mark, "Accept": "*/*", "Accept-Encoding": "identity"}
        sent |= {"Connection": "keep-alive", **headers}
        if body:
            sent["Content-Type"] = type
        if body or method in ("POST", "PUT", "PATCH"):
            sent["Content-Length"] = str(len(body))
        told = yield Ask(method, path if path.startswith("/_mock/namespaces") else self.part.prefix + path, sent, body)
        return told

    def control(self, method: str, path: str, body: Any = None) -> Steps[Any]:
        content = b"" if body is None else encode(body)
        return read((yield from self.ask(method, f"/_mock{path}", {}, content, "application/json")))

    def syncfy(self, method: str, path: str, body: Any = None, **headers: str) -> Steps[Any]:
        keys = {"Authorization": f"TOKEN token={self.token}" if self.token else KEYS, **headers}
        content = b"" if body is None else encode(body)
        told = yield from self.ask(method, f"/syncfy/v1{path}", keys, content, "application/json")
        return pick(read(told), "response")

    def facti(self, path: str, **fields: Any) -> Steps[Any]:
        form = urlencode({"client_id": facti.CLIENT_ID, "api_key": facti.API_KEY, **fields})
        if path[-1].isdigit():
            return read((yield from self.ask("GET", f"/facti/v1/payments{path}?{form}", {})))
        type = "application/x-www-form-urlencoded"
        return read((yield from self.ask("POST", f"/facti/v1/payments{path}", {}, form.encode(), type)))

    def factura(self, method: str, path: str, body: Any = None) -> Steps[Any]:
        content = b"" if body is None else encode(body)
        told = yield from self.ask(method, f"/facturaonline/api/payroll{path}", FACTURA, content, "application/json")
        return read(told)

    def wait(self, seconds: float) -> Steps[None]:
        """Let time pass; whatever is under way to receivers is over before it does."""
        self.passed += seconds
        yield from self.control("POST", "/clock/advance", {"seconds": seconds})


def read(told: Told) -> Any:
    """Return what an answer says; None where it is no JSON, on purpose or not."""
    try:
        return decode(told.body)
    except ValueError:
        return None


def pick(value: Any, *path: str | int) -> Any:
    """Return what is there in an answer; an id of nothing where nothing is: a story goes on whatever it meets."""
    for name in path:
        try:
            value = value[name]
        except (LookupError, TypeError):
            return "0" * 24
    return value


def begin(actor: Actor) -> Steps[None]:
    """Make the world anew, with time, troubles, choices and webhooks of its own."""
    part = actor.part
    world = {"seed": part.number, "pace": 0.5, "clock": {"at": part.start, "rate": 0}}
    where = ("PUT", f"/namespaces/{part.name}") if part.name else ("POST", "/reset")
    yield from actor.control(*where, world)
    own = {**TROUBLES[part.number % len(TROUBLES)], "id": part.mark, "operation": "list_users", "probability": 0.5}
    yield from actor.control("POST", "/faults", own)
    choice = {"provider": "syncfy", "name": CHOICES[part.number % len(CHOICES)], "times": 2}
    yield from actor.control("POST", "/scenarios", choice)
    events = ["credential_create", "credential_update", "refresh", "documents_completed"]
    yield from actor.syncfy("POST", "/webhooks", {"url": part.hook("flaky"), "events": events})
    yield from actor.control("POST", "/facti/ipn", {"company_id": 5, "url": part.hook("twice"), "password": part.mark})


def link(actor: Actor, site: str = NORMAL) -> Steps[str]:
    """Link a credential of a new user, who has the world's mark for his name; return its job."""
    actor.token = ""
    user = yield from actor.syncfy("POST", "/users", {"name": actor.part.mark, "id_external": actor.part.mark})
    session = yield from actor.syncfy("POST", "/sessions", {"id_user": pick(user, "id_user")})
    actor.token = str(pick(session, "token"))
    login = {"id_site": site, "credentials": {"username": "test", "password": "test"}}
    job = yield from actor.syncfy("POST", "/credentials", login)
    return str(pick(job, "id_job"))


def ask_for(actor: Actor, amount: str) -> Steps[Any]:
    """Ask a customer for a payment."""
    fields = {"folio": 3, "from_rfc": "EKU9003173C9", "to_client_name": actor.part.mark, "to_email": "s@example.mx"}
    asked = yield from actor.facti("/new_request", **fields, total_amount=amount)
    return pick(asked, "request_id")


def keep(actor: Actor) -> Steps[None]:
    """Do something that then has never been."""
    token = actor.token
    yield from actor.control("POST", "/snapshots", {"id": actor.part.mark})
    actor.token = ""
    yield from actor.syncfy("POST", "/users", {"name": "nobody"})
    yield from actor.control("POST", "/clock/advance", {"seconds": 1})
    yield from actor.control("POST", f"/snapshots/{actor.part.mark}/restore")
    actor.token = token


def look(actor: Actor) -> Steps[Views]:
    """See all that there is to see of the world."""
    actor.token = ""
    for _ in range(6):
        yield from actor.syncfy("GET", "/users")
    yield from actor.control("DELETE", f"/faults/{actor.part.mark}")
    yield from actor.control("POST", "/faults", {"id": actor.part.mark, "effect": {"kind": "reset"}, "nth": 1000})
    views: Views = {"passed": actor.passed, "users": (yield from actor.syncfy("GET", "/users"))}
    for name in ("clock", "faults", "scenarios", "snapshots", "settings", "processes", "webhooks", "coverage"):
        views[name] = yield from actor.control("GET", f"/{name}")
    for name in ("deliveries", "requests", "requests/har"):
        views[name] = yield from actor.control("GET", f"/{name}?limit=10000")
    return views


def brief(part: Part) -> Steps[Views]:
    """Use a little of everything: a credential, a payment, a payroll, time, a snapshot."""
    actor = Actor(part)
    yield from begin(actor)
    yield from link(actor)
    yield from actor.wait(0.25 * (part.number % 4))
    yield from keep(actor)
    payment = yield from ask_for(actor, f"{111 + part.number}.11" if part.number % 2 else "111.11")
    yield from actor.facti(f"/{payment}", payed=1)
    payroll = yield from actor.factura("POST", "/create", PAYROLL)
    yield from actor.wait(0.5)
    yield from actor.factura("GET", f"/{pick(payroll, 'uid')}/view")
    yield from actor.wait(600 + part.number)
    return (yield from look(actor))


def rich(part: Part) -> Steps[Views]:
    """Use nearly all that the mock has: second factors, refusals, stamping, every trouble, retries of two days."""
    actor = Actor(part)
    yield from begin(actor)
    yield from _troubles(actor)
    job = yield from link(actor, TOKEN)
    yield from actor.wait(1)
    yield from actor.syncfy("GET", f"/jobs/{job}/status")
    yield from keep(actor)
    yield from actor.syncfy("POST", f"/jobs/{job}/twofa", {"twofa": {"token": "wrong"}})
    yield from actor.wait(5)
    yield from _read(actor)
    yield from _refusals(actor)
    yield from _payments(actor)
    yield from _payrolls(actor)
    yield from _events(actor)
    yield from actor.wait(2 * DAY)
    sent = yield from actor.control("GET", "/deliveries?state=failed")
    yield from actor.control("POST", f"/deliveries/{pick(sent, 0, 'id')}/replay", {"times": 3})
    yield from actor.wait(10)
    yield from actor.control("GET", "/requests/1/curl")
    return (yield from look(actor))


def _troubles(actor: Actor) -> Steps[None]:
    """Have everything go wrong now and then: each kind of answer, each kind of webhook call."""
    for number, trouble in enumerate(TROUBLES):
        mine = {**trouble, "id": f"t{number}", "operation": "list_transactions", "nth": number + 1}
        yield from actor.control("POST", "/faults", mine)
    for kind in ("webhook-lost", "webhook-duplicate", "webhook-reorder"):
        yield from actor.control("POST", "/faults", {"effect": {"kind": kind}, "probability": 0.2})
    late = {"effect": {"kind": "webhook-late", "seconds": 90}, "profile": "sync-v3", "probability": 0.5, "ttl": 3600}
    yield from actor.control("POST", "/faults", late)
    slow = {"effect": {"kind": "drip", "bytes_per_second": 100_000}, "operation": "list_accounts", "times": 1}
    yield from actor.control("POST", "/faults", slow)
    yield from actor.control("POST", "/webhooks", {"profile": "sync-v3", "url": actor.part.hook("dead")})


def _read(actor: Actor) -> Steps[None]:
    job = yield from link(actor)
    yield from actor.wait(120)
    for _ in range(len(TROUBLES) + 1):
        yield from actor.syncfy("GET", "/transactions?limit=3")
    for path in ("/accounts", "/credentials", "/attachments", "/documents", "/webhooks", f"/jobs/{job}/status"):
        yield from actor.syncfy("GET", path)
    documents = {"id_site": ALL_IN_ONE, "input": {"rfc": "ACM010101ABC", "password": "test"}}
    yield from actor.syncfy("POST", "/jobs", documents)
    yield from actor.wait(60)
    invoices = yield from actor.syncfy("GET", "/attachments?limit=2")
    yield from actor.syncfy("GET", f"/attachments/{pick(invoices, 0, 'id_attachment')}")


def _refusals(actor: Actor) -> Steps[None]:
    yield from actor.syncfy("POST", "/users", {"name": 1})
    yield from actor.syncfy("GET", "/users", Authorization="nobody")
    yield from actor.syncfy("PATCH", "/users")
    yield from actor.syncfy("GET", "/nothing?name=%C3%91and%C3%BA")
    yield from actor.syncfy("POST", "/accounts", {"limit": 1}, **{"X-Http-Method-Override": "get"})
    yield from actor.control("POST", "/faults", {"effect": {"kind": "nothing"}})
    yield from actor.control("POST", "/clock/advance", {"until": 0})


def _payments(actor: Actor) -> Steps[None]:
    for amount in ("55.20", "111.11", "333.33", "444.44", "777.77"):
        payment = yield from ask_for(actor, amount)
        yield from actor.facti(f"/{payment}")
    yield from actor.wait(30)
    yield from actor.facti("/company_payments", company_id=5)
    yield from actor.facti("/new_request", folio=1)


def _payrolls(actor: Actor) -> Steps[None]:
    for body in (PAYROLL, SLOW_PAYROLL):
        payroll = yield from actor.factura("POST", "/create", body)
        yield from actor.wait(0.75)
        seen = yield from actor.factura("GET", f"/{pick(payroll, 'uid')}/view")
        record = pick(seen, "data", "registros", 0, "uid")
        for kind in ("xml", "pdf"):
            yield from actor.factura("GET", f"/{record}/item/{kind}")
        yield from actor.factura("POST", f"/{record}/item/cancel", {"motivo": "02"})
        yield from actor.factura("GET", f"/{record}/item/acuse")
    yield from actor.factura("GET", "/employee/list")


def _events(actor: Actor) -> Steps[None]:
    """Have the mock itself make events, with each lifecycle."""
    for event in ("refresh", "documents.fail", "payment_notification"):
        yield from actor.control("POST", "/events", {"event": event})
    # Over a socket calls are made beside the requests: those that fail do so before the schedule is another one.
    yield from actor.wait(0)
    yield from actor.control("PUT", "/settings", {"lifecycles": {"syncfy": {"mode": "event"}}, "retries": [1, 0, 60]})
    yield from actor.control("POST", "/events", {"event": "credentials.updated", "url": actor.part.hook("twice")})
    waiting = yield from actor.control("GET", "/processes")
    for _ in range(3):
        path = f"/processes/{pick(waiting, 0, 'provider')}/{pick(waiting, 0, 'id')}/step"
        yield from actor.control("POST", path)
        yield from actor.wait(0)
