"""Knows how Factura Online's API is called with success, and how it says no."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from attrs import evolve

from ventanilla.contract._answers import admitted, is_mapping, rows, value_at, verdict
from ventanilla.contract._service import Case, Keys, Line, Service, is_positive, left_alone
from ventanilla.facturaonline._auth import check
from ventanilla.mock._spec import Spec
from ventanilla.mock.wire import Request

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
    "concepto": "Quincena",
    "version_cfdi": "4.0",
}
RECORD = {
    "percepciones": [{"tipo": "001", "clave": "001", "descripcion": "Sueldo", "exento": "0.00", "gravado": "1000.00"}]
}
NOBODY = "0"
STAMPING_SECONDS = 10.0


class FacturaOnlineService(Service):
    """Factura Online: three headers, `status` or `response` other than success for a failure.

    Args:
        line: leads to the server.
        spec: what it has to keep to.
        may_write: whether employees may be entered there, and payrolls stamped.
        api_key, secret_key, plugin: the credentials.
    """

    name = "facturaonline"
    made: ClassVar = {
        "create_payroll": ("uid", "/payroll/{}/view"),
        "create_employee": ("data/uid", "/payroll/employee/{}/view"),
        "create_group": ("uid", "/payroll/employee/group/{}/view"),
    }
    ended: ClassVar = {
        "delete_employee": ("uid", "/payroll/employee/{}/view"),
        "delete_group": ("uid", "/payroll/employee/group/{}/view"),
    }
    credentials: Mapping[str, str]
    series: str = "NOM"
    group = employee = NOBODY
    _ready = (NOBODY, NOBODY)
    _ended = NOBODY

    def __init__(self, line: Line, spec: Spec, *, may_write: bool, api_key: str, secret_key: str, plugin: str) -> None:
        super().__init__(line, spec, may_write=may_write)
        self.credentials = {"F-PLUGIN": plugin, "F-Api-Key": api_key, "F-Secret-Key": secret_key}

    def prepare(self) -> None:
        series = rows(admitted(self.get("/v4/series")), "data")
        names = [str(row.get("SerieName")) for row in series if row.get("SerieType") == "nomina"]
        self.series = next(iter(names), self.series)
        if self.may_write:
            self._settle()
            return
        self.group = self._listed("/payroll/employee/group/list")
        self.employee = self._listed("/payroll/employee/list")

    def finish(self) -> None:
        if self.may_write:
            for kind, uid in (("employee", self.employee), ("employee/group", self.group)):
                self.send("POST", f"/payroll/{kind}/{uid}/delete", None, self.credentials)

    def keys(self, schemes: frozenset[str]) -> Keys:
        return Keys(headers=self.credentials)

    def variables(self) -> dict[str, str]:
        # The plugin's is the provider's public constant, but for somebody who has another one.
        named = {"F-Api-Key": "API_KEY", "F-Secret-Key": "SECRET_KEY", "F-PLUGIN": "PLUGIN"}
        return {f"FACTURAONLINE_{named[name]}": value for name, value in self.credentials.items()}

    def secrets(self) -> set[str]:
        return {self.credentials["F-Api-Key"], self.credentials["F-Secret-Key"]}

    def furnish(self, operation: str, case: Case) -> None:
        if not is_positive(case) or left_alone(case):
            return
        if "uid" in case.path_parameters and case.path_parameters["uid"] not in self.seen:
            case.path_parameters["uid"] = self._own(operation)
        body = case.body
        if is_mapping(body) and operation == "create_employee":
            self._settle()
            case.body = {**body, "grupo": self.group}
        elif is_mapping(body) and operation == "create_payroll":
            self._settle()
            first, last = sorted((body["inicial"], body["final"]))
            own: dict[str, Any] = {"grupo": self.group, "serie": self.series, "inicial": first, "final": last}
            own["registros"] = [{**row, "data": {**row["data"], "id": self.employee}} for row in body["registros"]]
            case.body = {**body, **own}

    def _own(self, operation: str) -> str:
        """Return the uid of something that the operation can be done with."""
        if self.may_write:
            self._settle()
        if operation.endswith("_group"):
            return self.group
        if operation.endswith("_employee"):
            return self.employee
        payroll, item = self._stamped() if self.may_write else self._found()
        if operation == "get_payroll":
            return payroll
        if not self.may_write:
            return item
        if operation == "cancel_payroll_item":
            self._ready = (NOBODY, NOBODY)
        if operation == "get_payroll_item_acuse":
            return self._cancelled()
        return item

    def _stamped(self) -> tuple[str, str]:
        """Have a payroll stamped, and return its uid and that of its record; the same ones until they are cancelled."""
        if NOBODY in self._ready:
            record = {**RECORD, "data": {"id": self.employee, "dias": 1}}
            body = {**PAYROLL, "serie": self.series, "grupo": self.group, "registros": [record]}
            made = self.send("POST", "/payroll/create", body, self.credentials)
            uid = str(value_at(made, "uid") or NOBODY)
            self.until(lambda: all(map(_is_done, self._records(uid))), STAMPING_SECONDS)
            self._ready = (uid, self._record(uid))
        return self._ready

    def _cancelled(self) -> str:
        """Return a record whose CFDI has been cancelled."""
        if self._ended == NOBODY:
            _, self._ended = self._stamped()
            self._ready = (NOBODY, NOBODY)
            self.send("POST", f"/payroll/{self._ended}/item/cancel", {"motivo": "02"}, self.credentials)
        return self._ended

    def _found(self) -> tuple[str, str]:
        payroll = self._listed("/payroll/list")
        return payroll, self._record(payroll)

    def _records(self, payroll: str) -> list[Any]:
        return rows(self.get(f"/payroll/{payroll}/view"), "data", "registros")

    def _record(self, payroll: str) -> str:
        return next((str(row["uid"]) for row in self._records(payroll) if "uid" in row), NOBODY)

    def _settle(self) -> None:
        """Have a group and an employee of our own, also when they have been deleted or deactivated meanwhile."""
        if not self._is_active(f"/payroll/employee/group/{self.group}/view"):
            made = self.send("POST", "/payroll/employee/group/create", {"grupo": "Quincenales"}, self.credentials)
            self.group = str(value_at(made, "uid") or NOBODY)
            self.employee = NOBODY
        if not self._is_active(f"/payroll/employee/{self.employee}/view"):
            made = self.send("POST", "/payroll/employee/create", {**EMPLOYEE, "grupo": self.group}, self.credentials)
            self.employee = str(value_at(made, "data", "uid") or NOBODY)

    def _is_active(self, target: str) -> bool:
        return bool(value_at(self.get(target), "data", "status") == 1)

    def _listed(self, target: str) -> str:
        return next((str(row["uid"]) for row in rows(self.get(target), "data") if "uid" in row), NOBODY)

    def meant(self, status: int, value: dict[str, Any], content: bytes) -> tuple[int, str]:
        return verdict(check, status, content)

    def locked_out(self, request: Request) -> Iterator[tuple[str, Request]]:
        for name in self.credentials:
            others = {key: value for key, value in request.headers.items() if key != name.lower()}
            yield f"without {name}", evolve(request, headers=others)
            yield f"with a wrong {name}", evolve(request, headers={**others, name: "wrong"})


def _is_done(record: Mapping[str, Any]) -> bool:
    """Say whether a record is stamped, or will never be."""
    return bool(record.get("uuid")) or record.get("status_timbre") == "error"
