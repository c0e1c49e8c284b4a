"""Knows the way of one request through a world: route, method, authentication, validation, fault, handler, check of
our own answer, fault again, journal.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, evolve

from ventanilla.mock import _coerce
from ventanilla.mock._request import MalformedBody, effective_method, read_body
from ventanilla.mock._spec import Operation, Spec
from ventanilla.mock.faults import Fault
from ventanilla.mock.provider import Call, Provider, Refused, Reply
from ventanilla.mock.wire import Request, Response, encode
from ventanilla.mock.world import INSTANCE_HEADER, World

LARGEST_BODY = 10 * 1024 * 1024
_log = logging.getLogger("ventanilla.mock")
Providers = Mapping[str, Provider]


@define
class _Passage:
    """What is noticed while a request passes; `segments` is its path below the provider's mount."""

    segments: tuple[str, ...]
    operation: Operation | None = None
    problems: Sequence[str] = ()
    fault: Fault | None = None

    def broken(self, status: int, *problems: str) -> Refused:
        """Note which rules the request broke, and return the refusal."""
        self.problems = problems
        return Refused(status, "; ".join(problems))


def answer(world: World, providers: Providers, request: Request) -> Response:
    """Answer one request; never raises for what a caller sends. The world's clock stands still meanwhile."""
    segments = request.segments
    provider = providers.get(segments[0])
    if provider is None or segments[: len(provider.mount)] != provider.mount:
        served = ", ".join(provider.spec.mount for provider in providers.values())
        message = f"there is nothing at this path; this mock serves {served}"
        response = respond(Reply({"error": message}, status=404), request)
        world.journal.note(world.now, request, response, None, None, ("there is nothing at this path",))
        return stamped(world, response)
    passage = _Passage(segments[len(provider.mount) :])
    reply = _settle(world, provider, request, passage)
    response = respond(reply, request)
    if not provider.is_recorded:
        return response
    if passage.fault is not None:
        response = world.faults.bend(passage.fault, response)
        if passage.fault.holds:
            target = request.prefix + request.target
            return evolve(response, again=evolve(request, target=target, prefix="", held_by=passage.fault.id))
    operation = None if passage.operation is None else passage.operation.id
    fault = passage.fault.id if passage.fault is not None else request.held_by or None
    world.journal.note(world.now, request, response, provider.name, operation, tuple(passage.problems), fault)
    return stamped(world, response)


def _settle(world: World, provider: Provider, request: Request, passage: "_Passage") -> Reply:
    """Turn whatever comes of a request into a reply."""
    try:
        if provider.is_recorded and (defect := world.defect) is not None:
            world.defect = None
            raise RuntimeError(defect)
        return _serve(world, provider, request, passage)
    except Refused as refusal:
        return refusal.reply or provider.refuse(world, refusal.status, refusal.message)
    except Exception as defect:
        _log.exception("the mock failed to answer %s", request.method)
        return provider.refuse(world, 500, f"the mock failed: {type(defect).__name__}: {defect}")


def _serve(world: World, provider: Provider, request: Request, passage: "_Passage") -> Reply:
    operations = provider.spec.route(passage.segments)
    if not operations:
        raise passage.broken(404, "there is nothing at this path")
    method = effective_method(request) if provider.override else request.method
    operation = operations.get("GET" if method == "HEAD" and "HEAD" not in operations else method)
    if operation is None:
        refusal = passage.broken(405, f"{method} is not allowed here")
        reply = provider.refuse(world, refusal.status, refusal.message)
        return evolve(reply, headers=(*reply.headers, ("Allow", ", ".join(sorted(operations)))))
    if provider.is_recorded and provider.reel is None and _is_no_path(provider.spec, operation, passage.segments):
        raise passage.broken(404, "there is nothing at this path")
    passage.operation = operation
    if provider.is_recorded and not request.held_by:
        world.calls[operation.id] += 1
    if request.is_cut or len(request.body) > LARGEST_BODY:
        raise passage.broken(413, f"the body is larger than {LARGEST_BODY} bytes")
    call, malformed = read_call(provider, operation, request, passage.segments, world.now)
    if provider.reel is None:
        call.principal = provider.authenticate(world, call)
        if problems := malformed or _problems(provider.spec, call):
            raise passage.broken(400, *problems)
    is_spared = request.held_by or not provider.is_recorded
    fault = None if is_spared else world.faults.strikes(provider.name, operation.id, world.now)
    return _handled(world, provider, call) if fault is None else _struck(world, provider, call, passage, fault)


def _struck(world: World, provider: Provider, call: Call, passage: "_Passage", fault: Fault) -> Reply:
    """Let a fault have its way: in the handler's place, or once the handler is done, whatever it says."""
    passage.fault = fault
    if not fault.is_after:
        return world.faults.instead(fault, world, provider) or _handled(world, provider, call)
    try:
        reply = _handled(world, provider, call)
    except Refused as refusal:
        if refusal.status == 500:
            # A defect of the mock is no fault that somebody asked for.
            raise
        reply = refusal.reply or provider.refuse(world, refusal.status, refusal.message)
    return world.faults.instead(fault, world, provider) or reply


def _handled(world: World, provider: Provider, call: Call) -> Reply:
    if provider.reel is not None:
        return provider.reel.answer(world, call)
    operation = call.operation
    reply = provider.handlers[operation.id](world, call)
    if mismatch := _mismatch(provider.spec, operation, reply):
        raise Refused(500, f"the mock's own answer to {operation.id} breaks the spec: {mismatch}")
    return reply


def read_call(
    provider: Provider, operation: Operation, request: Request, segments: tuple[str, ...], now: float
) -> tuple[Call, list[str]]:
    """Decode and coerce a request; what cannot even be decoded is said beside it, since 401 goes before 400."""
    spec = provider.spec
    malformed: list[str] = []
    query: dict[str, Any] = _coerce.form(pairs) if (pairs := request.query) else {}
    body: Any = None
    try:
        body = read_body(spec, operation, request)
    except MalformedBody as problem:
        malformed.append(str(problem))
    if provider.override and not operation.body and isinstance(body, dict):
        query |= body
        body = None
    call = Call(
        operation=operation,
        request=request,
        path=_path(spec, operation, segments),
        query=_coerce.parameters(spec, operation, "query", query),
        body=body if operation.body else None,
        mount=spec.mount,
        now=now,
    )
    return call, malformed


def _is_no_path(spec: Spec, operation: Operation, segments: tuple[str, ...]) -> bool:
    """Say whether an id in a path cannot be one: routers do not find such paths. What is one of a few is no id."""
    given = _path(spec, operation, segments)
    ids = (each for each in operation.parameters if each.where == "path" and "enum" not in each.schema)
    return any(spec.problems(each.pointer, given[each.name]) for each in ids)


def _path(spec: Spec, operation: Operation, segments: tuple[str, ...]) -> dict[str, Any]:
    return _coerce.parameters(spec, operation, "path", {name: segments[place] for place, name in operation.places})


def _problems(spec: Spec, call: Call) -> list[str]:
    """Say, field by field, how a call breaks the spec."""
    found = _broken_parameters(spec, call) if call.operation.parameters else []
    if call.operation.body:
        # A body of null is one, and says something else than none.
        if call.body is not None or call.request.body.strip():
            found += spec.problems(call.operation.body[0].pointer or "#", call.body)
        elif call.operation.body_required:
            found.append("the body is required")
    return found


def _broken_parameters(spec: Spec, call: Call) -> list[str]:
    found: list[str] = []
    values = {"path": call.path, "query": call.query, "header": call.request.headers}
    for parameter in call.operation.parameters:
        name = parameter.name.lower() if parameter.where == "header" else parameter.name
        given = values.get(parameter.where, {})
        if name in given:
            found += [f"{parameter.name}: {text}" for text in spec.problems(parameter.pointer, given[name])]
        elif parameter.required:
            found.append(f"{parameter.name}: is required in the {parameter.where}")
    return found


def _mismatch(spec: Spec, operation: Operation, reply: Reply) -> str | None:
    """Say how a reply breaks its own spec, or None; the mock must not lie quietly."""
    contents = operation.responses.get(str(reply.status))
    if contents is None and (contents := operation.responses.get("default")) is None:
        return f"status {reply.status} is not documented"
    content = contents.get(reply.media_type) or contents.get(reply.media_type.split(";")[0].strip())
    if content is None:
        return f"{reply.media_type} is not documented for status {reply.status}"
    pointer = content.variants[reply.failed]
    if reply.content is not None or pointer is None or not (problems := spec.problems(pointer, reply.body)):
        return None
    return "; ".join(problems)


def stamped(world: World, response: Response) -> Response:
    """Return a response with the name of the instance that gave it, which the journal leaves out: it is not seeded."""
    headers = (*response.headers, (INSTANCE_HEADER, world.instance))
    # As evolve() does it, which takes three times as long: every request comes by here.
    return Response(
        response.status, headers, response.body, response.conduct, response.errands, response.patience, response.again
    )


def respond(reply: Reply, request: Request) -> Response:
    """Return what goes out for a reply."""
    content = encode(reply.body if reply.sent is None else reply.sent) if reply.content is None else reply.content
    # What a service has sent without a type is replayed without one.
    headers = (("Content-Type", reply.media_type), *reply.headers) if reply.media_type else reply.headers
    if request.method == "HEAD":
        headers, content = (*headers, ("Content-Length", str(len(content)))), b""
    return Response(reply.status, headers, content, errands=reply.errands, patience=reply.patience)
