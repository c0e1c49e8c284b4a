"""Knows the mock's own operations, those below /_mock: they are one more provider, with a spec like the others."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ventanilla.mock._spec import Spec, load
from ventanilla.mock.control import _guard, about, clock, requests, snapshots, troubles, webhooks, worlds
from ventanilla.mock.provider import Call, Provider, Reply

if TYPE_CHECKING:
    # The mock has this provider.
    from ventanilla.mock.core import Mock
    from ventanilla.mock.world import World

NAME = "_mock"
HEALTH = "/health"
HANDLERS: Mapping[str, Callable[["Mock", "World", Call], Reply]] = {
    handler.__name__: handler
    for handler in (
        about.get_health,
        about.get_version,
        about.get_openapi,
        about.get_coverage,
        about.get_deviations,
        about.get_deviations_markdown,
        about.get_deviations_page,
        worlds.list_namespaces,
        worlds.get_namespace,
        worlds.create_namespace,
        worlds.delete_namespace,
        worlds.reset,
        worlds.get_settings,
        worlds.change_settings,
        clock.get_clock,
        clock.set_clock,
        clock.advance_clock,
        clock.list_processes,
        clock.step_process,
        snapshots.list_snapshots,
        snapshots.take_snapshot,
        snapshots.restore_snapshot,
        snapshots.delete_snapshot,
        troubles.list_scenarios,
        troubles.get_scenarios_markdown,
        troubles.choose_scenario,
        troubles.list_faults,
        troubles.add_fault,
        troubles.clear_faults,
        troubles.get_fault,
        troubles.delete_fault,
        requests.find_requests,
        requests.clear_requests,
        requests.count_requests,
        requests.wait_for_requests,
        requests.export_har,
        requests.get_request,
        requests.get_request_curl,
        webhooks.list_webhooks,
        webhooks.register_webhook,
        webhooks.configure_ipn,
        webhooks.list_events,
        webhooks.trigger_event,
        webhooks.list_deliveries,
        webhooks.get_delivery,
        webhooks.replay_delivery,
    )
}


def provider(mock: "Mock", *, admin: bool = True, token: str | None = None) -> Provider:
    """Return the control of a mock as a provider of it.

    Args:
        mock: what is controlled.
        admin: whether there is more to it than GET /_mock/health.
        token: what a caller has to know; None lets every program in, but no web page of somebody else.

    Raises ValueError for a token that no header can carry.
    """
    secret = _guard.checked(token)
    spec = load("mock", f"/{NAME}")
    return Provider(
        name=NAME,
        spec=spec if admin else _only_health(spec),
        authenticate=lambda world, call: _guard.admit(secret, call),
        refuse=refuse,
        handlers={id: partial(handler, mock) for id, handler in HANDLERS.items()},
        is_recorded=False,
    )


def refuse(world: "World", status: int, message: str) -> Reply:
    """Word a refusal: {"error": "a sentence"}."""
    headers = (("WWW-Authenticate", "Bearer"),) if status == 401 else ()
    return Reply({"error": message}, status=status, headers=headers)


def _only_health(spec: Spec) -> Spec:
    return Spec(spec.name, {**spec.document, "paths": {HEALTH: spec.document["paths"][HEALTH]}}, spec.mount)
