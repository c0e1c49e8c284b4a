"""Knows how the mock's own control is called with success, and what has to be there before."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from attrs import evolve
from fuzz_providers import PAYMENT, FactiStage, SyncfyStage
from fuzz_stages import CANARY, FORM, HOOK, JSON, STEP, TOKEN, Case, Keys, Stage, is_mapping, is_positive, left_alone

from ventanilla.mock import scenarios
from ventanilla.mock._spec import Spec, load
from ventanilla.mock.clock import LATEST, Clock
from ventanilla.mock.core import Mock
from ventanilla.mock.wire import Request, decode, encode

HOUR = 3600
# What each kind of fault needs beside its kind; the others need nothing.
NEEDED: Mapping[str, Mapping[str, Any]] = {
    "latency": {"seconds": 0.01},
    "status": {"status": 503},
    "content-type": {"value": "text/plain"},
    "header": {"name": "X-Quota-Left", "value": "12"},
    "drip": {"bytes_per_second": 1000},
    "change": {"pointer": "/response", "value": None},
    "remove": {"pointer": "/response"},
    "webhook-late": {"seconds": 1},
}
ALWAYS = frozenset({"id", "nth", "probability", "times", "ttl"})
# Of what an event takes, the options that may be anything.
FREE = frozenset({"rfc", "password", "amount"})
# Arbitrary ones find nothing.
FILTERS = frozenset(
    {"provider", "operation", "method", "path", "status", "since", "broken", "fault", "profile", "event"}
)


class ControlStage(Stage):
    """The control of a mock that has a token, in which something of everything has happened."""

    name = "mock"
    made: ClassVar = {"create_namespace": ("name", "/namespaces/{}"), "add_fault": ("id", "/faults/{}")}
    ended: ClassVar = {"delete_namespace": ("name", "/namespaces/{}"), "delete_fault": ("id", "/faults/{}")}
    key: ClassVar = {"Authorization": f"Bearer {TOKEN}"}

    def __init__(
        self,
        make: Callable[[Clock], Mock] = lambda clock: Mock(clock=clock, pace=STEP, token=TOKEN),
        hook: str = HOOK,
    ) -> None:
        super().__init__(make, hook)

    def served(self) -> Spec:
        return load("mock", "/_mock")

    def prepare(self) -> None:
        self._rounds = 0
        for make in MADE.values():
            make(self)

    def keys(self, schemes: frozenset[str]) -> Keys:
        return Keys(self.key if schemes else {})

    def secrets(self) -> set[str]:
        return {TOKEN, CANARY}

    def meant(self, status: int, value: dict[str, Any], content: bytes) -> tuple[int, str]:
        return status, str(value.get("error", ""))

    def locked_out(self, request: Request) -> Iterator[tuple[str, Request]]:
        others = {name: value for name, value in request.headers.items() if name != "authorization"}
        if len(others) < len(request.headers):
            yield "without a token", evolve(request, headers=others)
            yield "with another token", evolve(request, headers={**others, "Authorization": f"Bearer {TOKEN[:-1]}"})

    def furnish(self, operation: str, case: Case) -> None:
        if operation == "wait_for_requests" and "timeout" in (case.query or {}):
            # Nobody comes meanwhile.
            case.query["timeout"] = 0 if is_positive(case) else case.query["timeout"]
        if not is_positive(case) or left_alone(case):
            return
        if operation in FURNISHED:
            FURNISHED[operation](self, case)
        case.query = {name: value for name, value in (case.query or {}).items() if name not in FILTERS}

    def ask_for(self, method: str, path: str, body: Any = None) -> Any:
        """Use an operation of the control, with success, and return what it answers."""
        content = b"" if body is None else encode(body)
        answer = self.mock.handle(Request(method, f"/_mock{path}", {**self.key, "Content-Type": JSON}, content))
        assert answer.status == 200, answer.body
        for delivery in answer.errands or ():
            self.mock.delivered(delivery, 200)
        return decode(answer.body)

    def first(self, path: str) -> dict[str, Any]:
        """Return the first row of a list; one that is empty gets something first."""
        rows = self.ask_for("GET", path)
        if not rows:
            self._rounds += 1
            MADE[path](self)
            rows = self.ask_for("GET", path)
        row: dict[str, Any] = rows[0]
        return row

    def later(self) -> float:
        """Return a moment that is still to come, as long as there is one."""
        return min(LATEST, float(self.ask_for("GET", "/clock")["now"]) + HOUR)

    def make_namespace(self) -> None:
        """Make a namespace; its name has not been there before, as what was deleted must not come back."""
        self.ask_for("PUT", f"/namespaces/one-{self._rounds}")

    def make_snapshot(self) -> None:
        """Take a snapshot."""
        self.ask_for("POST", "/snapshots", {"id": f"one-{self._rounds}"})

    def make_fault(self) -> None:
        """Add a fault that strikes nobody."""
        self.ask_for("POST", "/faults", {"id": f"one-{self._rounds}", "nth": 10**9, "effect": {"kind": "reset"}})

    def make_exchange(self) -> None:
        """Have a provider asked for something."""
        self.mock.handle(Request("GET", "/syncfy/v1/users", SyncfyStage.key))

    def make_process(self) -> None:
        """Link a site, and let the job wait for an event."""
        self._quieten()
        self.ask_for("PUT", "/settings", {"rate_limits": False, "lifecycles": {"syncfy": {"mode": "event"}}})
        user = self._syncfy("/users", {"name": "Rey Misterio"}, SyncfyStage.key)["id_user"]
        token = self._syncfy("/sessions", {"id_user": user}, SyncfyStage.key)["token"]
        body = {"id_site": SyncfyStage.sites[0], "credentials": {**SyncfyStage.login, "password": CANARY}}
        self._syncfy("/credentials", body, {"Authorization": f"TOKEN token={token}"})

    def make_delivery(self) -> None:
        """Have a payment request paid, whose company is told."""
        self._quieten()
        self.ask_for("PUT", "/settings", {"rate_limits": False, "lifecycles": {"facti": {"mode": "immediate"}}})
        self.ask_for("POST", "/facti/ipn", {"company_id": 5, "url": self.hook, "password": CANARY})
        form = urlencode({**FactiStage.credentials, **PAYMENT, "total_amount": "111.11"}).encode()
        self.mock.handle(Request("POST", "/facti/v1/payments/new_request", {"Content-Type": FORM}, form))
        self.mock.run_due()

    def _quieten(self) -> None:
        """Have nothing go wrong: faults and scenarios are meant for whoever else asks."""
        self.ask_for("DELETE", "/faults")

    def _syncfy(self, path: str, body: Any, headers: Mapping[str, str]) -> Any:
        answer = self.mock.handle(Request("POST", f"/syncfy/v1{path}", {**headers, "Content-Type": JSON}, encode(body)))
        assert answer.status == 200, answer.body
        return decode(answer.body)["response"]


Furnish = Callable[[ControlStage, Case], None]


def _path(name: str, listed: str, field: str) -> Furnish:
    """Have a path name something that is there."""

    def furnish(stage: ControlStage, case: Case) -> None:
        case.path_parameters[name] = str(stage.first(listed)[field])

    return furnish


def _process(stage: ControlStage, case: Case) -> None:
    case.path_parameters.update(stage.first("/processes"))


def _document(stage: ControlStage, case: Case) -> None:
    case.path_parameters["document"] = "facti.json"


def _fault(stage: ControlStage, case: Case) -> None:
    body = case.body
    if is_mapping(body) and is_mapping(body.get("effect")):
        kept = {name: value for name, value in body.items() if name in ALWAYS}
        kind = body["effect"]["kind"]
        case.body = {**kept, "effect": {"kind": kind, **NEEDED.get(kind, {})}}


def _scenario(stage: ControlStage, case: Case) -> None:
    if is_mapping(case.body):
        rows = [row for row in scenarios.table() if row.by_name]
        row = rows[len(repr(case.body)) % len(rows)]
        case.body = {**case.body, "provider": row.provider, "name": row.name}


def _company(stage: ControlStage, case: Case) -> None:
    if is_mapping(case.body):
        case.body = {**case.body, "company_id": 452, "url": stage.hook}


def _webhook(stage: ControlStage, case: Case) -> None:
    if is_mapping(case.body):
        case.body = {name: value for name, value in case.body.items() if name != "id_user"}


def _moment(stage: ControlStage, case: Case) -> None:
    if is_mapping(case.body):
        moment = stage.later()
        case.body = {name: moment if name in ("at", "until") else value for name, value in case.body.items()}


def _enough(stage: ControlStage, case: Case) -> None:
    stage.first("/requests")
    case.query.pop("count", None)


def _event(stage: ControlStage, case: Case) -> None:
    """Have an event take no more than it does, and things that are there."""
    rows = stage.ask_for("GET", "/events")
    row = rows[len(repr(case.body)) % len(rows)]
    stage.ask_for("DELETE", "/faults")
    if is_mapping(case.body):
        own = {name: value for name, value in case.body.items() if name in row["options"] and name in FREE}
        case.body = {**own, "event": row["event"]}


MADE: Mapping[str, Callable[[ControlStage], None]] = {
    "/requests": ControlStage.make_exchange,
    "/processes": ControlStage.make_process,
    "/deliveries": ControlStage.make_delivery,
    "/namespaces": ControlStage.make_namespace,
    "/snapshots": ControlStage.make_snapshot,
    "/faults": ControlStage.make_fault,
}
FURNISHED: Mapping[str, Furnish] = {
    "get_openapi": _document,
    "get_namespace": _path("name", "/namespaces", "name"),
    "delete_namespace": _path("name", "/namespaces", "name"),
    "restore_snapshot": _path("id", "/snapshots", "id"),
    "delete_snapshot": _path("id", "/snapshots", "id"),
    "step_process": _process,
    "get_fault": _path("id", "/faults", "id"),
    "delete_fault": _path("id", "/faults", "id"),
    "add_fault": _fault,
    "choose_scenario": _scenario,
    "configure_ipn": _company,
    "register_webhook": _webhook,
    "set_clock": _moment,
    "advance_clock": _moment,
    "get_request": _path("id", "/requests", "id"),
    "get_request_curl": _path("id", "/requests", "id"),
    "wait_for_requests": _enough,
    "trigger_event": _event,
    "get_delivery": _path("id", "/deliveries", "id"),
    "replay_delivery": _path("id", "/deliveries", "id"),
}
