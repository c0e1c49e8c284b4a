"""Generation is repeatable, tells what differs, and stops at a spec that it cannot turn into a client whole."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import generate
import pages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the specs and the generated clients that may be changed."""
    for folder in ("specs", "generated"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", ".generating-*"))
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "SPECS", tmp_path / "specs")
    monkeypatch.setattr(generate, "TARGET", tmp_path / "generated" / "ventanilla_clients")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_generating_again_gives_the_same_bytes(checkout: Path) -> None:
    before = contents(checkout / "generated")
    assert generate.main([]) == 0
    assert contents(checkout / "generated") == before


def test_check_passes_on_what_is_committed(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check", "facti"]) == 0
    assert "match the specs" in capsys.readouterr().out


def test_check_names_spec_and_file_after_a_field_is_added(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(checkout / "generated")
    spec = checkout / "specs" / "facti.yaml"
    edit(
        spec,
        "        no_factura:\n          type:",
        "        a_new_field: {type: string}\n        no_factura:\n          type:",
    )
    assert generate.main(["--check", "facti"]) == 1
    said = capsys.readouterr().out
    assert "specs/facti.yaml" in said
    assert "models/payment.py would change" in said
    assert "models/payment_details.py" not in said
    assert contents(checkout / "generated") == before


def test_check_names_the_page_after_a_description_is_edited(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(checkout / "specs" / "facti.yaml", "Ask a customer for a payment.", "Ask somebody for a payment.")
    assert generate.main(["--check", "facti"]) == 1
    said = capsys.readouterr().out
    assert "specs/facti.yaml or facade: generated/ventanilla_clients/facti/README.md would change" in said


def test_page_is_of_the_spec_that_was_just_compiled_even_where_there_are_no_clients_yet(checkout: Path) -> None:
    shutil.rmtree(checkout / "generated")
    edit(checkout / "specs" / "facti.yaml", "Ask a customer for a payment.", "Ask somebody for a payment.")
    assert generate.main(["facti"]) == 0
    page = (checkout / "generated" / "ventanilla_clients" / "facti" / "README.md").read_text(encoding="utf-8")
    assert "Ask somebody for a payment." in page
    assert "| pays_by_stp |" in page


def test_page_that_cannot_be_written_ends_the_run(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(checkout / "generated")
    monkeypatch.setattr(pages, "_CODE", "raise SystemExit('the renderer broke')")
    assert generate.main(["facti"]) == 1
    assert "the reference pages cannot be written:\nthe renderer broke" in capsys.readouterr().err
    assert contents(checkout / "generated") == before


def test_files_that_the_spec_no_longer_produces_are_removed(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stray = checkout / "generated" / "ventanilla_clients" / "facti" / "models" / "stray.py"
    stray.write_text("", encoding="utf-8")
    assert generate.main(["--check", "facti"]) == 1
    assert "stray.py is no longer generated" in capsys.readouterr().out
    assert generate.main(["facti"]) == 0
    assert not stray.exists()
    assert (checkout / "generated" / "ventanilla_clients" / "py.typed").exists()


def test_broken_house_rule_is_named_with_file_and_line(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(checkout / "generated")
    path = checkout / "specs" / "facti.yaml"
    edit(path, "operationId: create_request", "operationId: CreateRequest")
    line = next(n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "new_request" in text)
    assert generate.main(["facti"]) == 1
    said = capsys.readouterr().err
    assert "specs/facti.yaml:" in said
    assert "operation-id: POST /v1/payments/new_request" in said
    assert abs(int(said.split(":")[1]) - line) <= 2
    assert contents(checkout / "generated") == before


def test_generator_warning_ends_the_run(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # openapi-python-client drops an operation that it cannot read, says so as a warning, and exits with 0.
    edit(checkout / "specs" / "facti.yaml", "application/x-www-form-urlencoded:", "text/csv:")
    assert generate.main(["facti"]) == 1
    assert "Endpoint will not be generated" in capsys.readouterr().err


def test_yaml_that_does_not_parse_is_named(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(checkout / "specs" / "facti.yaml", "openapi:", "openapi: [")
    assert generate.main(["facti"]) == 1
    assert "specs/facti.yaml:" in capsys.readouterr().err


def test_unknown_provider_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        generate.main(["paypal"])
    assert stopped.value.code == 2
    assert "known: syncfy, facti, facturaonline" in capsys.readouterr().err


def test_removing_an_operation_makes_the_type_check_name_the_facade(checkout: Path) -> None:
    shutil.copytree(ROOT / "facade", checkout / "facade", ignore=shutil.ignore_patterns("__pycache__"))
    assert "_webhooks.py" not in type_check(checkout)
    spec = checkout / "specs" / "syncfy.yaml"
    text = spec.read_text(encoding="utf-8")
    before, after = text.split("  /webhooks/{id_webhook}:\n")  # the last path
    spec.write_text(f"{before}\nwebhooks:{after.split('webhooks:', 1)[1]}", encoding="utf-8")
    assert generate.main(["syncfy"]) == 0
    assert "facade/ventanilla/syncfy/_webhooks.py:" in type_check(checkout)


def type_check(checkout: Path) -> str:
    """Return what mypy says of delete_webhook in the facade of the copy.

    Without the installed packages, which would lend the copy the original's modules.
    """
    config = ["--config-file", str(ROOT / "pyproject.toml"), "--no-site-packages"]
    command = [sys.executable, "-m", "mypy", *config, "facade/ventanilla/syncfy"]
    said = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False).stdout
    return "\n".join(line for line in said.splitlines() if "delete_webhook" in line and line.startswith("facade/"))
