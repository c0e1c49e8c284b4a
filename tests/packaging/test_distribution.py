"""The wheel and the sdist hold both packages and what they need, and work where nothing else of ours is."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel alone; the dependencies are lent by path, so that nothing is fetched."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=False)
    (wheel,) = built.glob("*.whl")
    (site,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return folder


def run(environment: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    # A folder on PYTHONPATH lends its packages, but not the .pth file of our editable install.
    lent = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib"), "PYTHONWARNINGS": "error"}
    python = str(environment / "bin" / "python")
    return subprocess.run([python, *command], env=lent, capture_output=True, text=True, check=False, cwd=environment)


def test_wheel_and_sdist_hold_what_is_needed(built: Path) -> None:
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        names = {*archive.namelist()}
    for package in ("ventanilla", "ventanilla_clients"):
        assert f"{package}/__init__.py" in names
        assert f"{package}/py.typed" in names
    assert {f"ventanilla_clients/{p}/openapi.json" for p in ("syncfy", "facti", "facturaonline", "mock")} <= names
    assert "ventanilla/mock/README.md" in names
    assert "ventanilla/contract/schemathesis.toml" in names
    assert {f"ventanilla_clients/{p}/README.md" for p in ("syncfy", "facti", "facturaonline", "mock")} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests", "scripts", "specs")) or "__pycache__" in name]
    with tarfile.open(sdist) as archive:
        inside = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {
        "specs/syncfy.yaml",
        "facade/ventanilla/mock/README.md",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "pyproject.toml",
    } <= inside


def test_every_module_imports_from_the_wheel_and_not_from_the_checkout(installed: Path) -> None:
    code = (
        "import importlib, pkgutil, ventanilla, ventanilla_clients\n"
        "for package in (ventanilla, ventanilla_clients):\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(found.name)\n"
        "print(ventanilla.__file__)\n"
    )
    done = run(installed, "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(installed))


def test_the_mock_works_from_the_wheel(installed: Path) -> None:
    code = (
        "from ventanilla import Syncfy\n"
        "from ventanilla.mock import Mock, MockTransport\n"
        "key = '7767a4a04f990e9231bafc949e8ca08a'\n"
        "base = 'http://127.0.0.1/syncfy/v1'\n"
        "with Syncfy(api_key=key, base_url=base, transport=MockTransport(Mock())) as syncfy:\n"
        "    print(syncfy.create_user('Rey Misterio').name)\n"
    )
    done = run(installed, "-c", code)
    assert (done.returncode, done.stdout) == (0, "Rey Misterio\n"), done.stderr


def test_the_pages_are_written_from_the_wheel(installed: Path) -> None:
    done = run(installed, "-m", "ventanilla.cli", "docs", "--out", "pages")
    assert (done.returncode, done.stderr) == (0, "")
    committed = ROOT / "generated" / "ventanilla_clients" / "syncfy" / "README.md"
    assert (installed / "pages" / "syncfy.md").read_bytes() == committed.read_bytes()
    assert (installed / "pages" / "README.md").exists()


@pytest.mark.parametrize(
    ("missing", "command"), [("typer", "--help"), ("httptools", "mock"), ("jsonschema_rs", "mock")]
)
def test_command_line_without_its_extras_says_what_to_install(installed: Path, missing: str, command: str) -> None:
    code = (
        "import sys\n"
        f"sys.modules[{missing!r}] = None\n"
        f"sys.argv = ['ventanilla', {command!r}]\n"
        "from ventanilla.cli import main\n"
        "main()\n"
    )
    done = run(installed, "-c", code)
    assert done.returncode == 1
    assert "pip install 'ventanilla[cli,mock]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_contract_tests_without_their_extra_say_what_to_install(installed: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules['schemathesis'] = None\n"
        "sys.argv = ['ventanilla', 'contract', '--base-url', 'http://127.0.0.1:1/facti']\n"
        "from ventanilla.cli import main\n"
        "main()\n"
    )
    done = run(installed, "-c", code)
    assert done.returncode == 2
    assert done.stderr == (
        "ventanilla: contract tests need schemathesis. Install it: pip install 'ventanilla[contract]'\n"
    )


def test_importing_the_package_loads_no_face(installed: Path) -> None:
    code = "import sys, ventanilla; print([name for name in sys.modules if name.startswith('ventanilla')])"
    assert run(installed, "-c", code).stdout == "['ventanilla']\n"
