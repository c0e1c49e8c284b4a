"""The README of tapes runs as it stands, and its tables are those of the code."""

import shutil
from pathlib import Path
from typing import get_args

from test_mock_readme import reading

from ventanilla.tapes._compare import Kind
from ventanilla.tapes._headers import TRANSPORT
from ventanilla.tapes._recorder import KEPT_BYTES
from ventanilla.tapes._upstream import BOUNDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "facade" / "ventanilla" / "tapes" / "README.md").read_text(encoding="utf-8")


def test_it_does_what_it_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    with reading(README, tmp_path) as reader:
        reader.follow(README)
    assert "\n".join(reader.complaints) == ""


def test_its_headers_are_those_of_no_interest() -> None:
    rows = [f"| {names} | {whose} |" for whose, names in TRANSPORT.items()]
    assert README.split("<!-- transport -->\n")[1].split("<!-- /transport -->")[0].splitlines() == rows


def test_every_kind_of_difference_is_told() -> None:
    assert [kind for kind in get_args(Kind) if f"| `{kind}` |" not in README] == []


def test_bounds_are_those_of_the_recorder() -> None:
    assert f"kept up to {KEPT_BYTES // 2**20} MiB" in README
    assert f"passed on up to {BOUNDS.max_file_bytes // 2**20} MiB" in README
