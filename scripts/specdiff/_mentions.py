"""Knows where the facade names an operation by its id: in errors' texts and in the mock's tables of handlers."""

import ast
from collections.abc import Iterator, Mapping, Set
from functools import cache
from pathlib import Path

from specdiff._checking import FACADE, Line

# The mock's own operations are handled and called in these folders.
OWN: Mapping[str, tuple[str, ...]] = {"mock": ("mock/control", "mock/stage")}


def mentions(root: Path, provider: str, operations: Set[str]) -> dict[str, set[Line]]:
    """Return the lines that name each operation of a provider, as a text or as the mock's handler of that name."""
    found: dict[str, set[Line]] = {operation: set() for operation in operations}
    for folder in OWN.get(provider, (provider, f"mock/{provider}")):
        is_mock = folder.startswith("mock/")
        for path in sorted((root / FACADE / "ventanilla" / folder).rglob("*.py")):
            for number, name in _names(path, is_mock):
                if name in found:
                    found[name].add(Line(path.relative_to(root).as_posix(), number))
    return found


@cache
def _names(path: Path, is_mock: bool) -> tuple[tuple[int, str], ...]:
    return (*_named(ast.parse(path.read_text(encoding="utf-8")), is_mock),)


def _named(module: ast.Module, is_mock: bool) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        match node:
            case ast.Constant(value=str(text)):
                yield node.lineno, text
            case ast.FunctionDef(name=name) if is_mock:
                yield node.lineno, name
            case ast.Attribute(attr=name) if is_mock:
                yield node.lineno, name
            case _:
                pass


def scopes(path: Path) -> list[range]:
    """Return the lines of each function of a file, inner ones last."""
    found = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return sorted(found, key=lambda lines: (-len(lines), lines.start))
