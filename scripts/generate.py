"""Turns specs/*.yaml into generated/ventanilla_clients, or says what no longer matches.

python scripts/generate.py                 write all clients, and a reference page in each one's README.md
python scripts/generate.py syncfy          write one
python scripts/generate.py --check         write nothing; exit 1 and name what differs
python scripts/generate.py diff            what the specs' changes since HEAD mean (diff --help says more)
"""

import argparse
import contextlib
import filecmp
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

import opc
from house_rules import broken_rules, left_behind
from pages import PAGE, write_pages

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SPECS = ROOT / "specs"
TARGET = ROOT / "generated" / "ventanilla_clients"
# The mock is a provider too: its control API has a spec and a client like the others.
PROVIDERS = ("syncfy", "facti", "facturaonline", "mock")
RUNTIME = ("_runtime.py", "_drift.py", "_encodings.py")
INIT = (
    '"""The generated clients of Syncfy, Facti, Factura Online and the mock\'s control API, written by '
    'scripts/generate.py: do not edit."""\n'
)


class GenerationFailed(Exception):
    """Generation stopped; nothing in the target was touched."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Generate or check the clients, or compare the specs with a revision's; return the exit code."""
    given = [*(sys.argv[1:] if arguments is None else arguments)]
    if given[:1] == ["diff"]:
        from specdiff import command  # who only generates does not need git, a type checker or a terminal

        return command.main(given[1:], ROOT)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("providers", nargs="*", metavar="provider", help=f"one or more of {', '.join(PROVIDERS)}")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name what differs")
    options = parser.parse_args(given)
    providers = tuple(options.providers) or PROVIDERS
    if unknown := set(providers) - set(PROVIDERS):
        parser.error(f"unknown provider {', '.join(sorted(unknown))}; known: {', '.join(PROVIDERS)}")
    TARGET.parent.mkdir(exist_ok=True)
    try:
        # Beside the target, so that the swap is a rename on one filesystem.
        with tempfile.TemporaryDirectory(prefix=".generating-", dir=TARGET.parent) as folder:
            fresh = Path(folder) / TARGET.name
            build(providers, fresh)
            if options.check:
                return report(list(differences(providers, fresh)))
            swap(providers, fresh)
    except GenerationFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"generated {', '.join(providers)} in {TARGET.relative_to(ROOT)}")
    return 0


def build(providers: Sequence[str], fresh: Path) -> None:
    """Write the runtime and the clients of `providers` into the empty folder `fresh`, and import them all."""
    fresh.mkdir()
    (fresh / "__init__.py").write_text(INIT, encoding="utf-8")
    (fresh / "py.typed").touch()
    for name in RUNTIME:
        shutil.copyfile(HERE / "runtime" / name, fresh / name)
    for provider in providers:
        build_client(provider, fresh / provider)
    tidy(fresh)
    import_everything(fresh)
    if problem := write_pages(providers, fresh):
        raise GenerationFailed(f"the reference pages cannot be written:\n{problem}")


def tidy(folder: Path, names: Sequence[str] = (".",)) -> None:
    """Format what was generated in these parts of the clients' folder and take out imports that are not used."""
    for command in (["check", "--fix-only", "--select", "I,F401"], ["format", "--line-length", "120"]):
        ruff = [sys.executable, "-m", "ruff", command[0], "--isolated", "--no-cache", *command[1:], *names]
        subprocess.run(ruff, cwd=folder, check=True, capture_output=True)


def build_client(provider: str, folder: Path) -> None:
    """Write the client of a provider's spec; warn of what an edit has left behind."""
    path = SPECS / f"{provider}.yaml"
    text = path.read_text(encoding="utf-8")
    try:
        spec, plain = load(text, "rt"), load(text, "safe")
    except YAMLError as problem:
        raise GenerationFailed(f"{path.relative_to(ROOT)}: {problem}") from None
    for line, rule in left_behind(spec):
        print(f"warning: {path.relative_to(ROOT)}:{line}: {rule}", file=sys.stderr)
    write_client(spec, plain, path, folder)


def write_client(spec: Any, plain: Any, path: Path, folder: Path) -> None:
    """Write one client and its compiled spec; any broken house rule or generator warning ends the run.

    Args:
        spec: the spec of `path` as loaded by round trip, which knows its lines.
        plain: the same as plain dicts and lists.
        path: where the spec stands, for messages.
        folder: where the client goes.
    """
    if broken := [f"{path.relative_to(ROOT)}:{line}: {rule}" for line, rule in broken_rules(spec)]:
        raise GenerationFailed("\n".join([*broken, f"{len(broken)} house rule(s) broken; nothing was generated"]))
    if warnings := generated(plain, path, folder):
        raise GenerationFailed("\n".join(f"{path.relative_to(ROOT)}: {warning}" for warning in warnings))
    compiled = json.dumps(plain, ensure_ascii=False, indent=1)
    (folder / "openapi.json").write_text(compiled + "\n", encoding="utf-8")


def generated(plain: Any, path: Path, folder: Path) -> list[str]:
    """Write the client of a loaded spec as it is, against the house rules or not; return the generator's warnings."""
    with contextlib.redirect_stdout(io.StringIO()):
        return opc.write_client(plain, path, folder)


def load(text: str, kind: str) -> Any:
    """Return a parsed spec: `safe` as plain dicts and lists, `rt` (round trip) with its lines."""
    parse: Callable[[str], Any] = getattr(YAML(typ=kind), "load")  # noqa: B009 - its argument has no type upstream
    return parse(text)


def import_everything(fresh: Path) -> None:
    """Import each generated module in a new process: some defects of a spec only show there."""
    names = sorted(".".join(p.relative_to(fresh.parent).with_suffix("").parts) for p in fresh.rglob("*.py"))
    code = f"import importlib\nfor name in {names!r}: importlib.import_module(name)"
    environment = {**os.environ, "PYTHONPATH": str(fresh.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GenerationFailed(f"a generated module does not import:\n{done.stderr}")


def swap(providers: Sequence[str], fresh: Path) -> None:
    """Put the fresh folders in the place of the old ones, whole: files no longer produced do not stay behind."""
    TARGET.mkdir(exist_ok=True)
    for name in ("__init__.py", "py.typed", *RUNTIME):
        (fresh / name).replace(TARGET / name)
    for provider in providers:
        old = fresh / f"{provider}.old"
        if (TARGET / provider).exists():
            (TARGET / provider).rename(old)
        (fresh / provider).rename(TARGET / provider)


def differences(providers: Sequence[str], fresh: Path) -> Iterator[str]:
    """Yield one line for each file that generation would write, change or remove."""
    for name in ("__init__.py", "py.typed", *RUNTIME):
        if not (TARGET / name).exists() or not filecmp.cmp(fresh / name, TARGET / name, shallow=False):
            yield f"scripts/runtime: {TARGET.relative_to(ROOT) / name} would change"
    for provider in providers:
        new, old = _files(fresh / provider), _files(TARGET / provider)
        for path in sorted(new | old):
            # Pages tell of the facade too: of its methods, scenarios, codes and errors.
            origin = f"specs/{provider}.yaml" + (" or facade" if path.name == PAGE else "")
            where = f"{origin}: {TARGET.relative_to(ROOT) / provider / path}"
            if path not in old:
                yield f"{where} is missing"
            elif path not in new:
                yield f"{where} is no longer generated"
            elif not filecmp.cmp(fresh / provider / path, TARGET / provider / path, shallow=False):
                yield f"{where} would change"


def _files(folder: Path) -> set[Path]:
    found = folder.rglob("*") if folder.exists() else iter(())
    return {p.relative_to(folder) for p in found if p.is_file() and "__pycache__" not in p.parts}


def report(lines: Sequence[str]) -> int:
    """Print the differences and return the exit code of a check."""
    for line in lines:
        print(line)
    if lines:
        print(f"{len(lines)} generated file(s) do not match the specs: run python scripts/generate.py")
    else:
        print("the generated clients match the specs")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
