"""Marks elements of a generated client so that a type checker names every line that uses them, and types stay whole.

What is read is deprecated, with the mark as its message; what is given (a parameter, a model's keyword) gets a type
that nothing has, whose name is the mark. Taking the elements out would turn what follows into Any, and hide uses.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import frozen
from openapi_python_client.strings import ClassName, PythonIdentifier

from specdiff._values import Element

FUNCTIONS = ("sync", "sync_detailed", "asyncio", "asyncio_detailed")
IMPORTS = """
from attrs import field as specdiff_field
from typing_extensions import deprecated as specdiff_deprecated
from {up}_runtime import UNSET as specdiff_UNSET, Unset as SpecdiffUnset
"""
PROPERTY = """
@property
@specdiff_deprecated("{mark}")
def {name}(self) -> {annotation}: raise NotImplementedError
"""
_operation = re.compile(r'^OPERATION = Operation\("(\w+)"', re.MULTILINE)
_class = re.compile(r"^class (\w+)\(Model\)|^(\w+): TypeAlias", re.MULTILINE)


@frozen
class Client:
    """A generated client of one provider in a folder that may be changed.

    Attributes:
        operations: the module of each operation, by operationId.
        models: the module of each model, by class name.
    """

    operations: dict[str, Path]
    models: dict[str, Path]


def opened(folder: Path) -> Client:
    """Find the modules of a client by what they hold."""
    modules = {path: path.read_text(encoding="utf-8") for path in folder.glob("api/*/*.py")}
    operations = {match[1]: path for path, text in modules.items() for match in _operation.finditer(text)}
    modules = {path: path.read_text(encoding="utf-8") for path in folder.glob("models/*.py")}
    models = {match[1] or match[2]: path for path, text in modules.items() for match in _class.finditer(text)}
    return Client(operations, models)


def class_name(schema: str) -> str:
    """Return the name of a schema's class."""
    return str(ClassName(schema, ""))


def python_name(wire: str) -> str:
    """Return the name of a parameter in Python."""
    return str(PythonIdentifier(wire, "field_"))


def mark(client: Client, element: Element, number: int) -> None:
    """Mark one element; one that the client does not have (a webhook's, say) is used by nothing."""
    name = f"SpecdiffMark{number}"
    match element.sort:
        case "operation":
            _edit(client.operations.get(element.owner), name, lambda module: _deprecate_functions(module, name))
        case "parameter":
            given = python_name(element.member)
            _edit(client.operations.get(element.owner), name, lambda module: _mark_argument(module, given, name))
        case "schema":
            owner = class_name(element.owner)
            _edit(client.models.get(owner), name, lambda module: _deprecate_class(module, owner, name))
        case "field":
            owner = class_name(element.owner)
            _edit(client.models.get(owner), name, lambda module: _mark_field(module, owner, element.member, name))
        case _:
            pass


def _edit(path: Path | None, name: str, change: Callable[[ast.Module], None]) -> None:
    if path is None:
        return
    text = path.read_text(encoding="utf-8")
    module = ast.parse(text)
    change(module)
    up = "..." if path.parent.name == "models" else "...."
    imports = [] if "specdiff_deprecated" in text else ast.parse(IMPORTS.format(up=up)).body
    marker = ast.parse(f"class {name}: ...").body
    first = 1 if isinstance(module.body[0], ast.ImportFrom) and module.body[0].module == "__future__" else 0
    module.body[first:first] = [*imports, *marker]
    path.write_text(ast.unparse(module), encoding="utf-8")


def _deprecated(name: str) -> ast.expr:
    return _expression(f'specdiff_deprecated("{name}")')


def _expression(code: str) -> ast.expr:
    return ast.parse(code, mode="eval").body


def _functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in FUNCTIONS:
            yield node


def _deprecate_functions(module: ast.Module, name: str) -> None:
    for function in _functions(module):
        function.decorator_list.append(_deprecated(name))


def _mark_argument(module: ast.Module, given: str, name: str) -> None:
    for function in _functions(module):
        for argument in [*function.args.args, *function.args.kwonlyargs]:
            # Two parameters of one name are told apart by a suffix: id, id_query.
            if re.fullmatch(rf"{re.escape(given)}(_path|_query|_header|_cookie)?", argument.arg):
                argument.annotation = _expression(f"{name} | SpecdiffUnset")


def _deprecate_class(module: ast.Module, owner: str, name: str) -> None:
    for index, node in enumerate(module.body):
        if isinstance(node, ast.ClassDef) and node.name == owner:
            node.decorator_list.insert(0, _deprecated(name))
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == owner and node.value:
            # A name of a mapping cannot be deprecated; a class of such mappings can.
            code = f'@specdiff_deprecated("{name}")\nclass {owner}({ast.unparse(node.value)}): ...'
            module.body[index] = ast.parse(code).body[0]


def _mark_field(module: ast.Module, owner: str, member: str, name: str) -> None:
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name == owner:
            node.body = [new for statement in node.body for new in _marked(statement, member, name)]


def _marked(statement: ast.stmt, member: str, name: str) -> list[ast.stmt]:
    if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == member:
        default = f'specdiff_field(alias="{member}", default=specdiff_UNSET)'
        keyword = f"specdiff_{member}: {name} | SpecdiffUnset = {default}"
        annotation = ast.unparse(statement.annotation)
        return ast.parse(keyword + PROPERTY.format(mark=name, name=member, annotation=annotation)).body
    if isinstance(statement, ast.FunctionDef) and _is_made_of(statement, member):
        statement.decorator_list.append(_deprecated(name))
    return [statement]


def _is_made_of(function: ast.FunctionDef, member: str) -> bool:
    """Return whether a property reads this field: refresh_at reads dt_refresh."""
    is_property = any(ast.unparse(decorator) == "property" for decorator in function.decorator_list)
    return is_property and any(ast.unparse(node) == f"self.{member}" for node in ast.walk(function))
