"""Factura Online's payroll as its document describes it: batches, records, cancellation, downloads, people."""

import re
from dataclasses import dataclass, field
from typing import Any

from proving.scripted import Json, Question, Service, Turn

GROUP, EMPLOYEE = "619ead8d6427a", "61c4b569c0baf"
PAYROLL, RECORD = "6206f3702bcdd", "6206f370306ae"
EMPTY_GROUP = "619ead8d64999"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
XML = b'<?xml version="1.0" encoding="utf-8"?><cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4"/>'


def _record(uid: str, uuid: str, status: str, employee: str = EMPLOYEE) -> dict[str, Any]:
    # Consultar un grupo de nómina en específico.
    return {
        "uid": uid,
        "uuid": uuid,
        "dias_trabajados": 15,
        "total_percepciones": "15500.00",
        "total_deducciones": "0.00",
        "total": "15500.00",
        "status_timbre": status,
        "employee_uid": employee,
        "creada": "2022-04-11 15:38:15",
        "folio": 58,
        "serie": "NOM",
        "percepciones": [
            {
                "tipo": "001",
                "clave": "123456",
                "descripcion_per": "Empleado 1",
                "gravado_per": "15500.00",
                "exento_per": "0.00",
                "extra_tipo": None,
                "extra_dias": None,
                "extra_horas": None,
            }
        ],
        "deducciones": [],
        "otrospagos": [
            {"tipo": "002", "clave": "123456", "descripcion_otros": "descripcion prueba", "importe": "0.00"}
        ],
    }


def _payroll(uid: str, descripcion: str, records: list[dict[str, Any]], grupo: str = GROUP) -> dict[str, Any]:
    return {
        "uid": uid,
        "grupo": grupo,
        "inicia": "2022-02-01",
        "termina": "2022-02-15",
        "descripcion": descripcion,
        "concepto": "Nomina 6 v4.0",
        "status": 100,
        "total": "15500.00",
        "creada": "2022-02-11 17:36:43",
        "errores": 0,
        "timbradas": len(records),
        "registros": records,
        "version_cfdi": "4.0",
    }


@dataclass
class FacturaOnline(Service):
    """The payrolls of one account, the newest first.

    Attributes:
        payrolls: batches with their records.
        lag: how many of the newest the list does not show yet.
    """

    payrolls: list[dict[str, Any]] = field(
        default_factory=lambda: [
            _payroll(
                PAYROLL,
                "Nomina 6 v4.0",
                [
                    _record(RECORD, "e270f5f2-14a8-42ef-9022-e6d93ea31781", "timbrada"),
                    _record("6206f370394f4", "9728d285-a060-47db-b261-eae9ab39dae8", "cancelada", "61c4b697c9b3f"),
                ],
            )
        ]
    )
    employees: list[dict[str, Any]] = field(default_factory=lambda: [_employee(EMPLOYEE)])
    groups: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"uid": GROUP, "nombre": "Quincenal", "status": 1},
            {"uid": EMPTY_GROUP, "nombre": "Vacío", "status": 1},
        ]
    )
    lag: int = 0
    last_id: int = 0

    def turn(self, question: Question) -> Turn:
        """Return what a request means."""
        path = question.path
        if path == "/payroll/list":
            return Turn("list_payrolls", _read(self.payrolls[self.lag :]))
        if path == "/payroll/create":
            return self._create(question.json())
        if path == "/v4/series":
            return Turn("list_series", _read(SERIES))
        if path == "/payroll/employee/list":
            return Turn("list_employees", _read(self.employees))
        if path == "/payroll/employee/group/list":
            return Turn("list_groups", _read(self.groups))
        if path == "/payroll/employee/create":
            return self._hire(question.json())
        if path == "/payroll/employee/group/create":
            return self._found(question.json())
        for pattern, do in _PATHS:
            if named := re.fullmatch(pattern, path):
                turn: Turn = do(self, *named.groups())
                return turn
        return Turn("unknown", refusal("No existe"), status=404)

    def _create(self, body: dict[str, Any]) -> Turn:
        uid = f"6257c33b{self.last_id + 1:05x}"

        def make() -> None:
            self.number()
            records = [
                _record(
                    f"6257c34{place:02x}{self.last_id:04x}",
                    f"e270f5f2-14a8-42ef-9022-{self.last_id:08x}{place:04x}",
                    "timbrada",
                    each["data"]["id"],
                )
                for place, each in enumerate(body["registros"])
            ]
            made = _payroll(uid, body["descripcion"], records, body["grupo"])
            made |= {"inicia": body["inicial"], "termina": body["final"], "concepto": body["concepto"]}
            self.payrolls.insert(0, made)

        said = {"response": "success", "message": "Nómina agregada a la fila de timbrado.", "uid": uid}
        return Turn("create_payroll", said, self.did("create_payroll", make))

    def view(self, uid: str) -> Turn:
        """GET /payroll/{uid}/view."""
        found = next((each for each in self.payrolls if each["uid"] == uid), None)
        return Turn("get_payroll", _read(found) if found else refusal("No se encontró la nómina"))

    def item(self, uid: str) -> Turn:
        """GET /payroll/{uid}/view/item."""
        found = self._find(uid)
        if found is None:
            return Turn("get_payroll_item", refusal("No se encontró la nómina"))
        seen = found | {"version_cfdi": "4.0", "percepciones": [_as_item(each) for each in found["percepciones"]]}
        return Turn("get_payroll_item", _read(seen))

    def cancel(self, uid: str) -> Turn:
        """POST /payroll/{uid}/item/cancel."""
        found = self._find(uid)
        if found is None or found["status_timbre"] == "cancelada":
            return Turn("cancel_payroll_item", {"response": "error", "message": "La nómina no se puede cancelar"})
        said = {
            "response": "success",
            "uid": found["employee_uid"],
            "message": "Nomina de empleado cancelada satisfactoriamente",
        }
        change = self.did("cancel_payroll_item", lambda: found.update(status_timbre="cancelada"))
        return Turn("cancel_payroll_item", said, change)

    def email(self, uid: str) -> Turn:
        """POST /payroll/{uid}/item/email."""
        found = self._find(uid)
        if found is None:
            return Turn("email_payroll_item", {"response": "error", "message": "No se encontró la nómina"})
        said = {"response": "success", "uid": found["employee_uid"], "message": "El recibo se envió a un@correo.mx"}
        return Turn("email_payroll_item", said, self.did("email_payroll_item", lambda: None))

    def pdf(self, uid: str) -> Turn:
        """GET /payroll/{uid}/item/pdf."""
        return Turn("get_payroll_item_pdf", PDF, content_type=b"application/x-download")

    def xml(self, uid: str) -> Turn:
        """GET /payroll/{uid}/item/xml."""
        return Turn("get_payroll_item_xml", XML, content_type=b'application/xml; charset="utf8"')

    def acuse(self, uid: str) -> Turn:
        """GET /payroll/{uid}/item/acuse."""
        found = self._find(uid)
        if found is None or found["status_timbre"] != "cancelada":
            return Turn("get_payroll_item_acuse", refusal("El acuse no está disponible"))
        return Turn("get_payroll_item_acuse", acuse(found["uuid"]), content_type=b"application/xml")

    def catalogue(self, name: str) -> Turn:
        """GET /payroll/catalogos/{name}."""
        codes = [{"key": "001", "name": "Sueldos"}, {"key": "002", "name": "Gratificación"}]
        return Turn("list_catalogue", _read(codes))

    def _hire(self, body: dict[str, Any]) -> Turn:
        uid = f"61c4b570{self.last_id + 1:05x}"

        def make() -> None:
            self.number()
            self.employees.append(_employee(uid) | body)

        return Turn("create_employee", {"response": "success", "data": {"uid": uid}}, self.did("create_employee", make))

    def _found(self, body: dict[str, Any]) -> Turn:
        uid = f"619ead8e{self.last_id + 1:05x}"

        def make() -> None:
            self.number()
            self.groups.append({"uid": uid, "nombre": body["grupo"], "status": 1})

        return Turn("create_group", {"response": "success", "uid": uid}, self.did("create_group", make))

    def employee(self, uid: str, what: str) -> Turn:
        """GET and POST /payroll/employee/{uid}/…."""
        return self._change("employee", self.employees, uid, what)

    def group(self, uid: str, what: str) -> Turn:
        """GET and POST /payroll/employee/group/{uid}/…."""
        return self._change("group", self.groups, uid, what)

    def _change(self, kind: str, rows: list[dict[str, Any]], uid: str, what: str) -> Turn:
        operation = f"{_NAMES[what]}_{kind}"
        row = next((each for each in rows if each["uid"] == uid), None)
        if row is None:
            return Turn(operation, refusal("No existe"))
        if what == "view":
            return Turn(operation, _read(row))

        def change() -> None:
            if what == "delete":
                rows.remove(row)
            else:
                row["status"] = int(what == "up")

        return Turn(operation, {"response": "success"}, self.did(operation, change))

    def _find(self, uid: str) -> dict[str, Any] | None:
        records = (record for payroll in self.payrolls for record in payroll["registros"])
        return next((record for record in records if uid in (record["uid"], record["uuid"])), None)


_NAMES = {"view": "get", "up": "activate", "down": "deactivate", "delete": "delete"}
_PATHS: Json = (
    (r"/payroll/catalogos/(\w+)", FacturaOnline.catalogue),
    (r"/payroll/employee/group/([\w-]+)/(view|up|down|delete)", FacturaOnline.group),
    (r"/payroll/employee/([\w-]+)/(view|up|down|delete)", FacturaOnline.employee),
    (r"/payroll/([\w-]+)/view", FacturaOnline.view),
    (r"/payroll/([\w-]+)/view/item", FacturaOnline.item),
    (r"/payroll/([\w-]+)/item/cancel", FacturaOnline.cancel),
    (r"/payroll/([\w-]+)/item/email", FacturaOnline.email),
    (r"/payroll/([\w-]+)/item/pdf", FacturaOnline.pdf),
    (r"/payroll/([\w-]+)/item/xml", FacturaOnline.xml),
    (r"/payroll/([\w-]+)/item/acuse", FacturaOnline.acuse),
)
SERIES: Json = [
    {"SerieID": 17321, "SerieName": "NOM", "SerieType": "nomina", "SerieDescription": None, "SerieStatus": "Activa"}
]


def acuse(uuid: str, estatus: str = "201") -> bytes:
    """Return SAT's receipt of a cancellation."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><Acuse xmlns="http://cancelacfd.sat.gob.mx" '
        'Fecha="2022-04-11T15:38:15" RfcEmisor="EKU9003173C9"><Folios>'
        f"<UUID>{uuid.upper()}</UUID><EstatusUUID>{estatus}</EstatusUUID></Folios></Acuse>"
    ).encode()


def refusal(message: str) -> dict[str, Any]:
    """Return a refusal as reads have it."""
    return {"status": "error", "message": message}


def _read(data: Json) -> dict[str, Any]:
    return {"status": "success", "data": data}


def _as_item(each: dict[str, Any]) -> dict[str, Any]:
    return {name.removesuffix("_per"): value for name, value in each.items()}


def _employee(uid: str) -> dict[str, Any]:
    return {
        "uid": uid,
        "grupo": GROUP,
        "no_empleado": "7",
        "nombre": "Rodolfo",
        "paterno": "Guzmán",
        "rfc": "XOJI740919U48",
        "curp": "XOJI740919HDFXXX04",
        "salario": "500.00",
        "inicio": "2020-01-01",
        "status": 1,
    }
