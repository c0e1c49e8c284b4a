"""`ventanilla journal` lists what is kept, and removes what is old and over."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ventanilla.cli import app
from ventanilla.intents import Intent, SqliteJournal
from ventanilla.intents._values import State

STATES: tuple[State, ...] = ("committed", "failed", "unknown")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    journal = SqliteJournal(tmp_path / "j")
    for state in STATES:
        facts: dict[str, Any] = {"scope": "Facti production account shop", "kind": "create_request", "fingerprint": "f"}
        changed = time.time() - 100 * 86400
        journal.begin(
            Intent(operation_id=f"o-{state}", key=state, state=state, id="7", body=b"x", changed_at=changed, **facts)
        )
    return journal.path


def ventanilla(*arguments: str, **environment: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["journal", *arguments], env=environment)
    return found.exit_code, found.output


def test_intents_are_listed(path: Path) -> None:
    code, output = ventanilla(str(path))
    assert (code, output.splitlines()[0].split()) == (0, ["KEY", "KIND", "STATE", "CHANGED", "ID", "ACCOUNT"])
    assert all(f"o-{state}" in output for state in STATES)
    assert ventanilla(VENTANILLA_JOURNAL=str(path)) == (code, output)


def test_intents_are_listed_as_json_without_their_bodies(path: Path) -> None:
    code, output = ventanilla(str(path), "--json")
    found = [json.loads(line) for line in output.splitlines()]
    assert (code, [each["state"] for each in found]) == (0, sorted(STATES))
    assert not any("body" in each or "result" in each for each in found)


@pytest.mark.parametrize(("age", "left"), [("400d", 3), ("101d", 3), ("99d", 1), ("1d", 1)])
def test_what_is_old_and_over_is_removed(path: Path, age: str, left: int) -> None:
    code, output = ventanilla(str(path), "--prune", "--older-than", age)
    assert (code, output.split()[0]) == (0, str(3 - left))
    assert len(SqliteJournal(path).intents()) == left


@pytest.mark.parametrize("age", ["0d", "23h", "99999999d"])
def test_nothing_younger_than_a_day_is_removed(path: Path, age: str) -> None:
    code, output = ventanilla(str(path), "--prune", "--older-than", age)
    assert (code, "days must be at least 1" in " ".join(output.replace("│", " ").split())) == (2, True)
    assert len(SqliteJournal(path).intents()) == 3


def test_what_is_no_journal_is_said(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database" * 100)
    for name, said in (("text", "not a database"), ("nothing", "there is no journal")):
        code, output = ventanilla(str(tmp_path / name))
        assert (code, said in " ".join(output.replace("│", " ").split())) == (2, True)
    assert not (tmp_path / "nothing").exists()
