"""Knows what schemathesis cannot tell from a status or a schema: our own checks of every answer of the mock.

They run beside its default ones; schemathesis.toml says which of those they replace and why.
"""

import copy
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast
from urllib.parse import parse_qs, parse_qsl, urlsplit

import schemathesis
from fuzz_providers import SyncfyStage
from fuzz_stages import FORM, JSON, Case, Meaning, Stage, is_list, is_mapping, is_positive
from lxml import etree
from schemathesis import CheckContext, Response
from schemathesis.specs.openapi import checks

from ventanilla.mock.outbox import Delivery
from ventanilla.mock.wire import Request, decode

# schemathesis leaves some of its type parameters open.
built_in = cast(Any, checks)
# Where to look for what an operation has made: the pointer to its id in the answer, and the target that reads it.
MADE: Final[Mapping[str, tuple[str, str]]] = {
    "create_user": ("response/id_user", "/users?id_user={}"),
    "create_session": ("response/token", "/sessions/{}/verify"),
    "create_credential": ("response/id_credential", "/credentials/{}"),
    "create_credential_pull": ("response/id_credential", "/credentials/{}"),
    "create_job": ("response/id_job", "/jobs/{}/status"),
    "create_job_pull": ("response/id_job", "/jobs/{}/status"),
    "create_webhook": ("response/id_webhook", "/webhooks?id_webhook={}"),
    "create_request": ("request_id", "/v1/payments/{}"),
    "create_payroll": ("uid", "/payroll/{}/view"),
    "create_employee": ("data/uid", "/payroll/employee/{}/view"),
    "create_group": ("uid", "/payroll/employee/group/{}/view"),
    "create_namespace": ("name", "/namespaces/{}"),
    "add_fault": ("id", "/faults/{}"),
}
# The same for what an operation has ended; its id stands in the path or the body of the call.
ENDED: Final[Mapping[str, tuple[str, str]]] = {
    "delete_user": ("id_user", "/users?id_user={}"),
    "delete_session": ("token", "/sessions/{}/verify"),
    "delete_credential": ("id_credential", "/credentials/{}"),
    "delete_webhook": ("id_webhook", "/webhooks?id_webhook={}"),
    "delete_payment": ("id", "/v1/payments/{}"),
    "delete_employee": ("uid", "/payroll/employee/{}/view"),
    "delete_group": ("uid", "/payroll/employee/group/{}/view"),
    "delete_namespace": ("name", "/namespaces/{}"),
    "delete_fault": ("id", "/faults/{}"),
}
SHORTEST_SECRET = 8


def name_of(case: Case) -> str:
    """Return the operationId of a case."""
    return str(case.operation.definition.raw["operationId"])


def stage_of(case: Case) -> Stage:
    """Return the mock that a case was sent to."""
    schema: Any = case.operation.schema
    return cast(Stage, schema.stage)


def meaning(response: Response, case: Case) -> Meaning:
    """Say what an answer means."""
    return stage_of(case).understand(response.status_code, media_type(response), response.content or b"")


def media_type(response: Response) -> str:
    """Return the content type without its parameters."""
    return response.headers.get("content-type", [""])[0].split(";")[0].strip()


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
    stage = stage_of(case)
    if not isinstance(case.query.get("fields"), str):
        return {}
    answer = stage.spec.resolve(stage.spec.operations[name_of(case)].responses["200"][JSON].schema["anyOf"][0])
    row = answer["allOf"][-1]["properties"]["response"]["items"]["$ref"]
    wanted = {name.strip() for name in case.query["fields"].split(",")}
    return {name: schema for name, schema in _properties(stage, row) if name in wanted}


def _properties(stage: Stage, pointer: str) -> Iterator[tuple[str, str]]:
    schema = stage.spec.resolve({"$ref": pointer})
    for name in schema.get("properties", {}):
        yield name, f"{pointer}/properties/{name}"
    for index, part in enumerate(schema.get("allOf", ())):
        yield from _properties(stage, part.get("$ref", f"{pointer}/allOf/{index}"))


def succeeded(response: Response, case: Case) -> bool:
    """Whether a case, sent with its operation's own method, got what it asked for."""
    return is_regular(response, case) and meaning(response, case).is_success


@schemathesis.check
def refuses_invalid_data(ctx: CheckContext, response: Response, case: Case) -> None:
    """Run negative_data_rejection and missing_required_header on the status that the answer stands for."""
    said = copy.copy(response)
    said.status_code = meaning(response, case).status
    built_in.negative_data_rejection(ctx, said, case)
    built_in.missing_required_header(ctx, said, case)


@schemathesis.check
def refuses_invalid_forms(ctx: CheckContext, response: Response, case: Case) -> None:
    """A form that breaks its schema as it reads on the wire is refused, also deep inside its brackets.

    negative_data_rejection sees the top level of a form only.
    """
    stage = stage_of(case)
    operation = stage.spec.operations[name_of(case)]
    if not is_mapping(case.body) or not is_regular(response, case) or operation.body[0].media_type != FORM:
        return
    if any("[" in name or "]" in name or not name for name in _names(case.body)):
        return
    content = operation.body[0]
    read = _typed(stage, content.schema, _nested(sent(response).body.decode()))
    problems = stage.spec.problems(content.pointer or "#", read)
    if problems:
        assert not meaning(response, case).is_success, f"accepted although {problems}"


@schemathesis.check
class AcceptsValidData:
    """Valid data succeed, or are refused for something that is not in the data alone.

    `refusals` are the messages of rules that no schema can express, as regular expressions by operationId.
    """

    def __init__(self, refusals: Mapping[str, Sequence[str]] | None = None) -> None:
        self.refusals = refusals or {}

    def after_response(self, ctx: CheckContext, response: Response, case: Case) -> None:
        """Look at one answer."""
        answer = meaning(response, case)
        if not is_positive(case) or not is_regular(response, case) or answer.status != 400:
            return
        if _comes_from_a_refusal(ctx, case):
            return
        known = self.refusals.get(name_of(case), ())
        assert any(re.fullmatch(rule, answer.message) for rule in known), f"valid data refused: {answer.message}"


@schemathesis.check
class EnforcesCredentials:
    """Each credential that an operation asks for is needed, and is needed to be right."""

    def __init__(self) -> None:
        self.proven: set[str] = set()

    def after_response(self, ctx: CheckContext, response: Response, case: Case) -> None:
        """Send a request that worked again, with one credential after the other missing or wrong."""
        name, stage = name_of(case), stage_of(case)
        if name in self.proven or not succeeded(response, case):
            return
        for request in stage.locked_out(sent(response)):
            answer = stage.ask(request)
            assert answer.status == 401, f"let in with credentials missing or wrong: {answer}"
        self.proven.add(name)


@schemathesis.check
def keeps_what_it_makes(ctx: CheckContext, response: Response, case: Case) -> None:
    """What was made can be read at once."""
    pointer, target = MADE.get(name_of(case), ("", ""))
    if target and succeeded(response, case):
        id = _at(meaning(response, case).value, pointer)
        assert _exists(stage_of(case), target.format(id)), f"made {id}, but it cannot be read"


@schemathesis.check
def forgets_what_it_ends(ctx: CheckContext, response: Response, case: Case) -> None:
    """What was deleted cannot be read any more."""
    parameter, target = ENDED.get(name_of(case), ("", ""))
    if target and succeeded(response, case):
        given = case.path_parameters if parameter in case.path_parameters else cast("dict[str, Any]", case.body)
        assert not _exists(stage_of(case), target.format(given[parameter])), "deleted, but it can still be read"


@schemathesis.check
def hides_data_from_strangers(ctx: CheckContext, response: Response, case: Case) -> None:
    """Another user does not get what one user's token reads."""
    stage, answer = stage_of(case), meaning(response, case)
    if not isinstance(stage, SyncfyStage) or response.request.method != "GET" or not answer.is_success:
        return
    request = sent(response)
    if request.headers.get("authorization") != stage.own.headers["Authorization"] or "catalogues" in request.target:
        return
    other = stage.ask(Request("GET", request.target, stage.stranger.headers))
    if case.path_parameters:
        assert other.status == 404, f"a stranger got {other.status}"
    elif is_mapping(answer.value) and isinstance(answer.value["response"], list):
        shared = _ids(answer.value) & _ids(other.value)
        assert not shared, f"a stranger also got {shared}"


@schemathesis.check
def narrowed_rows_fit(ctx: CheckContext, response: Response, case: Case) -> None:
    """A list narrowed to some `fields` has these and the id of each row, and they are what the spec says."""
    wanted = narrowed(case)
    if not wanted or not succeeded(response, case):
        return
    for row in meaning(response, case).value["response"]:
        _, *others = row
        assert set(others) <= wanted.keys(), f"not asked for: {set(others) - wanted.keys()}"
        for name in row.keys() & wanted.keys():
            problems = stage_of(case).spec.problems(wanted[name], row[name])
            assert not problems, f"{name}: {problems}"


@schemathesis.check
def files_can_be_opened(ctx: CheckContext, response: Response, case: Case) -> None:
    """XML is well-formed, ZIP files are whole, and PDF files look like PDF files."""
    kind, content = media_type(response), response.content or b""
    if kind in ("application/xml", "text/xml"):
        try:
            etree.fromstring(content)
        except etree.XMLSyntaxError as problem:
            raise AssertionError(f"malformed XML: {problem}") from None
    elif kind == "application/zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
    elif kind in ("application/pdf", "application/x-download"):
        assert content.startswith(b"%PDF-") and b"%%EOF" in content[-32:], "not a PDF file"  # noqa: PT018 - one fact, two ends


@schemathesis.check
def secrets_do_not_come_back(ctx: CheckContext, response: Response, case: Case) -> None:
    """No answer repeats a credential, nor a value sent where the spec says x-secret."""
    text = (response.content or b"").decode("utf-8", "replace")
    marked = stage_of(case).secret_names
    given = [item for name, item in case.body.items() if name in marked] if is_mapping(case.body) else []
    for secret in stage_of(case).secrets() | {text for item in given for text in _texts(item)}:
        came_back = secret in text or json.dumps(secret, ensure_ascii=False)[1:-1] in text
        assert len(secret) < SHORTEST_SECRET or not came_back, f"a secret of {len(secret)} characters came back"


def webhook_problems(stage: Stage, delivery: Delivery) -> list[str]:
    """Say how a webhook call breaks the webhooks section of its spec, which schemathesis leaves out."""
    spec = stage.mock.providers["facti" if delivery.profile == "facti-ipn" else "syncfy"].spec
    if delivery.profile == "facti-ipn":
        form: dict[str, Any] = {
            name: values[0] for name, values in parse_qs(delivery.body.decode(), keep_blank_values=True).items()
        }
        form["ipn_type"] = int(form["ipn_type"])
        where = "#/webhooks/payment_notification/post/requestBody/content/application~1x-www-form-urlencoded/schema"
        data = spec.problems("#/components/schemas/IpnData", decode(form["data"].encode()))
        return [*spec.problems(where, form), *data]
    where = f"#/webhooks/{delivery.profile}/post/requestBody/content/application~1json/schema"
    return spec.problems(where, decode(delivery.body))


def _comes_from_a_refusal(ctx: CheckContext, case: Case) -> bool:
    """Whether a link has handed on what was refused before; inside HTTP 200 schemathesis takes it for a success."""
    history = cast(Any, ctx.internals)
    parent = history.find_parent(case_id=case.id)
    if parent is None:
        return False
    response = history.find_response(case_id=parent.id)
    return response is not None and not meaning(response, parent).is_success


def _names(value: Any) -> Iterator[str]:
    """Return the names of all properties, at any depth."""
    if is_mapping(value):
        for name, item in value.items():
            yield name
            yield from _names(item)
    elif is_list(value):
        for item in value:
            yield from _names(item)


def _nested(form: str) -> dict[str, Any]:
    """Read a form as PHP does, every value still text."""
    nested: dict[str, Any] = {}
    for name, text in parse_qsl(form, keep_blank_values=True):
        *path, last = name.replace("]", "").split("[")
        node: dict[str, Any] = nested
        for part in path:
            node = node.setdefault(part, {})
        node[last] = text
    return nested


def _typed(stage: Stage, schema: Mapping[str, Any], value: Any) -> Any:
    """Return text as numbers, and numbered fields as lists, wherever the schema has them."""
    schema = stage.spec.resolve(schema)
    kinds: Sequence[str] = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if not is_mapping(value):
        is_number = {"integer", "number"} & set(kinds) and "string" not in kinds
        return _number(str(value)) if is_number else value
    if "array" in kinds and all(name.isdecimal() for name in value):
        return [_typed(stage, schema["items"], value[name]) for name in sorted(value, key=int)]
    return {name: _typed(stage, schema.get("properties", {}).get(name, {}), item) for name, item in value.items()}


def _number(text: str) -> int | Decimal | str:
    """Return what a text reads as where a number belongs: itself if it is none."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return text
    number = Decimal(text)
    return int(number) if number == int(number) else number


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_mapping(value):
        for item in value.values():
            yield from _texts(item)


def _exists(stage: Stage, target: str) -> bool:
    answer = stage.get(target)
    return answer.is_success and answer.value.get("response") != []


def _at(value: Any, pointer: str) -> Any:
    for part in pointer.split("/"):
        value = value[part]
    return value


def _ids(value: Any) -> set[str]:
    """Return the id of each row of a list; it stands first."""
    return {str(next(iter(row.values()))) for row in value["response"]}
