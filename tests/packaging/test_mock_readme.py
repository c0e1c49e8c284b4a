"""The mock's README runs as it stands: its commands print what it shows, its Python works, its tests pass."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import get_args

import pytest
from attrs import define, field

from ventanilla.cli._times import moment
from ventanilla.mock import scenarios
from ventanilla.mock._effects import Effect
from ventanilla.mock._entry import LONGEST_BODY
from ventanilla.mock._lobby import Limits
from ventanilla.mock.clock import Clock
from ventanilla.mock.core import MOST_WORLDS, Mock
from ventanilla.mock.deliveries import TIMEOUT
from ventanilla.mock.deviations import report
from ventanilla.mock.faults import MOST_FAULTS
from ventanilla.mock.journal import ROOM
from ventanilla.mock.outbox import MOST_KEPT, MOST_WAITING
from ventanilla.mock.passage import LARGEST_BODY
from ventanilla.mock.server import running
from ventanilla.mock.snapshots import MOST_BYTES, MOST_SNAPSHOTS
from ventanilla.mock.syncfy._limits import MOST

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "facade" / "ventanilla" / "mock" / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
PORTS = ("8764", "8765", "8766", "9000")
DONE = "the command is done"
# A command that serves until it is stopped: no name of another command follows.
SERVES = re.compile(r"ventanilla mock( --[\w-]+( [^-\s]\S*)?)*")
SECONDS = 120.0
COMMANDS = ("trigger", "replay", "clock", "reset", "journal", "scenarios", "deviations")


def sections(text: str) -> dict[str, str]:
    """Return each section by its heading."""
    parts = re.split(r"^## (.+)\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(section: str) -> list[tuple[str, str]]:
    """Return the language and the text of each block."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", section, flags=re.M | re.S)


def commands(block: str) -> list[tuple[str, str]]:
    """Return each command of a console block, and what it is said to print."""
    parts = re.split(r"^\$ (.*\n(?:>(?: .*)?\n)*)", block, flags=re.M)
    assert not parts[0], f"output before the first command: {parts[0]!r}"
    return [
        (re.sub(r"^>( |$)", "", command, flags=re.M).rstrip("\n"), output)
        for command, output in zip(parts[1::2], parts[2::2], strict=True)
    ]


def is_shown(printed: str, shown: str) -> bool:
    """Say whether this was printed; `…` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, shown.strip().split("…"))), printed.strip(), re.S) is not None


@define
class Reader:
    """Somebody who follows one section in an empty folder: types its commands into one shell, and runs its Python."""

    folder: Path
    ports: dict[str, str]
    # A mock that runs until the section starts one of its own.
    mock: ExitStack
    seconds: float = SECONDS
    complaints: list[str] = field(factory=list[str])
    tests: list[str] = field(factory=list[str])
    _served: "subprocess.Popen[str] | None" = None
    _shell: "subprocess.Popen[str]" = field(init=False)
    _patience: threading.Timer = field(init=False)

    def __attrs_post_init__(self) -> None:
        environment = os.environ | {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "VENTANILLA_MOCK_URL": self.here("http://127.0.0.1:8765"),
        }
        self._shell = subprocess.Popen(
            ["bash"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=environment,
            start_new_session=True,
        )
        self._patience = threading.Timer(self.seconds, self._kill)
        self._patience.start()

    def follow(self, section: str) -> None:
        """Do all that a section says."""
        for language, text in blocks(section):
            if language == "console":
                for command, shown in commands(text):
                    self._type(command, shown)
            elif re.search(r"^def test_", text, re.M):
                self.tests.append(text)
            else:
                self._run("example.py", text)
        if self.tests:
            self._test()

    def here(self, text: str) -> str:
        """Return a text of the README with the addresses that are used here."""
        return re.sub("|".join(self.ports), lambda found: self.ports[found[0]], text)

    def there(self, text: str) -> str:
        """Return what was printed here with the README's addresses."""
        back = {here: there for there, here in self.ports.items()}
        return re.sub("|".join(rf"\b{port}\b" for port in back), lambda found: back[found[0]], text)

    def close(self) -> None:
        """Stop what was started, with all that the shell has left running."""
        self._patience.cancel()
        self._stop()
        self._kill()
        self._shell.communicate()

    def _kill(self) -> None:
        os.killpg(self._shell.pid, signal.SIGKILL)

    def _type(self, command: str, shown: str) -> None:
        if SERVES.fullmatch(command):
            printed, status = self._serve(command, len(shown.splitlines())), 0
        else:
            printed, status = self._answer(command)
        if not is_shown(printed, shown):
            self.complaints.append(f"$ {command}\n{printed}\nis not what the README shows:\n{shown}")
        elif status and not shown.startswith(("curl: ", "ventanilla: ")):
            self.complaints.append(f"$ {command}\nends with status {status}")

    def _answer(self, command: str) -> tuple[str, int]:
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{self.here(command)}\nprintf '\\n%s %s\\n' '{DONE}' $?\n")
        self._shell.stdin.flush()
        lines = list[str]()
        for line in iter(self._shell.stdout.readline, ""):
            if line.startswith(DONE):
                return self.there("".join(lines)), int(line.removeprefix(DONE))
            lines.append(line)
        raise AssertionError(f"$ {command}\ndoes not come to an end")

    def _serve(self, command: str, lines: int) -> str:
        """Start a server in place of the one that ran, and return the first lines that it prints."""
        self._stop()
        program, *words = shlex.split(self.here(command))
        where = [] if "--port" in words else ["--port", self.ports["8765"]]
        self._served = subprocess.Popen(
            [BIN / program, *words, *where],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
        )
        assert self._served.stdout is not None
        return self.there("".join(self._served.stdout.readline() for _ in range(lines)))

    def _stop(self) -> None:
        self.mock.close()
        if self._served is not None:
            self._served.terminate()
            self._served.communicate(timeout=SECONDS)
            self._served = None

    def _run(self, name: str, text: str) -> None:
        self._write(name, text)
        if (said := self._python(name)) or "assert" not in text:
            self.complaints.append(f"{text}\n{said}")

    def _test(self) -> None:
        for number, text in enumerate(self.tests):
            self._write(f"test_{number}.py", text)
        if said := self._python("-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"):
            self.complaints.append(said)

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(self.here(text), encoding="utf-8")

    def _python(self, *arguments: str) -> str:
        """Run Python, for which warnings are errors; return what it said if it went wrong."""
        command = [sys.executable, "-W", "error", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS, cwd=self.folder)
        return f"{done.stdout}{done.stderr}" if done.returncode else ""


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def reading(section: str, folder: Path, seconds: float = SECONDS) -> Generator[Reader]:
    """A reader, for whom a mock runs as at the beginning of the README, unless the section begins with one."""
    ports = {port: free_port() for port in PORTS}
    with ExitStack() as mock:
        typed = re.search(r"^\$ (.+)$", section, re.M)
        if typed is None or not SERVES.fullmatch(typed[1]):
            mock.enter_context(running(mock=beginning(), port=int(ports["8765"])))
        with closing(Reader(folder, ports, mock, seconds)) as reader:
            yield reader


def beginning() -> Mock:
    """The mock with which the README begins."""
    seed, at, rate = re.findall(r"^\$ ventanilla mock --seed (\d+) --at (\S+) --rate (\d+)$", README, re.M)[0]
    return Mock(clock=Clock(moment(at), float(rate)), seed=int(seed))


@pytest.mark.parametrize("name", sections(README))
def test_section_does_what_it_says(name: str, tmp_path: Path) -> None:
    section = sections(README)[name]
    with reading(section, tmp_path) as reader:
        reader.follow(section)
    assert "\n".join(reader.complaints) == ""


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ("```console\n$ echo one\ntwo\n```\n", "is not what the README shows"),
        ("```console\n$ echo one\n```\n", "is not what the README shows"),
        ("```console\n$ false\n```\n", "ends with status 1"),
        ('```console\n$ curl -s http://127.0.0.1:8765/_mock/health\n{"status":"bad"}\n```\n', "is not what"),
        ("```python\nassert 1 == 2\n```\n", "AssertionError"),
        ("```python\nprint(1)\n```\n", "print(1)"),
        ("```python\ndef test_it(ventanilla_mock):\n    assert not ventanilla_mock\n```\n", "1 failed"),
    ],
)
def test_what_is_not_so_is_noticed(section: str, complaint: str, tmp_path: Path) -> None:
    with reading(section, tmp_path) as reader:
        reader.follow(section)
    assert complaint in "\n".join(reader.complaints)


def test_a_command_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    with reading("", tmp_path, seconds=0.5) as reader, pytest.raises(AssertionError, match="does not come to an end"):
        reader.follow("```console\n$ cat <<'END'\n```\n")


def test_commands_of_the_front_page_work(tmp_path: Path) -> None:
    found = re.findall(r"^    (ventanilla mock \w.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    assert len(found) == 4
    with reading("", tmp_path) as reader:
        reader.follow("".join(f"```console\n$ {command}\n…\n```\n" for command in found))
    assert "\n".join(reader.complaints) == ""


def test_nothing_of_the_readme_is_left_out() -> None:
    """What the sections hold is all there is, and every block is of a kind that is run."""
    fences = len(re.findall(r"^```\w", README, re.M))
    found = [language for section in sections(README).values() for language, _ in blocks(section)]
    assert len(found) == fences
    assert {*found} == {"console", "python"}
    assert fences > 30


def test_every_kind_of_fault_is_told_with_its_fields() -> None:
    table = sections(README)["Faults"]
    for effect in get_args(Effect):
        config = effect.__struct_config__
        (row,) = re.findall(rf"^\| `{config.tag}` \|.*$", table, re.M)
        assert [name for name in effect.__struct_fields__ if f"`{name}`" not in row] == []


def scenario_table() -> str:
    """What the section of scenarios has between its marks: those that can be chosen by name."""
    rows = [f"| {row.provider} | `{row.name}` | {value(row)} | {row.does} | {row.origin} |" for row in chosen_by_name()]
    return "\n".join(["| provider | name | value | does | origin |", "|---|---|---|---|---|", *rows])


def chosen_by_name() -> list[scenarios.Scenario]:
    return [row for row in scenarios.table() if row.by_name]


def value(row: scenarios.Scenario) -> str:
    """The value, and where it stands unless it is a login's."""
    return f"`{row.value}`" if row.provider == "syncfy" else f"`{row.value}` as {row.where}"


def test_table_of_scenarios_is_the_mocks_own() -> None:
    (shown,) = re.findall(r"<!-- scenarios -->\n(.*?)\n<!-- /scenarios -->", README, re.S)
    assert shown == scenario_table()
    assert len(chosen_by_name()) > 20


def test_limits_are_those_of_the_mock() -> None:
    told = sections(README)["Limits"]
    limits = Limits()
    for row in (
        f"a request's body | {LARGEST_BODY // 2**20} MiB",
        f"a request line and its headers | {limits.head // 2**10} KiB",
        f"until the body is | {limits.head_seconds:.0f} s; {limits.body_seconds:.0f} s",
        f"between two requests of a connection | {limits.idle_seconds:.0f} s",
        f"connections at once | {limits.connections}",
        f"worlds | {MOST_WORLDS:,}",
        f"exchanges, {ROOM // 2**20} MiB of contents, {LONGEST_BODY // 2**10} KiB of each body",
        f"webhook calls, per world | {MOST_KEPT:,} remembered, {MOST_WAITING:,} waiting",
        f"time for a receiver to answer | {TIMEOUT:.0f} s",
        f"faults, per world | {MOST_FAULTS:,}",
        f"snapshots, per world | {MOST_SNAPSHOTS}, {MOST_BYTES // 2**20} MiB in all",
    ):
        assert row in told
    assert f"Syncfy's {MOST} requests" in README.replace("five", "5")


def test_levels_and_what_is_not_served_are_those_of_the_report() -> None:
    known = report()
    table = sections(README)["How sure it is"]
    assert [level for level in known["levels"] if f"| `{level}` | {known['levels'][level]} |" not in table] == [
        "unsourced"
    ]
    assert len(known["not_served"]) == 6
    assert "Six paths" in sections(README)["What it does not do"]


def test_every_command_is_told() -> None:
    assert [name for name in COMMANDS if f"ventanilla mock {name}" not in README] == []
