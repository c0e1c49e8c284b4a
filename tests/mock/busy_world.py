"""Fills a world in which something of every kind is under way, and lets it go on: for tests of what keeps worlds."""

from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from attrs import define, evolve, field

from ventanilla.mock.core import Mock
from ventanilla.mock.facti import access as facti
from ventanilla.mock.facti.state import Account
from ventanilla.mock.facturaonline import access as facturaonline
from ventanilla.mock.facturaonline.seed import SCENARIO_GROUP
from ventanilla.mock.faults import Fault
from ventanilla.mock.lifecycle import Lifecycle
from ventanilla.mock.syncfy._auth import API_KEY
from ventanilla.mock.wire import Request, Response, encode
from ventanilla.mock.world import World

TOKEN, QR = "56cf5728784806f72b8b4569", "5efe27e84cc5f861897a5431"
ALL_IN_ONE = "61c12b8cde3c034b3c8b25b1"
HOOK = "http://127.0.0.1:9/hook"
EMPLOYEES = ("61c4b569c0baf", "61c4b697c9b3f")
PAYROLL: dict[str, Any] = {
    "grupo": "619ead8d6427a",
    "fecha_pago": "2023-11-15",
    "num_dias": 15,
    "inicial": "2023-11-01",
    "final": "2023-11-15",
    "tipo_nomina": "O",
    "descripcion": "Quincena",
    "serie": 17321,
    "concepto": "Quincena",
    "version_cfdi": "4.0",
    "registros": [
        {
            "data": {"id": employee, "dias": 15},
            "percepciones": [
                {"tipo": "001", "clave": "001", "descripcion": "Sueldo", "exento": "0.00", "gravado": "9000.00"}
            ],
        }
        for employee in EMPLOYEES
    ],
}
SLOW_PAYROLL = {
    **PAYROLL,
    "grupo": SCENARIO_GROUP,
    "registros": [{**PAYROLL["registros"][0], "data": {"id": "6660e3c0e5ce3", "dias": 15}}],
}


@define
class Caller:
    """Calls the three providers in one world, and notes every answer and every webhook call as bytes.

    Ids that later calls need are plain, so that they can be carried to where the world is put back.
    """

    mock: Mock
    namespace: str = ""
    id_user: str = ""
    token: str = ""
    jobs: list[str] = field(factory=list[str])
    credential: str = ""
    payments: list[str] = field(factory=list[str])
    payroll: str = ""
    seen: list[bytes] = field(factory=list[bytes])

    @property
    def world(self) -> World:
        return self.mock.world_of(self.namespace)

    def syncfy(self, method: str, path: str, body: Any = None) -> Any:
        authorization = f"TOKEN token={self.token}" if self.token else f"api_key api_key={API_KEY}"
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        answer = self._send(method, f"/syncfy/v1{path}", headers, b"" if body is None else encode(body))
        return answer.json()["response"] if answer.body.startswith(b"{") else None

    def facti(self, path: str, **fields: Any) -> Any:
        form = urlencode({"client_id": facti.CLIENT_ID, "api_key": facti.API_KEY} | fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", f"/facti/v1{path}", headers, form).json()

    def payment(self, id: str) -> Any:
        keys = urlencode({"client_id": facti.CLIENT_ID, "api_key": facti.API_KEY})
        return self._send("GET", f"/facti/v1/payments/{id}?{keys}", {}, b"").json()

    def factura(self, method: str, path: str, body: Any = None) -> Response:
        keys = {
            "F-PLUGIN": facturaonline.PLUGIN,
            "F-Api-Key": facturaonline.API_KEY,
            "F-Secret-Key": facturaonline.SECRET_KEY,
            "Content-Type": "application/json",
        }
        return self._send(method, f"/facturaonline/api{path}", keys, b"" if body is None else encode(body))

    def enter(self) -> None:
        """Open the session of a new user."""
        self.token = ""
        self.id_user = self.syncfy("POST", "/users", {"name": "Rey Misterio", "id_external": "MIST030794"})["id_user"]
        self.token = self.syncfy("POST", "/sessions", {"id_user": self.id_user})["token"]

    def link(self, id_site: str, username: str = "test") -> Any:
        login = {"id_site": id_site, "credentials": {"username": username, "password": "test"}}
        return self.syncfy("POST", "/credentials", login)

    def aggregate(self) -> str:
        job = {"id_site": ALL_IN_ONE, "input": {"rfc": "ACM010101ABC", "password": "test"}}
        return str(self.syncfy("POST", "/jobs", job)["id_job"])

    def codes(self, id_job: str) -> list[int]:
        return [status["code"] for status in self.syncfy("GET", f"/jobs/{id_job}/status")]

    def ask_for(self, amount: str) -> str:
        fields = {"folio": 3, "from_rfc": "EKU9003173C9", "to_client_name": "El Santo", "to_email": "s@example.mx"}
        return str(self.facti("/payments/new_request", **fields, total_amount=amount)["request_id"])

    def pay(self, body: dict[str, Any] = PAYROLL) -> str:
        return str(self.factura("POST", "/payroll/create", body).json()["uid"])

    def records(self) -> list[dict[str, Any]]:
        found = self.factura("GET", f"/payroll/{self.payroll}/view").json()["data"]["registros"]
        return list(found)

    def deliver(self) -> None:
        """Make the webhook calls that wait; receivers fail in turns."""
        for delivery, status in zip(self.mock.outgoing(self.world), cycle((200, 500, None))):
            told = (delivery.id, delivery.event, delivery.url, delivery.at, delivery.headers, delivery.body.decode())
            self.seen.append(encode(told))
            self.mock.delivered(delivery, status)

    def advance(self, seconds: float) -> None:
        self.world.clock.advance(seconds)
        self.mock.run_due(self.world)
        self.deliver()

    def begin(self) -> None:
        """Get everything under way: jobs, one at its second factor, a customer, a payroll, webhooks, faults."""
        world = self.world
        fault = {"effect": {"kind": "status", "status": 503}, "operation": "list_accounts", "probability": 0.5}
        world.faults.add(Fault.from_json(fault))
        world.lifecycles["facti"] = Lifecycle("polls", 3)
        company = world.state(Account).companies[5]
        company.ipn_url, company.ipn_password = HOOK, "secret"
        for delay in (0, 1):
            events = ["credential_create", "credential_update", "refresh", "documents_completed"]
            self.token = ""
            self.syncfy("POST", "/webhooks", {"url": HOOK, "events": events, "delay": delay})
        self.enter()
        linked = [self.link(TOKEN), self.link(QR), self.link(TOKEN, "slow_30")]
        self.credential = linked[0]["id_credential"]
        self.advance(0.5)
        self.jobs = [*(pull["id_job"] for pull in linked), self.aggregate()]
        self.advance(0.55)
        self.payments = [self.ask_for("111.11"), self.ask_for("444.44")]
        self.payment(self.payments[0])
        self.payroll = self.pay()
        self.pay(SLOW_PAYROLL)
        # Past the first record, before the second one.
        world.clock.advance(0.45)
        self.mock.run_due(world)

    def go_on(self) -> list[bytes]:
        """Let it all come to its end and return what was seen on the way."""
        self.seen = []
        for _ in range(3):
            self.look()
            self.advance(0.2)
        self.syncfy("POST", f"/jobs/{self.jobs[0]}/twofa", {"twofa": {"token": "123456"}})
        self.advance(1)
        self.look()
        self.syncfy("PUT", f"/credentials/{self.credential}/sync")
        self.aggregate()
        self.pay()
        for seconds in (10, 100, 1000, 100_000):
            self.advance(seconds)
        stranger = evolve(self, jobs=[])
        stranger.enter()
        stranger.look()
        return list(self.seen)

    def look(self) -> None:
        """Read whatever there is to read."""
        for path in ("/credentials", "/accounts", "/transactions", "/attachments", "/documents", "/webhooks"):
            self.syncfy("GET", path)
        for id_job in self.jobs:
            self.syncfy("GET", f"/jobs/{id_job}/status")
        for payment in self.payments:
            self.payment(payment)
        for record in self.records():
            self.factura("GET", f"/payroll/{record['uid']}/item/xml")

    def _send(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Response:
        prefix = f"/_ns/{self.namespace}" if self.namespace else ""
        answer = self.mock.handle(Request(method, prefix + target, {"Host": "mock:1", **headers}, body))
        self.seen.append(answer.body)
        return answer
