"""generate.py diff names what an edited spec changes, and by types the lines of the facade that it concerns."""

import contextlib
import io
import json
import re
import shutil
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from generate import load
from specdiff import command
from specdiff._blame import blamed
from specdiff._checking import CheckFailed, Line, TypeProblem

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = shutil.ignore_patterns("__pycache__", ".generating-*", ".mypy_cache")
Node = Any
Report = dict[str, Any]


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout of its own with the specs, the clients and the facade committed, and one cache for mypy."""
    root = tmp_path_factory.mktemp("checkout")
    for folder in ("specs", "generated", "facade"):
        shutil.copytree(ROOT / folder, root / folder, ignore=HIDDEN)
    shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    git(root, "init", "--quiet")
    commit(root, "as it is")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYPY_CACHE_DIR", str(tmp_path_factory.mktemp("mypy")))
        yield root


@pytest.fixture
def checkout(committed: Path) -> Iterator[Path]:
    """The same, put back as it was committed afterwards."""
    head = git(committed, "rev-parse", "HEAD")
    yield committed
    git(committed, "reset", "--quiet", "--hard", head.strip())
    git(committed, "clean", "-fdq")


@pytest.fixture
def no_type_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(root: Path, clients: Path) -> None:
        raise AssertionError("mypy was asked")

    monkeypatch.setattr("specdiff._uses.type_problems", refuse)


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", root, *identity, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def commit(root: Path, message: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def edit(root: Path, provider: str, change: Callable[[Node], object]) -> None:
    path = root / "specs" / f"{provider}.yaml"
    spec = load(path.read_text(encoding="utf-8"), "safe")
    change(spec)
    path.write_text(json.dumps(spec, ensure_ascii=False, indent=1), encoding="utf-8")  # which is YAML too


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def fields(spec: Node, schema: str) -> Node:
    return spec["components"]["schemas"][schema]["properties"]


def required(spec: Node, schema: str) -> Node:
    return spec["components"]["schemas"][schema]["required"]


def lines(file: str, text: str) -> set[str]:
    """Return the lines of a facade's file in which a text stands."""
    path = f"facade/ventanilla/{file}"
    found = enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
    return {f"{path}:{number}" for number, line in found if text in line}


def edit_syncfy(spec: Node) -> None:
    fields(spec, "User")["nickname"] = {"type": "string"}
    fields(spec, "User")["id_user"]["type"] = ["string", "null"]
    fields(spec, "User")["dt_create"]["type"] = ["integer", "string"]
    required(spec, "NewUser").append("id_external")
    del spec["paths"]["/users/{id_user}"]["delete"]
    spec["paths"]["/sessions/{token}/verify"]["get"]["security"] = [{"ApiKeyAuth": []}]


def edit_facti(spec: Node) -> None:
    del fields(spec, "Payment")["to_email"]
    required(spec, "Payment").remove("to_email")
    fields(spec, "NewRequest")["folio"]["type"] = "integer"
    spec["paths"]["/v1/payments/remove"] = spec["paths"].pop("/v1/payments/delete")


def edit_facturaonline(spec: Node) -> None:
    spec["paths"]["/payroll/catalogos/{catalogo}"]["parameters"][0]["schema"]["enum"].append("zonas")


EDITS = {"syncfy": edit_syncfy, "facti": edit_facti, "facturaonline": edit_facturaonline}


@pytest.fixture(scope="module")
def report(committed: Path) -> Report:
    """What is said of ten edits at once: the marks tell their lines apart."""
    for provider, change in EDITS.items():
        edit(committed, provider, change)
    found = json_of(committed)
    git(committed, "reset", "--quiet", "--hard")
    return found


def json_of(root: Path, *arguments: str) -> Report:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = command.main(["--json", *arguments], root)
    found: Report = json.loads(printed.getvalue())
    assert found["exit_code"] == code
    return found


def changes(report: Report) -> dict[str, Report]:
    return {each["element"]: each for each in report["changes"]}


USERS = "syncfy/_users.py"
# What each edit is, the lines that it breaks, and the others that use what it changes.
TEN: dict[str, tuple[str, set[str], set[str]]] = {
    "User.nickname": ("compatible: added (response)", set(), set()),
    "Payment.to_email": (
        "breaking: removed (response)",
        lines("facti/_asking.py", "row.to_email") | lines("facti/values.py", "addresses(row.to_email)"),
        set(),
    ),
    "NewUser.id_external": (
        "breaking: made required (request)",
        lines(USERS, "models.NewUser("),
        lines(USERS, "body.id_external"),
    ),
    "NewRequest.folio": (
        "breaking: narrowed (request)",
        lines("facti/_requests.py", "folio=folio,"),
        lines("facti/_asking.py", "body.folio"),
    ),
    "User.dt_create": ("breaking: widened (response)", set(), lines(USERS, "user.dt_create")),
    "delete_user": (
        "breaking: removed (request)",
        lines(USERS, "delete_user.sync_detailed"),
        lines("mock/syncfy/__init__.py", "users.delete_user")
        | lines("mock/syncfy/users.py", "def delete_user(")
        | lines(USERS, 'confirmed(deleted, "delete_user")'),
    ),
    "delete_payment": (
        "breaking: moved (request)",
        set(),
        lines("facti/_payments.py", "delete_payment.sync_detailed"),
    ),
    "list_catalogue(catalogo)": (
        "compatible: widened (request)",
        set(),
        lines("facturaonline/_catalogues.py", "list_catalogue.sync_detailed, name"),
    ),
    "User.id_user": (
        "breaking: widened (response)",
        lines("demo/_syncfy.py", "user.id_user, folder"),
        lines(USERS, "found.id_user") | lines(USERS, "user.id_user"),
    ),
    "verify_session": ("breaking: narrowed (request)", set(), lines(USERS, "verify_session.sync_detailed")),
}


@pytest.mark.parametrize("element", TEN)
def test_edit_is_judged_and_the_lines_that_it_concerns_are_named(report: Report, element: str) -> None:
    told = changes(report)[element]
    judged, breaks, uses = TEN[element]
    assert f"{told['judgement']}: {told['kind']} ({' and '.join(told['directions'])})" == judged
    assert set(told["breaks"]) == breaks
    assert set(told["uses"]) == uses
    assert element in told["says"]


def test_nothing_else_is_told_of_the_ten_edits(report: Report) -> None:
    assert {each["element"] for each in report["changes"]} == TEN.keys()
    assert report["unexplained"] == []
    assert report["refused"] == {}
    assert report["unchecked"] is None
    assert report["exit_code"] == 1
    assert report["texts"] == {"syncfy": 0, "facti": 0, "facturaonline": 0, "mock": 0}


def test_changelog_stub_has_a_sentence_for_each_change(report: Report) -> None:
    stub = "\n".join(report["changelog"])
    assert [each["says"] for each in report["changes"] if each["says"] not in stub] == []
    assert "Code that uses Facti may have to change. " in stub


def test_lines_are_told_by_types_and_not_by_names(checkout: Path) -> None:
    """Sites, users and employees have names, and many operations take a limit: only these lines concern these two."""

    def change(spec: Node) -> None:
        move(fields(spec, "User"), "name", "names")
        required(spec, "User")[2] = "names"
        own = spec["paths"]["/users"]["get"]["parameters"]
        own[:] = [each for each in own if each["$ref"] != "#/components/parameters/limit"]

    edit(checkout, "syncfy", change)
    told = changes(json_of(checkout, "HEAD", "syncfy"))
    assert told["User.name"]["kind"] == "renamed"
    named = lines("demo/_syncfy.py", "{user.name}") | lines(USERS, "now.name")
    assert {*told["User.name"]["breaks"], *told["User.name"]["uses"]} == named
    limit = told["list_users(limit)"]
    assert lines(USERS, "limit=limit,") <= {*limit["breaks"], *limit["uses"]}
    assert {line.partition(":")[0] for line in limit["breaks"] + limit["uses"]} == {f"facade/ventanilla/{USERS}"}


def move(mapping: Node, old: str, new: str) -> None:
    """Give a key another name at the same place."""
    items = [(new if key == old else key, value) for key, value in mapping.items()]
    mapping.clear()
    mapping.update(items)


def test_lines_that_break_for_a_reason_of_their_own_are_told_apart(checkout: Path) -> None:
    (checkout / "facade/ventanilla/_broken.py").write_text('NUMBER: int = "text"\n', encoding="utf-8")
    edit(checkout, "facti", lambda spec: spec["paths"].pop("/v1/payments/delete"))
    found = json_of(checkout, "HEAD", "facti")
    assert [each["line"] for each in found["unexplained"]] == ["facade/ventanilla/_broken.py:1"]
    assert changes(found)["delete_payment"]["breaks"]


@pytest.mark.usefixtures("no_type_check")
def test_what_no_line_can_use_costs_no_type_check(checkout: Path) -> None:
    def change(spec: Node) -> None:
        fields(spec, "Payment")["currency"] = {"type": "string"}
        parameter = {"name": "n", "in": "query", "schema": {"type": "string"}}
        spec["paths"]["/v1/payments/{id}"]["get"]["parameters"] = [parameter]

    edit(checkout, "facti", change)
    found = json_of(checkout)
    assert [each["breaks"] + each["uses"] for each in found["changes"]] == [[], []]
    assert found["exit_code"] == 0


@pytest.mark.usefixtures("no_type_check")
def test_a_spec_that_does_not_generate_is_compared_all_the_same(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(checkout, "facti", lambda spec: fields(spec, "ClabeSearch").update(new={"type": "array"}))
    assert command.main([], checkout) == 0
    said = capsys.readouterr().out
    assert "compatible  added: ClabeSearch.new (request) is new" in said
    assert "The new spec of Facti does not generate" in said
    assert "array-items" in said


def test_a_type_checker_that_fails_takes_nothing_from_the_comparison(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(root: Path, clients: Path) -> None:
        raise CheckFailed("mypy could not check the facade: it is not installed")

    monkeypatch.setattr("specdiff._uses.type_problems", fail)
    edit(checkout, "facti", lambda spec: spec["paths"].pop("/v1/payments/delete"))
    found = json_of(checkout)
    assert found["unchecked"] == "mypy could not check the facade: it is not installed"
    assert found["exit_code"] == 1
    assert "delete_payment" in changes(found)


def test_readme_shows_what_is_really_said(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def change(spec: Node) -> None:
        fields(spec, "NewRequest")["folio"]["type"] = "integer"
        fields(spec, "Payment")["currency"] = {"type": "string"}

    edit(checkout, "facti", change)
    assert command.main([], checkout) == 1
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = textwrap.dedent(readme.partition("it says\n\n")[2].partition("\nand exits")[0])
    # Lines and versions move on.
    assert re.sub(r"\d+", "0", capsys.readouterr().out).strip() == re.sub(r"\d+", "0", shown).strip()


@frozen
class Suspect:
    """A change that may be to blame."""

    names: frozenset[str]
    uses: frozenset[Line] = frozenset()
    stops: bool = True


def test_a_line_is_put_down_to_what_it_uses_then_to_its_function_then_to_what_is_named() -> None:
    line = Line("a.py", 5)
    used = Suspect(frozenset({"x"}), frozenset({line}))
    near = Suspect(frozenset({"y"}), frozenset({Line("a.py", 3)}))
    far = Suspect(frozenset({"type"}), frozenset({Line("a.py", 9)}))
    scopes = {"a.py": [range(2, 7), range(8, 10)]}
    told = TypeProblem(line, 'Incompatible types (expression has type "str", variable has type "int")')
    assert blamed(told, [far, near, used], scopes) == [2]
    assert blamed(told, [far, near], scopes) == [1]
    assert blamed(told, [far], scopes) == []
    assert blamed(TypeProblem(line, 'Missing named argument "type"'), [far], scopes) == [0]
    harmless = evolve(used, stops=False)
    assert blamed(told, [harmless, used], scopes) == [1]
    assert blamed(told, [harmless], scopes) == [0]
