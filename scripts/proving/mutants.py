"""Knows how to make a small mistake in a module: each mutant differs from the original in one place of its syntax."""

import ast
import copy
from collections.abc import Iterator, Sequence
from typing import Any, cast

from attrs import frozen

from proving.mistakes import is_for_people, mistakes

Place = tuple[str | int, ...]
SHOWN = 70


@frozen
class Mutant:
    """One mistake: where in a module, and what stands there now."""

    module: ast.Module
    place: Place
    before: ast.AST
    after: ast.AST

    def __str__(self) -> str:
        line = getattr(self.before, "lineno", 0)
        return f"line {line}: {_difference(_text(self.before), _text(self.after))}"

    def tree(self) -> ast.Module:
        """Return the whole module with the mistake in it."""
        return _with(self.module, self.place, self.after)


def mutants(source: str, only: Sequence[str] = ()) -> list[Mutant]:
    """Return the mutants of a module, of whose top-level names `only` are changed if any are given."""
    module = ast.parse(source)
    made: list[Mutant] = []
    for number, statement in enumerate(module.body):
        if only and not _defines(statement, only):
            continue
        for place, node in _walk(statement, ("body", number)):
            for other in mistakes(node):
                made.append(Mutant(module, place, node, other))
    return made


def _defines(statement: ast.stmt, names: Sequence[str]) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return statement.name in names
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id in names for target in targets)


def _walk(node: ast.AST, place: Place) -> Iterator[tuple[Place, ast.AST]]:
    """Yield the nodes in which a mistake would be one of the program: no types, docstrings or words for people."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr) or is_for_people(node) or _is_for_types(node):
        return
    yield place, node
    fields: Iterator[tuple[str, Any]] = ast.iter_fields(node)
    for name, value in fields:
        if name in ("annotation", "returns", "type_params", "ctx", "op", "ops", "bases"):
            continue
        if name == "value" and _is_packed(node):
            for number, each in enumerate(value.elts):
                yield from _walk(each, (*place, name, "elts", number))
        elif isinstance(value, ast.AST):
            yield from _walk(value, (*place, name))
        elif isinstance(value, list):
            for number, each in enumerate(cast("list[ast.AST | str]", value)):
                if isinstance(each, ast.AST) and not (number == 0 and name == "args" and _is_cast(node)):
                    yield from _walk(each, (*place, name, number))


def _is_for_types(node: ast.AST) -> bool:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(value=ast.Call(func=ast.Name(id=name))) if name in ("TypeVar", "ParamSpec"):
            return True
        case ast.Assign(value=ast.Subscript(value=ast.Name(id="Callable" | "Literal" | "Mapping" | "Sequence"))):
            return True
        case ast.Assign(value=ast.BinOp(left=ast.Subscript() | ast.Name() | ast.BinOp(), op=ast.BitOr())):
            return True
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")) | ast.AnnAssign(value=None):
            return True
        case ast.FunctionDef(decorator_list=[ast.Name(id="overload")]):
            return True
        case _:
            return False


def _is_cast(node: ast.AST) -> bool:
    """Return whether a call is one whose first argument is a type."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast"


def _is_packed(node: ast.AST) -> bool:
    """Return whether a statement's value is taken apart elsewhere: one element less would fail anywhere."""
    match node:
        case ast.Return(value=ast.Tuple()) | ast.Assign(targets=[ast.Tuple()], value=ast.Tuple()):
            return True
        case _:
            return False


def _with(module: ast.Module, place: Place, other: ast.AST) -> ast.Module:
    """Return a copy of a module with another node at a place."""
    changed = copy.deepcopy(module)
    holder: Any = changed
    *steps, last = place
    for step in steps:
        holder = holder[step] if isinstance(step, int) else getattr(holder, step)
    before = holder[last] if isinstance(last, int) else getattr(holder, last)
    ast.copy_location(other, before)
    if isinstance(last, int):
        holder[last] = other
    else:
        setattr(holder, last, other)
    return ast.fix_missing_locations(changed)


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())


def _difference(before: str, after: str) -> str:
    """Show two texts, only around the place where they differ if they are long."""
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    start = max(0, same - 30) if max(len(before), len(after)) > SHOWN else 0
    return " → ".join(f"{'…' if start else ''}{text[start : start + SHOWN]}" for text in (before, after))
