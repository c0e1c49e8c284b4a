"""Knows the small mistakes that can be made in one node of Python's syntax, and where one would be no mistake."""

import ast
import copy
import re
from collections.abc import Callable, Iterator

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
_WORDS = ("hint", "message", "description", "doc", "note")
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


def is_for_people(node: ast.AST) -> bool:
    """Return whether a node is a docstring, a text to be read, or what tells it."""
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


def mistakes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what could stand in the place of a node by mistake."""
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
        if keyword.arg is not None and isinstance(keyword.value, ast.Constant) and not is_for_people(keyword):
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
