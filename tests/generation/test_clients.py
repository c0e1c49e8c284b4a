"""The generated clients lose nothing, send nothing to the wrong path, and show no secret."""

import importlib
import inspect
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import anyio
import httpx
import msgspec
import pytest

from ventanilla_clients._runtime import (
    Client,
    UnexpectedBody,
    UnexpectedStatus,
    encode_form,
    encode_json,
    segment,
)
from ventanilla_clients.facti.api.payments import get_payment
from ventanilla_clients.facti.models import Concepto, NewRequest, PaymentListAnswer
from ventanilla_clients.facturaonline.models import NewPerception
from ventanilla_clients.syncfy.api.transactions import list_transactions
from ventanilla_clients.syncfy.models import Session, Transaction, User

GENERATED = Path(__file__).resolve().parents[2] / "generated" / "ventanilla_clients"
DATA = Path(__file__).resolve().parents[1] / "data"
PROVIDERS = ("syncfy", "facti", "facturaonline")
# The mock has a client too, but no documents with payloads.
CLIENTS = (*PROVIDERS, "mock")


def path_parameters(module: Any) -> list[str]:
    parameters = inspect.signature(module.request_kwargs).parameters.values()
    return [p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]


def operations_with_ids() -> Iterator[Any]:
    for provider in CLIENTS:
        for path in sorted((GENERATED / provider / "api").glob("*/*.py")):
            if path.stem != "__init__":
                module = importlib.import_module(f"ventanilla_clients.{provider}.api.{path.parent.name}.{path.stem}")
                if path_parameters(module):
                    yield pytest.param(module, id=f"{provider}-{path.stem}")


def answering(status: int, content: bytes) -> Client:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, content=content))
    return Client(http=httpx.Client(base_url="https://api.example.mx", transport=transport))


def specified(provider: str) -> set[str]:
    spec = json.loads((GENERATED / provider / "openapi.json").read_text(encoding="utf-8"))
    methods = ("get", "put", "post", "delete")
    return {item[m]["operationId"] for item in spec["paths"].values() for m in methods if m in item}


@pytest.mark.parametrize("provider", CLIENTS)
def test_every_operation_of_the_spec_has_its_module(provider: str) -> None:
    made = {path.stem for path in (GENERATED / provider / "api").glob("*/*.py")} - {"__init__"}
    assert made == specified(provider)


# Reviewed one by one: sending one of these again may charge, stamp, write to somebody or lock an account.
WRITES = {
    "syncfy": {
        *("create_user", "update_user", "delete_user", "delete_session", "create_webhook", "delete_webhook"),
        *("create_credential", "create_credential_pull", "sync_credential", "pull_credential", "delete_credential"),
        *("create_job", "create_job_pull", "answer_twofa"),
    },
    "facti": {"create_request", "mark_payment_paid", "delete_payment"},
    "facturaonline": {
        *("create_payroll", "cancel_payroll_item", "email_payroll_item"),
        *("create_employee", "activate_employee", "deactivate_employee", "delete_employee"),
        *("create_group", "activate_group", "deactivate_group", "delete_group"),
    },
}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_request_says_whether_it_writes(provider: str) -> None:
    writes: set[str] = set()
    for path in (GENERATED / provider / "api").glob("*/*.py"):
        if path.stem != "__init__":
            module = importlib.import_module(f"ventanilla_clients.{provider}.api.{path.parent.name}.{path.stem}")
            assert module.OPERATION.name == path.stem
            assert '"extensions": {"operation": OPERATION}' in path.read_text(encoding="utf-8")
            if module.OPERATION.effect == "write":
                writes.add(path.stem)
    assert writes == WRITES[provider]


@pytest.mark.parametrize("module", [*operations_with_ids()])
@pytest.mark.parametrize("hostile", ["", ".", "..", "%2e%2e", "a/b", "a\r\nb", "\ud800", "a?b", "a#b", " "])
def test_hostile_path_parameters_raise_before_anything_is_sent(module: Any, hostile: str) -> None:
    parameters = inspect.signature(module.request_kwargs).parameters.values()
    in_path = path_parameters(module)
    others = {p.name: object() for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty}
    for name in in_path:
        arguments = dict.fromkeys(in_path, "0") | {name: hostile} | others
        with pytest.raises(ValueError, match="must match") as refused:
            module.request_kwargs(**arguments)
        assert len(hostile) < 2 or hostile not in str(refused.value)


def test_path_guard_lets_ids_through_and_not_what_the_pattern_excludes() -> None:
    assert segment("id", 5022, r"^[0-9]{1,18}$") == "5022"
    with pytest.raises(ValueError, match="id must match"):
        segment("id", "new_request", r"^[0-9]{1,18}$")
    with pytest.raises(ValueError, match="id must match"):
        segment("id", "5022\n", r"^[0-9]{1,18}$")


@pytest.mark.parametrize("hostile", ["", ".", ".."])
def test_path_guard_trusts_no_pattern_with_what_a_server_resolves(hostile: str) -> None:
    with pytest.raises(ValueError, match=f"got {len(hostile)} characters"):
        segment("id", hostile, r".*")


@pytest.mark.parametrize("strange", [True, 1.0, None, b"7", ["7"]])
def test_path_guard_takes_texts_and_numbers_alone(strange: Any) -> None:
    with pytest.raises(ValueError, match="got no text but"):
        segment("id", strange, r".*")


def test_path_guard_writes_no_number_that_takes_long_to_write() -> None:
    assert segment("id", 10**64 - 1, r"[0-9]+") == "9" * 64
    with pytest.raises(ValueError, match="got 0 characters"):
        segment("id", 10**64, r"[0-9]+")


def test_path_guard_quotes_everything_that_could_end_a_segment() -> None:
    assert segment("id", "a/b?c#d%e", r".*") == "a%2Fb%3Fc%23d%25e"


def rows() -> list[Any]:
    """Every payload of the documents whose schema is a model's or one field of a model; parameters have no model."""
    found: list[Any] = []
    for provider in PROVIDERS:
        for row in json.loads((DATA / provider / "index.json").read_text(encoding="utf-8")):
            place = re.fullmatch(r"#/components/schemas/(\w+)(?:(?:/allOf/1)?/properties/(\w+))?", row["schema"])
            if place and "invalid" not in row and row["file"].endswith(".json"):
                found.append(pytest.param(provider, *place.groups(), row["file"], id=f"{provider}-{row['file']}"))
    return found


@pytest.mark.parametrize(("provider", "name", "field", "file"), rows())
def test_document_payload_survives_decoding_and_encoding(
    provider: str, name: str, field: str | None, file: str
) -> None:
    model = getattr(importlib.import_module(f"ventanilla_clients.{provider}.models"), name)
    kind: Any = model if field is None else get_type_hints(model)[field]
    content = (DATA / provider / file).read_bytes()
    encoded = encode_json(
        msgspec.json.decode(content, type=kind), decimals="string" if provider == "facturaonline" else "number"
    )
    assert json.loads(encoded, parse_float=Decimal) == json.loads(content, parse_float=Decimal)


def test_few_payloads_are_not_a_models() -> None:
    listed = [row for provider in PROVIDERS for row in json.loads((DATA / provider / "index.json").read_text("utf-8"))]
    others = {row["file"] for row in listed if row["file"].endswith(".json") and "invalid" not in row}
    others -= {param.values[3] for param in rows()}
    assert others == {
        "query_id_external.json",
        "query_id_site_sat.json",
        "query_id_site_token.json",
        "query_limit.json",
    }


@pytest.mark.parametrize("amount", ["55.20", "-5827.64", "0.1", "12345678901234567890.12", "0.00", "1E+2"])
def test_money_is_exact_in_both_directions(amount: str) -> None:
    document = json.loads((DATA / "facti" / "payments.json").read_text(encoding="utf-8"), parse_float=Decimal)
    document["payments"][0]["total_amount"] = Decimal(amount)
    content = msgspec.json.Encoder(decimal_format="number").encode(document)
    decoded = msgspec.json.decode(content, type=PaymentListAnswer)
    assert str(decoded.payments[0].total_amount) == amount
    assert f'"total_amount":{amount}'.encode() in encode_json(decoded, decimals="number")
    perception = NewPerception(
        tipo="001", clave="001", descripcion="Sueldo", gravado=Decimal(amount), exento=Decimal(0)
    )
    assert f'"gravado":"{amount}"'.encode() in encode_json(perception, decimals="string")


def test_unset_fields_are_not_sent_and_null_is() -> None:
    user = User.from_dict(
        {"id_user": "a", "id_external": None, "name": "b", "dt_create": 1577478475, "dt_modify": None}
    )
    assert user.to_dict()["id_external"] is None
    assert user.create_at is not None
    assert user.create_at.isoformat() == "2019-12-27T20:27:55+00:00"
    assert user.modify_at is None
    body = NewRequest(folio=1, from_rfc="A", to_client_name="b", to_email="c", total_amount=Decimal("1.50"))
    assert body.to_dict() == {
        "folio": 1,
        "from_rfc": "A",
        "to_client_name": "b",
        "to_email": "c",
        "total_amount": Decimal("1.50"),
    }


def test_forms_are_encoded_as_php_reads_them() -> None:
    body = NewRequest(
        folio=1,
        from_rfc="EKU9003173C9",
        to_client_name="Ñandú & Cía",
        to_email="a@example.mx",
        total_amount=Decimal("1E+2"),
        folios=[3, "A-4"],
        conceptos=[Concepto(quantity=Decimal(2), unit="PIEZA", description="Monitor", pu=Decimal("2500.00"))],
    )
    pairs = dict(httpx.QueryParams(encode_form(body).decode()))
    assert pairs["total_amount"] == "100"
    assert pairs["to_client_name"] == "Ñandú & Cía"
    assert (pairs["folios[0]"], pairs["folios[1]"]) == ("3", "A-4")
    assert (pairs["conceptos[0][quantity]"], pairs["conceptos[0][pu]"]) == ("2", "2500.00")


def test_secrets_are_not_in_the_repr_of_models() -> None:
    secret = "canary-5f4dcc3b5aa765d6"
    body = NewRequest(
        client_id=secret,
        api_key=secret,
        folio=1,
        from_rfc="A",
        to_client_name="b",
        to_email="c",
        total_amount=Decimal(1),
    )
    assert secret not in repr(body)
    assert secret not in repr(Session(token=secret))


@pytest.mark.parametrize("status", [204, 206, 302, 404, 500, 522, 599])
def test_other_statuses_raise_with_the_number_alone(status: int) -> None:
    with pytest.raises(UnexpectedStatus, match=f"HTTP {status} ") as raised:
        get_payment.sync("5022", client=answering(status, b"secret"))
    assert "secret" not in str(raised.value)
    assert raised.value.status_code == status


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"rid": 1}', b"\xff\xfe"])
def test_other_bodies_raise_with_the_place_and_not_the_value(content: bytes) -> None:
    with pytest.raises(UnexpectedBody, match="not as documented") as raised:
        list_transactions.sync(client=answering(200, content))
    assert raised.value.content == content


def test_wrong_type_is_located() -> None:
    rows = json.loads((DATA / "syncfy" / "transactions.json").read_text(encoding="utf-8"))
    wrong = rows[0] | {"amount": "secret"}
    with pytest.raises(msgspec.ValidationError, match=r"\$\.amount") as raised:
        Transaction.from_dict(wrong)
    assert "secret" not in str(raised.value)


def test_a_view_sends_on_its_own_kind_of_client() -> None:
    with pytest.raises(RuntimeError, match="synchronous"):
        anyio.run(lambda: get_payment.asyncio("1", client=answering(200, b"")))
    with pytest.raises(RuntimeError, match="asynchronous"):
        get_payment.sync("1", client=Client(async_http=httpx.AsyncClient()))


def test_views_share_the_pool_and_not_the_authentication() -> None:
    client = answering(200, b"")
    one, other = client.with_auth(httpx.BasicAuth("a", "b")), client.with_auth(httpx.BasicAuth("c", "d"))
    assert one.http is other.http is client.http
    assert client.auth is None
    assert one.auth is not other.auth
