"""Knows how Facti's API is called with success, and how it says no."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from attrs import evolve

from ventanilla.contract._answers import admitted, is_mapping, rows, value_at, verdict
from ventanilla.contract._service import FORM, Case, Keys, Line, Service, is_positive, left_alone
from ventanilla.facti._auth import check
from ventanilla.mock._spec import Spec
from ventanilla.mock.wire import Request

PAYMENT = {
    "folio": "3",
    "from_rfc": "EKU9003173C9",
    "to_client_name": "El Santo",
    "to_email": "santo@example.mx",
    "total_amount": "55.20",
}
# Arbitrary ones leave a search empty.
FILTERS = frozenset({"since_id", "max_id", "from_payment_date", "to_payment_date"})
NOBODY = 0


class FactiService(Service):
    """Facti: credentials among the parameters, `result` 0 for a failure.

    Args:
        line: leads to the server.
        spec: what it has to keep to.
        may_write: whether payments may be requested there.
        client_id, api_key: the credentials.
        company_id: whose payments are searched; none are where it is missing.
        from_rfc: who asks for payment; whatever was generated where it is missing.
    """

    name = "facti"
    made: ClassVar = {"create_request": ("request_id", "/v1/payments/{}")}
    ended: ClassVar = {"delete_payment": ("id", "/v1/payments/{}")}
    shown = re.compile(r'"(?:request_id|id)":"?(\d+)')
    credentials: Mapping[str, str]
    company: int | None = None
    from_rfc: str | None = None

    def __init__(
        self,
        line: Line,
        spec: Spec,
        *,
        may_write: bool,
        client_id: str,
        api_key: str,
        company_id: int | None,
        from_rfc: str | None,
    ) -> None:
        super().__init__(line, spec, may_write=may_write)
        self.credentials = {"client_id": client_id, "api_key": api_key}
        self.company, self.from_rfc = company_id, from_rfc
        self._asked = list[str]()

    def prepare(self) -> None:
        admitted(self._post("/v1/user/authenticate", {}))
        if self.may_write:
            # For whoever searches.
            self.pending()

    def finish(self) -> None:
        for id in self._asked:
            self._post("/v1/payments/delete", {"id": id, "company_id": str(self.company or "")})

    def keys(self, schemes: frozenset[str]) -> Keys:
        return Keys(query=self.credentials if schemes else {})

    def variables(self) -> dict[str, str]:
        return {f"FACTI_{name.upper()}": value for name, value in self.credentials.items()}

    def furnish(self, operation: str, case: Case) -> None:
        is_free = not is_positive(case) or left_alone(case)
        if not is_free and "id" in case.path_parameters and str(case.path_parameters["id"]) not in self.seen:
            case.path_parameters["id"] = self.pending()
        if not is_mapping(case.body):
            return
        # Where a credential is missing, empty or of another type on purpose, it stays so.
        given = {name for name, value in case.body.items() if isinstance(value, str) and value}
        body = {**case.body, **{name: self.credentials[name] for name in self.credentials.keys() & given}}
        if not is_free:
            body = self._furnished(operation, body)
        case.body = body

    def _furnished(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        own: dict[str, Any] = {"company_id": self.company, "from_rfc": self.from_rfc}
        if operation == "delete_payment":
            own["id"] = self.pending()
        own = {name: value for name, value in own.items() if name in body and value is not None}
        # A search by arbitrary ids and dates finds nothing.
        return {**{name: value for name, value in body.items() if name not in FILTERS}, **own}

    def pending(self) -> int:
        """Return the id of a payment that is not paid: a new one, where one may be asked for."""
        if self.may_write:
            made = self._post("/v1/payments/new_request", self._payment())
            id = str(value_at(made, "request_id"))
            self._asked += [id] if id.isdecimal() else []
            return int(id) if id.isdecimal() else NOBODY
        found = self._post("/v1/payments/company_payments", {"company_id": str(self.company or ""), "limit": "1"})
        known = (str(row.get("id")) for row in rows(found, "payments"))
        return next((int(id) for id in known if id.isdecimal()), NOBODY)

    def _payment(self) -> dict[str, str]:
        return {**PAYMENT, **({"from_rfc": self.from_rfc} if self.from_rfc else {})}

    def _post(self, path: str, fields: Mapping[str, str]) -> Any:
        form = urlencode({**self.credentials, **fields}).encode()
        return self.ask(Request("POST", self.spec.mount + path, {"Content-Type": FORM}, form))

    def meant(self, status: int, value: dict[str, Any], content: bytes) -> tuple[int, str]:
        return verdict(check, status, content)

    def locked_out(self, request: Request) -> Iterator[tuple[str, Request]]:
        path, _, query = request.target.partition("?")
        is_form = request.method == "POST"
        pairs = parse_qsl(request.body.decode() if is_form else query, keep_blank_values=True)
        for name in self.credentials:
            others = [pair for pair in pairs if pair[0] != name]
            for what, changed in (("without", others), ("with a wrong", [*others, (name, "0" * 32)])):
                text = urlencode(changed)
                if is_form:
                    yield f"{what} {name}", evolve(request, body=text.encode())
                else:
                    yield f"{what} {name}", evolve(request, target=f"{path}?{text}")
