"""Knows what the mock tells about itself: that it is there, its version, its specs, its coverage and deviations."""

import platform
from typing import TYPE_CHECKING

from ventanilla._version import VERSION
from ventanilla.mock import deviations
from ventanilla.mock._spec import load
from ventanilla.mock.provider import Call, Refused, Reply

if TYPE_CHECKING:
    # The mock has this package's provider.
    from ventanilla.mock.core import Mock
    from ventanilla.mock.world import World


def get_health(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /health."""
    return Reply({"status": "ok"})


def get_version(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /version."""
    return Reply({"name": "ventanilla", "version": VERSION, "python": platform.python_version()})


def get_openapi(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /openapi/{document}: with this mock, and the caller's namespace, as the only server."""
    specs = {name: provider.spec for name, provider in mock.providers.items()} | {"mock": load("mock", "/_mock")}
    spec = specs.get(call.path["document"].removesuffix(".json"))
    if spec is None:
        known = ", ".join(f"{name}.json" for name in specs)
        raise Refused(404, f"there is no document {call.path['document']}; there are {known}")
    return Reply({**spec.document, "servers": [{"url": call.request.origin + spec.mount}]})


def get_coverage(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /coverage."""
    rows = [
        {
            "provider": name,
            "called": {id: world.calls[id] for id in provider.spec.operations if world.calls[id]},
            "not_called": [id for id in provider.spec.operations if not world.calls[id]],
        }
        for name, provider in mock.providers.items()
    ]
    return Reply(rows)


def get_deviations(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /deviations."""
    return Reply(deviations.report(mock.providers.values()))


def get_deviations_markdown(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /deviations.md."""
    text = deviations.markdown(deviations.report(mock.providers.values()))
    return Reply.file(text.encode(), "text/markdown; charset=utf-8")


def get_deviations_page(mock: "Mock", world: "World", call: Call) -> Reply:
    """GET /deviations.html."""
    text = deviations.html(deviations.report(mock.providers.values()))
    return Reply.file(text.encode(), "text/html; charset=utf-8")
