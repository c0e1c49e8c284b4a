"""Knows which methods of a face use which operation, from the source of its flows alone: nothing of it is imported."""

import ast
import importlib.resources
from collections.abc import Iterator, Mapping

from attrs import frozen

DECORATORS = frozenset({"operation", "listing"})
# Where a function is: its module and its name, or `Class.name`.
Place = tuple[str, str]


@frozen
class _Function:
    """What one function mentions: operations of the generated client, and other functions that may be of ours."""

    operations: frozenset[str]
    others: frozenset[Place]
    is_public: bool


def methods(provider: str) -> dict[str, tuple[str, ...]]:
    """Return the names of the face's methods by the operation that they use, by themselves or through helpers.

    A method that calls another method of the face is not counted for what that one uses.
    """
    found: dict[str, set[str]] = {}
    functions = {place: function for name, tree in _modules(provider) for place, function in _functions(name, tree)}
    for (_, name), function in functions.items():
        if function.is_public:
            for operation in _used(function, functions):
                found.setdefault(operation, set()).add(name.rpartition(".")[2])
    return {operation: tuple(sorted(names)) for operation, names in found.items()}


def _modules(provider: str) -> Iterator[tuple[str, ast.Module]]:
    folder = importlib.resources.files("ventanilla").joinpath(provider)
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".py"):
            yield f"ventanilla.{provider}.{file.name[:-3]}", ast.parse(file.read_text(encoding="utf-8"))


def _functions(module: str, tree: ast.Module) -> Iterator[tuple[Place, _Function]]:
    known = {node.name: (module, node.name) for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            known |= {each.asname or each.name: (node.module, each.name) for each in node.names}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield (module, node.name), _function(node, known)
        elif isinstance(node, ast.ClassDef):
            inside = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            own = {each.name: (module, f"{node.name}.{each.name}") for each in inside}
            for each in inside:
                yield own[each.name], _function(each, known, own)


def _function(node: ast.FunctionDef, known: Mapping[str, Place], own: Mapping[str, Place] | None = None) -> _Function:
    operations, others = set[str](), set[Place]()
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in known:
            others.add(known[each.id])
        elif isinstance(each, ast.Attribute):
            chain = ast.unparse(each).split(".")
            if len(chain) == 3 and chain[0] == "api":
                operations.add(chain[2])
            elif len(chain) == 2 and chain[0] == "self" and own and chain[1] in own:
                others.add(own[chain[1]])
    public = any(isinstance(each, ast.Name) and each.id in DECORATORS for each in node.decorator_list)
    return _Function(frozenset(operations), frozenset(others), public)


def _used(function: _Function, functions: Mapping[Place, _Function]) -> frozenset[str]:
    """Return the operations that a function mentions or leads to, other methods of the face left out."""
    waiting, seen, operations = [*function.others], set[Place](), set(function.operations)
    while waiting:
        place = waiting.pop()
        reached = functions.get(place)
        if place in seen or reached is None or reached.is_public:
            continue
        seen.add(place)
        operations |= reached.operations
        waiting += reached.others
    return frozenset(operations)
