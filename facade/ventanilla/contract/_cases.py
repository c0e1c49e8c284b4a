"""Knows what was sent and what came back, whichever way schemathesis puts it."""

from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

from schemathesis import Response

from ventanilla.contract._answers import JSON, Meaning
from ventanilla.contract._answers import media_type as media_type_of
from ventanilla.contract._service import Case, Service
from ventanilla.mock import _coerce
from ventanilla.mock.wire import Request


def name_of(case: Case) -> str:
    """Return the operationId of a case."""
    return str(case.operation.definition.raw["operationId"])


def service_of(case: Case) -> Service:
    """Return what a case was sent to."""
    schema: Any = case.operation.schema
    return cast(Service, schema.service)


def meaning(response: Response, case: Case) -> Meaning:
    """Say what an answer means."""
    return service_of(case).understand(response.status_code, media_type(response), response.content or b"")


def media_type(response: Response) -> str:
    """Return the content type without its parameters."""
    return media_type_of({name: values[0] for name, values in response.headers.items()})


def sent(response: Response) -> Request:
    """Return the request behind an answer, to be sent again with a change."""
    request = response.request
    url = urlsplit(str(request.url))
    body = request.body or b""
    return Request(
        str(request.method),
        f"{url.path}?{url.query}" if url.query else url.path,
        dict(request.headers),
        body.encode() if isinstance(body, str) else body,
    )


def is_regular(response: Response, case: Case) -> bool:
    """Whether the case was sent with its operation's own method; other methods are a probe of schemathesis."""
    return str(response.request.method) == str(case.operation.method).upper()


def narrowed(case: Case) -> dict[str, str]:
    """Return the properties that a case asks a list's rows for, with the schema of each; none if it asks for all."""
    if not isinstance(case.query.get("fields"), str):
        return {}
    wanted = {name.strip() for name in case.query["fields"].split(",")}
    return {name: schema for name, schema in _columns(case) if name in wanted}


def strays(case: Case) -> bool:
    """Whether a part of the path cannot be what stands there: a router need not find any operation at it."""
    service, given = service_of(case), case.path_parameters or {}
    operation = service.spec.operations[name_of(case)]
    path = _coerce.parameters(service.spec, operation, "path", {name: str(value) for name, value in given.items()})
    places = (each for each in operation.parameters if each.where == "path")
    return any(service.spec.problems(each.pointer, path.get(each.name)) for each in places)


def row_key(case: Case) -> str:
    """Return the name of the id that each row of a list has; it stands first in the spec."""
    return next(_columns(case))[0]


def _columns(case: Case) -> Iterator[tuple[str, str]]:
    """Return the properties of the rows of a list, with the schema of each."""
    service = service_of(case)
    answer = service.spec.resolve(service.spec.operations[name_of(case)].responses["200"][JSON].schema["anyOf"][0])
    return _properties(service, answer["allOf"][-1]["properties"]["response"]["items"]["$ref"])


def _properties(service: Service, pointer: str) -> Iterator[tuple[str, str]]:
    schema = service.spec.resolve({"$ref": pointer})
    for name in schema.get("properties", {}):
        yield name, f"{pointer}/properties/{name}"
    for index, part in enumerate(schema.get("allOf", ())):
        yield from _properties(service, part.get("$ref", f"{pointer}/allOf/{index}"))


def succeeded(response: Response, case: Case) -> bool:
    """Whether a case, sent with its operation's own method, got what it asked for."""
    return is_regular(response, case) and meaning(response, case).is_success
