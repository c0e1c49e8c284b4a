"""A service that differs from its spec is read as far as it can be, said once, without a value, and nothing is lost."""

import json
import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from ventanilla import Syncfy, drift, errors
from ventanilla_clients import _drift
from ventanilla_clients._runtime import UnexpectedBody, decode
from ventanilla_clients.mock.models import Process
from ventanilla_clients.syncfy.models import AttachmentExtraAnswer, TransactionListAnswer, UserListAnswer

ENVELOPE = {"rid": "r", "code": 200, "errors": None, "status": True, "message": None}
USER = {"id_user": "a", "id_external": None, "name": "El Santo", "dt_create": 1577478475, "dt_modify": None}
TRANSACTIONS = Path(__file__).resolve().parents[1] / "data" / "syncfy" / "transactions.json"
SECRET = "canary-5f4dcc3b5aa765d6"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_drift, "_reported", set[tuple[str, ...]]())
    drift.set_strict(False)


def answer(*rows: dict[str, Any], **envelope: Any) -> httpx.Response:
    return httpx.Response(200, content=json.dumps({**ENVELOPE, "response": [*rows], **envelope}))


def test_what_keeps_to_the_spec_is_not_reported(caplog: pytest.LogCaptureFixture) -> None:
    decoded = decode(answer(USER), UserListAnswer)
    assert decoded.response[0].unknown_fields == {}
    assert caplog.records == []


def test_unknown_field_stays_reachable_and_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        decoded = decode(answer({**USER, "nickname": SECRET}, USER), UserListAnswer)
        assert drift.unknown_fields(decoded.response[0]) == {"nickname": SECRET}
        assert drift.unknown_fields(decoded.response[1]) == {}
    (record,) = caplog.records
    assert record.name == "ventanilla.drift"
    expected = "UserListAnswer at $.response[].nickname: expected no such field, got text of 23 characters"
    assert record.getMessage() == expected
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("name", "is_told"),
    [
        *((name, True) for name in ("nickname", "dt_last_sync", "address_line_1", "@type", "sha256", "x-y.z")),
        *((name, False) for name in ("26b413ah0ba67543c7642069a91h743t", "x" * 41, "&#50;")),
    ],
)
def test_a_name_that_may_be_a_key_is_not_told(name: str, is_told: bool, caplog: pytest.LogCaptureFixture) -> None:
    decoded = decode(answer({**USER, name: 1}), UserListAnswer)
    assert drift.unknown_fields(decoded.response[0]) == {name: 1}
    assert (name in caplog.text) is is_told
    assert ("(a name of" in caplog.text) is not is_told


def test_unknown_field_of_the_envelope_is_found_too() -> None:
    assert decode(answer(USER, page=3), UserListAnswer).unknown_fields == {"page": 3}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": 7}, "$.response[].name: expected str, got number"),
        ({"dt_create": SECRET}, "$.response[].dt_create: expected int, got text of 23 characters"),
        ({"name": None}, "$.response[].name: expected str, got null"),
        ({"dt_create": [SECRET]}, "$.response[].dt_create: expected int, got array of 1 items"),
        ({"name": {SECRET: 1}}, "$.response[].name: expected str, got object of 1 fields"),
    ],
)
def test_unexpected_type_is_kept_as_it_came(
    change: dict[str, Any], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    decoded = decode(answer({**USER, **change}, USER), UserListAnswer)
    ((name, value),) = change.items()
    assert getattr(decoded.response[0], name) == value
    assert decoded.response[1].name == "El Santo"
    assert [record.getMessage() for record in caplog.records] == [f"UserListAnswer at {told}"]
    assert SECRET not in caplog.text


def test_what_is_no_list_or_object_stays_reachable_and_breaks_no_loop(caplog: pytest.LogCaptureFixture) -> None:
    decoded = decode(answer(response="none"), UserListAnswer)
    assert (decoded.response, decoded.unknown_fields) == ([], {"response": "none"})
    mixed = httpx.Response(200, content=json.dumps({**ENVELOPE, "response": [USER, 7]}))
    decoded = decode(mixed, UserListAnswer)
    assert [user.name for user in decoded.response] == ["El Santo"]
    assert decoded.unknown_fields == {"response": [USER, 7]}
    assert len(caplog.records) == 2


def test_missing_field_of_a_row_is_unset(caplog: pytest.LogCaptureFixture) -> None:
    row = {name: value for name, value in USER.items() if name != "name"}
    assert decode(answer(row), UserListAnswer).response[0].to_dict().keys() == row.keys()
    assert "expected str, got nothing" in caplog.text


def test_money_stays_exact_on_the_lenient_path() -> None:
    row = json.loads(TRANSACTIONS.read_text(encoding="utf-8"))[0]
    content = json.dumps({**ENVELOPE, "response": [{**row, "amount": 0, "extra_field": 1}]})
    content = content.replace('"amount": 0', '"amount": -5827.64')
    decoded = decode(httpx.Response(200, content=content), TransactionListAnswer)
    assert decoded.response[0].amount == Decimal("-5827.64")
    assert decoded.response[0].unknown_fields == {"extra_field": 1}


def test_names_inside_free_form_values_are_not_unknown_fields(caplog: pytest.LogCaptureFixture) -> None:
    node: dict[str, Any] = {"n": "CFDI:COMPROBANTE", "a": {"XMLNS:CFDI": "x", "OTRO": "y"}, "c": []}
    row = {"id_attachment": "a", "id_user": "b", "id_external": "", "is_valid": 1, "file": "f", "mime": None}
    content = json.dumps({**ENVELOPE, "response": {**row, "extra": [node]}})
    decoded = decode(httpx.Response(200, content=content), AttachmentExtraAnswer)
    assert decoded.response.extra[0].a == node["a"]
    assert caplog.records == []


def test_a_list_that_is_no_model_is_read_as_far_as_it_can_be(caplog: pytest.LogCaptureFixture) -> None:
    content = json.dumps([{"provider": "syncfy", "id": "a", "since": SECRET}, {"provider": "facti", "id": 7}, 7])
    decoded = decode(httpx.Response(200, content=content), list[Process])
    assert [process.to_dict()["provider"] for process in decoded] == ["syncfy", "facti"]
    assert decoded[0].unknown_fields == {"since": SECRET}
    assert len(caplog.records) == 3
    assert SECRET not in caplog.text


def test_the_names_of_a_map_are_not_unknown_fields(caplog: pytest.LogCaptureFixture) -> None:
    decoded = decode(httpx.Response(200, content=b'{"openapi": "3.1.0", "paths": {"/a": {"get": {}}}}'), dict[str, Any])
    assert decoded == {"openapi": "3.1.0", "paths": {"/a": {"get": {}}}}
    assert caplog.records == []


@pytest.mark.parametrize(("content", "kind"), [(b"{}", list[Process]), (b"[]", dict[str, Any]), (b"7", list[str])])
def test_another_thing_than_a_list_or_a_map_raises(content: bytes, kind: Any) -> None:
    with pytest.raises(UnexpectedBody, match="got"):
        decode(httpx.Response(200, content=content), kind)


@pytest.mark.parametrize("content", [b"[]", b"7", b'{"rid": "r"}', b'{"response": [', b""])
def test_what_is_no_such_answer_raises(content: bytes) -> None:
    with pytest.raises(UnexpectedBody):
        decode(httpx.Response(200, content=content), UserListAnswer)


@pytest.mark.parametrize("change", [{"nickname": SECRET}, {"name": 7}])
def test_strict_mode_raises_with_the_place(change: dict[str, Any]) -> None:
    drift.set_strict(True)
    decode(answer(USER), UserListAnswer)
    with pytest.raises(UnexpectedBody, match=r"at `\$\.response\[\]\.n") as raised:
        decode(answer({**USER, **change}), UserListAnswer)
    assert SECRET not in str(raised.value)


def test_faces_read_on_and_raise_a_typed_error_in_strict_mode(caplog: pytest.LogCaptureFixture) -> None:
    transport = httpx.MockTransport(lambda request: answer({**USER, "nickname": SECRET}))
    with Syncfy(api_key="7767a4a04f990e9231bafc949e8ca08a", transport=transport) as syncfy:
        with caplog.at_level(logging.WARNING, "ventanilla.drift"):
            (user,) = syncfy.users()
        assert user.unknown_fields == {"nickname": SECRET}
        drift.set_strict(True)
        with pytest.raises(errors.MalformedAnswer, match="nickname"):
            next(syncfy.users())


def test_long_lists_are_searched_at_both_ends() -> None:
    rows = [USER] * 2000
    assert not _drift.has_unknown(answer(*rows).content, UserListAnswer)
    assert _drift.has_unknown(answer({**USER, "new": 1}, *rows).content, UserListAnswer)
    assert _drift.has_unknown(answer(*rows, {**USER, "new": 1}).content, UserListAnswer)
