"""Reports of contract tests show no secret, and can be read by people and build servers; nothing else is left."""

import json
import logging
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

import pytest
from hearing import ACCOUNTS, PATHS, SEED, Heard, far
from tampering import body, with_answers, with_provider

from ventanilla.contract import Account, check
from ventanilla.errors import ConfigurationError
from ventanilla.mock.clock import Clock
from ventanilla.mock.core import Mock
from ventanilla.mock.provider import Call, Reply
from ventanilla.mock.server import running
from ventanilla.mock.world import World

CANARIES = ("7767a4a04f990e9231bafc949e8ca08a", "26b413ah0ba67543c7642069a91h743t", "d09168b32f80ai8ba24c416916y304n8")


def telling(provider: str, path: str, secret: str) -> Callable[[Clock], Mock]:
    """Return a mock that repeats a secret where nobody has asked for it, and fails to keep the spec on the way."""
    tell = body(lambda value: {"message": f"key {secret} is right", "token": secret})
    return with_answers(provider, path, tell)


@pytest.mark.parametrize(
    ("provider", "path", "operation"),
    [("syncfy", "/webhooks", "list_webhooks"), ("facti", "/company_payment_ways", "list_payment_ways")],
)
def test_no_secret_is_shown_by_what_is_reported(
    provider: str, path: str, operation: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    account = ACCOUNTS[provider]
    with running(mock=telling(provider, path, account.api_key or "")(Clock())) as base:
        options: Mapping[str, Any] = {"seed": SEED, "examples": 1, "phases": ["examples", "coverage"]}
        report = check(base + PATHS[provider], account=account, operations=[operation], **options)
    rules = {finding.rule for finding in report.findings}
    assert {"response_schema_conformance", "secrets_do_not_come_back"} <= rules
    shown = "\n".join((str(report), repr(report), repr(account), json.dumps(report.as_dict()), report.as_junit()))
    printed = capfd.readouterr()
    for place in (shown, printed.out, printed.err, *(record.getMessage() for record in caplog.records)):
        for canary in (*CANARIES, *tokens_in(place)):
            assert canary not in place
    assert "***" in shown
    # The control: what is hidden was there.
    assert f"${provider.upper()}_API_KEY" in shown


def tokens_in(text: str) -> list[str]:
    """Return what follows the word token where a session is used."""
    return [word for word in text.split("token=")[1:] if word[:1].isalnum()]


def test_a_command_line_asks_the_same_again_with_the_secret_from_its_variable() -> None:
    with running(mock=telling("facti", "/company_payment_ways", "x")(Clock())) as base:
        report = check(
            base + PATHS["facti"],
            account=ACCOUNTS["facti"],
            seed=SEED,
            examples=1,
            operations=["list_payment_ways"],
            phases=["examples"],
        )
    (line,) = {finding.curl for finding in report.findings}
    # What a shell makes of it.
    variables = {"FACTI_API_KEY": "the-key", "FACTI_CLIENT_ID": "the-client", "PATH": "/usr/bin:/bin"}
    printed = line.replace("curl ", "printf '%s\\n' ", 1)
    words = subprocess.run(["/bin/sh", "-c", printed], env=variables, capture_output=True, text=True, check=True).stdout
    assert "api_key=the-key" in words
    assert "client_id=the-client" in words
    assert f"{base}/facti/v1/payments/company_payment_ways" in words.splitlines()
    assert shlex.split(line)[0] == "curl"


def test_wrong_keys_are_said_without_them() -> None:
    with pytest.raises(ConfigurationError, match="the tests cannot log in") as raised:
        far("facti", Heard(), account=Account(client_id="a" * 32, api_key="wrong-but-mine-alone"))
    assert "wrong-but-mine-alone" not in str(raised.value)


def fails(world: World, call: Call) -> Reply:
    raise KeyError("nothing of this kind")


def test_the_report_is_readable_for_build_servers() -> None:
    with running(mock=with_provider("facti", handlers={"get_payment": fails})(Clock())) as base:
        report = check(
            base + PATHS["facti"],
            account=ACCOUNTS["facti"],
            seed=SEED,
            examples=1,
            operations=["list_payment_ways", "get_payment"],
            phases=["coverage"],
        )
    suite = ElementTree.fromstring(report.as_junit())
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
    }
    broken = {case.get("name"): [failure.get("type") for failure in case.iter("failure")] for case in suite}
    assert broken == {
        "POST /v1/payments/company_payment_ways": [],
        "GET /v1/payments/{id}": ["not_a_server_error", "status_code_conformance"],
    }
    assert "curl " in "".join(suite.itertext())
    assert json.loads(json.dumps(report.as_dict()))["findings"][0]["operation"] == "get_payment"


def test_nothing_of_schemathesis_is_loaded_before_it_is_needed() -> None:
    code = (
        "import sys, ventanilla, ventanilla.cli, ventanilla.cli.contract, ventanilla.contract\n"
        "print([name for name in ('schemathesis', 'hypothesis', 'requests', 'jsonschema_rs') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_rules_are_gone_when_the_run_is_over() -> None:
    # Whoever tests something else with schemathesis in the same process gets neither our rules nor our forms.
    checks: Any = import_module("schemathesis.checks")
    transport: Any = import_module("schemathesis.transport.requests").REQUESTS_TRANSPORT
    before = [dict(transport._serializers), checks.CHECKS.get_all_names()]
    far("facti", Heard(), operations=["authenticate"], phases=["examples"])
    assert [dict(transport._serializers), checks.CHECKS.get_all_names()] == before
    assert "AcceptsValidData" not in before[1]
