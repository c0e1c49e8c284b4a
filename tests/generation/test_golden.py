"""The templates and the pinned generator still produce what they produced: a change of either is seen and judged.

After a change that is meant: GOLDEN=write scripts/test tests/generation/test_golden.py, then read the difference.
"""

import contextlib
import io
import os
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import opc

GOLDEN = Path(__file__).with_name("golden")
TEMPLATES = sorted(opc.TEMPLATES.iterdir())


def generated(folder: Path) -> dict[str, str]:
    source = GOLDEN / "spec.yaml"
    spec: dict[str, Any] = YAML(typ="safe").load(source.read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType] - ruamel.yaml leaves the stream untyped
    with contextlib.redirect_stdout(io.StringIO()):
        assert opc.write_client(spec, source, folder / "golden") == []
    files = sorted((folder / "golden").rglob("*.py"))
    return {str(path.relative_to(folder / "golden")): path.read_text(encoding="utf-8") for path in files}


def test_output_is_the_recorded_one(tmp_path: Path) -> None:
    made = generated(tmp_path)
    # Named .txt: what is recorded is neither formatted nor checked, it is only compared.
    if os.environ.get("GOLDEN") == "write":
        for path, text in made.items():
            target = GOLDEN / f"{path}.txt"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    recorded = {
        str(path.relative_to(GOLDEN)).removesuffix(".txt"): path.read_text(encoding="utf-8")
        for path in GOLDEN.rglob("*.txt")
    }
    assert made.keys() == recorded.keys()
    for path, text in made.items():
        assert text == recorded[path], path


def test_every_template_takes_part_and_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(len(template.read_text(encoding="utf-8").splitlines()) < 150 for template in TEMPLATES)
    before = generated(tmp_path / "before")
    for template in TEMPLATES:
        changed = tmp_path / template.name
        changed.mkdir()
        for other in TEMPLATES:
            (changed / other.name).write_bytes(other.read_bytes() + (b"# changed\n" if other == template else b""))
        monkeypatch.setattr(opc, "TEMPLATES", changed)
        assert generated(tmp_path / f"after-{template.name}") != before, template.name
