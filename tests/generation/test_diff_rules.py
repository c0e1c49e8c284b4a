"""Each difference between two versions of a spec is named for what it is, and judged by who writes or reads it."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generate import load
from specdiff import Change, Direction, Kind, Verdict, compare

ROOT = Path(__file__).resolve().parents[2]
Node = Any
SMALL: Node = load((ROOT / "tests/data/small_spec.yaml").read_text(encoding="utf-8"), "safe")


def changed(edit: Callable[[Node], object]) -> list[Change]:
    spec = copy.deepcopy(SMALL)
    edit(spec)
    return compare(SMALL, spec)


def schema(spec: Node, name: str) -> Node:
    found = spec["components"]["schemas"][name]
    return found["allOf"][1] if "allOf" in found else found


def fields(spec: Node, name: str) -> Node:
    return schema(spec, name)["properties"]


def get(spec: Node) -> Node:
    return spec["paths"]["/payments/{id}"]["get"]


def post(spec: Node) -> Node:
    return spec["paths"]["/payments"]["post"]


def kind(spec: Node) -> Node:
    return post(spec)["parameters"][1]


def body(spec: Node) -> Node:
    return post(spec)["requestBody"]


def answer(spec: Node) -> Node:
    return get(spec)["responses"]["200"]


def move(mapping: Node, old: str, new: str) -> None:
    """Give a key another name at the same place."""
    items = [(new if key == old else key, value) for key, value in mapping.items()]
    mapping.clear()
    mapping.update(items)


def give_schema_another_name(spec: Node, old: str, new: str) -> None:
    text = json.dumps(spec).replace(f'#/components/schemas/{old}"', f'#/components/schemas/{new}"')
    spec.clear()
    spec.update(json.loads(text))
    move(spec["components"]["schemas"], old, new)


_B, _C = Verdict.BREAKING, Verdict.COMPATIBLE
CASES: dict[str, tuple[Callable[[Node], object], str]] = {
    "operation removed": (lambda s: s["paths"].pop("/payments"), "breaking: removed create_payment (request)"),
    "operation added": (
        lambda s: s["paths"].update({"/x": {"get": {"operationId": "x"}}}),
        "compatible: added x (request)",
    ),
    "operation renamed": (lambda s: get(s).update(operationId="payment"), "breaking: renamed get_payment (request)"),
    "path changed": (lambda s: move(s["paths"], "/payments", "/pagos"), "breaking: moved create_payment (request)"),
    "method changed": (
        lambda s: move(s["paths"]["/payments"], "post", "put"),
        "breaking: moved create_payment (request)",
    ),
    "tag changed": (lambda s: get(s).update(tags=["p"]), "breaking: moved get_payment (request)"),
    "read becomes write": (lambda s: post(s).pop("x-effect"), "compatible: retyped create_payment (request)"),
    "deprecated": (lambda s: get(s).update(deprecated=True), "compatible: noted get_payment (request)"),
    "security added": (lambda s: get(s)["security"].pop(), "breaking: narrowed get_payment (request)"),
    "security removed": (lambda s: get(s).update(security=[]), "compatible: widened get_payment (request)"),
    "security swapped": (
        lambda s: s.update(security=[{"Other": []}]),
        "breaking: narrowed security (request and response)",
    ),
    "status added": (lambda s: get(s)["responses"].update({"409": {}}), "compatible: added get_payment (response)"),
    "failure removed": (lambda s: get(s)["responses"].pop("404"), "compatible: removed get_payment (response)"),
    "success removed": (lambda s: get(s)["responses"].pop("200"), "breaking: removed get_payment (response)"),
    "another success": (lambda s: get(s)["responses"].update({"201": {}}), "breaking: added get_payment (response)"),
    "answer's content type": (
        lambda s: move(answer(s)["content"], "application/json", "text/csv"),
        "breaking: retyped get_payment (response)",
    ),
    "body's content type": (
        lambda s: move(body(s)["content"], "application/x-www-form-urlencoded", "application/json"),
        "breaking: retyped create_payment (request)",
    ),
    "body optional": (lambda s: body(s).pop("required"), "compatible: made optional create_payment (request)"),
    "body gone": (lambda s: post(s).pop("requestBody"), "breaking: removed create_payment (request)"),
    "unknown key": (lambda s: get(s).update({"x-new": 1}), "uncertain: changed get_payment (request)"),
    "parameter added": (
        lambda s: post(s)["parameters"].append({"name": "n", "in": "query"}),
        "compatible: added create_payment(n) (request)",
    ),
    "parameter demanded": (
        lambda s: post(s)["parameters"].append({"name": "n", "in": "query", "required": True}),
        "breaking: added, required create_payment(n) (request)",
    ),
    "parameter removed": (lambda s: post(s)["parameters"].pop(), "breaking: removed create_payment(kind) (request)"),
    "parameter renamed": (lambda s: kind(s).update(name="kinds"), "breaking: renamed create_payment(kind) (request)"),
    "parameter required": (
        lambda s: kind(s).update(required=True),
        "breaking: made required create_payment(kind) (request)",
    ),
    "parameter to a header": (
        lambda s: kind(s).update({"in": "header"}),
        "breaking: moved create_payment(kind) (request)",
    ),
    "enum gains": (
        lambda s: kind(s)["schema"]["enum"].append("c"),
        "compatible: widened create_payment(kind) (request)",
    ),
    "enum loses": (lambda s: kind(s)["schema"]["enum"].pop(), "breaking: narrowed create_payment(kind) (request)"),
    "path's pattern": (
        lambda s: s["paths"]["/payments/{id}"]["parameters"][0]["schema"].update(pattern="^b$"),
        "uncertain: changed get_payment(id) (request)",
    ),
    "shared parameter": (
        lambda s: s["components"]["parameters"]["limit"]["schema"].update(maximum=9),
        "breaking: narrowed parameters/limit (request)",
    ),
    "field added": (lambda s: fields(s, "Payment").update(x={}), "compatible: added Payment.x (response)"),
    "field removed": (lambda s: fields(s, "Payment").pop("ways"), "breaking: removed Payment.ways (response)"),
    "field renamed": (
        lambda s: move(fields(s, "Payment"), "dt_create", "dt_created"),
        "breaking: renamed Payment.dt_create (response)",
    ),
    "read field optional": (
        lambda s: schema(s, "Payment")["required"].pop(),
        "breaking: made optional Payment.status (response)",
    ),
    "read field required": (
        lambda s: schema(s, "Payment")["required"].append("ways"),
        "compatible: made required Payment.ways (response)",
    ),
    "null allowed": (
        lambda s: fields(s, "Payment")["status"].update(type=["string", "null"]),
        "breaking: widened Payment.status (response)",
    ),
    "null forbidden": (
        lambda s: fields(s, "Payment")["dt_create"].update(type="integer"),
        "compatible: narrowed Payment.dt_create (response)",
    ),
    "no longer a moment": (
        lambda s: fields(s, "Payment")["dt_create"].pop("format"),
        "breaking: retyped Payment.dt_create (response)",
    ),
    "no longer money": (
        lambda s: fields(s, "Payment")["total"].pop("format"),
        "breaking: retyped Payment.total (response)",
    ),
    "read length loosened": (
        lambda s: fields(s, "Payment")["status"].update(maxLength=20),
        "breaking: widened Payment.status (response)",
    ),
    "read length tightened": (
        lambda s: fields(s, "Payment")["status"].update(maxLength=5),
        "compatible: narrowed Payment.status (response)",
    ),
    "known value": (
        lambda s: fields(s, "Payment")["status"]["x-known-values"].append("late"),
        "compatible: noted Payment.status (response)",
    ),
    "alternative gone": (
        lambda s: answer(s)["content"]["application/json"]["schema"]["anyOf"].pop(),
        "compatible: narrowed get_payment (response)",
    ),
    "webhook's data": (
        lambda s: schema(s, "Event").update(additionalProperties={"type": ["string", "null"]}),
        "breaking: widened Event (response)",
    ),
    "field demanded": (
        lambda s: (fields(s, "NewPayment").update(x={}), schema(s, "NewPayment")["required"].append("x")),
        "breaking: added, required NewPayment.x (request)",
    ),
    "written field required": (
        lambda s: schema(s, "NewPayment")["required"].append("kind"),
        "breaking: made required NewPayment.kind (request)",
    ),
    "written type narrowed": (
        lambda s: fields(s, "NewPayment")["folio"].update(type="integer"),
        "breaking: narrowed NewPayment.folio (request)",
    ),
    "written type widened": (
        lambda s: fields(s, "NewPayment")["kind"].update(type=["string", "null"]),
        "compatible: widened NewPayment.kind (request)",
    ),
    "minimum raised": (
        lambda s: fields(s, "NewPayment")["folio"].update(minimum=2),
        "breaking: narrowed NewPayment.folio (request)",
    ),
    "other fields": (
        lambda s: schema(s, "NewPayment").pop("additionalProperties"),
        "compatible: widened NewPayment (request)",
    ),
    "schema renamed": (
        lambda s: give_schema_another_name(s, "Way", "PaymentWay"),
        "breaking: renamed Way (request and response)",
    ),
    "constant gone": (
        lambda s: fields(s, "Way")["code"].pop("const"),
        "breaking: widened Way.code (request and response)",
    ),
    "decimals": (lambda s: s.update({"x-decimals": "string"}), "breaking: retyped x-decimals (request and response)"),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES)
def test_change_is_named_and_judged_for_its_direction(edit: Callable[[Node], object], expected: str) -> None:
    told = [
        f"{change.verdict}: {change.kind} {change.element.title} ({' and '.join(change.verdicts)})"
        for change in changed(edit)
        if change.verdict is not Verdict.TEXT
    ]
    assert told == [expected]


def test_a_write_that_is_taken_for_a_read_would_be_done_twice() -> None:
    def edit(spec: Node) -> None:
        post(spec)["x-effect"] = "read: why"

    before = copy.deepcopy(SMALL)
    del post(before)["x-effect"]
    after = copy.deepcopy(before)
    edit(after)
    assert [(c.kind, c.verdict) for c in compare(before, after)] == [(Kind.RETYPED, _B)]


def test_a_schema_of_both_directions_is_judged_for_each() -> None:
    (change,) = changed(lambda s: fields(s, "Way")["code"].update({"maxLength": 3}))
    assert change.verdicts == {Direction.REQUEST: _B, Direction.RESPONSE: _C}
    assert change.verdict is _B


def test_each_rename_is_told_once_and_references_to_it_are_no_changes() -> None:
    assert [change.says for change in changed(lambda s: give_schema_another_name(s, "Payment", "Pago"))] == [
        "is now `Pago`"
    ]
    assert len(changed(lambda s: move(fields(s, "Payment"), "dt_create", "dt_created"))) == 1


def test_a_renamed_schema_with_another_field_is_still_the_same_schema() -> None:
    def edit(spec: Node) -> None:
        fields(spec, "NewPayment")["note"] = {"type": "string"}
        give_schema_another_name(spec, "NewPayment", "PaymentRequest")

    told = {(change.element.title, change.kind) for change in changed(edit)}
    assert told == {("NewPayment", Kind.RENAMED), ("NewPayment.note", Kind.ADDED)}


def test_fields_that_have_nothing_in_common_but_their_type_are_no_rename() -> None:
    def edit(spec: Node) -> None:
        del fields(spec, "Payment")["status"]
        fields(spec, "Payment")["beneficiary"] = {"type": "string"}

    kinds = {(change.element.title, change.kind) for change in changed(edit)}
    assert kinds >= {("Payment.status", Kind.REMOVED), ("Payment.beneficiary", Kind.ADDED)}


def test_texts_are_never_judged() -> None:
    def edit(spec: Node) -> None:
        spec["info"]["title"] = "Another"
        fields(spec, "Payment")["total"]["description"] = "Dollars."
        answer(spec)["description"] = "Other words."
        answer(spec)["links"] = {}
        answer(spec)["content"]["application/json"]["examples"] = {}
        post(spec)["x-effect"] = "read: for another reason"

    found = changed(edit)
    assert [change.verdict for change in found] == [Verdict.TEXT] * 6


def test_a_field_called_description_is_no_text() -> None:
    (change,) = changed(lambda s: fields(s, "Payment").update(description={"type": "string"}))
    assert change.kind is Kind.ADDED


def test_the_same_in_other_words_is_no_change_of_type() -> None:
    def edit(spec: Node) -> None:
        parameters = post(spec)["parameters"]
        parameters[0] = copy.deepcopy(spec["components"]["parameters"]["limit"])
        fields(spec, "NewPayment")["folio"]["type"].reverse()

    assert {change.verdict for change in changed(edit)} == {Verdict.TEXT}
