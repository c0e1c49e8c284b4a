"""Knows how the mock of one provider is put through the package's contract tests, with one seed.

The mock is in this process, or behind a socket (fuzz_sockets.py); the rest is the same.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from fuzz_control import ControlStage
from fuzz_providers import STAGES as PROVIDERS
from fuzz_sockets import Distant, Line, calls, receiver
from fuzz_stages import STEP, Stage

from ventanilla.contract import _engine
from ventanilla.contract._campaign import Campaign, Finding
from ventanilla.mock.core import Mock
from ventanilla.mock.outbox import Delivery
from ventanilla.mock.wire import Request, decode
from ventanilla.mock.wire import Response as Answer

STAGES: Mapping[str, type[Stage]] = {**PROVIDERS, ControlStage.name: ControlStage}


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
    """Test the mock of a stage as the package tests a server, and its webhook calls, too."""
    campaign = _engine.run(
        stage, seed=seed, examples=examples, sequences=sequences, operations=operations, phases=phases, say=say
    )
    _hold(campaign, stage, stage.deliveries)
    return campaign


def _hold(campaign: Campaign, stage: Stage, deliveries: Any) -> None:
    for delivery in deliveries:
        for problem in webhook_problems(stage, delivery):
            campaign.errors.append(Finding("", delivery.profile, "webhooks", problem))


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
        _hold(campaign, stage, calls(hook))
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
