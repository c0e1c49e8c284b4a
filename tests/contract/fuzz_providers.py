"""Knows how each provider's mock is called with success, and how each of them says no."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from attrs import evolve, frozen
from fuzz_stages import CANARY, FORM, JSON, STEP, Case, Keys, Meaning, Stage, is_mapping, is_positive, left_alone

from ventanilla.mock.wire import Request, encode

PAYMENT = {
    "folio": "3",
    "from_rfc": "EKU9003173C9",
    "to_client_name": "El Santo",
    "to_email": "santo@example.mx",
    "total_amount": "55.20",
}
EMPLOYEE = {
    "no_empleado": "1",
    "nombre": "Ramón",
    "paterno": "Ibarra",
    "materno": "López",
    "periodo": "04",
    "regimen": "02",
    "curp": "XEXX010101HNEXXXA4",
    "rfc": "XOJI740919U48",
    "tipo_contrato": "01",
    "entidad_emite": "CMX",
}
PAYROLL = {
    "fecha_pago": "2024-09-02",
    "num_dias": "1",
    "inicial": "2024-09-02",
    "final": "2024-09-02",
    "tipo_nomina": "O",
    "descripcion": "Quincena",
    "serie": "NOM",
    "concepto": "Quincena",
    "version_cfdi": "4.0",
}
RECORD = {
    "percepciones": [{"tipo": "001", "clave": "001", "descripcion": "Sueldo", "exento": "0.00", "gravado": "1000.00"}]
}
# Arbitrary ones leave a search of Facti's empty.
FILTERS = frozenset({"since_id", "max_id", "from_payment_date", "to_payment_date"})
# Arbitrary ones do no harm to a list of Syncfy's; the others filter, and nothing has a made-up id.
HARMLESS = frozenset({"fields", "limit", "order", "attachment_content", "attachment_content_parse"})


class FactiStage(Stage):
    """Facti: credentials among the parameters, `result` 0 for a failure."""

    name = "facti"
    credentials: ClassVar = {
        "client_id": "d09168b32f80ai8ba24c416916y304n8",
        "api_key": "26b413ah0ba67543c7642069a91h743t",
    }

    def prepare(self) -> None:
        for company in (5, 452, 453):
            self.control("/facti/ipn", {"company_id": company, "url": self.hook, "password": CANARY})
        self._pending()

    def keys(self, schemes: frozenset[str]) -> Keys:
        return Keys(query=self.credentials if schemes else {})

    def secrets(self) -> set[str]:
        return {CANARY, *self.credentials.values()}

    def furnish(self, operation: str, case: Case) -> None:
        if not is_mapping(case.body):
            return
        # Where a credential is missing, empty or of another type on purpose, it stays so.
        given = {name for name, value in case.body.items() if isinstance(value, str) and value}
        body = {**case.body, **{name: self.credentials[name] for name in self.credentials.keys() & given}}
        if is_positive(case) and not left_alone(case):
            if "company_id" in body:
                body["company_id"] = 5
            if operation == "delete_payment":
                body["id"] = self._pending()
            # A search by arbitrary ids and dates finds nothing.
            body = {name: value for name, value in body.items() if name not in FILTERS}
        case.body = body

    def _pending(self) -> int:
        """Ask for a payment and return its id."""
        form = urlencode({**self.credentials, **PAYMENT}).encode()
        made = self.ask(Request("POST", f"{self.spec.mount}/v1/payments/new_request", {"Content-Type": FORM}, form))
        return int(made.value["request_id"])

    def meant(self, status: int, value: dict[str, Any]) -> tuple[int, str]:
        message = str(value.get("msg", ""))
        if status != 200 or value.get("result") != 0:
            return status, message
        if message.startswith(("Falta el parámetro", "Las credenciales")):
            return 401, message
        return 404 if message.endswith("no existe") else 400, message

    def locked_out(self, request: Request) -> Iterator[Request]:
        path, _, query = request.target.partition("?")
        is_form = request.method == "POST"
        pairs = parse_qsl(request.body.decode() if is_form else query, keep_blank_values=True)
        for name in self.credentials:
            others = [pair for pair in pairs if pair[0] != name]
            for changed in (others, [*others, (name, "0" * 32)]):
                text = urlencode(changed)
                yield evolve(request, body=text.encode()) if is_form else evolve(request, target=f"{path}?{text}")


class FacturaOnlineStage(Stage):
    """Factura Online: three headers, `status` or `response` other than success for a failure."""

    name = "facturaonline"
    credentials: ClassVar = {
        "F-PLUGIN": "9d4095c8f7ed5785cb14c0e3b033eeb8252416ed",
        "F-Api-Key": "mock-api-key",
        "F-Secret-Key": "mock-secret-key",
    }

    def prepare(self) -> None:
        self.group = self.employee = "0"

    def keys(self, schemes: frozenset[str]) -> Keys:
        return Keys(headers=self.credentials)

    def secrets(self) -> set[str]:
        return {self.credentials["F-Api-Key"], self.credentials["F-Secret-Key"]}

    def furnish(self, operation: str, case: Case) -> None:
        if not is_positive(case) or left_alone(case):
            return
        if case.path_parameters.get("uid", CANARY) not in self.seen | {CANARY}:
            case.path_parameters["uid"] = self._own(operation)
        body = case.body
        if is_mapping(body) and operation == "create_employee":
            self._settle()
            case.body = {**body, "grupo": self.group}
        elif is_mapping(body) and operation == "create_payroll":
            self._settle()
            first, last = sorted((body["inicial"], body["final"]))
            own: dict[str, Any] = {"grupo": self.group, "serie": "NOM", "inicial": first, "final": last}
            own["registros"] = [{**row, "data": {**row["data"], "id": self.employee}} for row in body["registros"]]
            case.body = {**body, **own}

    def _own(self, operation: str) -> str:
        """Return the uid of something that the operation can be done with."""
        self._settle()
        if operation.endswith("_group"):
            return self.group
        if operation.endswith("_employee"):
            return self.employee
        record = {**RECORD, "data": {"id": self.employee, "dias": 1}}
        payroll = self._post("/payroll/create", {**PAYROLL, "grupo": self.group, "registros": [record]})["uid"]
        self.clock.advance(20 * STEP)
        if operation == "get_payroll":
            return str(payroll)
        item = str(self.get(f"/payroll/{payroll}/view").value["data"]["registros"][0]["uid"])
        if operation == "get_payroll_item_acuse":
            self._post(f"/payroll/{item}/item/cancel", {"motivo": "02"})
        return item

    def _settle(self) -> None:
        """Have a group and an employee of our own, also when they have been deleted or deactivated meanwhile."""
        if not self._is_active(f"/payroll/employee/group/{self.group}/view"):
            self.group = self._post("/payroll/employee/group/create", {"grupo": "Quincenales"})["uid"]
            self.employee = "0"
        if not self._is_active(f"/payroll/employee/{self.employee}/view"):
            self.employee = self._post("/payroll/employee/create", {**EMPLOYEE, "grupo": self.group})["data"]["uid"]

    def _is_active(self, target: str) -> bool:
        found = self.get(target)
        return found.is_success and found.value["data"]["status"] == 1

    def _post(self, path: str, body: Any) -> Any:
        headers = {**self.credentials, "Content-Type": JSON}
        made = self.ask(Request("POST", self.spec.mount + path, headers, encode(body)))
        assert made.is_success, made
        return made.value

    def meant(self, status: int, value: dict[str, Any]) -> tuple[int, str]:
        message = str(value.get("message", ""))
        if status != 200 or "success" in (value.get("status"), value.get("response")):
            return status, message
        if "Data" in value:
            return 401, message
        return 404 if "no existe" in message else 400, message

    def locked_out(self, request: Request) -> Iterator[Request]:
        for name in self.credentials:
            others = {key: value for key, value in request.headers.items() if key != name.lower()}
            yield evolve(request, headers=others)
            yield evolve(request, headers={**others, name: "wrong"})


@frozen
class Session:
    """A Syncfy user with linked sites, and the token that acts for it."""

    id_user: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """The header of a call in the user's name."""
        return {"Authorization": f"TOKEN token={self.token}"}


class SyncfyStage(Stage):
    """Syncfy: an API key for users, a token for what one user owns, real HTTP statuses."""

    name = "syncfy"
    key: ClassVar = {"Authorization": "api_key api_key=7767a4a04f990e9231bafc949e8ca08a"}
    # Normal, token, captcha, with attachments, SAT CIEC.
    sites = (
        "56cf5728784806f72b8b4568",
        "56cf5728784806f72b8b4569",
        "572ba390784806060f8b458b",
        "58b884fc056f295aa1483a02",
        "5da784f1f9de2a06483abec1",
    )
    all_in_one = "61c12b8cde3c034b3c8b25b1"
    login: ClassVar = {"username": "test", "rfc": "ACM010101ABC", "password": "test", "nip": CANARY}
    answers: ClassVar = {"token": "123456", "captcha": "test", "nip": CANARY}

    def prepare(self) -> None:
        events = ["credential_create", "credential_update", "refresh", "documents_completed"]
        self.control("/webhooks", {"url": self.hook, "profile": "sync-v3"})
        self._send("/webhooks", {"url": self.hook, "events": events, "headers": {"X-Canario": CANARY}}, self.key)
        self.own, self.stranger = self._enter(), self._enter()

    def keys(self, schemes: frozenset[str]) -> Keys:
        if "TokenAuth" not in schemes:
            return Keys(self.key if schemes else {})
        # Tokens expire unused; credentials may have been deleted, and without what they bring all lists are empty.
        mine, theirs = (self._credentials(session) for session in (self.own, self.stranger))
        if not mine.is_success:
            self.own = self._enter()
        elif len(mine.value["response"]) < 2:
            self._link(self.own.headers)
        if not theirs.is_success:
            self.stranger = self._enter()
        return Keys(self.own.headers)

    def _credentials(self, session: Session) -> Meaning:
        return self.ask(Request("GET", f"{self.spec.mount}/credentials", session.headers))

    def secrets(self) -> set[str]:
        return {CANARY, self.key["Authorization"].split("=")[1], self.own.token, self.stranger.token}

    def furnish(self, operation: str, case: Case) -> None:
        path = case.path_parameters
        if operation == "delete_user" and path.get("id_user") in (self.own.id_user, self.stranger.id_user):
            # Who the tests run as has to outlive them.
            path["id_user"] = self._existing("id_user")
        if not is_positive(case) or left_alone(case):
            return
        path.update({name: self._existing(name) for name, value in path.items() if value not in self.seen})
        case.query = {name: value for name, value in case.query.items() if name in HARMLESS or value in self.seen}
        if "fields" in case.query:
            case.query["fields"] = "name, description"
        if is_mapping(case.body):
            case.body = self._furnished(operation, case.body)

    def _furnished(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        if operation in ("create_credential", "create_credential_pull"):
            site = self.sites[len(repr(body)) % len(self.sites)]
            return {**body, "id_site": site, "credentials": {**self.login, **body["credentials"]}}
        if operation in ("sync_credential", "pull_credential"):
            return {name: value for name, value in body.items() if name != "id_site"}
        if operation in ("create_job", "create_job_pull"):
            named = {"id_user": self.own.id_user} if "id_user" in body else {}
            return {**body, "id_site": self.all_in_one, "input": {**self.login, **body["input"]}, **named}
        if operation == "answer_twofa":
            return {"twofa": {**self.answers, **body["twofa"]}}
        return {"id_user": self.own.id_user} if operation == "create_session" else body

    def meant(self, status: int, value: dict[str, Any]) -> tuple[int, str]:
        message = str(value.get("message"))
        # Not done, although nothing was wrong with the call.
        return (409 if status == 200 and value.get("status") is not True else status), message

    def locked_out(self, request: Request) -> Iterator[Request]:
        others = {name: value for name, value in request.headers.items() if name != "authorization"}
        if len(others) == len(request.headers):
            return
        yield evolve(request, headers=others)
        for wrong in ("api_key api_key=" + "0" * 32, "TOKEN token=" + "0" * 64):
            yield evolve(request, headers={**others, "Authorization": wrong})

    def _enter(self) -> Session:
        id_user = self._send("/users", {"name": "Rey Misterio", "id_external": "MIST030794"}, self.key)["id_user"]
        session = Session(id_user, self._send("/sessions", {"id_user": id_user}, self.key)["token"])
        self._link(session.headers)
        self._send("/jobs", {"id_site": self.all_in_one, "input": self.login}, session.headers)
        self.clock.advance(10)
        return session

    def _link(self, headers: Mapping[str, str]) -> None:
        for site in self.sites:
            self._send("/credentials", {"id_site": site, "credentials": self.login}, headers)

    def _existing(self, name: str) -> str:
        """Return an id that a path can have, of something that may be deleted."""
        if name == "id_attachment":
            return str(self.get("/attachments?limit=1").value["response"][0][name])
        if name == "id_credential":
            return str(self._credentials(self.own).value["response"][-1][name])
        if name == "id_job":
            pull = self._send("/credentials", {"id_site": self.sites[1], "credentials": self.login}, self.own.headers)
            # Until it waits for its second factor.
            self.clock.advance(3 * STEP)
            return str(pull[name])
        if name == "token":
            return str(self._send("/sessions", {"id_user": self.own.id_user}, self.key)[name])
        bodies = {"id_user": {"name": "El Efímero"}, "id_webhook": {"url": self.hook, "events": ["refresh"]}}
        return str(self._send(f"/{name.removeprefix('id_')}s", bodies[name], self.key)[name])

    def _send(self, path: str, body: Any, headers: Mapping[str, str]) -> Any:
        made = self.ask(Request("POST", self.spec.mount + path, {**headers, "Content-Type": JSON}, encode(body)))
        assert made.is_success, made
        return made.value["response"]


STAGES: Mapping[str, type[Stage]] = {stage.name: stage for stage in (SyncfyStage, FactiStage, FacturaOnlineStage)}
