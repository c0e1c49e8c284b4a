"""Knows how schemathesis tests the mock of one provider, with one seed, through all of its phases.

The mock is in this process, or behind a socket (fuzz_sockets.py); the rest is the same.
"""

import json
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote_plus

import fuzz_checks
import schemathesis
from attrs import define, field
from fuzz_control import ControlStage
from fuzz_providers import STAGES as PROVIDERS
from fuzz_sockets import Distant, Line, calls, receiver
from fuzz_stages import FORM, STEP, Case, Keys, Stage, is_list, is_mapping
from schemathesis import Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import JsonSchemaError

from ventanilla.mock._spec import Spec
from ventanilla.mock.core import Mock
from ventanilla.mock.wire import Request
from ventanilla.mock.wire import Response as Answer

STAGES: Mapping[str, type[Stage]] = {**PROVIDERS, ControlStage.name: ControlStage}
SETTINGS = Path(__file__).with_name("schemathesis.toml")


@define
class Campaign:
    """What one run found: failures, errors of schemathesis itself, and how far it got."""

    provider: str
    seed: int
    operations: frozenset[str]
    links: frozenset[str]
    cases: Counter[str] = field(factory=Counter[str])
    followed: set[str] = field(factory=set[str])
    reached: set[str] = field(factory=set[str])
    failures: dict[tuple[str, str], str] = field(factory=dict[tuple[str, str], str])
    errors: list[str] = field(factory=list[str])
    server_errors: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {phase}" for phase, count in self.cases.items())
        return (
            f"{self.provider}: seed {self.seed}, {self.cases.total()} cases ({counts}), "
            f"{len(self.followed)} of {len(self.links)} links followed, "
            f"{len(self.reached)} of {len(self.operations)} operations succeeded"
        )

    @property
    def report(self) -> str:
        """Everything that went wrong, readable."""
        found = [f"{check} of {operation}\n{text}" for (check, operation), text in self.failures.items()]
        return "\n\n".join([str(self), *self.errors, *found])


def run(
    stage: Stage,
    *,
    seed: int,
    examples: int,
    sequences: int,
    operations: tuple[str, ...] = (),
    phases: tuple[str, ...] = (),
    say: Callable[[Campaign, str], None] = lambda campaign, phase: None,
) -> Campaign:
    """Test the mock of a stage with so many examples of each operation and so many sequences of operations.

    `operations` and `phases` limit the run; empty means all. `say` hears now and then how far it has got.
    """
    began = time.monotonic()
    schema = _loaded(stage, _config(seed, examples, sequences, phases))
    if operations:
        # Not include(): the settings of single operations already include all of them.
        schema = schema.exclude(operation_id=sorted(stage.spec.operations.keys() - set(operations)))
    schema.stage = stage
    _let_in(schema, stage)
    _restart_each_sequence(schema, stage)
    campaign = Campaign(stage.name, seed, frozenset(operations or stage.spec.operations), frozenset(_links(stage.spec)))
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _note(campaign, event.phase.value, event.recorder)
            say(campaign, event.phase.value)
        elif isinstance(event, events.NonFatalError):
            campaign.errors.append(f"{event.label}: {event.info.title}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    for delivery in stage.deliveries:
        campaign.errors += [
            f"{delivery.profile}: {problem}" for problem in fuzz_checks.webhook_problems(stage, delivery)
        ]
    campaign.seconds = time.monotonic() - began
    return campaign


def campaign_of(provider: str, seed: int, examples: int, sequences: int) -> Campaign:
    """Test the mock of a provider as it is; has arguments and an outcome that another process can be given."""
    return run(STAGES[provider](), seed=seed, examples=examples, sequences=sequences)


def campaign_over(
    base: str,
    provider: str,
    seed: int,
    examples: int,
    sequences: int,
    say: Callable[[Campaign, str], None] = lambda campaign, phase: None,
) -> Campaign:
    """Test the mock that another process serves at an address; its token is the stages' own (fuzz_stages.TOKEN)."""
    with Line(base) as line, receiver() as hook:
        stage = STAGES[provider](lambda clock: Distant(line, clock, is_default=provider == ControlStage.name), hook.url)
        campaign = run(stage, seed=seed, examples=examples, sequences=sequences, say=say)
        campaign.errors += [
            f"{call.profile}: {problem}"
            for call in calls(hook)
            for problem in fuzz_checks.webhook_problems(stage, call)
        ]
    return campaign


def requests_of(provider: str, seed: int) -> list[tuple[str, str, bytes]]:
    """Return method, target and body of everything that a small run asks."""
    asked: list[tuple[str, str, bytes]] = []

    class Listening(Mock):
        def handle(self, request: Request) -> Answer:
            asked.append((request.method, request.target, request.body))
            return super().handle(request)

    stage = STAGES[provider](lambda clock: Listening(clock=clock, pace=STEP))
    run(stage, seed=seed, examples=1, sequences=1, phases=("fuzzing", "stateful"))
    return asked


def _links(spec: Spec) -> Iterator[str]:
    """Return the links of a spec under the names that schemathesis gives them."""
    labels = {operation.id: f"{operation.method} {operation.template}" for operation in spec.operations.values()}
    for operation in spec.operations.values():
        for status, answer in operation.raw["responses"].items():
            for name, link in spec.resolve(answer).get("links", {}).items():
                yield f"{labels[operation.id]} -> [{status}] {name} -> {labels[link['operationId']]}"


def _loaded(stage: Stage, config: Any) -> Any:
    path = f"/_mock/openapi/{stage.name}.json"
    # The control's token opens its spec too; those that have none ask for none.
    headers = dict(ControlStage.key)
    if not isinstance(stage.mock, Distant):
        return schemathesis.openapi.from_asgi(path, stage, config=config, headers=headers)
    schema: Any = schemathesis.openapi.from_url(stage.mock.url + path, config=config, headers=headers)

    def noted(context: Any, case: Case, response: Response) -> None:
        stage.note(response.status_code, response.content or b"")
        stage.clock.advance(STEP)

    # In process the stage sees and does this itself.
    schema.hooks.register_hook_with_name(noted, "after_call")
    return schema


def _config(seed: int, examples: int, sequences: int, phases: tuple[str, ...]) -> Any:
    settings = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))
    settings["seed"] = seed
    settings["generation"]["max-examples"] = examples
    settings["phases"]["stateful"]["generation"] = {"max-examples": sequences}
    if phases:
        for name in ("examples", "coverage", "fuzzing", "stateful"):
            settings["phases"].setdefault(name, {})["enabled"] = name in phases
    return cast(Any, SchemathesisConfig).from_dict(settings)


def _let_in(schema: Any, stage: Stage) -> None:
    @schema.auth(refresh_interval=None)
    class Credentials:
        def get(self, case: Case, context: Any) -> Keys | None:
            security = context.operation.definition.raw["security"]
            return stage.keys(frozenset(security[0])) if security else None

        def set(self, case: Any, data: Keys, context: Any) -> None:
            case.headers.update(data.headers)
            case.query.update(data.query)

    def furnished(context: Any, case: Case) -> Case:
        stage.furnish(fuzz_checks.name_of(case), case)
        return case

    def unexpected(context: Any, failure: Failure, case: Case, response: Response) -> bool:
        return not (isinstance(failure, JsonSchemaError) and fuzz_checks.narrowed(case))

    schema.hooks.register_hook_with_name(furnished, "map_case")
    schema.hooks.register_hook_with_name(unexpected, "filter_failure")


def _restart_each_sequence(schema: Any, stage: Stage) -> None:
    """Have each sequence find the mock in the same state; else hypothesis takes the changes for unreliable data."""
    build = schema.build_state_machine

    def restarting(**options: Any) -> Any:
        machine = build(**options)

        def begin(self: Any) -> None:
            stage.restart()
            machine.__init__(self)

        return type(machine.__name__, (machine,), {"__init__": begin})

    schema.build_state_machine = restarting


def _note(campaign: Campaign, phase: str, recorder: Any) -> None:
    campaign.cases[phase] += len(recorder.interactions)
    for id, node in recorder.cases.items():
        response = recorder.find_response(case_id=id)
        if node.transition is not None and node.is_transition_applied:
            campaign.followed.add(node.transition.id)
        if response is not None:
            campaign.server_errors += response.status_code >= 500
            if fuzz_checks.succeeded(response, node.value):
                campaign.reached.add(fuzz_checks.name_of(node.value))
        for check in recorder.checks.get(id, ()):
            if check.failure_info is not None:
                told = f"{check.failure_info.failure}\n{check.failure_info.code_sample}"
                campaign.failures.setdefault((check.name, node.value.operation.label), told)


@schemathesis.serializer(FORM)
def php_form(context: Any, value: Any) -> bytes:
    """Write a generated form; schemathesis has no way of its own to write arrays of objects."""
    body = context.case.body
    return form_text(body).encode() if is_mapping(body) else b""


def form_text(fields: Mapping[str, Any]) -> str:
    """Write a form as PHP reads it, arrays and objects in brackets."""
    pairs = (pair for name, item in fields.items() for pair in _pairs(name, item))
    return "&".join(f"{_quoted(name)}={_quoted(text)}" for name, text in pairs)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if is_mapping(value):
        for key, item in value.items():
            yield from _pairs(f"{name}[{key}]", item)
    elif is_list(value):
        for index, item in enumerate(value):
            yield from _pairs(f"{name}[{index}]", item)
    elif isinstance(value, float):
        yield name, format(Decimal(repr(value)), "f")
    elif value is None or isinstance(value, bool):
        yield name, json.dumps(value)
    else:
        yield name, str(value)


def _quoted(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")
