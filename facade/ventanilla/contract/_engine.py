"""Knows how schemathesis tests a service, with one seed, through all of its phases."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, cast

from schemathesis import Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import JsonSchemaError, UndefinedStatusCode

from ventanilla.contract import _cases
from ventanilla.contract._answers import CannotPrepare
from ventanilla.contract._campaign import Campaign, Finding, labels, links
from ventanilla.contract._force import in_force
from ventanilla.contract._repeat import Teller
from ventanilla.contract._service import Case, Keys, Service
from ventanilla.contract._wire import Unsent

PHASES = ("examples", "coverage", "fuzzing", "stateful")
Say = Callable[[Campaign, str], None]
# The name under which it is reported that a case could not be judged: no answer came, or the rule itself failed.
UNANSWERED = "answers"
# What has to be right in a case comes from answers that may be wrong themselves; then it goes out as it was generated,
# and the rules have the word.
MISSED = (Unsent, CannotPrepare, LookupError, TypeError, ValueError, AttributeError)


def run(
    service: Service,
    *,
    seed: int,
    examples: int,
    sequences: int,
    operations: Sequence[str] = (),
    phases: Sequence[str] = (),
    without: Sequence[str] = (),
    say: Say = lambda campaign, phase: None,
    enough: Callable[[], str] = lambda: "",
) -> Campaign:
    """Test a service with so many examples of each operation and so many sequences of operations.

    Args:
        service: what is tested, prepared.
        seed: decides every generated request.
        examples: of each operation in the phase of fuzzing.
        sequences: of operations in the stateful phase.
        operations: ids of the only operations that are sent; all when empty.
        phases: the only ones that are gone through; all when empty.
        without: names of rules that are left out.
        say: hears now and then how far it has got, and in which phase.
        enough: is asked as often, and returns why the run is to end now; nothing while it goes on.
    """
    began = time.monotonic()
    with in_force():
        tested = frozenset(operations or service.spec.operations)
        linked = frozenset(links(service.spec, tested))
        # Without a link schemathesis calls a phase of sequences a mistake.
        chosen = [name for name in phases or PHASES if linked or name != "stateful"]
        settings = _settings(service, seed, examples, sequences, chosen, without)
        schema = service.load(cast(Any, SchemathesisConfig).from_dict(settings))
        if operations:
            # Not include(): the settings of single operations already include all of them.
            schema = schema.exclude(operation_id=sorted(service.spec.operations.keys() - set(operations)))
        schema.service = service
        _let_in(schema, service)
        _begin_each_sequence(schema, service)
        campaign = Campaign(service.name, seed, tested, linked)
        _go_through(schema, campaign, Teller(service), say, enough)
    campaign.seconds = time.monotonic() - began
    return campaign


def _go_through(schema: Any, campaign: Campaign, teller: Teller, say: Say, enough: Callable[[], str]) -> None:
    named = {label: id for id, label in labels(teller.service.spec).items()}
    stream = from_schema(schema).execute()
    for event in stream:
        if isinstance(event, events.ScenarioFinished):
            _note(campaign, teller, event.phase.value, event.recorder)
            say(campaign, event.phase.value)
            # Not before, or what it has found would be lost.
            if not campaign.stopped and (reason := enough()):
                campaign.stopped = reason
                stream.stop()
        elif isinstance(event, events.NonFatalError) and not enough():
            label = event.label if event.label in named else ""
            campaign.errors.append(Finding(named.get(label, ""), label, UNANSWERED, teller.plain(_why(event))))
        elif isinstance(event, events.Interrupted):
            campaign.stopped = campaign.stopped or "it was interrupted"
        elif isinstance(event, events.FatalError):
            raise event.exception


def _why(error: events.NonFatalError) -> str:
    """Return what kept a case from being judged; of a request that got no answer, in our own words."""
    if isinstance(error.value, Unsent):
        return str(error.value)
    return f"{error.info.title}: {error.info.message or repr(error.value)}"


def _settings(
    service: Service, seed: int, examples: int, sequences: int, phases: Sequence[str], without: Sequence[str]
) -> dict[str, Any]:
    settings = service.settings()
    settings["seed"] = seed
    settings["generation"]["max-examples"] = examples
    settings["phases"]["stateful"]["generation"] = {"max-examples": sequences}
    for name in PHASES:
        settings["phases"].setdefault(name, {})["enabled"] = name in phases
    if not service.may_write:
        # Methods that an operation does not have might do something that nobody has thought of.
        settings["phases"]["coverage"]["unexpected-methods"] = []
    for holder in (settings, *settings["project"]) if without else ():
        checks = holder.setdefault("checks", {})
        checks.update({name: {**checks.get(name, {}), "enabled": False} for name in without})
    return settings


def _let_in(schema: Any, service: Service) -> None:
    @schema.auth(refresh_interval=None)
    class Credentials:
        def get(self, case: Case, context: Any) -> Keys | None:
            security = context.operation.definition.raw["security"]
            with suppress(*MISSED):
                return service.keys(frozenset(security[0])) if security else None
            return None

        def set(self, case: Any, data: Keys, context: Any) -> None:
            case.headers.update(data.headers)
            case.query.update(data.query)

    def furnished(context: Any, case: Case) -> Case:
        with suppress(*MISSED):
            service.furnish(_cases.name_of(case), case)
        return case

    def unexpected(context: Any, failure: Failure, case: Case, response: Response) -> bool:
        if isinstance(failure, UndefinedStatusCode):
            return not (response.status_code == 404 and _cases.strays(case))
        return not (isinstance(failure, JsonSchemaError) and _cases.narrowed(case))

    schema.hooks.register_hook_with_name(furnished, "map_case")
    schema.hooks.register_hook_with_name(unexpected, "filter_failure")


def _begin_each_sequence(schema: Any, service: Service) -> None:
    """Have each sequence find the server in the same state, if it can do so.

    Else hypothesis may take the changes for unreliable data.
    """
    build = schema.build_state_machine

    def beginning(**options: Any) -> Any:
        machine = build(**options)

        def begin(self: Any) -> None:
            service.begin()
            machine.__init__(self)

        return type(machine.__name__, (machine,), {"__init__": begin})

    schema.build_state_machine = beginning


def _note(campaign: Campaign, teller: Teller, phase: str, recorder: Any) -> None:
    campaign.cases[phase] += len(recorder.interactions)
    for id, node in recorder.cases.items():
        name, response = _cases.name_of(node.value), recorder.find_response(case_id=id)
        campaign.sent[name] += id in recorder.interactions
        if node.transition is not None and node.is_transition_applied:
            campaign.followed.add(node.transition.id)
        if response is not None:
            campaign.server_errors += response.status_code >= 500
            if _cases.succeeded(response, node.value):
                campaign.reached.add(name)
        for check in recorder.checks.get(id, ()):
            key = (check.name, node.value.operation.label)
            if check.failure_info is not None and key not in campaign.failures:
                campaign.failures[key] = teller.finding(name, id, check, recorder)
