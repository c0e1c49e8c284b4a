"""Knows a compiled spec: its routes, its operations, and whether a value fits what they say."""

import functools
import importlib.resources
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import jsonschema_rs
import msgspec
from attrs import field, frozen

from ventanilla.mock._routes import Routes

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
SHOWN_PROBLEMS = 5
_number = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def load(name: str, mount: str | None = None) -> "Spec":
    """Return the compiled spec that is installed for a provider (syncfy, facti, facturaonline) or for the mock."""
    return _installed(name, mount)


@functools.cache
def _installed(name: str, mount: str | None) -> "Spec":
    text = importlib.resources.files("ventanilla_clients").joinpath(name, "openapi.json").read_bytes()
    return Spec(name, msgspec.json.decode(text), mount)


@frozen
class Parameter:
    """One path, query or header parameter; `schema` has its reference followed."""

    name: str
    where: str
    required: bool
    schema: Mapping[str, Any]
    pointer: str


@frozen
class Content:
    """One media type of a request or a response; `pointer` leads to its schema, None for one that has none."""

    media_type: str
    schema: Mapping[str, Any]
    pointer: str | None

    @cached_property
    def variants(self) -> tuple[str | None, str | None]:
        """The pointers that a success and a failure have to fit: `anyOf: [success, Failure]` has one of each."""
        choices = self.schema.get("anyOf", ())
        if self.pointer is None or len(choices) != 2 or not choices[-1].get("$ref", "").endswith("/Failure"):
            return self.pointer, self.pointer
        return f"{self.pointer}/anyOf/0", f"{self.pointer}/anyOf/1"


@frozen(eq=False)
class Operation:
    """One operation of the spec. `security` lists the alternatives, each the names of the schemes it needs at once."""

    id: str
    tag: str
    method: str
    template: str
    security: tuple[frozenset[str], ...]
    parameters: tuple[Parameter, ...]
    body: tuple[Content, ...]
    body_required: bool
    responses: Mapping[str, Mapping[str, Content]]
    raw: Mapping[str, Any] = field(repr=False)

    @cached_property
    def schemes(self) -> frozenset[str]:
        """All schemes that any of the alternatives names."""
        return frozenset(name for alternative in self.security for name in alternative)

    @cached_property
    def places(self) -> tuple[tuple[int, str], ...]:
        """Where in the path its parameters stand, with their names."""
        names = self.template.removeprefix("/").split("/")
        return tuple((place, name[1:-1]) for place, name in enumerate(names) if name.startswith("{"))


class Spec:
    """A compiled OpenAPI document. It never changes, so that all mocks may share it.

    Its paths hang below `mount`: unless given, the name and then the path of its first server.
    """

    def __init__(self, name: str, document: Mapping[str, Any], mount: str | None = None) -> None:
        self.name = name
        self.document = document
        self.uri = f"urn:ventanilla:{name}"
        usual = f"/{name}{urlsplit(str(document['servers'][0]['url'])).path}"
        self.mount = (usual if mount is None else mount).rstrip("/")
        self.operations = {operation.id: operation for operation in self._operations()}
        # Any format of ours slows down the whole validation, and only this spec has decimals that are strings.
        has_decimals = document.get("x-decimals") == "string"
        self._formats: dict[str, Callable[[str], bool]] = {"decimal": _is_decimal} if has_decimals else {}
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._registry: jsonschema_rs.Registry | None = None
        self._routes = Routes[Operation]()
        for operation in self.operations.values():
            self._routes.add(operation.template, operation.method, operation)

    def route(self, segments: tuple[str, ...]) -> Mapping[str, Operation]:
        """Return the operations by method that live at a path below the mount; empty when nothing does."""
        return self._routes.find(segments)

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow `$ref` until there is a schema."""
        while "$ref" in schema:
            schema = self._at(schema["$ref"])
        return schema

    def problems(self, pointer: str, value: Any) -> list[str]:
        """Return what is wrong with `value` against the schema at `pointer`, values masked; empty when it fits."""
        validator = self._validators.get(pointer) or self._validator(pointer)
        if validator.is_valid(value):
            return []
        found = itertools.islice(validator.iter_errors(value), SHOWN_PROBLEMS)
        return [_sentence(problem.instance_path, problem.message) for problem in found]

    def _at(self, reference: str) -> Mapping[str, Any]:
        node: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            node = node[int(name) if isinstance(node, list) else name]
        found: Mapping[str, Any] = node
        return found

    def follow(self, pointer: str) -> tuple[Mapping[str, Any], str]:
        """Return the node at `pointer` and where it really stands, references followed."""
        node = self._at(pointer)
        while "$ref" in node:
            pointer = node["$ref"]
            node = self._at(pointer)
        return node, pointer

    def _validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        """Make the validator of a schema, once and for all."""
        if self._registry is None:
            self._registry = jsonschema_rs.Registry([(self.uri, dict(self.document))])
        # Braces are legal in a JSON pointer but not in the URI that carries it.
        schema = {"$ref": f"{self.uri}{quote(pointer, safe='#/~')}"}
        made = self._validators[pointer] = jsonschema_rs.Draft202012Validator(
            schema,
            registry=self._registry,
            mask="the value",
            validate_formats=True,
            formats=self._formats,
        )
        return made

    def _operations(self) -> Iterator[Operation]:
        for template, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield self._operation(template, method, item)

    def _operation(self, template: str, method: str, item: Mapping[str, Any]) -> Operation:
        raw = item[method]
        place = f"#/paths/{_escape(template)}"
        lists = ((f"{place}/parameters", item), (f"{place}/{method}/parameters", raw))
        parameters = {
            (parameter.where, parameter.name): parameter
            for pointer, holder in lists
            for parameter in self._parameters(pointer, holder.get("parameters", ()))
        }
        body: Mapping[str, Any] = {}
        body_pointer = f"{place}/{method}/requestBody"
        if "requestBody" in raw:
            body, body_pointer = self.follow(body_pointer)
        security = raw.get("security", self.document.get("security", ()))
        return Operation(
            id=raw["operationId"],
            tag=raw["tags"][0],
            method=method.upper(),
            template=template,
            security=tuple(frozenset(alternative) for alternative in security),
            parameters=tuple(parameters.values()),
            body=tuple(self._contents(body, body_pointer).values()),
            body_required=bool(body.get("required", False)),
            responses={
                str(status): self._contents(*self.follow(f"{place}/{method}/responses/{status}"))
                for status in raw["responses"]
            },
            raw=raw,
        )

    def _parameters(self, pointer: str, declared: Iterable[Any]) -> Iterator[Parameter]:
        for index, _ in enumerate(declared):
            raw, place = self.follow(f"{pointer}/{index}")
            schema = self.resolve(raw["schema"])
            yield Parameter(raw["name"], raw["in"], bool(raw.get("required")), schema, f"{place}/schema")

    def _contents(self, node: Mapping[str, Any], pointer: str) -> dict[str, Content]:
        return {
            media_type: Content(
                media_type,
                self.resolve(media.get("schema", {})),
                f"{pointer}/content/{_escape(media_type)}/schema" if "schema" in media else None,
            )
            for media_type, media in node.get("content", {}).items()
        }


def _is_decimal(text: str) -> bool:
    return _number.fullmatch(text) is not None


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _sentence(path: Iterable[str | int], message: str) -> str:
    where = ".".join(str(part) for part in path)
    return f"{where}: {message}" if where else message
