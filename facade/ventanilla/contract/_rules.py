"""Knows what schemathesis cannot tell from a status or a schema: our own rules for every answer.

They run beside its own checks; schemathesis.toml says which of those they replace and why.
"""

import copy
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from lxml import etree
from schemathesis import CheckContext, Response
from schemathesis.specs.openapi import checks

from ventanilla.contract._answers import is_mapping, rows, value_at
from ventanilla.contract._cases import (
    is_regular,
    meaning,
    media_type,
    name_of,
    narrowed,
    row_key,
    sent,
    service_of,
    succeeded,
)
from ventanilla.contract._forms import names, nested, typed
from ventanilla.contract._service import FORM, Case, Service, is_positive
from ventanilla.contract._syncfy import SyncfyService
from ventanilla.mock.wire import Request

# schemathesis leaves some of its type parameters open.
built_in = cast(Any, checks)
SHORTEST_SECRET = 8


def hold(is_kept: bool, otherwise: str) -> None:
    """Say that a rule is broken; no `assert`, which Python leaves out where it is told to."""
    if not is_kept:
        raise AssertionError(otherwise)


def refuses_invalid_data(ctx: CheckContext, response: Response, case: Case) -> None:
    """Run negative_data_rejection and missing_required_header on the status that the answer stands for."""
    said = copy.copy(response)
    said.status_code = meaning(response, case).status
    built_in.negative_data_rejection(ctx, said, case)
    built_in.missing_required_header(ctx, said, case)


def refuses_invalid_forms(ctx: CheckContext, response: Response, case: Case) -> None:
    """A form that breaks its schema as it reads on the wire is refused, also deep inside its brackets.

    negative_data_rejection sees the top level of a form only.
    """
    service = service_of(case)
    operation = service.spec.operations[name_of(case)]
    if not is_mapping(case.body) or not is_regular(response, case) or operation.body[0].media_type != FORM:
        return
    if any("[" in name or "]" in name or not name for name in names(case.body)):
        return
    content = operation.body[0]
    read = typed(service.spec, content.schema, nested(sent(response).body.decode()))
    problems = service.spec.problems(content.pointer or "#", read)
    if problems:
        hold(not meaning(response, case).is_success, f"accepted although {problems}")


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
        hold(any(re.fullmatch(rule, answer.message) for rule in known), f"valid data refused: {answer.message}")


class EnforcesCredentials:
    """Each credential that an operation asks for is needed, and is needed to be right."""

    def __init__(self) -> None:
        self.proven: set[str] = set()

    def after_response(self, ctx: CheckContext, response: Response, case: Case) -> None:
        """Send a request that worked again, with one credential after the other missing or wrong."""
        name, service = name_of(case), service_of(case)
        if name in self.proven or not succeeded(response, case):
            return
        for how, request in service.locked_out(sent(response)):
            answer = service.ask(request)
            hold(400 <= answer.status < 500, f"let in {how}: the answer means HTTP {answer.status}")
        self.proven.add(name)


def keeps_what_it_makes(ctx: CheckContext, response: Response, case: Case) -> None:
    """What was made can be read at once."""
    pointer, target = service_of(case).made.get(name_of(case), ("", ""))
    if target and succeeded(response, case):
        id = value_at(meaning(response, case), *pointer.split("/"))
        # An answer without one breaks the spec, and another rule.
        hold(id is None or _exists(service_of(case), target.format(id)), f"made {id}, but it cannot be read")


def forgets_what_it_ends(ctx: CheckContext, response: Response, case: Case) -> None:
    """What was deleted cannot be read any more."""
    parameter, target = service_of(case).ended.get(name_of(case), ("", ""))
    if target and succeeded(response, case):
        given = case.path_parameters if parameter in case.path_parameters else cast("dict[str, Any]", case.body)
        hold(not _exists(service_of(case), target.format(given[parameter])), "deleted, but it can still be read")


def hides_data_from_strangers(ctx: CheckContext, response: Response, case: Case) -> None:
    """Another user does not get what one user's token reads."""
    service, answer = service_of(case), meaning(response, case)
    if not isinstance(service, SyncfyService) or service.stranger is None:
        return
    if response.request.method != "GET" or not answer.is_success:
        return
    request = sent(response)
    if request.headers.get("authorization") != service.own.headers["Authorization"] or "catalogues" in request.target:
        return
    other = service.ask(Request("GET", request.target, service.stranger.headers))
    if case.path_parameters:
        hold(other.status == 404, f"a stranger got {other.status}")
    elif rows(answer, "response"):
        key = row_key(case)
        mine, theirs = ({row.get(key) for row in rows(each, "response")} - {None} for each in (answer, other))
        hold(not mine & theirs, f"a stranger also got {mine & theirs}")


def narrowed_rows_fit(ctx: CheckContext, response: Response, case: Case) -> None:
    """A list narrowed to some `fields` has these and the id of each row, and they are what the spec says."""
    wanted = narrowed(case)
    if not wanted or not succeeded(response, case):
        return
    for row in rows(meaning(response, case), "response"):
        others = row.keys() - wanted.keys() - {row_key(case)}
        hold(not others, f"not asked for: {others}")
        for name in row.keys() & wanted.keys():
            problems = service_of(case).spec.problems(wanted[name], row[name])
            hold(not problems, f"{name}: {problems}")


def files_can_be_opened(ctx: CheckContext, response: Response, case: Case) -> None:
    """XML is well-formed, ZIP files are whole, and PDF files look like PDF files."""
    kind, content = media_type(response), response.content or b""
    if kind in ("application/xml", "text/xml"):
        try:
            etree.fromstring(content)
        except etree.XMLSyntaxError as problem:
            raise AssertionError(f"malformed XML: {problem}") from None
    elif kind == "application/zip":
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                hold(archive.testzip() is None, "a damaged ZIP file")
        except zipfile.BadZipFile as problem:
            raise AssertionError(f"no ZIP file: {problem}") from None
    elif kind in ("application/pdf", "application/x-download"):
        hold(content.startswith(b"%PDF-") and b"%%EOF" in content[-32:], "not a PDF file")


def secrets_do_not_come_back(ctx: CheckContext, response: Response, case: Case) -> None:
    """No answer repeats a credential, nor a value sent where the spec says x-secret."""
    text = (response.content or b"").decode("utf-8", "replace")
    marked = service_of(case).secret_names
    given = [item for name, item in case.body.items() if name in marked] if is_mapping(case.body) else []
    # Made-up ones may be words that the spec has itself.
    made_up = {text for item in given for text in _texts(item) if text not in service_of(case).words}
    for secret in service_of(case).secrets() | made_up:
        came_back = secret in text or json.dumps(secret, ensure_ascii=False)[1:-1] in text
        hold(len(secret) < SHORTEST_SECRET or not came_back, f"a secret of {len(secret)} characters came back")


def _comes_from_a_refusal(ctx: CheckContext, case: Case) -> bool:
    """Whether a link has handed on what was refused before; inside HTTP 200 schemathesis takes it for a success."""
    history = cast(Any, ctx.internals)
    parent = history.find_parent(case_id=case.id)
    if parent is None:
        return False
    response = history.find_response(case_id=parent.id)
    return response is not None and not meaning(response, parent).is_success


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_mapping(value):
        for item in value.values():
            yield from _texts(item)


def _exists(service: Service, target: str) -> bool:
    answer = service.get(target)
    return answer.is_success and value_at(answer, "response") != []
