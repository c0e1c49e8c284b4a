"""The Facti flows check everything before they send, send each write once, and read past what one search gives."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve
from playing import Played, play, wrong

from ventanilla import errors
from ventanilla.facti import AlreadyPaid, Concepto, Facti, Invoice, InvoiceReceiver, PaymentRequested, _asking
from ventanilla.facti._accounts import Accounts
from ventanilla.facti._payments import Payments
from ventanilla.facti._requests import Requests
from ventanilla_clients._runtime import Response
from ventanilla_clients.facti import models

DATA = Path(__file__).parent.parent / "data" / "facti"
RFC = "EKU9003173C9"


@pytest.fixture
def face() -> Facti:
    return Facti(client_id="id", api_key="key", company_id=5, from_rfc=RFC, base_url="http://127.0.0.1:1")


def sample(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"), parse_float=Decimal)
    return read


REQUESTED = models.RequestAnswer.from_dict(sample("request_created.json"))


def details(status: str = "0", **more: Any) -> models.DetailsAnswer:
    answer = sample("payment.json")
    answer["details"] |= {"status": status, **more}
    return models.DetailsAnswer.from_dict(answer)


def found(*ids: int) -> models.PaymentListAnswer:
    row = sample("payments.json")["payments"][0]
    return models.PaymentListAnswer.from_dict({"result": 1, "msg": "", "payments": [{**row, "id": id} for id in ids]})


def request(face: Facti, played: Played | None = None, **changes: Any) -> PaymentRequested:
    arguments: dict[str, Any] = {
        "folio": 3,
        "total_amount": Decimal("55.20"),
        "to_client_name": "El Santo",
        "to_email": "santo@example.mx",
    }
    replies = {"create_request": REQUESTED, "search_payments": found()}
    return play(Requests.request_payment.flow(face, **arguments | changes), replies, played)


def body_of(played: Played, operation: str) -> dict[str, Any]:
    body: dict[str, Any] = played.options(operation)["body"].to_dict()
    return body


def test_request_sends_what_was_asked_for_and_nothing_else(face: Facti) -> None:
    played = Played()
    made = request(face, played)
    assert played.operations == ["search_payments", "create_request"]
    assert body_of(played, "create_request") == {
        "folio": 3,
        "from_rfc": RFC,
        "to_client_name": "El Santo",
        "to_email": "santo@example.mx",
        "total_amount": Decimal("55.20"),
        "status": 0,
        "send_email_to_client": 1,
        "generate_invoice": 0,
    }
    assert (made.request_id, made.total_amount, made.limit_date) == (38, Decimal("55.20"), date(2013, 11, 21))
    assert made.send_to == "CT01109078C1@facti.mx"
    stp, bank = made.references
    assert (stp.payment_way_id, stp.clabe, stp.bank_name) == ("1", "646180109301000010", None)
    assert (bank.payment_type, bank.clabe, bank.bank_agreement_number) == ("bank", None, "4381")
    assert made.reference_errors == ()


def test_every_argument_reaches_its_field(face: Facti) -> None:
    played = Played()
    request(
        face,
        played,
        folio="A-1",
        serie="A",
        from_rfc="IXS7607092R5",
        to_rfc="XAXX010101000",
        to_email=["santo@example.mx", " pagos@example.mx "],
        paid=True,
        payment_date=date(2024, 1, 31),
        limit_payment_date=date(2024, 2, 29),
        send_email=False,
        payment_ways=(1, "9"),
        conceptos=[Concepto(quantity=Decimal(2), unit="PIEZA", description="Monitor", pu=Decimal("2500.00"))],
        generate_invoice=True,
        invoice_receiver=InvoiceReceiver(rfc="XAXX010101000"),
    )
    body = body_of(played, "create_request")
    assert (body["folio"], body["serie"], body["from_rfc"], body["to_rfc"]) == (
        "A-1",
        "A",
        "IXS7607092R5",
        "XAXX010101000",
    )
    assert body["to_email"] == "santo@example.mx;pagos@example.mx"
    assert (body["status"], body["payment_date"], body["limit_payment_date"]) == (1, "2024-01-31", "2024-02-29")
    assert (body["send_email_to_client"], body["generate_invoice"]) == (0, 1)
    assert body["payment_ways_ids"] == ["1", "9"]
    assert body["conceptos"][0]["pu"] == Decimal("2500.00")
    assert body["invoice_receiver"] == {"rfc": "XAXX010101000"}


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (Decimal("242.831"), "242.84"),  # the document's own example
        ("242.830", "242.83"),
        ("0.001", "0.01"),
        (7, "7.00"),
        ("55.2", "55.20"),
        (Decimal("1E+3"), "1000.00"),
        ("999999999999999.99", "999999999999999.99"),
    ],
)
def test_amounts_are_sent_with_two_decimals_rounded_up(face: Facti, given: Decimal | int | str, sent: str) -> None:
    played = Played()
    request(face, played, total_amount=given)
    assert str(body_of(played, "create_request")["total_amount"]) == sent


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total_amount": 55.2}, "total_amount"),
        ({"total_amount": True}, "total_amount"),
        ({"total_amount": "55,20"}, "total_amount"),
        ({"total_amount": "1e3"}, "total_amount"),
        ({"total_amount": Decimal("NaN")}, "total_amount"),
        ({"total_amount": 0}, "total_amount"),
        ({"total_amount": "-1"}, "total_amount"),
        ({"total_amount": 10**15}, "total_amount"),
        ({"total_amount": "242.831", "rounding": "refuse"}, "total_amount"),
        ({"rounding": "half"}, "rounding"),
        ({"folio": ""}, "folio"),
        ({"folio": True}, "folio"),
        ({"folio": 1.5}, "folio"),
        ({"to_client_name": " "}, "to_client_name"),
        ({"to_email": ""}, "to_email"),
        ({"to_email": []}, "to_email"),
        ({"to_email": "santo@example.mx;"}, "to_email"),
        ({"to_email": ["a@b;c@d"]}, "to_email"),
        ({"to_rfc": "eku9003173c9"}, "to_rfc"),
        ({"from_rfc": "../delete"}, "from_rfc"),
        ({"payment_date": date(2024, 1, 1)}, "payment_date"),
        ({"paid": True, "payment_date": "2024-01-01"}, "payment_date"),
        ({"limit_payment_date": datetime(2024, 1, 1, tzinfo=UTC)}, "limit_payment_date"),
        ({"payment_ways": ["stp"]}, "payment_ways"),
        ({"conceptos": [Concepto(quantity=Decimal(1), unit="U", description="D", pu=wrong(0.1))]}, "pu"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_sent(face: Facti, changes: dict[str, Any], field: str) -> None:
    played = Played()
    with pytest.raises(errors.InvalidRequest) as refused:
        request(face, played, **changes)
    assert refused.value.field == field
    assert played.operations == []


def test_float_error_says_what_to_pass(face: Facti) -> None:
    with pytest.raises(errors.InvalidRequest, match=r"float.*pass Decimal or str"):
        request(face, total_amount=0.1)


def test_refuse_lets_two_decimals_through(face: Facti) -> None:
    assert request(face, total_amount="242.830", rounding="refuse").request_id == 38


def test_issuer_and_company_are_asked_for_where_they_are_missing() -> None:
    bare = Facti(client_id="id", api_key="key", base_url="http://127.0.0.1:1")
    with pytest.raises(errors.ConfigurationError, match="FACTI_FROM_RFC"):
        request(bare)
    with pytest.raises(errors.ConfigurationError, match="FACTI_COMPANY_ID"):
        Payments.payments.flow(bare)
    with pytest.warns(UserWarning, match="without company_id"):
        assert request(bare, from_rfc=RFC).request_id == 38


def test_request_is_not_sent_again_after_a_failure(face: Facti) -> None:
    played = Played()
    flow = Requests.request_payment.flow(face, folio=3, total_amount=1, to_client_name="S", to_email="s@example.mx")
    with pytest.raises(errors.OutcomeUnknown):
        play(flow, {"create_request": [errors.TimedOut("no answer"), REQUESTED], "search_payments": found()}, played)
    assert played.operations.count("create_request") == 1


def group(face: Facti, invoices: Sequence[Invoice], played: Played | None = None, **more: Any) -> PaymentRequested:
    flow = Requests.request_grouped_payment.flow(
        face, invoices=invoices, to_client_name="El Santo", to_email="santo@example.mx", **more
    )
    return play(flow, {"create_request": REQUESTED, "search_payments": found()}, played)


INVOICES = (
    Invoice(folio=101, serie="A", amount="100"),
    Invoice(folio=102, amount=Decimal("50.50")),
    Invoice(folio=103, serie="B", amount="49.491"),
)


def test_grouped_request_sends_three_lists_of_one_length_and_folio_1(face: Facti) -> None:
    played = Played()
    group(face, INVOICES, played, total_amount="200")
    body = body_of(played, "create_request")
    assert (body["folio"], body["total_amount"]) == (1, Decimal("200.00"))
    assert (body["folios"], body["series"]) == ([101, 102, 103], ["A", "", "B"])
    assert [str(amount) for amount in body["total_amounts"]] == ["100.00", "50.50", "49.50"]
    assert "serie" not in body


@pytest.mark.parametrize(
    ("invoices", "more", "problem"),
    [
        ((), {}, "empty"),
        (INVOICES, {"total_amount": "199.99"}, "add up to 200.00"),
        ((*INVOICES, Invoice(folio="101", serie="A", amount=1)), {}, "invoice A101 is in the group 2 times"),
        ((Invoice(folio=1, amount=wrong(0.5)),), {}, "float"),
        ((Invoice(folio="", amount=1),), {}, "folio"),
        ((Invoice(folio=1, amount="1.001"),), {"rounding": "refuse"}, "more than two decimals"),
    ],
)
def test_wrong_groups_are_refused_before_anything_is_sent(
    face: Facti, invoices: Sequence[Invoice], more: dict[str, Any], problem: str
) -> None:
    played = Played()
    with pytest.raises(errors.InvalidRequest, match=problem):
        group(face, invoices, played, **more)
    assert played.operations == []


def test_one_folio_in_two_series_is_two_invoices(face: Facti) -> None:
    assert group(face, [Invoice(folio=1, serie="A", amount=1), Invoice(folio=1, serie="B", amount=1)]).request_id == 38


def walk(face: Facti, answers: list[Any], **arguments: Any) -> tuple[list[int], list[dict[str, Any]]]:
    played = Played()
    play(Payments.payments.flow(face, **arguments), {"search_payments": answers}, played)
    return [payment.id for payment in played.items], [options["body"].to_dict() for _, options in played.calls]


def test_search_goes_on_after_the_last_id_until_a_page_is_short(face: Facti) -> None:
    ids, bodies = walk(face, [found(9, 10), found(12, 15), found(16)], page_size=2, since_id=3, paid=True, max_id=90)
    assert ids == [9, 10, 12, 15, 16]
    assert [body["since_id"] for body in bodies] == [3, 11, 16]
    assert all((body["limit"], body["status"], body["max_id"]) == (2, 1, 90) for body in bodies)
    assert all(body["company_id"] == 5 for body in bodies)


def test_search_asks_once_more_when_the_last_page_is_full(face: Facti) -> None:
    ids, bodies = walk(face, [found(9, 10), found()], page_size=2)
    assert ids == [9, 10]
    assert bodies == [
        {"company_id": 5, "limit": 2},
        {"company_id": 5, "limit": 2, "since_id": 11},
    ]


def test_search_follows_a_service_that_answers_the_newest_first(face: Facti) -> None:
    ids, bodies = walk(face, [found(15, 12), found(10, 9), found(4)], page_size=2)
    assert ids == [15, 12, 10, 9, 4]
    assert [body.get("max_id") for body in bodies] == [None, 11, 8]


@pytest.mark.parametrize(
    ("answers", "size"), [([found(9, 12, 10)], 3), ([found(9, 10), found(9, 10)], 2), ([found(9, 8), found(9, 8)], 2)]
)
def test_search_says_so_when_payments_could_be_missed(face: Facti, answers: list[Any], size: int) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="could be missed"):
        walk(face, answers, page_size=size)


@pytest.mark.parametrize("ids", [range(1, 301), range(300, 0, -1)], ids=["oldest first", "newest first"])
def test_search_that_ignores_what_is_asked_ends_without_repeating(face: Facti, ids: range) -> None:
    rows = found(*ids)
    given: list[int] = []
    flow = Payments.payments.flow(face)
    next(flow)
    page: Any = flow.send(Response(200, b"", httpx.Headers(), rows))
    given += [payment.id for payment in page.items]
    next(flow)
    with pytest.raises(errors.UnexpectedAnswer, match="could be missed"):
        flow.send(Response(200, b"", httpx.Headers(), rows))
    assert given == [*ids]


def test_search_takes_pending_only_and_the_time_of_mexico_city(face: Facti) -> None:
    _, (body,) = walk(
        face,
        [found()],
        paid=False,
        from_payment_date=datetime(2019, 5, 10, 16, 55, 51),
        to_payment_date=datetime(2024, 5, 10, 6, 0, 0, 999, tzinfo=UTC),
    )
    assert body["status"] == 0
    assert body["from_payment_date"] == "2019-05-10 16:55:51"
    assert body["to_payment_date"] == "2024-05-10 00:00:00"
    assert body["limit"] == 200


@pytest.mark.parametrize("arguments", [{"page_size": 1}, {"page_size": 201}, {"from_payment_date": date(2024, 1, 1)}])
def test_wrong_search_is_refused_at_once(face: Facti, arguments: dict[str, Any]) -> None:
    with pytest.raises(errors.InvalidRequest):
        Payments.payments.flow(face, **arguments)


def test_one_value_for_both_forms_of_a_payment(face: Facti) -> None:
    played = Played()
    play(
        Payments.payments.flow(face),
        {"search_payments": models.PaymentListAnswer.from_dict(sample("payments.json"))},
        played,
    )
    searched = played.items[0]
    assert (searched.id, searched.company_id, searched.folio, searched.is_paid) == (9, 5, "3", True)
    assert (searched.total_amount, searched.amount_received) == (Decimal("111.11"), Decimal("111.11"))
    assert searched.requested_at == datetime.fromisoformat("2019-05-10 15:06:05")
    assert (searched.limit_date, searched.confirmed_from) == (date(2019, 6, 10), "stp")
    assert (searched.no_cliente, searched.is_group, searched.organization_id) == ("11", None, None)
    read = play(Payments.payment.flow(face, 5022), {"get_payment": details("1")})
    assert (read.id, read.company_id, read.organization_id, read.folio) == (5022, 452, 232, "6")
    assert (read.is_paid, read.is_group, read.in_group, read.children) == (True, False, False, ())
    assert type(searched) is type(read)


def test_moments_that_are_none_are_none(face: Facti) -> None:
    answer = sample("payments.json")
    answer["payments"] = [
        answer["payments"][0]
        | {
            "limit_payment_date": "0000-00-00 00:00:00",
            "confirmed_date": None,
            "confirmed_from": "",
            "amount_received": None,
            "status": 0,
            "to_email": "a@example.mx; b@example.mx",
        }
    ]
    played = Played()
    play(Payments.payments.flow(face), {"search_payments": models.PaymentListAnswer.from_dict(answer)}, played)
    (pending,) = played.items
    assert (pending.limit_date, pending.confirmed_at, pending.confirmed_from, pending.amount_received) == (None,) * 4
    assert not pending.is_paid
    assert pending.to_email == ("a@example.mx", "b@example.mx")


def test_mark_paid_sends_one_post(face: Facti) -> None:
    played = Played()
    paid = play(Payments.mark_paid.flow(face, 5022), {"mark_payment_paid": details("1")}, played)
    assert paid.is_paid
    assert body_of(played, "mark_payment_paid") == {"payed": "1"}
    assert played.options("mark_payment_paid")["path"] == ("5022",)


def test_mark_paid_is_not_sent_again_after_a_failure(face: Facti) -> None:
    played = Played()
    with pytest.raises(errors.ConnectionFailed):
        play(
            Payments.mark_paid.flow(face, 5022),
            {"mark_payment_paid": [errors.ConnectionFailed("reset"), details("1")]},
            played,
        )
    assert played.operations == ["mark_payment_paid"]


@pytest.mark.parametrize("wrong", ["", "..", "new_request", "1/2", "-1", "1" * 19, True])
def test_ids_that_are_no_ids_go_nowhere(face: Facti, wrong: Any) -> None:
    for flow in (Payments.payment.flow, Payments.mark_paid.flow, Payments.delete.flow):
        played = Played()
        with pytest.raises(errors.InvalidRequest, match="payment_id"):
            play(flow(face, wrong), {}, played)
        assert played.operations == []


DELETED = models.DeletionAnswer.from_dict(sample("deleted.json"))


def test_delete_reads_first_then_deletes(face: Facti) -> None:
    replies = {"get_payment": details("0", id=648124), "delete_payment": DELETED}
    played = Played()
    gone = play(Payments.delete.flow(face, "648124"), replies, played)
    assert played.operations == ["get_payment", "delete_payment"]
    assert body_of(played, "delete_payment") == {"company_id": 5, "id": 648124}
    assert gone.total_amount == Decimal("5001.50")


def test_delete_leaves_a_paid_payment_alone(face: Facti) -> None:
    played = Played()
    with pytest.raises(AlreadyPaid, match="payment 5022 has been paid"):
        play(Payments.delete.flow(face, 5022), {"get_payment": details("1"), "delete_payment": DELETED}, played)
    assert played.operations == ["get_payment"]


@pytest.mark.parametrize("status", ["01", "paid", "2", "", "true"])
def test_a_status_that_is_not_documented_is_no_certainty(face: Facti, status: str) -> None:
    played = Played()
    with pytest.raises(errors.UnexpectedAnswer, match="5022 is neither 0 nor 1") as raised:
        play(Payments.delete.flow(face, 5022), {"get_payment": details(status), "delete_payment": DELETED}, played)
    assert (played.operations, raised.value.outcome) == (["get_payment"], "not_sent")
    for seen_later in ("1", status):
        played = Played()
        replies = {"mark_payment_paid": details(status), "get_payment": details(seen_later)}
        if seen_later == "1":
            assert play(Payments.mark_paid.flow(face, 5022), replies, played).is_paid
        else:
            with pytest.raises(errors.OutcomeUnknown):
                play(Payments.mark_paid.flow(face, 5022), replies, played)
        assert played.operations.count("mark_payment_paid") == 1


def test_delete_that_loses_the_race_says_that_it_was_paid(face: Facti) -> None:
    played = Played()
    refusal = errors.Rejected("No es posible")
    with pytest.raises(AlreadyPaid) as raised:
        play(
            Payments.delete.flow(face, 5022),
            {"get_payment": [details("0"), details("1")], "delete_payment": refusal},
            played,
        )
    assert raised.value.__cause__ is refusal
    assert played.operations == ["get_payment", "delete_payment", "get_payment"]


@pytest.mark.parametrize("again", [details("0"), errors.TimedOut("no answer")])
def test_delete_refused_for_another_reason_keeps_the_reason(face: Facti, again: Any) -> None:
    refusal = errors.Rejected("El pago pertenece a otra empresa")
    with pytest.raises(errors.Rejected, match="otra empresa") as raised:
        play(Payments.delete.flow(face, 5022), {"get_payment": [details("0"), again], "delete_payment": refusal})
    assert raised.value is refusal


def test_clabes_are_those_of_one_customer(face: Facti) -> None:
    played = Played()
    answer = models.ClabeAnswer.from_dict(sample("clabes.json") | {"errors": [{"error": "x"}]})
    clabes = play(Accounts.clabes.flow(face, "santo@example.mx", [1]), {"get_client_clabes": answer}, played)
    assert [(each.payment_way_id, each.clabe) for each in clabes] == [
        ("1", "646180109301000010"),
        ("2", "646180109302000019"),
    ]
    assert clabes.errors == ({"error": "x"},)
    assert body_of(played, "get_client_clabes") == {
        "company_id": 5,
        "to_email": "santo@example.mx",
        "payment_ways_id": ["1"],
    }
    with pytest.raises(errors.InvalidRequest, match="one address"):
        play(Accounts.clabes.flow(face, "a@example.mx;b@example.mx"), {})


def test_payment_ways_and_authenticate(face: Facti) -> None:
    played = Played()
    answer = models.PaymentWaysAnswer.from_dict(
        {"result": 1, "msg": "", "payment_ways": [{"id": 1, "type": "stp"}, {"id": "9", "type": "bank"}]}
    )
    ways = play(Accounts.payment_ways.flow(face), {"list_payment_ways": answer}, played)
    assert [(way.id, way.type) for way in ways] == [("1", "stp"), ("9", "bank")]
    assert body_of(played, "list_payment_ways") == {"rfc": RFC}
    good = models.AuthenticationAnswer.from_dict({"result": 1, "msg": ""})
    play(Accounts.authenticate.flow(face), {"authenticate": good}, played)
    assert body_of(played, "authenticate") == {}


LOST = errors.OutcomeUnknown("no answer")


def test_mark_paid_is_sent_once_more_only_where_the_payment_is_read_to_be_unpaid(face: Facti) -> None:
    for looks, sent in (([details("1")], 1), ([details("0"), details("1")], 2)):
        played = Played()
        replies = {"mark_payment_paid": [LOST, LOST], "get_payment": looks}
        assert play(Payments.mark_paid.flow(face, 5022), replies, played).is_paid
        assert played.operations.count("mark_payment_paid") == sent


def test_mark_paid_that_cannot_be_read_is_not_sent_again(face: Facti) -> None:
    played = Played()
    replies = {"mark_payment_paid": [LOST], "get_payment": [errors.TimedOut("no answer")]}
    with pytest.raises(errors.OutcomeUnknown):
        play(Payments.mark_paid.flow(face, 5022), replies, played)
    assert played.operations == ["mark_payment_paid", "get_payment"]


def test_mark_paid_that_is_refused_because_the_first_one_came_late_has_succeeded(face: Facti) -> None:
    refusal = errors.Rejected("ya se encuentra pagado")
    replies: dict[str, Any] = {"mark_payment_paid": [LOST, refusal], "get_payment": [details("0"), details("1")]}
    assert play(Payments.mark_paid.flow(face, 5022), replies).is_paid
    replies["get_payment"] = [details("0"), details("0")]
    with pytest.raises(errors.Rejected):
        play(Payments.mark_paid.flow(face, 5022), replies)
    replies["get_payment"] = [details("0"), errors.TimedOut("no answer")]
    with pytest.raises(errors.OutcomeUnknown):
        play(Payments.mark_paid.flow(face, 5022), replies)


def asked(**changes: Any) -> models.NewRequest:
    base: dict[str, Any] = {"folio": 3, "from_rfc": RFC, "to_client_name": "S", "to_email": "a@b.mx;C@d.mx"}
    arguments: dict[str, Any] = {**base, "total_amount": Decimal("1.00"), **changes}
    return models.NewRequest(**arguments)


def row_of(id: int = 9) -> models.Payment:
    """Return what a search shows of `asked()`."""
    row = models.Payment.from_dict({**sample("payments.json")["payments"][0], "folio": "3", "serie": "", "id": id})
    return evolve(row, to_rfc="XAXX010101000", to_email="c@D.mx;a@b.mx", total_amount=Decimal("1"))


def test_what_a_search_cannot_tell_apart_is_one_request(face: Facti) -> None:
    row = row_of()
    assert _asking.is_it(row, asked())
    assert _asking.is_it(evolve(row, to_rfc=""), asked())
    assert not _asking.is_it(evolve(row, to_rfc="GGM011210S72"), asked())
    same = [asked(to_rfc="XAXX010101000"), asked(folio="3"), asked(to_email="c@d.mx; A@b.mx"), asked(serie="")]
    other = [asked(to_rfc="GGM011210S72"), asked(folio=4), asked(serie="A"), asked(total_amount=Decimal("1.01"))]
    key = _asking.natural_key(face, asked())
    for each in same:
        assert _asking.is_it(row, each)
        assert [str(part) for part in _asking.natural_key(face, each)] == [str(part) for part in key]
    for each in other:
        assert not _asking.is_it(row, each)
        assert _asking.natural_key(face, each) != key


def test_the_mark_is_moved_by_what_a_search_shows_and_not_by_an_answer(face: Facti) -> None:
    answer = evolve(REQUESTED, request_id=10**15)  # perhaps not the id of a payment: that is inferred
    flow = Requests.request_payment.flow(face, folio=3, total_amount=1, to_client_name="S", to_email="s@example.mx")
    assert play(flow, {"create_request": answer, "search_payments": found(7)}).request_id == 10**15
    assert face.highest_seen == 7


def test_equal_requests_of_two_companies_are_two(face: Facti) -> None:
    other, bare = (
        Facti(client_id="id", api_key="key", company_id=company, base_url="http://127.0.0.1:1") for company in (6, None)
    )
    assert _asking.natural_key(face, asked()) != _asking.natural_key(other, asked())
    # Where the company's number is not known, its RFC tells it.
    assert _asking.natural_key(bare, asked()) == _asking.natural_key(bare, asked())
    assert _asking.natural_key(bare, asked()) != _asking.natural_key(bare, asked(from_rfc="IXS7607092R5"))


@pytest.mark.parametrize("ids", [(6, 7), (6, 7, 8)])
def test_what_was_there_before_a_lost_request_is_not_taken_for_it(face: Facti, ids: Sequence[int]) -> None:
    flow = Requests.request_payment.flow(
        face, folio=3, total_amount=1, to_client_name="S", to_email=["a@b.mx", "c@d.mx"]
    )
    # It gives more than was asked for, and others that are later but not alike.
    alike = models.PaymentListAnswer(result=1, msg="", payments=[*map(row_of, ids), *found(9, 10).payments])
    replies = {"create_request": LOST, "search_payments": [found(7), *[alike] * 100]}
    if 8 in ids:
        assert play(flow, replies).request_id == 8
    else:
        with pytest.raises(errors.OutcomeUnknown):
            play(flow, replies)
