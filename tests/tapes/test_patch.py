"""`ventanilla drift --patch` makes the specs say what was recorded, by a diff as small as somebody would write it."""

import functools
import json
import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from test_drift import FAILED, JSON, USER, envelope, exchange, ventanilla

import generate
from house_rules import broken_rules
from ventanilla.mock._provenance import level_of
from ventanilla.mock._spec import Spec
from ventanilla.tapes import Exchange, Patch, Tape, TapeError, compare, patch, specs_in
from ventanilla.tapes._archive import written
from ventanilla.tapes._sheet import Sheet

ROOT = Path(__file__).resolve().parents[2]
CANARY = "somebody's own value"
DAY = 1_790_000_000.0
SOURCE = 'x-source: "recorded: tape, 2026-09-21"'


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the specs and the clients, under git."""
    for folder in ("specs", "generated"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", ".generating-*"))
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "SPECS", tmp_path / "specs")
    monkeypatch.setattr(generate, "TARGET", tmp_path / "generated" / "ventanilla_clients")
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q"], check=True)
    return tmp_path


@functools.cache
def our_specs() -> dict[str, Spec]:
    return specs_in(ROOT / "specs")


def made(exchanges: list[Exchange]) -> tuple[Tape, Patch]:
    tape = Tape("tape", tuple(evolve(each, at=DAY) for each in exchanges))
    return tape, patch(compare([tape], specs=our_specs()).findings, Path("specs"), our_specs())


def applied(diff: str) -> None:
    subprocess.run(["git", "apply", "-"], input=diff, text=True, check=True)


def changes(diff: str) -> list[str]:
    lines = diff.splitlines()
    return [line for line in lines if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))]


def user(**other: Any) -> Exchange:
    return exchange(envelope([{**USER, **other}]))


def without(name: str, row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


@pytest.mark.parametrize(
    ("exchanges", "expected"),
    [
        ([user(x=CANARY)], [f"+        x: {{type: string, {SOURCE}}}"]),
        ([user(x=1), user(x=None)], [f"+        x: {{type: [integer, 'null'], {SOURCE}}}"]),
        ([user(x=1), user(x=1.5)], [f"+        x: {{type: number, format: decimal, {SOURCE}}}"]),
        ([user(x=[True])], [f"+        x: {{type: array, items: {{type: boolean}}, {SOURCE}}}"]),
        ([user(x=[])], [f"+        x: {{type: array, items: {{}}, {SOURCE}}}"]),
        ([user(x=None)], [f"+        x: {{{SOURCE}}}"]),
        ([user(x="a"), user(x=1.5)], [f"+        x: {{{SOURCE}}}"]),
        ([user(x={"1": CANARY})], [f"+        x: {{type: object, {SOURCE}}}"]),
        (
            [user(first_name={"a": CANARY, "b": [{"c": 1}]})],
            [
                "+        first_name: {$ref: '#/components/schemas/UserFirstName'}",
                "+    UserFirstName:",
                "+      type: object",
                f"+      {SOURCE}",
                "+      properties:",
                "+        a: {type: string}",
                "+        b: {type: array, items: {$ref: '#/components/schemas/UserFirstNameBItem'}}",
                "+    UserFirstNameBItem:",
                "+      type: object",
                f"+      {SOURCE}",
                "+      properties:",
                "+        c: {type: integer}",
            ],
        ),
        (
            [user(name=None)],
            ["-        name: {type: string}", f"+        name: {{type: [string, 'null'], {SOURCE}}}"],
        ),
        (
            [user(dt_modify="now")],
            [
                "-        dt_modify: {type: [integer, 'null'], format: unix-time}",
                f"+        dt_modify: {{type: [string, integer, 'null'], format: unix-time, {SOURCE}}}",
            ],
        ),
        (
            [user(dt_create=1.5)],
            [
                "-        dt_create: {type: integer, format: unix-time}",
                f"+        dt_create: {{type: number, format: decimal, {SOURCE}}}",
            ],
        ),
        ([user(name={"a": 1})], ["-        name: {type: string}", f"+        name: {{{SOURCE}}}"]),
        (
            [exchange(envelope([without("name", USER)]))],
            [
                "-      required: [id_user, id_external, name, dt_create, dt_modify]",
                "+      required: [id_user, id_external, dt_create, dt_modify]",
                "-        name: {type: string}",
                f"+        name: {{type: string, {SOURCE}}}",
            ],
        ),
        (
            [exchange(FAILED, status=418)],
            [
                "+        '418':",
                "+          description: Recorded.",
                f"+          {SOURCE}",
                "+          content:",
                "+            application/json:",
                "+              schema: {$ref: '#/components/schemas/Failure'}",
            ],
        ),
        (
            [exchange(b"<html>", status=418, headers=[("Content-Type", "text/html; charset=utf-8")])],
            [
                "+        '418':",
                "+          description: Recorded.",
                f"+          {SOURCE}",
                "+          content:",
                "+            text/html:",
                "+              schema: {type: string, format: binary}",
            ],
        ),
        (
            [user(), exchange(b"<html>", headers=[("Content-Type", "text/html")])],
            [
                "+            text/html:",
                "+              schema: {type: string, format: binary}",
                f"+              {SOURCE}",
            ],
        ),
        (
            [exchange(envelope([USER]), headers=(*JSON, ("X-Quota", CANARY)))],
            [
                "+          headers:",
                f"+            X-Quota: {{description: Recorded., schema: {{type: string}}, {SOURCE}}}",
            ],
        ),
    ],
    ids=range(18),
)
def test_the_diff_is_what_somebody_would_write(
    exchanges: list[Exchange], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    _, found = made(exchanges)
    assert changes(found.diff) == expected
    assert CANARY not in found.diff
    assert found.left == ()


def test_what_has_a_source_keeps_it_in_front() -> None:
    account = exchange(envelope([{"currency": None}]), target="/v1/accounts")
    (line,) = (line for line in changes(made([account])[1].diff) if line.startswith("+        currency:"))
    said = '"client: Postman collection sync.json; recorded: tape, 2026-09-21"'
    assert line == f"+        currency: {{type: [string, 'null'], x-source: {said}}}"


def test_nothing_to_say_is_no_diff() -> None:
    _, found = made([user()])
    assert found == Patch()


PAYMENT: dict[str, Any] = {
    "id": 1,
    "empresas_id": 5,
    "organizaciones_id": 1,
    "request_datetime": CANARY,
    "serie": "A",
    "folio": 3,
    "to_rfc": CANARY,
    "to_email": CANARY,
    "total_amount": 55.2,
    "status": "1",
    "group_parent": "0",
    "group_child": "0",
    "count_childs": 0,
    "childs": [],
}
FACTI: dict[str, Any] = {"origin": "https://api.facti.mx", "target": "/v1/payments/38"}
PAYROLLS: dict[str, Any] = {"origin": "https://facturaonline.com.mx", "target": "/api/payroll/list"}
JOB = f"/v1/jobs/{'a' * 24}/status"
PDF = [("Content-Type", "application/pdf")]
LACKING = without("childs", without("serie", {**PAYMENT, "fee": 1.25, "folio": None}))
OTHER: dict[str, Any] = {**PAYMENT, "total_amount": "55.20", "payer": {"name": CANARY}}
EVERYTHING = [
    exchange({"result": 1, "msg": "", "details": LACKING}, **FACTI),
    exchange({"result": 1, "msg": None, "details": OTHER}, **FACTI),
    exchange({"result": 0, "msg": "no", "why": 7}, status=503, **FACTI),
    exchange({"result": 0, "msg": CANARY, "code": "E1"}, headers=(*JSON, ("X-Quota", "1")), **FACTI),
    exchange({"status": "success", "data": [], "page": 1}, headers=(*JSON, ("X-Page", "1")), **PAYROLLS),
    exchange(b"%PDF", headers=PDF, **PAYROLLS),
    exchange({"status": "error", "message": "no", "why": [1]}, status=404, **PAYROLLS),
    user(extra={"a": {"b": None}}, tags=["x"], name=None),
    exchange(envelope([without("id_external", USER)], page={"next": 2})),
    exchange(envelope([{"code": "100"}, {"code": 410, "twofa": None, "address": None}, {}]), target=JOB),
    exchange(envelope(None), target=f"/v1/users/{'a' * 24}", method="PUT"),
    exchange(envelope([{"dt_created": True, "url": 1, "events": None}]), target="/v1/webhooks"),
    exchange(envelope([{"site": None, "balance": None}]), target="/v1/accounts"),
    exchange(FAILED, status=409, headers=(*JSON, ("X-Why", "1"))),
    exchange(FAILED, status=401, headers=(*JSON, ("X-Why", "1"))),
    exchange(FAILED, status=429, headers=(*JSON, ("X-Why", "1"))),
]


def test_after_the_patch_everything_generates_and_nothing_differs(checkout: Path) -> None:
    tape, found = made(EVERYTHING)
    findings = compare([tape], specs=our_specs()).findings
    assert len(findings) > 30
    assert CANARY not in found.diff
    assert found.left == ()
    applied(found.diff)
    specs = specs_in(Path("specs"))
    assert [(each.operation, each.kind, each.path) for each in compare([tape], specs=specs).findings] == []
    assert generate.main(["syncfy", "facti", "facturaonline"]) == 0
    # Comments and order stay: nothing but what is said has changed.
    assert len(changes(found.diff)) < 4 * len(findings)


def test_what_a_spec_cannot_say_is_left_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exchanges = [
        user(**{"6b080a36eb1167b367a9c378": 1}),
        user(**{"d337e963-680f-4009-85dc-ab439bfdc771": 1}),
        exchange([1]),
        exchange({}, status=201),
        exchange(b"a,b", headers=[("Content-Type", "text/csv")]),
        exchange(b"{", target="/v1/users"),
        exchange({}, target="/v1/nothing"),
        exchange({}, origin="https://example.mx"),
    ]
    _, found = made(exchanges)
    assert found.diff == ""
    reasons = {line.split(": ")[-1] for line in found.left}
    assert len(found.left) == 8
    assert reasons == {
        "its name looks like an id or a text, which is a value",
        "the whole answer is of another type",
        "a spec documents 200 and no other success",
        "the generator knows no such content type",
        "a spec cannot say so",
        "no spec has this address",
    }


def test_the_command_prints_a_diff_that_git_applies(checkout: Path) -> None:
    folder = checkout / "tape"
    folder.mkdir()
    for number, each in enumerate((user(x=CANARY), exchange({}, status=201)), start=1):
        (folder / f"{number:04}-x.har").write_bytes(written(evolve(each, number=number, at=DAY), "x"))
    shown = ventanilla(folder, "--patch", "--specs", "specs")
    assert shown.exit_code == 1
    assert changes(shown.stdout) == [f"+        x: {{type: string, {SOURCE}}}"]
    assert "not in the patch: syncfy.list_users: status 201: a spec documents 200" in shown.stderr
    applied(shown.stdout)
    again = ventanilla(folder, "--patch")
    assert again.stdout == ""
    assert "1 difference in 2 exchanges" in ventanilla(folder, "--specs", "specs").stdout
    assert "2 differences in 2 exchanges" in ventanilla(folder).stdout


def test_specs_that_are_none_are_bad_input(checkout: Path) -> None:
    (checkout / "empty").mkdir()
    (checkout / "tape.har").write_text(json.dumps({"log": {"entries": []}}))
    assert ventanilla("tape.har", "--patch", "--specs", "empty").exit_code == 2
    (checkout / "empty" / "facti.yaml").write_text("a: [")
    with pytest.raises(TapeError, match=r"facti\.yaml: is no spec: "):
        specs_in(checkout / "empty")


def test_recorded_is_one_of_the_levels() -> None:
    assert level_of("recorded: tape, 2026-09-21") == ("recorded", "tape, 2026-09-21")
    # Somebody else's word of the same place stays first.
    assert level_of("client: sync.json; recorded: tape, 2026-09-21")[0] == "client"


ODD_NAMES = ["*x", "!x", "%x", "&x", "true", "True", "no", "Y", "on", "null", "~", "", "1e3", "0x1F", "1_000", ".inf"]
ODD_NAMES.extend(
    ["a: b", "a:", ": a", "- x", "-", "? x", "#x", "a #b", "'", '"', "a'b", 'a"b', "@x", "`x", "{a", "}", "[b"]
)
ODD_NAMES.extend(
    [",", "a, b", "|", ">", "<<", "=", "---", "...", "2026-01-01", "12:30:45", " x", "x ", "a\nb", "a\tb", "]"]
)
ODD_NAMES.extend(["ñandú", "日本", "\u2028", "\x85", "\ufeff", "\x7f", "\U0001f600", "a.b", "a/b", "a~b", "$ref"])
ODD_NAMES.extend(
    ["class", "from", "self", "model_config", "unknown_fields", "_unknown", "__init__", "copy", "json", "None"]
)
ODD_NAMES.extend(
    ["a-b", "a_b", "aB", "ﬁ", "id", "type", "str", "List", "x-source", "properties", "required", "%YAML 1.2"]
)
ODD_NAMES.extend(["\\n", "a~1b"])


def random_names(count: int) -> list[str]:
    dice = random.Random(20261203)
    letters = "aZ_1 :-#*&!%@`'\"\\,[]{}|>?~=.\n\t\r\0\x1bñ\u2029\ufeff\U0001f511"
    return ["".join(dice.choice(letters) for _ in range(dice.randint(1, 8))) for _ in range(count)]


def test_every_name_is_read_as_it_came(checkout: Path) -> None:
    names = [*dict.fromkeys([*ODD_NAMES, *random_names(300)])]
    nested = {"true": 1, "class_": 2, "no": {"y": "z"}}
    path = Path("specs/syncfy.yaml")
    text = path.read_text(encoding="utf-8")
    for place in (dict.fromkeys(names, "x"), {"deep": nested, "ñ": nested, "*": nested, "a_b": nested}):
        path.write_text(text, encoding="utf-8")
        _, found = made([user(**place)])
        applied(found.diff)
        schemas: Any = specs_in(Path("specs"))["syncfy"].document["components"]["schemas"]
        ids = {name for name in place if name.isdigit()}
        assert place.keys() - ids <= schemas["User"]["properties"].keys()
        assert len(found.left) == len(ids)
    assert schemas["UserDeep"]["properties"].keys() == nested.keys()


def test_odd_headers_and_content_types_are_read_as_they_came(checkout: Path) -> None:
    names = ["*x", "!x", "%x", "&x", "'x", "`x", "true", "|", "~", "#x", "1e3", "null"]
    headers = [("Content-Type", "*/x+json"), *((name, "1") for name in names)]
    _, found = made([exchange(envelope([USER]), headers=headers), exchange(FAILED, status=409, headers=headers)])
    applied(found.diff)
    responses: Any = specs_in(Path("specs"))["syncfy"].document["paths"]["/users"]["get"]["responses"]
    assert responses["409"]["headers"].keys() == {*names}
    assert "*/x+json" in responses["409"]["content"]


def test_a_field_whose_name_has_a_slash_is_no_longer_required(checkout: Path) -> None:
    path = Path("specs/syncfy.yaml")
    text = path.read_text(encoding="utf-8")
    schema = text[text.index("    User:\n") :]
    changed = schema.replace("      properties:\n", '      properties:\n        "a/b.c": {type: string}\n', 1)
    changed = changed.replace("required: [", 'required: ["a/b.c", ', 1)
    path.write_text(text.replace(schema, changed), encoding="utf-8")
    specs = specs_in(Path("specs"))
    tape = Tape("tape", (evolve(user(), at=DAY),))
    found = patch(compare([tape], specs=specs).findings, Path("specs"), specs)
    applied(found.diff)
    assert compare([tape], specs=specs_in(Path("specs"))).findings == ()


@pytest.mark.parametrize("name", ["class", "self", "__init__", "_unknown", "a-b", "None", "true", "ﬁ"])
def test_a_name_that_no_attribute_can_have_is_told_with_its_line(
    checkout: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    applied(made([user(**{name: "x"})])[1].diff)
    lines = Path("specs/syncfy.yaml").read_text(encoding="utf-8").splitlines()
    if name == "true":
        assert broken_rules(generate.load("\n".join(lines), "rt")) == []
        return
    assert generate.main(["syncfy"]) == 1
    where = next(number for number, line in enumerate(lines, 1) if re.match(rf' +"?{re.escape(name)}"?: ', line))
    said = f"specs/syncfy.yaml:{where}: identifiers: #/components/schemas/User/properties/{name}"
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"type": "x", "type_": "y"}, "User/properties/type_ and type cannot be two attributes"),
        ({"properties": {"a": 1}}, ""),
        ({"properties": {"class": 1, "properties": {"a": 1}}}, ""),
    ],
)
def test_names_of_keywords_generate_or_are_told(
    checkout: Path, capsys: pytest.CaptureFixture[str], names: dict[str, Any], said: str
) -> None:
    applied(made([user(**names)])[1].diff)
    assert generate.main(["syncfy"]) == (1 if said else 0), capsys.readouterr().err
    assert said in capsys.readouterr().err


# The sheet.

TEXT = """\
# about it
a:   # here
  b: {c: 1}   # there
  d:
    - x
    - {y: 1}

  e: [one, two,
      three]
f: >-
  some
  text

g: {}
h: last"""


@pytest.mark.parametrize(
    ("edit", "pointer", "arguments", "before", "after"),
    [
        ("add", "#/a", (["n: 1"],), "      three]\n", "      three]\n  n: 1\n"),
        ("add", "#/a/b", (["n: 1"],), "{c: 1}", "{c: 1, n: 1}"),
        ("add", "#/g", (["n: 1"],), "g: {}", "g: {n: 1}"),
        ("add", "#", (["n:", "  o: 1"],), "h: last", "h: last\nn:\n  o: 1"),
        ("add_before", "#/a", ("d", ["n:", "  o: 1"]), "  d:\n", "  n:\n    o: 1\n  d:\n"),
        ("append", "#/a/d", ("z",), "    - {y: 1}\n", "    - {y: 1}\n    - z\n"),
        ("append", "#/a/e", ("four",), "three]", "three, four]"),
        ("replace", "#/a/b/c", ("2",), "c: 1", "c: 2"),
        ("replace", "#/f", ("short",), "f: >-\n  some\n  text\n", "f: short\n"),
        ("remove", "#/a", ("b",), "  b: {c: 1}   # there\n", ""),
        ("remove", "#/a/b", ("c",), "{c: 1}", "{}"),
        ("remove_items", "#/a/e", ({"one"},), "[one, two,", "[two,"),
        ("remove_items", "#/a/e", ({"three"},), "[one, two,\n      three]", "[one, two]"),
        ("remove_items", "#/a/e", ({"two", "three"},), "[one, two,\n      three]", "[one]"),
        ("remove_items", "#/a/e", ({"two"},), "[one, two,\n      three]", "[one, three]"),
        ("remove_items", "#/a/d", ({"x"},), "    - x\n", ""),
        ("replace_entry", "#/a/b", ("c", "n: 2"), "{c: 1}", "{n: 2}"),
    ],
    ids=range(17),
)
def test_an_edit_touches_nothing_else(
    edit: str, pointer: str, arguments: tuple[Any, ...], before: str, after: str
) -> None:
    sheet = Sheet(TEXT)
    assert before in TEXT
    getattr(sheet, edit)(sheet.at(pointer), *arguments)
    assert sheet.edited() == TEXT.replace(before, after, 1)


def test_edits_at_one_place_stand_in_their_order() -> None:
    sheet = Sheet(TEXT)
    sheet.add(sheet.at("#/a/b"), ["m: 1"])
    sheet.add(sheet.at("#/a/b"), ["n: 1"])
    sheet.add(sheet.at("#/a"), ["o: 1"])
    sheet.add(sheet.at("#/a"), ["p: 1"])
    assert "b: {c: 1, m: 1, n: 1}" in sheet.edited()
    assert "three]\n  o: 1\n  p: 1\n" in sheet.edited()
    with pytest.raises(LookupError, match="is not in the document"):
        sheet.at("#/a/none")
