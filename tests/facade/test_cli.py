"""The command line serves, stops, teaches by example, and fails in one sentence."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

COMMAND = [sys.executable, "-W", "error", "-m", "ventanilla.cli"]
PLAIN = {**os.environ, "NO_COLOR": "1", "COLUMNS": "80", "TERM": "dumb"}


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=120, env=PLAIN)


@contextmanager
def serving(*arguments: str) -> "Generator[tuple[subprocess.Popen[str], str]]":
    process = subprocess.Popen([*COMMAND, "mock", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_mock_announces_itself_answers_and_stops_cleanly(number: signal.Signals) -> None:
    with serving() as (process, line):
        assert re.fullmatch(r"ventanilla mock: http://127\.0\.0\.1:\d+\n", line)
        base = line.split(": ")[1].strip()
        assert httpx.get(f"{base}/_mock/health").status_code == 200
        for provider, path in (("syncfy", "/syncfy/v1"), ("facti", "/facti"), ("facturaonline", "/facturaonline/api")):
            spec = httpx.get(f"{base}/_mock/openapi/{provider}.json").json()
            assert [server["url"] for server in spec["servers"]] == [base + path]
        process.send_signal(number)
        assert process.wait(timeout=10) == 0


def test_seed_decides_ids() -> None:
    def created(seed: str) -> str:
        with serving("--seed", seed) as (_, line):
            headers = {"Authorization": "api_key api_key=7767a4a04f990e9231bafc949e8ca08a"}
            url = f"{line.split(': ')[1].strip()}/syncfy/v1/users"
            answer = httpx.post(url, headers=headers, json={"name": "El Santo"}).json()
            identifier: str = answer["response"]["id_user"]
            return identifier[8:]  # the first eight digits of such ids are the time

    assert created("1") == created("1") != created("2")


def test_taken_port_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        failed = run("mock", "--port", str(taken.getsockname()[1]))
    assert failed.returncode == 1
    assert "cannot listen on 127.0.0.1" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_failures_are_told_in_spanish_where_it_is_asked_for(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.write_text("nothing of ours\n", encoding="utf-8")
    command = [*COMMAND, "mock", "--port", "0", "--state", str(state)]
    said = [
        subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=PLAIN | more).stderr
        for more in ({}, {"VENTANILLA_LANG": "es_MX.UTF-8"})
    ]
    assert "is no state file" in said[0]
    assert "No se puede usar el archivo de estado del mock" in said[1]
    assert "Traceback" not in "".join(said)


def test_docs_prints_one_page_or_writes_several(tmp_path: Path) -> None:
    page = run("docs", "facti")
    assert page.returncode == 0
    assert "# Facti\n" in page.stdout
    assert "pays_by_stp" in page.stdout
    written = run("docs", "facti", "mock", "--out", str(tmp_path / "docs"))
    assert [Path(line).name for line in written.stdout.splitlines()] == ["facti.md", "mock.md", "README.md"]
    assert (tmp_path / "docs" / "facti.md").read_text(encoding="utf-8") == page.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["paypal"], "there is no provider 'paypal'; known: syncfy, facti, facturaonline, mock"),
        ([], "name one provider to print its page, or a folder for several"),
        (["facti", "--out", "/dev/null/docs"], "the pages cannot be written to /dev/null/docs"),
    ],
)
def test_docs_says_what_it_cannot_do(arguments: list[str], says: str) -> None:
    failed = run("docs", *arguments)
    assert failed.returncode in (1, 2)
    assert says in " ".join(failed.stderr.replace("│", " ").split())
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["mock", "--help"], ["demo", "--help"], ["docs", "--help"]])
def test_help_teaches_by_example_in_plain_text(arguments: list[str]) -> None:
    helped = run(*arguments)
    assert helped.returncode == 0
    assert "mock" in helped.stdout
    assert "\x1b" not in helped.stdout


def test_demo_shows_every_step_on_both_faces() -> None:
    shown = run("demo")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "\x1b" not in shown.stdout
    first, second = shown.stdout.split("asynchronous faces")[-2:]
    for step in (
        r"link, Normal site\s+.*200",
        r"webhooks received\s+credential_create, credential_update, refresh",
        r"transactions\s+\d+ in \d+ accounts",
        r"link, Token site\s+stopped at 410",
        r"resume with the token\s+job ended with 200",
        r"link, Captcha site\s+.*200",
        r"attachment downloaded\s+\S+\.xml",
        r"link, SAT All in One\s+job ended with 200",
        r"documents\s+\d+ JSON, \d+ PDF",
        r"request\s+payment \d+ of 55\.20 MXN",
        r"notification received\s+payment \d+ of 55\.20 MXN",
        r"details\s+paid",
        r"delete\s+refused",
        r"payroll of two\s+2 stamped, 0 failed",
        r"XML saved\s+xml, starts with <\?xml",
        r"PDF saved\s+pdf, starts with %PDF-",
        r"second payroll\s+1 stamped, 1 failed",
        r"cancelled, acuse\s+EstatusUUID 201",
    ):
        assert re.search(step, first), step
        assert re.search(step, second), step
    assert "both faces saw the same" in second
