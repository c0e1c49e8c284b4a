"""`ventanilla contract` finds nothing wrong with the mock, and in a mock with a bug the operation and the rule."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from attrs import evolve, frozen
from served import COMMAND, served
from tampering import body, group_lost, kept, with_answers, with_provider
from typer.testing import CliRunner

from ventanilla.cli import app
from ventanilla.mock.clock import Clock
from ventanilla.mock.core import Mock
from ventanilla.mock.facti import HANDLERS
from ventanilla.mock.facti.access import authenticate
from ventanilla.mock.provider import Call, Reply
from ventanilla.mock.server import running
from ventanilla.mock.wire import Request, Response, encode
from ventanilla.mock.world import World

SEED = "1"
PATHS = {"syncfy": "/syncfy/v1", "facti": "/facti", "facturaonline": "/facturaonline/api"}
ACCOUNT = {
    "SYNCFY_API_KEY": "7767a4a04f990e9231bafc949e8ca08a",
    "FACTI_CLIENT_ID": "d09168b32f80ai8ba24c416916y304n8",
    "FACTI_API_KEY": "26b413ah0ba67543c7642069a91h743t",
    "FACTI_COMPANY_ID": "5",
    "FACTI_FROM_RFC": "EKU9003173C9",
    "FACTURAONLINE_API_KEY": "mock-api-key",
    "FACTURAONLINE_SECRET_KEY": "mock-secret-key",
}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)


def contract(base: str, provider: str, *options: str) -> tuple[int, Any]:
    """Run the command; return its exit code and its report."""
    base_url = base + PATHS[provider]
    done = CliRunner().invoke(app, ["contract", "--base-url", base_url, "--seed", SEED, "--json", *options])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.exit_code, json.loads(done.stdout)


# All phases where that is quick; test_fuzz.py has them all for the three.
PASSING: Mapping[str, tuple[str, ...]] = {
    "facti": ("--examples", "2"),
    "facturaonline": ("--examples", "1"),
    "syncfy": ("--examples", "2", "--phases", "examples,fuzzing,stateful"),
}


@pytest.mark.parametrize("provider", PASSING)
def test_the_mock_as_it_is_breaks_no_rule(provider: str, say: Callable[[object], None]) -> None:
    with served(COMMAND) as mock:
        code, report = contract(mock.base, provider, *PASSING[provider])
        assert mock.end() == (0, "")
    say(f"{provider}: {sum(row['cases'] for row in report['rows'])} cases, {report['requests']} requests")
    assert (code, report["findings"], report["stopped"]) == (0, [], "")
    assert report["passed"]
    assert [row["label"] for row in report["rows"] if not row["cases"]] == []
    # So few examples of one that needs another's job may all miss it.
    assert sum(not row["succeeded"] for row in report["rows"]) <= 1
    assert report["requests"] > sum(row["cases"] for row in report["rows"])
    assert 0 < report["links"][0] <= report["links"][1]


def let_in(world: World, call: Call) -> None:
    """Ask nobody for credentials who lists ways of payment."""
    if call.operation.id != "list_payment_ways":
        authenticate(world, call)


def fails_at_odd_input(world: World, call: Call) -> Reply:
    if "since_id" in call.body:
        raise KeyError("nobody has thought of this")
    return HANDLERS["search_payments"](world, call)


def without_names(value: Any) -> Any:
    return {**value, "response": [{"id_country": row["id_country"]} for row in value["response"] or ()]}


def success(request: Request, answer: Response) -> Response:
    return evolve(answer, body=encode({"response": "success", "message": "Listo"}))


@frozen
class Bug:
    """A bug in a server, and the operation and the rule that it has to be found by."""

    provider: str
    make: Callable[[Clock], Mock]
    operation: str
    rule: str
    others: tuple[str, ...] = ()
    phases: str = "coverage"


BUGS = {
    "a deletion keeps the row": Bug(
        "syncfy",
        with_provider("syncfy", handlers={"delete_webhook": kept}),
        "delete_webhook",
        "forgets_what_it_ends",
    ),
    "a required field is missing": Bug(
        "syncfy",
        with_answers("syncfy", "/countries", body(without_names)),
        "list_countries",
        "response_schema_conformance",
    ),
    "a creation stores nothing": Bug(
        "facturaonline",
        with_provider("facturaonline", handlers={"create_group": group_lost}),
        "create_group",
        "keeps_what_it_makes",
    ),
    "an error is answered as a success": Bug(
        "facturaonline",
        with_answers("facturaonline", "/down", success),
        "deactivate_employee",
        "refuses_invalid_data",
    ),
    "credentials are not asked for": Bug(
        "facti",
        with_provider("facti", authenticate=let_in),
        "list_payment_ways",
        "EnforcesCredentials",
    ),
    "odd input makes it fail": Bug(
        "facti",
        with_provider("facti", handlers={"search_payments": fails_at_odd_input}),
        "search_payments",
        "not_a_server_error",
    ),
}


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_a_bug_is_found_with_its_operation_and_its_rule(bug: Bug) -> None:
    with running(mock=bug.make(Clock())) as base:
        chosen = ("--operations", ",".join((bug.operation, *bug.others)), "--phases", bug.phases)
        code, report = contract(base, bug.provider, "--examples", "1", *chosen)
    assert code == 1
    assert not report["passed"]
    found = [each for each in report["findings"] if (each["operation"], each["rule"]) == (bug.operation, bug.rule)]
    assert found, report["findings"]
    assert found[0]["sentence"]
    assert found[0]["curl"].startswith("curl ")
    assert bug.rule in next(row["broken"] for row in report["rows"] if row["operation"] == bug.operation)


def test_operations_without_a_link_between_them_have_no_sequences() -> None:
    with running() as base:
        code, report = contract(base, "facti", "--operations", "authenticate", "--examples", "1")
    assert (code, report["findings"], report["links"]) == (0, [], [0, 0])


def test_people_read_a_table_what_broke_and_how_to_ask_again() -> None:
    bug = BUGS["a required field is missing"]
    with running(mock=bug.make(Clock())) as base:
        options = ("--operations", f"{bug.operation},list_users", "--phases", "coverage", "--seed", SEED)
        done = shown("--base-url", base + PATHS["syncfy"], *options)
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["OPERATION", "CASES", "RESULT"]
    assert [line.split()[0] for line in lines if line.endswith(" ok")] == ["list_users"]
    assert next(line for line in lines if bug.operation in line).endswith("response_schema_conformance")
    assert any(line.startswith("response_schema_conformance of GET /catalogues/countries: ") for line in lines)
    assert any(line.startswith("curl ") and "$SYNCFY_TOKEN" in line for line in lines)
    assert "1 rule broken" in lines[-1]
    assert f"seed {SEED}" in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--base-url", "http://127.0.0.1:1/facti"), "the connection failed"),
        (("--base-url", "http://127.0.0.1:1"), "--spec"),
        (("--base-url", "https://api.facti.mx", "--write", "facti.mx"), "--write api.facti.mx"),
        (("--base-url", "http://127.0.0.1:1/facti", "--phases", "all"), "there are coverage, examples, fuzzing"),
        (("--base-url", "http://127.0.0.1:1/facti", "--without", "nothing"), "there is no rule nothing"),
        ((), "base-url"),
    ],
)
def test_what_cannot_be_tested_is_one_sentence_and_exit_code_2(arguments: tuple[str, ...], told: str) -> None:
    done = shown(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_rules_can_be_left_out_and_reports_written(tmp_path: Path) -> None:
    bug = BUGS["a required field is missing"]
    report = tmp_path / "report.xml"
    with running(mock=bug.make(Clock())) as base:
        assert contract(base, "syncfy", "--operations", bug.operation, "--phases", "examples")[0] == 2, "nothing tested"
        options = ("--operations", bug.operation, "--phases", "coverage", "--junit", str(report))
        assert contract(base, "syncfy", *options)[0] == 1
        assert ElementTree.parse(report).getroot().get("failures") == "1"
        assert contract(base, "syncfy", *options, "--without", bug.rule)[0] == 0
        assert ElementTree.parse(report).getroot().get("failures") == "0"


def test_the_help_teaches_by_example_and_says_what_writing_does() -> None:
    told = " ".join(shown("--help").stdout.replace("│", " ").split())
    assert "ventanilla contract --base-url http://127.0.0.1:8765/facti" in told
    assert "payrolls are stamped at the SAT" in told


def shown(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a process of its own, as people do."""
    command = [sys.executable, "-m", "ventanilla.cli", "contract", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
