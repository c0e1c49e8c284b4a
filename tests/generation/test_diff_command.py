"""generate.py diff reads any revision, prints for people, pull requests and programs, and judges by the version."""

import contextlib
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import generate
from specdiff import command
from specdiff._reading import rises_enough

ROOT = Path(__file__).resolve().parents[2]
SPEC = Path("specs/facti.yaml")
VERSION = Path("facade/ventanilla/_version.py")
BREAKING = ("maxLength: 9", "maxLength: 99")  # of what is read
COMPATIBLE = ("maxLength: 9", "maxLength: 3")
TEXT = ("description: Pesos.", "description: Mexican pesos.")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one small spec, committed as version 0.1.0."""
    for path in (SPEC, VERSION):
        (tmp_path / path).parent.mkdir(parents=True)
    shutil.copyfile(ROOT / "tests/data/small_spec.yaml", tmp_path / SPEC)
    (tmp_path / VERSION).write_text('VERSION = "0.1.0"\n', encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    return tmp_path


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, *identity, *arguments], capture_output=True, check=True)


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "a commit")


def edit(root: Path, change: tuple[str, str], path: Path = SPEC) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert change[0] in text
    (root / path).write_text(text.replace(*change, 1), encoding="utf-8")


def diff(root: Path, *arguments: str) -> int:
    return command.main([*arguments, "--no-uses"], root)


@pytest.mark.parametrize(
    ("before", "after", "is_enough"),
    [
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.1.1", False),
        ("0.1.0", "0.2.0", True),
        ("0.9.0", "1.0.0", True),
        ("1.2.0", "1.3.0", False),
        ("1.2.0", "2.0.0", True),
        ("1.2.0", "0.3.0", False),
        ("2.0.0", "1.0.0", False),
        (None, "1.0.0", False),
        ("0.1.0", None, False),
    ],
)
def test_what_breaks_needs_a_major_version_or_a_minor_one_while_it_is_0(
    before: str | None, after: str | None, is_enough: bool
) -> None:
    assert rises_enough(before, after) is is_enough


@pytest.mark.parametrize(
    ("change", "version", "code"),
    [
        (BREAKING, "0.1.0", 1),
        (BREAKING, "0.1.9", 1),
        (BREAKING, "0.2.0", 0),
        (COMPATIBLE, "0.1.0", 0),
        (TEXT, "0.1.0", 0),
        (("schema: {type: integer}", "schema: {type: integer, x-new: 1}"), "0.1.0", 1),  # what nobody has understood
    ],
)
def test_exit_code_follows_changes_and_version(
    checkout: Path, change: tuple[str, str], version: str, code: int
) -> None:
    edit(checkout, change)
    edit(checkout, ("0.1.0", version), VERSION)
    assert diff(checkout) == code


def test_what_is_the_same_is_said_in_one_line(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(checkout, ("openapi: 3.1.0", "# Another comment, other quotes.\nopenapi: '3.1.0'"))
    assert command.main([], checkout) == 0
    assert capsys.readouterr().out == "Nothing differs from HEAD in the specs of syncfy, facti, facturaonline, mock.\n"


def test_plain_text_names_change_judgement_version_and_changelog(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(checkout, BREAKING)
    edit(checkout, TEXT)
    assert diff(checkout) == 1
    said = capsys.readouterr().out
    assert said.startswith("specs/facti.yaml since HEAD: 1 breaking, 1 text changed.\n")
    assert "breaking    widened: Payment.status (response) loosens its maxLength: 9 → 99" in said
    assert "needs a version whose minor part is higher: it was 0.1.0 at HEAD and is 0.1.0" in said
    assert "Code that uses Facti may have to change. `Payment.status` loosens its maxLength: 9 → 99." in said
    assert "\x1b" not in said


def test_a_schema_of_both_directions_is_shown_with_both(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(checkout, ("const: stp", "const: stp, maxLength: 3"))
    assert diff(checkout) == 1
    assert "Way.code (breaking in a request, compatible in a response)" in capsys.readouterr().out


def test_markdown_is_a_table_that_no_value_breaks(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(checkout, ("pattern: ^a$", "pattern: ^a|b$"))
    assert diff(checkout, "--markdown") == 1
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert rows[0] == "| judgement | change | direction | what | facade |"
    assert rows[2].startswith("| uncertain | changed | request | `get_payment(id)` has another pattern")
    assert {row.count("|") for row in rows} == {6}


def test_json_has_the_shape_that_help_describes(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(checkout, BREAKING)
    diff(checkout, "--json")
    found = json.loads(capsys.readouterr().out)
    assert {**found, "changes": []} == {
        "format": 1,
        "revision": "HEAD",
        "version": {"before": "0.1.0", "after": "0.1.0"},
        "exit_code": 1,
        "changes": [],
        "texts": {"syncfy": 0, "facti": 0, "facturaonline": 0, "mock": 0},
        "refused": {},
        "unchecked": "not asked for",
        "unexplained": [],
        "changelog": [
            "Code that uses Facti may have to change. `Payment.status` loosens its maxLength: 9 → 99.",
        ],
    }
    assert found["changes"] == [
        {
            "provider": "facti",
            "element": "Payment.status",
            "sort": "field",
            "kind": "widened",
            "judgement": "breaking",
            "directions": {"response": "breaking"},
            "says": "`Payment.status` loosens its maxLength: 9 → 99.",
            "pointer": "#/components/schemas/Payment/properties/status/maxLength",
            "before": 9,
            "after": 99,
            "breaks": [],
            "uses": [],
        }
    ]
    with pytest.raises(SystemExit):
        diff(checkout, "--help")
    said = capsys.readouterr().out
    assert [key for key in {**found, **found["changes"][0]} if f'"{key}"' not in said] == []


class Terminal(io.StringIO):
    """What a terminal is for who prints."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("colours", [True, False])
def test_a_terminal_gets_a_table_with_colours_unless_no_color_is_set(
    checkout: Path, colours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colours:
        monkeypatch.setenv("NO_COLOR", "1")
    edit(checkout, BREAKING)
    with contextlib.redirect_stdout(Terminal()) as printed:
        assert diff(checkout) == 1
    said = printed.getvalue()
    assert ("\x1b[1;31mbreaking" in said) is colours
    assert "│" in said
    assert "Payment.status loosens" in said


def test_any_revision_can_be_compared_with(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(checkout, BREAKING)
    commit(checkout)
    assert diff(checkout) == 0
    assert diff(checkout, "HEAD~1") == 1
    assert "since HEAD~1: 1 breaking" in capsys.readouterr().out
    git(checkout, "branch", "--force", "older", "HEAD~1")
    assert diff(checkout, "older", "facti") == 1
    assert diff(checkout, "older", "syncfy") == 0
    assert diff(checkout, "facti") == 0


def test_a_checkout_may_lie_in_a_folder_of_another(checkout: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    shutil.copytree(checkout / "specs", inner / "specs")
    commit(checkout)
    edit(inner, BREAKING)
    assert diff(inner) == 1
    assert diff(checkout) == 0


def test_a_spec_that_was_not_there_is_new_and_one_that_has_gone_is_missed(checkout: Path) -> None:
    shutil.copyfile(checkout / SPEC, checkout / "specs/mock.yaml")
    assert diff(checkout, "HEAD", "mock") == 1  # nobody can say what its servers and version are to anybody
    commit(checkout)
    (checkout / "specs/mock.yaml").unlink()
    assert diff(checkout, "mock") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("openapi: [3.1.0\ninfo: {}\n", "specs/facti.yaml does not parse in line 2: "),
        ("openapi: 3.1.0\nopenapi: 3.1.0\n", "specs/facti.yaml does not parse in line 2: found duplicate key"),
        ("- a\n", "specs/facti.yaml is no spec: it holds no mapping.\n"),
        ("day: 2020-01-01\n", "specs/facti.yaml does not parse: "),
    ],
)
def test_a_spec_that_does_not_parse_is_said_in_one_sentence(
    checkout: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = (checkout / SPEC).read_text(encoding="utf-8")
    (checkout / SPEC).write_text(text, encoding="utf-8")
    assert diff(checkout) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"generate.py diff: {said}")
    assert told.err.count("\n") == 1
    commit(checkout)
    (checkout / SPEC).write_text(good, encoding="utf-8")
    assert diff(checkout) == 2
    assert "specs/facti.yaml at HEAD" in capsys.readouterr().err


def test_no_revision_no_checkout_and_no_such_provider_are_usage_errors(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("nothing", "HEAD:specs", ""):
        assert diff(checkout, name) == 2
        told = capsys.readouterr()
        assert told.err == (
            f"generate.py diff: There is no revision {name!r} in this checkout: give a commit, a branch or a tag.\n"
        )
    assert diff(tmp_path_factory.mktemp("plain")) == 2
    assert "is no git checkout" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        diff(checkout, "HEAD", "other")
    assert stopped.value.code == 2
    assert "unknown provider other" in capsys.readouterr().err


def test_it_is_a_command_of_generate_and_the_others_stay(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / "scripts", checkout / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    edit(checkout, BREAKING)
    run = [sys.executable, "scripts/generate.py", "diff", "--no-uses", "HEAD", "facti"]
    done = subprocess.run(run, cwd=checkout, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "Payment.status" in done.stdout
    with pytest.raises(SystemExit):
        generate.main(["facti", "diff"])
    assert "unknown provider diff" in capsys.readouterr().err
