"""Proves that the mock's Facti behaves as the provider's document says, and where it is silent, as we decided."""

import hashlib
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode

import msgspec
import pytest

from ventanilla import _identifiers
from ventanilla.mock import facti
from ventanilla.mock.clock import ManualClock
from ventanilla.mock.core import Mock
from ventanilla.mock.facti.access import API_KEY, CLIENT_ID
from ventanilla.mock.facti.amounts import SCENARIOS
from ventanilla.mock.wire import Request, Response

KEYS = {"client_id": CLIENT_ID, "api_key": API_KEY}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SIMPLE = {
    "folio": "3",
    "from_rfc": "EKU9003173C9",
    "to_client_name": "El Santo",
    "to_email": "santo@example.mx",
    "total_amount": "55.20",
}
# 2023-11-14 16:13:20 in Mexico City.
START = 1_700_000_000.0


class Facti:
    """A mock with Facti alone, spoken to in forms."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.mock = Mock(clock=self.clock, providers=[facti.provider()])

    def post(self, path: str, **fields: Any) -> dict[str, Any]:
        return self.read(self.send("POST", path, urlencode(KEYS | fields)))

    def get(self, path: str) -> dict[str, Any]:
        return self.read(self.send("GET", f"{path}?{urlencode(KEYS)}"))

    def send(self, method: str, path: str, body: str = "", headers: dict[str, str] = FORM) -> Response:
        return self.mock.handle(Request(method, f"/facti/v1{path}", headers, body.encode()))

    def read(self, response: Response) -> dict[str, Any]:
        assert response.status == 200, response.body
        found: dict[str, Any] = response.json()
        return found

    def request(self, **fields: Any) -> dict[str, Any]:
        answer = self.post("/payments/new_request", **(SIMPLE | fields))
        assert answer["result"] == 1, answer
        return answer

    def refused(self, path: str, **fields: Any) -> str:
        answer = self.post(path, **fields)
        assert answer == {"result": 0, "msg": answer["msg"]}
        assert answer["msg"]
        return str(answer["msg"])

    def control(self, body: object) -> Response:
        return self.mock.handle(Request("POST", "/_mock/facti/ipn", {}, msgspec.json.encode(body)))


@pytest.fixture
def api() -> Facti:
    return Facti()


def test_every_operation_has_a_handler() -> None:
    provider = facti.provider()
    assert set(provider.handlers) == set(provider.spec.operations)


def test_the_documents_own_credentials_are_good(api: Facti) -> None:
    assert api.post("/user/authenticate") == {"result": 1, "msg": ""}


@pytest.mark.parametrize(
    "body",
    [
        "",
        urlencode({"client_id": CLIENT_ID}),
        urlencode(KEYS | {"api_key": "other"}),
        urlencode({"client_id[]": CLIENT_ID, "api_key": API_KEY}),
    ],
)
def test_missing_or_wrong_credentials_are_refused_inside_http_200(api: Facti, body: str) -> None:
    for path in ("/user/authenticate", "/payments/new_request", "/payments/5022"):
        answer = api.read(api.send("POST", path, body))
        assert answer["result"] == 0
        assert answer["msg"]
    assert api.read(api.send("GET", f"/payments/5022?{body}"))["result"] == 0


def test_a_json_body_is_refused_because_only_forms_are_documented(api: Facti) -> None:
    body = msgspec.json.encode(KEYS | SIMPLE).decode()
    answer = api.read(api.send("POST", "/payments/new_request", body, {"Content-Type": "application/json"}))
    assert answer["result"] == 0
    assert "JSON" in answer["msg"]


def test_the_documents_sample_request_gets_the_documents_sample_answer(api: Facti) -> None:
    assert api.request() == {
        "result": 1,
        "msg": "",
        "request_id": 38,
        "total_amount": Decimal("55.20"),
        "limit_payment_date": "2023-12-14",
        "send_to": "EKU9003173C9@facti.mx",
        "references": [
            {
                "payment_way_id": "1",
                "payment_way_alias": "STP Prepago",
                "payment_type": "stp",
                "reference": "38",
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
    assert [api.request()["request_id"] for _ in range(3)] == [39, 40, 41]


@pytest.mark.parametrize(
    ("asked", "taken"), [("242.831", "242.84"), ("242.83", "242.83"), ("100", "100.00"), ("0.001", "0.01")]
)
def test_amounts_are_rounded_up_to_the_cent(api: Facti, asked: str, taken: str) -> None:
    answer = api.send("POST", "/payments/new_request", urlencode(KEYS | SIMPLE | {"total_amount": asked}))
    assert f'"total_amount":{taken},'.encode() in answer.body


@pytest.mark.parametrize("amount", ["0", "-1", "diez", "", "1e3", "9" * 30])
def test_impossible_amounts_are_refused(api: Facti, amount: str) -> None:
    api.refused("/payments/new_request", **(SIMPLE | {"total_amount": amount}))


@pytest.mark.parametrize("missing", sorted(SIMPLE))
def test_a_missing_parameter_is_named(api: Facti, missing: str) -> None:
    fields = {name: value for name, value in SIMPLE.items() if name != missing}
    assert missing in api.refused("/payments/new_request", **fields)


def test_a_refused_request_takes_no_number(api: Facti) -> None:
    api.refused("/payments/new_request", **(SIMPLE | {"limit_payment_date": "2024-02-30"}))
    assert api.request()["request_id"] == 38


@pytest.mark.parametrize(
    ("moment", "limit"),
    [(1_706_700_000.0, "2024-02-29"), (1_703_900_000.0, "2024-01-29"), (START, "2023-12-14")],
)
def test_the_limit_is_a_month_from_today_or_the_months_last_day(moment: float, limit: str) -> None:
    api = Facti()
    api.clock.advance(moment - START)
    assert api.request()["limit_payment_date"] == limit


def test_given_dates_are_kept(api: Facti) -> None:
    id = api.request(limit_payment_date="2024-05-01", status=1, payment_date="2023-10-01")["request_id"]
    [found] = api.post("/payments/company_payments", company_id=5)["payments"]
    assert (found["id"], found["status"]) == (id, 1)
    assert found["limit_payment_date"] == "2024-05-01 00:00:00"
    assert found["confirmed_date"] == "2023-10-01 00:00:00"
    assert found["amount_received"] == Decimal("55.20")


def test_a_request_created_as_paid_takes_todays_date_and_notifies_nobody(api: Facti) -> None:
    api.control({"company_id": 5, "url": "http://127.0.0.1:9/ipn", "password": "secreta"})
    api.request(status="1", total_amount="111.11")
    [found] = api.post("/payments/company_payments", company_id=5)["payments"]
    assert (found["status"], found["confirmed_date"]) == (1, "2023-11-14 16:13:20")
    api.clock.advance(60)
    api.mock.run_due()
    assert not api.mock.world.outbox.waiting


def test_ways_of_payment_limit_the_references(api: Facti) -> None:
    answer = api.request(**{"payment_ways_ids[0]": "9", "payment_ways_ids[1]": "2"})
    assert [reference["payment_way_id"] for reference in answer["references"]] == ["9", "2"]
    assert "References_errors" not in answer


def test_an_unknown_way_of_payment_is_reported_beside_the_others(api: Facti) -> None:
    answer = api.request(**{"payment_ways_ids[]": "77", "payment_ways_ids[1]": "1"})
    assert [reference["payment_way_id"] for reference in answer["references"]] == ["1"]
    [error] = answer["References_errors"]
    assert set(error) == {"type", "error"}
    assert "77" in error["error"]


def test_the_ways_of_payment_of_a_company_can_be_listed(api: Facti) -> None:
    ways = api.post("/payments/company_payment_ways", rfc="EKU9003173C9")["payment_ways"]
    assert {"id": 1, "type": "stp"} in ways
    assert {"id": 9, "type": "bank"} in ways


GROUP = {
    "folio": "1",
    "total_amount": "200.00",
    **{f"folios[{place}]": folio for place, folio in enumerate(("101", "102", "C-3"))},
    **{f"series[{place}]": serie for place, serie in enumerate(("A", "", "B"))},
    **{f"total_amounts[{place}]": amount for place, amount in enumerate(("100.00", "50.50", "49.50"))},
}


def test_grouped_invoices_become_children_of_one_payment(api: Facti) -> None:
    id = api.request(**GROUP)["request_id"]
    details = api.get(f"/payments/{id}")["details"]
    assert (details["group_parent"], details["group_child"], details["count_childs"]) == ("1", "0", 3)
    assert [(child["serie"], child["folio"], child["total_amount"]) for child in details["childs"]] == [
        ("A", 101, Decimal("100.00")),
        ("", 102, Decimal("50.50")),
        ("B", "C-3", Decimal("49.50")),
    ]
    child = details["childs"][0]["id"]
    shown = api.get(f"/payments/{child}")["details"]
    assert (shown["group_parent"], shown["group_child"], shown["status"]) == ("0", "1", "0")
    assert [payment["id"] for payment in api.post("/payments/company_payments", company_id=5)["payments"]] == [id]
    api.refused(f"/payments/{child}", payed="1")
    api.refused("/payments/delete", company_id=5, id=child)
    assert api.post(f"/payments/{id}", payed="1")["result"] == 1
    assert api.get(f"/payments/{child}")["details"]["status"] == "1"


def test_deleting_a_group_deletes_what_it_groups(api: Facti) -> None:
    id = api.request(**GROUP)["request_id"]
    child = api.get(f"/payments/{id}")["details"]["childs"][2]["id"]
    assert api.post("/payments/delete", company_id=5, id=id)["payment_details"]["count_childs"] == 3
    assert api.get(f"/payments/{child}")["result"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"folio": "7"},
        {"total_amount": "200.01"},
        {"folios[3]": "104"},
        {"series[3]": "D"},
        {"total_amounts[2]": "49.51"},
    ],
)
def test_groups_that_do_not_add_up_are_refused(api: Facti, change: dict[str, str]) -> None:
    api.refused("/payments/new_request", **(SIMPLE | GROUP | change))


def test_series_without_folios_are_refused(api: Facti) -> None:
    api.refused("/payments/new_request", **(SIMPLE | {"series[0]": "A", "folio": "1"}))


CONCEPT = {
    "conceptos[0][quantity]": "2",
    "conceptos[0][unit]": "PIEZA",
    "conceptos[0][description]": "Monitor",
    "conceptos[0][pu]": "2500.00",
    "generate_invoice": "1",
    "invoice_receiver[rfc]": "XAXX010101000",
    "invoice_receiver[domicilio_cp]": "01000",
}


def test_concepts_and_receiver_are_understood_in_php_brackets(api: Facti) -> None:
    api.request(**CONCEPT)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"conceptos[0][quantity]": "dos"}, "conceptos.0.quantity"),
        ({"conceptos[1][unit]": "PIEZA"}, "conceptos.1"),
        ({"invoice_receiver[rfc]": "nadie"}, "invoice_receiver.rfc"),
    ],
)
def test_a_wrong_concept_or_receiver_is_named(api: Facti, change: dict[str, str], named: str) -> None:
    assert named in api.refused("/payments/new_request", **(SIMPLE | CONCEPT | change))


def test_the_first_customer_gets_the_documents_clabes(api: Facti) -> None:
    answer = api.post("/payments/stp_client_clabe", company_id=5, to_email="santo@example.mx")
    assert answer == {
        "result": 1,
        "msg": "",
        "accounts": [
            {"payment_way_id": 1, "payment_way_alias": "STP Prepago", "stp_cuenta_clabe": "646180109301000010"},
            {"payment_way_id": 2, "payment_way_alias": "STP Postpago", "stp_cuenta_clabe": "646180109302000019"},
        ],
        "errors": [],
    }


def test_a_clabe_belongs_to_one_company_customer_and_way(api: Facti) -> None:
    def clabes(company: int, email: str) -> list[str]:
        accounts = api.post("/payments/stp_client_clabe", company_id=company, to_email=email)["accounts"]
        return [account["stp_cuenta_clabe"] for account in accounts]

    pairs = [(company, f"{name}@example.mx") for company in (5, 452, 453) for name in ("a", "b", "c")]
    given = {pair: clabes(*pair) for pair in pairs}
    everything = [clabe for each in given.values() for clabe in each]
    assert len(set(everything)) == len(everything) == 18
    assert all(_identifiers.clabe_is_valid(clabe) and clabe.startswith("646180") for clabe in everything)
    assert {pair: clabes(*pair) for pair in reversed(pairs)} == given
    assert clabes(5, "A@example.mx") == given[5, "a@example.mx"]


def test_a_payment_request_tells_the_customers_own_clabe(api: Facti) -> None:
    first = api.request(to_email="b@example.mx; c@example.mx")["references"][0]["stp_cuenta_clabe"]
    answer = api.post("/payments/stp_client_clabe", company_id=5, to_email="b@example.mx")
    assert answer["accounts"][0]["stp_cuenta_clabe"] == first


def test_clabes_can_be_limited_to_ways_of_payment_by_either_name(api: Facti) -> None:
    for name in ("payment_ways_id", "payment_ways_ids"):
        fields = {f"{name}[0]": "2", f"{name}[1]": "9", f"{name}[2]": "55"}
        answer = api.post("/payments/stp_client_clabe", company_id=5, to_email="santo@example.mx", **fields)
        assert [account["payment_way_id"] for account in answer["accounts"]] == [2]
        assert [error["payment_way_id"] for error in answer["errors"]] == [55, 9]


@pytest.mark.parametrize(
    "ways", [{"payment_ways_ids": "2"}, {"payment_ways_ids[0]": "dos"}, {"payment_ways_id[0]": "-1"}]
)
def test_ways_of_payment_that_are_no_ids_are_refused(api: Facti, ways: dict[str, str]) -> None:
    fields = {"company_id": 5, "to_email": "santo@example.mx"} | ways
    assert "payment_ways_id" in api.refused("/payments/stp_client_clabe", **fields)


@pytest.mark.parametrize("path", ["/payments/stp_client_clabe", "/payments/company_payments", "/payments/delete"])
def test_an_unknown_company_is_refused(api: Facti, path: str) -> None:
    assert "6" in api.refused(path, company_id=6, to_email="santo@example.mx", id=38)


def test_a_search_goes_by_ascending_id_and_stops_at_its_limit(api: Facti) -> None:
    ids = [api.request()["request_id"] for _ in range(5)]

    def found(**fields: Any) -> list[int]:
        return [payment["id"] for payment in api.post("/payments/company_payments", company_id=5, **fields)["payments"]]

    assert found() == ids
    assert found(since_id=ids[1]) == ids[1:]
    assert found(max_id=ids[3]) == ids[:4]
    assert found(since_id=ids[1], max_id=ids[3], limit=2) == ids[1:3]
    assert found(since_id=ids[-1] + 1) == []
    api.post(f"/payments/{ids[2]}", payed="1")
    assert found(status=1) == [ids[2]]
    assert found(status=0) == [*ids[:2], *ids[3:]]


def test_a_search_gives_200_payments_at_most(api: Facti) -> None:
    for _ in range(203):
        api.request()
    payments = api.post("/payments/company_payments", company_id=5)["payments"]
    assert len(payments) == 200
    rest = api.post("/payments/company_payments", company_id=5, since_id=payments[-1]["id"] + 1)["payments"]
    assert len(rest) == 3
    assert "limit" in api.refused("/payments/company_payments", company_id=5, limit=201)


def test_a_search_by_date_looks_at_the_confirmation(api: Facti) -> None:
    api.request()
    paid = api.request()["request_id"]
    api.clock.advance(60)
    api.post(f"/payments/{paid}", payed="true")

    def found(since: str, until: str) -> list[int]:
        fields = {"from_payment_date": since, "to_payment_date": until}
        return [payment["id"] for payment in api.post("/payments/company_payments", company_id=5, **fields)["payments"]]

    assert found("2023-11-14 16:14:20", "2023-11-14 16:14:20") == [paid]
    assert found("2023-11-14 16:14:21", "2024-11-14 16:14:20") == []
    assert found("2022-11-14 16:14:21", "2023-11-14 16:14:19") == []
    api.refused("/payments/company_payments", company_id=5, from_payment_date="2023-02-30 00:00:00")
    api.refused("/payments/company_payments", company_id=5, from_payment_date="2023-02-20")


def test_the_search_and_the_details_name_the_same_things_differently(api: Facti) -> None:
    id = api.request(serie="A", no_cliente="11", no_factura="F-5", to_rfc="CGM011210S72")["request_id"]
    assert api.post("/payments/company_payments", company_id=5)["payments"] == [
        {
            "id": id,
            "company_id": 5,
            "request_datetime": "2023-11-14 16:13:20",
            "serie": "A",
            "folio": 3,
            "to_rfc": "CGM011210S72",
            "to_email": "santo@example.mx",
            "total_amount": Decimal("55.20"),
            "amount_received": None,
            "limit_payment_date": "2023-12-14 00:00:00",
            "status": 0,
            "confirmed_from": None,
            "confirmed_date": None,
            "no_cliente": 11,
            "no_factura": "F-5",
        }
    ]
    assert api.get(f"/payments/{id}") == {
        "result": 1,
        "msg": "",
        "details": {
            "result": 1,
            "msg": "",
            "id": id,
            "empresas_id": 5,
            "organizaciones_id": 1,
            "request_datetime": "2023-11-14 16:13:20",
            "serie": "A",
            "folio": 3,
            "to_rfc": "CGM011210S72",
            "to_email": "santo@example.mx",
            "total_amount": Decimal("55.20"),
            "status": "0",
            "group_parent": "0",
            "group_child": "0",
            "count_childs": 0,
            "childs": [],
        },
    }


def test_the_documents_samples_of_details_deletion_and_change_work_unchanged(api: Facti) -> None:
    assert api.get("/payments/5022")["details"]["status"] == "1"
    deleted = api.post("/payments/delete", company_id=452, id=648124)["payment_details"]
    assert (deleted["empresas_id"], deleted["to_rfc"], deleted["status"]) == (452, "GGM011210S72", "0")
    assert "result" not in deleted
    assert api.post("/payments/17542", payed="1")["details"]["status"] == "1"


def test_a_deleted_payment_is_gone(api: Facti) -> None:
    id = api.request()["request_id"]
    assert "452" in api.refused("/payments/delete", company_id=452, id=id)
    assert api.post("/payments/delete", company_id=5, id=id)["result"] == 1
    api.refused("/payments/delete", company_id=5, id=id)
    api.refused(f"/payments/{id}", payed="1")
    assert api.get(f"/payments/{id}")["result"] == 0
    assert api.post("/payments/company_payments", company_id=5)["payments"] == []


def test_a_paid_payment_cannot_be_deleted(api: Facti) -> None:
    id = api.request()["request_id"]
    api.post(f"/payments/{id}", payed="yes")
    api.refused("/payments/delete", company_id=5, id=id)
    assert api.get(f"/payments/{id}")["details"]["status"] == "1"


def test_a_payment_is_marked_as_paid_once_and_never_back(api: Facti) -> None:
    id = api.request()["request_id"]
    for other in ("0", "false", "no", "TRUE", "2", ""):
        api.refused(f"/payments/{id}", payed=other)
    assert api.post(f"/payments/{id}", payed="1")["details"]["status"] == "1"
    assert str(id) in api.refused(f"/payments/{id}", payed="1")
    assert "999999" in api.refused("/payments/999999", payed="1")


def test_marking_as_paid_fires_the_notification(api: Facti) -> None:
    url = "http://127.0.0.1:9/facti"
    assert api.control({"company_id": 5, "url": url, "password": "secreta"}).json() == {"company_id": 5, "url": url}
    id = api.request(serie="A")["request_id"]
    assert not api.mock.world.outbox.waiting
    api.post(f"/payments/{id}", payed="1")
    [delivery] = api.mock.world.outbox.waiting
    assert (delivery.url, delivery.profile, delivery.headers) == (url, "facti-ipn", tuple(FORM.items()))
    fields = {name: values[0] for name, values in parse_qs(delivery.body.decode(), strict_parsing=True).items()}
    assert fields["ipn_password"] == hashlib.md5(b"secreta").hexdigest()
    assert fields["ipn_type"] == "1"
    data = msgspec.json.decode(fields["data"])
    assert data == {
        "id": id,
        "company_id": 5,
        "company_razon_social": "ESCUELA KEMPER URGATE",
        "company_alias": "Escuela",
        "request_datetime": "2023-11-14 16:13:20",
        "serie": "A",
        "folio": 3,
        "to_email": "santo@example.mx",
        "total_amount": 55.20,
        "amount_received": 55.20,
        "limit_payment_date": "2023-12-14 00:00:00",
        "confirmed_from": "stp",
        "confirmed_date": "2023-11-14 16:13:20",
        "payment_way_id": 1,
        "payment_way_alias": "STP Prepago",
    }
    problems = facti.provider().spec.problems("#/components/schemas/IpnData", data)
    assert not problems


def test_a_company_without_url_gets_no_notification(api: Facti) -> None:
    api.control({"company_id": 5, "url": "http://127.0.0.1:9/facti"})
    api.control({"company_id": 5, "url": None})
    api.control({"company_id": 452, "url": "http://127.0.0.1:9/other"})
    api.post(f"/payments/{api.request()['request_id']}", payed="1")
    assert not api.mock.world.outbox.waiting


def test_a_notification_that_fails_is_sent_again_until_it_is_taken(api: Facti) -> None:
    api.control({"company_id": 5, "url": "http://127.0.0.1:9/facti"})
    api.post(f"/payments/{api.request()['request_id']}", payed="1")
    answers = iter((None, 404, 200))
    sent: list[tuple[float, bytes]] = []
    for delivery in api.mock.travel(api.mock.world, START + 100_000):
        sent.append((api.mock.world.now - START, delivery.body))
        api.mock.delivered(delivery, next(answers))
    assert [moment for moment, _ in sent] == [0, 5, 305]
    assert len({body for _, body in sent}) == 1


def test_a_company_that_wants_its_notifications_elsewhere_gets_no_more_where_it_did(api: Facti) -> None:
    api.control({"company_id": 5, "url": "http://127.0.0.1:9/facti"})
    api.post(f"/payments/{api.request()['request_id']}", payed="1")
    api.control({"company_id": 5, "url": "http://127.0.0.1:9/other"})
    assert api.mock.outgoing() == []
    [delivery] = api.mock.world.outbox.deliveries()
    assert (delivery.state, delivery.reason) == ("disabled", "company 5 no longer wants its notifications there")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"company_id": 6, "url": "http://127.0.0.1"},
        {"company_id": 5, "url": "ftp://127.0.0.1"},
        {"company_id": 5, "url": "http://["},
        {"company_id": [], "url": "http://127.0.0.1"},
        {"company_id": 5, "url": 5},
        {"company_id": 5, "url": "http://127.0.0.1", "password": 5},
    ],
)
def test_a_notification_that_goes_nowhere_is_refused(api: Facti, body: object) -> None:
    assert api.control(body).status == 400


@pytest.mark.parametrize("amount", [scenario.amount for scenario in SCENARIOS.values() if scenario.pays_with])
def test_a_customer_asked_for_a_scenarios_amount_pays_as_it_says(api: Facti, amount: Decimal) -> None:
    scenario = SCENARIOS[amount]
    api.control({"company_id": 5, "url": "http://127.0.0.1:9/facti", "password": ""})
    id = api.request(total_amount=str(amount))["request_id"]
    assert api.get(f"/payments/{id}")["details"]["status"] == "0"
    api.clock.advance(scenario.steps * api.mock.world.pace - 0.01)
    assert api.get(f"/payments/{id}")["details"]["status"] == "0"
    api.clock.advance(0.01)
    [payment] = api.post("/payments/company_payments", company_id=5, status=1)["payments"]
    assert payment["confirmed_from"] == scenario.pays_with
    assert payment["amount_received"] == amount + scenario.extra
    assert len(api.mock.world.outbox.waiting) == scenario.notifications


def test_the_first_scenario_is_over_within_a_second() -> None:
    assert SCENARIOS[Decimal("111.11")].steps * 0.2 < 1


def test_a_scenario_can_break_the_references_of_one_kind(api: Facti) -> None:
    answer = api.request(total_amount="777.77")
    assert [reference["payment_type"] for reference in answer["references"]] == ["bank"]
    assert [error["type"] for error in answer["References_errors"]] == ["stp"]


def test_a_scenario_stops_when_the_payment_is_settled_or_gone(api: Facti) -> None:
    api.control({"company_id": 5, "url": "http://127.0.0.1:9/facti", "password": ""})
    paid, gone = (api.request(total_amount="111.11")["request_id"] for _ in range(2))
    api.post(f"/payments/{paid}", payed="1")
    api.post("/payments/delete", company_id=5, id=gone)
    api.clock.advance(5)
    api.mock.run_due()
    assert len(api.mock.world.outbox.waiting) == 1


def test_paths_and_methods_that_do_not_exist_keep_their_http_status(api: Facti) -> None:
    nowhere = api.send("GET", "/nowhere")
    assert (nowhere.status, nowhere.json()["result"]) == (404, 0)
    assert api.send("GET", "/payments/delete").status == 405
    put = api.send("PUT", "/payments/38")
    assert put.status == 405
    assert ("Allow", "GET, POST") in put.headers


@pytest.mark.parametrize("path", ["/payments/abc", "/payments/creditcard_charge_ck.php", "/payments/1e3"])
def test_an_id_that_is_no_number_is_no_path(api: Facti, path: str) -> None:
    answer = api.send("POST", path, urlencode(KEYS | {"payed": "1"}))
    assert (answer.status, answer.json()) == (404, {"result": 0, "msg": "there is nothing at this path"})
    (entry,) = api.mock.world.journal.find(broken=True)
    assert entry.operation is None


def test_the_same_requests_at_the_same_moments_get_the_same_bytes() -> None:
    def play() -> list[bytes]:
        api = Facti()
        bodies = [urlencode(KEYS | SIMPLE | change) for change in ({}, GROUP, {"total_amount": "111.11"})]
        answers = [api.send("POST", "/payments/new_request", body).body for body in bodies]
        api.clock.advance(1)
        return [*answers, api.send("POST", "/payments/company_payments", urlencode(KEYS | {"company_id": 5})).body]

    assert play() == play()
