"""Knows how to make a small mistake in a module: each mutant differs from the original in one place of its syntax."""

import ast
import copy
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from attrs import frozen

Place = tuple[str | int, ...]
SHOWN = 70
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Add,
    ast.Pow: ast.Mult,
}
# Words for people: whoever reads them notices a mistake, and no program does.
_WORDS = ("hint", "message", "description", "doc")
_TELLING = ("debug", "info", "warning", "error", "exception", "log", "warn", "print", "getLogger")


_SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|BEGIN|PRAGMA|COMMIT|ROLLBACK)\b", re.IGNORECASE)
_IN_SQL = (
    ("UNIQUE ", ""),
    ("IMMEDIATE", ""),
    ("FULL", "OFF"),
    ("WAL", "DELETE"),
    ("<=", "<"),
    (">=", ">"),
    (" = ", " <> "),
    (" AND ", " OR "),
    (" IS NULL", " IS NOT NULL"),
    ("DESC", "ASC"),
    ("COMMIT", "ROLLBACK"),
    ("NOT IN", "IN"),
    ("OR IGNORE", ""),
    (" WHERE ", " WHERE 0 AND "),
)


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
            for other in _mistakes(node):
                made.append(Mutant(module, place, node, other))
    return made


def _defines(statement: ast.stmt, names: Sequence[str]) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return statement.name in names
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id in names for target in targets)


def _walk(node: ast.AST, place: Place) -> Iterator[tuple[Place, ast.AST]]:
    """Yield the nodes in which a mistake would be one of the program: no types, docstrings or words for people."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr) or _is_for_people(node) or _is_for_types(node):
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
                if isinstance(each, ast.AST):
                    yield from _walk(each, (*place, name, number))


def _is_for_people(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.Raise():
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) if name in (*_WORDS, "__all__", "__slots__"):
            return True
        case ast.keyword(arg=name) if name in _WORDS:
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))) if name in _TELLING:
            return True
        case _:
            return False


def _is_for_types(node: ast.AST) -> bool:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(value=ast.Call(func=ast.Name(id=name))) if name in ("TypeVar", "ParamSpec"):
            return True
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")) | ast.AnnAssign(value=None):
            return True
        case ast.FunctionDef(decorator_list=[ast.Name(id="overload")]):
            return True
        case _:
            return False


def _is_packed(node: ast.AST) -> bool:
    """Return whether a statement's value is taken apart elsewhere: one element less would fail anywhere."""
    match node:
        case ast.Return(value=ast.Tuple()) | ast.Assign(targets=[ast.Tuple()], value=ast.Tuple()):
            return True
        case _:
            return False


def _mistakes(node: ast.AST) -> Iterator[ast.AST]:
    for kind, make in _MISTAKES:
        if isinstance(node, kind):
            yield from make(node)


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for number, op in enumerate(node.ops):
        if (other := _COMPARISONS.get(type(op))) is not None:
            changed = copy.deepcopy(node)
            changed.ops[number] = other()
            yield changed


def _boolean(node: ast.BoolOp) -> Iterator[ast.AST]:
    changed = copy.deepcopy(node)
    changed.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield changed


def _not(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield copy.deepcopy(node.operand)


def _arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[ast.AST]:
    if (other := _ARITHMETIC.get(type(node.op))) is not None:
        changed = copy.deepcopy(node)
        changed.op = other()
        yield changed


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, bytes) and value:
        yield ast.Constant(value + b"X")
    elif isinstance(value, str) and value:
        yield from map(ast.Constant, _texts(value))


def _texts(text: str) -> Iterator[str]:
    """Return what a text can be mistaken for: SQL with a word less, a pattern with a choice less, else another one."""
    if _SQL.match(text):
        yield from (text.replace(word, other) for word, other in _IN_SQL if word in text)
        return
    yield f"{text}X"
    choices = text.split("|")
    for number in range(len(choices) if len(choices) > 1 else 0):
        shorter = "|".join(choices[:number] + choices[number + 1 :])
        try:
            re.compile(shorter)
        except re.error:
            continue
        yield shorter


def _return(node: ast.Return) -> Iterator[ast.AST]:
    # Nothing is as false as False.
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value in (None, False)):
        yield ast.Return(ast.Constant(None))


def _branch(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    if isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
        return  # their own mistakes say as much
    changed = copy.deepcopy(node)
    changed.test = ast.UnaryOp(ast.Not(), changed.test)
    yield changed


def _statement(node: ast.Expr) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Call | ast.Await | ast.YieldFrom):
        is_flow = isinstance(node.value, ast.YieldFrom)
        yield ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load()))) if is_flow else ast.Pass()


def _leave(node: ast.Break | ast.Continue) -> Iterator[ast.AST]:
    yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()


def _elements(node: ast.Tuple | ast.List | ast.Set) -> Iterator[ast.AST]:
    if isinstance(getattr(node, "ctx", None), ast.Store) or len(node.elts) < 2:
        return
    for number in range(len(node.elts)):
        changed = copy.deepcopy(node)
        del changed.elts[number]
        yield changed


def _keywords(node: ast.Call) -> Iterator[ast.AST]:
    for number, keyword in enumerate(node.keywords):
        if keyword.arg is not None and isinstance(keyword.value, ast.Constant) and not _is_for_people(keyword):
            changed = copy.deepcopy(node)
            del changed.keywords[number]
            yield changed


_MISTAKES: tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Iterator[ast.AST]]], ...] = (
    (ast.Compare, _compare),
    (ast.BoolOp, _boolean),
    (ast.UnaryOp, _not),
    ((ast.BinOp, ast.AugAssign), _arithmetic),
    (ast.Constant, _constant),
    (ast.Return, _return),
    ((ast.If, ast.IfExp, ast.While), _branch),
    (ast.Expr, _statement),
    ((ast.Break, ast.Continue), _leave),
    ((ast.Tuple, ast.List, ast.Set), _elements),
    (ast.Call, _keywords),
)


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
