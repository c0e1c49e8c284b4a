"""Knows the way of every request through the mock: route, method, authentication, validation, handler, self-check."""

import logging
import threading
from collections.abc import Sequence
from typing import Any

from attrs import evolve

from ventanilla.mock import _coerce, _control
from ventanilla.mock._request import MalformedBody, effective_method, read_body
from ventanilla.mock._spec import Operation, Spec
from ventanilla.mock.clock import Clock
from ventanilla.mock.provider import Call, Provider, Refused, Reply
from ventanilla.mock.wire import Request, Response, encode
from ventanilla.mock.world import Delivery, World

LARGEST_BODY = 10 * 1024 * 1024
_log = logging.getLogger("ventanilla.mock")


class Mock:
    """The three providers behind one function: handle(request) → response. No sockets, no threads, no waiting.

    `seed` decides every id and datum, `clock` every moment, `pace` the seconds that one step of a job or of
    stamping takes. The same requests at the same moments get byte-identical responses.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 0,
        pace: float = 0.2,
        providers: Sequence[Provider] | None = None,
        facturaonline_auth_status: int = 200,
    ) -> None:
        if providers is None:
            # Imported late: the providers know the core, so the core cannot know them first.
            from ventanilla.mock.registry import every_provider

            providers = every_provider(facturaonline_auth_status=facturaonline_auth_status)
        self.world = World(clock, seed, pace)
        self.providers = {provider.name: provider for provider in providers}
        self._lock = threading.Lock()
        self._defect: str | None = None

    def handle(self, request: Request) -> Response:
        """Answer one request, after doing whatever has fallen due; never raises for what a caller sends."""
        with self._lock:
            self._fire()
            with self.world.standing(self.world.clock.now()):
                return _respond(self._reply(request), request)

    def run_due(self) -> float | None:
        """Do whatever has fallen due, without a request; return the moment of what comes next, or None."""
        with self._lock:
            self._fire()
            return self.world.next_due()

    def outgoing(self) -> list[Delivery]:
        """Take the webhook calls that wait to be made; whoever takes them reports back through delivered()."""
        with self._lock:
            taken = list(self.world.outbox)
            self.world.outbox.clear()
            return taken

    def delivered(self, delivery: Delivery, status: int | None, error: str | None = None) -> None:
        """Report what became of a webhook call: the receiver's status, or None and why there is none."""
        with self._lock:
            self.world.record(delivery, status, error)

    def _fire(self) -> None:
        """Fire the timers that are due; one that fails stops neither the others nor whoever asked."""
        while True:
            try:
                return self.world.run_due()
            except Exception as defect:
                _log.exception("a timer of the mock failed")
                self._defect = f"a timer failed: {type(defect).__name__}: {defect}"

    def _reply(self, request: Request) -> Reply:
        name = request.segments[0]
        if name == "_mock":
            return self._control(request)
        provider = self.providers.get(name)
        mount = () if provider is None else tuple(provider.spec.mount.removeprefix("/").split("/"))
        if provider is None or request.segments[: len(mount)] != mount:
            return _control.not_found(self.providers)
        try:
            return self._serve(provider, request, request.segments[len(mount) :])
        except Refused as refusal:
            return refusal.reply or provider.refuse(self.world, refusal.status, refusal.message)
        except Exception as defect:
            _log.exception("the mock failed to answer %s", request.method)
            return provider.refuse(self.world, 500, f"the mock failed: {type(defect).__name__}: {defect}")

    def _control(self, request: Request) -> Reply:
        try:
            return _control.answer(self.world, self.providers, request)
        except Exception as defect:
            _log.exception("the mock's control failed to answer %s", request.method)
            return Reply({"error": f"the mock failed: {type(defect).__name__}: {defect}"}, status=500)

    def _serve(self, provider: Provider, request: Request, segments: tuple[str, ...]) -> Reply:
        if (defect := self._defect) is not None:
            self._defect = None
            raise RuntimeError(defect)
        operations = provider.spec.route(segments)
        if not operations:
            raise Refused(404, "there is nothing at this path")
        method = effective_method(request) if provider.override else request.method
        operation = operations.get(method)
        if operation is None:
            reply = provider.refuse(self.world, 405, f"{method} is not allowed here")
            return evolve(reply, headers=(*reply.headers, ("Allow", ", ".join(sorted(operations)))))
        if len(request.body) > LARGEST_BODY:
            raise Refused(413, f"the body is larger than {LARGEST_BODY} bytes")
        call, malformed = self._call(provider, operation, request, segments)
        call = evolve(call, principal=provider.authenticate(self.world, call))
        if problems := malformed or _problems(provider.spec, call):
            raise Refused(400, "; ".join(problems))
        reply = provider.handlers[operation.id](self.world, call)
        if mismatch := _mismatch(provider.spec, operation, reply):
            raise Refused(500, f"the mock's own answer to {operation.id} breaks the spec: {mismatch}")
        return reply

    def _call(
        self, provider: Provider, operation: Operation, request: Request, segments: tuple[str, ...]
    ) -> tuple[Call, list[str]]:
        """Decode and coerce a request; what cannot even be decoded is said beside it, since 401 goes before 400."""
        spec = provider.spec
        malformed: list[str] = []
        query: dict[str, Any] = _coerce.form(request.query)
        body: Any = None
        try:
            body = read_body(spec, operation, request)
        except MalformedBody as problem:
            malformed.append(str(problem))
        if provider.override and not operation.body and isinstance(body, dict):
            query |= body
            body = None
        names = operation.template.removeprefix("/").split("/")
        path = {name[1:-1]: value for name, value in zip(names, segments, strict=True) if name.startswith("{")}
        call = Call(
            operation=operation,
            request=request,
            path=_coerce.parameters(spec, operation, "path", path),
            query=_coerce.parameters(spec, operation, "query", query),
            body=body if operation.body else None,
            base_url=request.origin + spec.mount,
            now=self.world.now,
        )
        return call, malformed


def _problems(spec: Spec, call: Call) -> list[str]:
    """Say, field by field, how a call breaks the spec."""
    found: list[str] = []
    headers = call.request.headers
    values = {"path": call.path, "query": call.query, "header": headers}
    for parameter in call.operation.parameters:
        name = parameter.name.lower() if parameter.where == "header" else parameter.name
        given = values.get(parameter.where, {})
        if name in given:
            found += [f"{parameter.name}: {text}" for text in spec.problems(parameter.pointer, given[name])]
        elif parameter.required:
            found.append(f"{parameter.name}: is required in the {parameter.where}")
    if call.operation.body:
        if call.body is not None:
            found += spec.problems(call.operation.body[0].pointer or "#", call.body)
        elif call.operation.body_required:
            found.append("the body is required")
    return found


def _mismatch(spec: Spec, operation: Operation, reply: Reply) -> str | None:
    """Say how a reply breaks its own spec, or None; the mock must not lie quietly."""
    contents = operation.responses.get(str(reply.status), operation.responses.get("default"))
    if contents is None:
        return f"status {reply.status} is not documented"
    media_type = reply.media_type.split(";")[0].strip()
    content = contents.get(media_type)
    if content is None:
        return f"{media_type} is not documented for status {reply.status}"
    pointer = content.variant(reply.failed)
    if reply.content is not None or pointer is None:
        return None
    return "; ".join(spec.problems(pointer, reply.body)) or None


def _respond(reply: Reply, request: Request) -> Response:
    content = encode(reply.body if reply.sent is None else reply.sent) if reply.content is None else reply.content
    headers = (("Content-Type", reply.media_type), *reply.headers)
    return Response(reply.status, headers, b"" if request.method == "HEAD" else content)
