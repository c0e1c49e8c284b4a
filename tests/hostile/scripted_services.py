"""Facti and Factura Online as a few lines of script, which share no code with the mock or the facade."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import httpx

from ventanilla import Facti, FacturaOnline, Policy
from ventanilla.facturaonline import PayrollEntry, Perception

ASKED: dict[str, Any] = {
    "folio": 7,
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
    "concepto": "Nómina",
    "serie": "NOM",
    "entries": [PayrollEntry(employee="61c4b569c0baf", days=15, perceptions=[SALARY])],
}
Answer = dict[str, Any]
POLICY = Policy(retries=0)


class Scripted(httpx.BaseTransport):
    """Makes payments and payrolls, and loses, refuses or bends what it is told to.

    Attributes:
        made: what there is.
        creates: how many requests to make something came.
        reads: how many other requests came.
        loses: what becomes of the next creates: `after` and `before` lose the answer, with or without effect.
        headers: of every answer.
        bend: changes the answer to a create.
        shown: changes the rows that a list shows.
        refuses: what every read is answered with, if anything.
    """

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self.creates = self.reads = 0
        self.loses: list[str] = []
        self.headers: dict[str, str] = {}
        self.bend: Callable[[Answer], Any] = lambda answer: answer
        self.shown: Callable[[list[Any]], Any] = lambda rows: rows
        self.refuses: httpx.Response | None = None

    def facti(self, **options: Any) -> Facti:
        """Return a face before it."""
        keys: dict[str, Any] = {"client_id": "cid12345", "api_key": "k1234567", "from_rfc": "EKU9003173C9"}
        defaults: dict[str, Any] = {"company_id": 5, "base_url": "https://facti.example", "policy": POLICY}
        chosen: dict[str, Any] = {**keys, **defaults, **options}
        return Facti(**chosen, transport=self)

    def factura(self, **options: Any) -> FacturaOnline:
        """Return a face before it."""
        keys: dict[str, Any] = {"api_key": "key12345", "secret_key": "secret12345"}
        chosen: dict[str, Any] = {**keys, "base_url": "https://fo.example/api", "policy": POLICY, **options}
        return FacturaOnline(**chosen, transport=self)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path, content = request.url.path, request.read()
        if path.endswith("new_request"):
            return self._create(self._payment(content), lambda row: _asked(row["id"]))
        if path.endswith("/payroll/create"):
            return self._create(self._payroll(content), _queued)
        self.reads += 1
        if self.refuses is not None:
            return self.refuses
        if path.endswith("/view"):
            return self._answer(
                {"status": "success", "data": next(each for each in self.made if each.get("uid", "-") in path)}
            )
        rows = self.shown([row for row in self.made if ("uid" in row) is path.endswith("/payroll/list")])
        if path.endswith("company_payments"):
            return self._answer({"result": 1, "msg": "", "payments": rows})
        return self._answer({"status": "success", "data": rows})

    def _create(self, row: dict[str, Any], answer: Callable[[dict[str, Any]], Answer]) -> httpx.Response:
        self.creates += 1
        fate = self.loses.pop(0) if self.loses else ""
        if fate != "before":
            self.made.append(row)
        if fate:
            raise httpx.ReadError("lost")
        return self._answer(self.bend(answer(row)))

    def _answer(self, body: Any) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.Response(200, headers={"content-type": "application/json", **self.headers}, content=content)

    def _payment(self, content: bytes) -> dict[str, Any]:
        body = {name: values[0] for name, values in parse_qs(content.decode()).items()}
        copied = {name: body.get(name, "") for name in ("serie", "folio", "to_email")}
        row = {"id": 101 + len(self.made), "company_id": 5, "request_datetime": "2026-11-14 16:13:20", **copied}
        row |= {"to_rfc": "XAXX010101000", "total_amount": float(body["total_amount"]), "amount_received": None}
        row |= {"limit_payment_date": "2026-12-14 00:00:00", "status": 0}
        return row | {"confirmed_from": None, "confirmed_date": None}

    def _payroll(self, content: bytes) -> dict[str, Any]:
        body = json.loads(content)
        copied = {name: body[name] for name in ("grupo", "descripcion")}
        copied |= {"inicia": body["inicial"], "termina": body["final"]}
        return {"uid": f"62a0{len(self.made):09x}", **copied, "registros": "not to be read"}


def _queued(row: dict[str, Any]) -> Answer:
    return {"response": "success", "message": "En espera", "uid": row["uid"]}


def _asked(request_id: int) -> Answer:
    reference = {"payment_way_id": 1, "payment_way_alias": "x", "payment_type": "stp", "reference": "1"}
    answer = {"result": 1, "msg": "", "request_id": request_id, "total_amount": 55.20, "send_to": "x@facti.mx"}
    return {**answer, "references": [reference], "limit_payment_date": "2026-12-14"}
