"""The README's code runs as it stands, and what it names exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ventanilla import Facti, FacturaOnline, Syncfy
from ventanilla.mock.server import running

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture(scope="module")
def environment() -> Iterator[None]:
    """The README's own variables, with the address of a mock that runs."""
    variables = dict(re.findall(r"([A-Z_]+)=(\S+)", "\n".join(re.findall(r"^    export (.*)$", README, flags=re.M))))
    with running() as url, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value.replace("http://127.0.0.1:8765", url))
        yield


@pytest.mark.parametrize("block", BLOCKS, ids=[re.findall(r"import (\w+)", block)[-1] for block in BLOCKS])
def test_python_block_runs(
    block: str, environment: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {})
    assert "assert" in block or capsys.readouterr().out


def test_there_is_code_for_each_part_of_the_readme() -> None:
    assert len(BLOCKS) == 9


def test_what_an_explanation_prints_is_what_is_shown(
    environment: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = [each for each in BLOCKS if "explain(" in each]
    exec(compile(block, "README.md", "exec"), {})
    shown = README.split(block)[1].split("\n\n")[1]
    assert " ".join(shown.split()) == " ".join(capsys.readouterr().out.split())


def test_every_page_that_is_linked_exists() -> None:
    linked = re.findall(r"\]\(((?!http)[^)#]+)\)", README)
    assert len(linked) > 4
    assert [path for path in linked if not (ROOT / path).is_file()] == []


def test_every_method_of_the_sync_py_table_exists() -> None:
    named = set(re.findall(r"`syncfy\.(\w+)\(", README)) | set(re.findall(r"syncfy\.(\w+)\(", README))
    assert len(named) > 15
    assert [name for name in named if not hasattr(Syncfy, name)] == []
    assert [name for name in re.findall(r"facti\.(\w+)\(", README) if not hasattr(Facti, name)] == []
    assert [name for name in re.findall(r"factura\.(\w+)\(", README) if not hasattr(FacturaOnline, name)] == []


def test_every_error_of_the_table_exists() -> None:
    from ventanilla import errors

    table = README.split("| error | when |")[1].split("\n\n")[0]
    named = re.findall(r"`([A-Z]\w+)`", table)
    assert len(named) > 15
    assert [name for name in named if not hasattr(errors, name)] == []
