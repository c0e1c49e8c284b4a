"""Facti as its document describes it: payment requests, searches, marking paid, deleting, CLABEs."""

import re
from dataclasses import dataclass, field
from typing import Any

from proving.scripted import Json, Question, Service, Turn

PENDING, PAID, COMPANY = 38, 9, 5


def _row(id: int, **changes: Any) -> dict[str, Any]:
    # Facti API, section 3, with the times of its example.
    return {
        "id": id,
        "company_id": COMPANY,
        "request_datetime": "2019-05-10 15:06:05",
        "serie": "",
        "folio": 3,
        "to_rfc": "CGM011210S72",
        "to_email": "alejandro@mail.com",
        "total_amount": 111.11,
        "amount_received": 111.11,
        "limit_payment_date": "2019-06-10 00:00:00",
        "status": 1,
        "confirmed_from": "stp",
        "confirmed_date": "2019-05-10 16:55:51",
        "no_cliente": 11,
        "no_factura": 5,
    } | changes


@dataclass
class Facti(Service):
    """Payments of one company.

    Attributes:
        rows: as the search shows them.
        lag: how many of the newest a search does not show yet.
    """

    rows: list[dict[str, Any]] = field(
        default_factory=lambda: [
            _row(PAID),
            _row(PENDING, status=0, amount_received=None, confirmed_from=None, confirmed_date=None, folio=4),
        ]
    )
    lag: int = 0
    last_id: int = 100

    def turn(self, question: Question) -> Turn:
        """Return what a request means."""
        path = question.path
        if path == "/v1/payments/new_request":
            return self._new(question.form())
        if path == "/v1/payments/company_payments":
            return self._search(question.form())
        if path == "/v1/payments/delete":
            return self._delete(int(question.form()["id"]))
        if path == "/v1/payments/stp_client_clabe":
            return Turn("get_client_clabes", CLABES)
        if path == "/v1/payments/company_payment_ways":
            ways = [{"id": 1, "type": "stp"}, {"id": 9, "type": "bank"}]
            return Turn("list_payment_ways", {"result": 1, "msg": "", "payment_ways": ways})
        if path == "/v1/user/authenticate":
            return Turn("authenticate", {"result": 1, "msg": ""})
        if named := re.fullmatch(r"/v1/payments/(\d+)", path):
            return self._one(int(named[1]), is_marking=question.method == "POST")
        return Turn("unknown", _refusal("No existe"), status=404)

    def _new(self, form: dict[str, str]) -> Turn:
        id = self.last_id + 1
        amount = float(form["total_amount"])

        def make() -> None:
            self.last_id = id
            paid = form.get("status") == "1"
            self.rows.append(
                _row(
                    id,
                    serie=form.get("serie", ""),
                    folio=int(form["folio"]) if form["folio"].isdecimal() else form["folio"],
                    to_rfc=form.get("to_rfc", "XAXX010101000"),
                    to_email=form["to_email"],
                    total_amount=amount,
                    amount_received=amount if paid else None,
                    status=int(paid),
                    confirmed_from=None,
                    confirmed_date=None,
                )
            )

        said = {
            "result": 1,
            "msg": "",
            "request_id": id,
            "total_amount": amount,
            "limit_payment_date": "2013-11-21",
            "send_to": f"folio-{form['folio']}@facti.mx",
            "references": [
                {
                    "payment_way_id": "1",
                    "payment_way_alias": "STP Prepago",
                    "payment_type": "stp",
                    "reference": str(id),
                    "stp_cuenta_clabe": "646180109301000010",
                },
                {
                    "payment_way_id": "9",
                    "payment_way_alias": "Santander Prepago",
                    "payment_type": "bank",
                    "reference": "380010000000096306229",
                    "bank_name": "Santander",
                    "bank_agreement_number": "4381",
                },
            ],
        }
        return Turn("create_request", said, self.did("create_request", make))

    def _search(self, form: dict[str, str]) -> Turn:
        seen = self.rows[: len(self.rows) - self.lag] if self.lag else self.rows
        since, until = int(form.get("since_id", 0)), int(form.get("max_id", 10**18))
        found = [row for row in seen if since <= row["id"] <= until]
        if "status" in form:
            found = [row for row in found if row["status"] == int(form["status"])]
        limit = int(form.get("limit", 200))
        return Turn("search_payments", {"result": 1, "msg": "", "payments": found[:limit]})

    def _delete(self, id: int) -> Turn:
        row = self._find(id)
        if row is None or row["status"] == 1:
            return Turn("delete_payment", _refusal("No existe el pago" if row is None else "El pago ya fue liquidado"))
        said = {"result": 1, "msg": "", "payment_details": _details(row)}
        return Turn("delete_payment", said, self.did("delete_payment", lambda: self.rows.remove(row)))

    def _one(self, id: int, *, is_marking: bool) -> Turn:
        operation = "mark_payment_paid" if is_marking else "get_payment"
        row = self._find(id)
        if row is None:
            return Turn(operation, _refusal("No existe el pago"))
        details = {"result": 1, "msg": "", **_details(row)}
        if not is_marking:
            return Turn(operation, {"result": 1, "msg": "", "details": details})
        said = {"result": 1, "msg": "", "details": details | {"status": "1"}}
        # The company is notified with each marking, so one of a paid payment counts as well.
        return Turn(operation, said, self.did(operation, lambda: row.update(status=1)))

    def _find(self, id: int) -> dict[str, Any] | None:
        return next((row for row in self.rows if row["id"] == id), None)


CLABES: Json = {
    "result": 1,
    "msg": "",
    "accounts": [
        {"payment_way_id": 1, "payment_way_alias": "STP Prepago", "stp_cuenta_clabe": "646180109301000010"},
        {"payment_way_id": 2, "payment_way_alias": "STP Postpago", "stp_cuenta_clabe": "646180109302000019"},
    ],
    "errors": [],
}


def _details(row: dict[str, Any]) -> dict[str, Any]:
    # Facti API, sections 5 to 7: other names and types than in the search.
    return {
        "id": row["id"],
        "empresas_id": row["company_id"],
        "organizaciones_id": 232,
        "request_datetime": row["request_datetime"],
        "serie": row["serie"],
        "folio": row["folio"],
        "to_rfc": row["to_rfc"],
        "to_email": row["to_email"],
        "total_amount": row["total_amount"],
        "status": str(row["status"]),
        "group_parent": "0",
        "group_child": "0",
        "count_childs": 0,
        "childs": [],
    }


def _refusal(message: str) -> dict[str, Any]:
    return {"result": 0, "msg": message}
