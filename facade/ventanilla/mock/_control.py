"""Knows the mock's own operations, those below /_mock."""

from collections.abc import Mapping
from typing import Any

from ventanilla.mock.outbox import Attempt
from ventanilla.mock.provider import Control, Provider, Refused, Reply
from ventanilla.mock.wire import Request, decode
from ventanilla.mock.world import World


def answer(world: World, providers: Mapping[str, Provider], request: Request) -> Reply:
    """Answer a request below /_mock."""
    path = "/" + "/".join(request.segments[1:])
    if path.startswith("/openapi/") and request.method == "GET":
        return _openapi(providers, request)
    own: dict[str, Control] = {"GET /health": _health, "GET /deliveries": _deliveries}
    controls = own | {route: control for provider in providers.values() for route, control in provider.controls.items()}
    control = controls.get(f"{request.method} {path}")
    if control is None:
        allowed = sorted(route.split()[0] for route in controls if route.split()[1] == path)
        return _not_allowed(allowed) if allowed else not_found(providers)
    try:
        return control(world, decode(request.body) if request.body.strip() else None)
    except Refused as refusal:
        return _error(refusal.status, refusal.message)
    except ValueError:
        return _error(400, "the body is not well-formed JSON")


def not_found(providers: Mapping[str, Provider]) -> Reply:
    """Answer a path that belongs to nobody."""
    served = ", ".join([*(provider.spec.mount for provider in providers.values()), "/_mock"])
    return _error(404, f"there is nothing at this path; this mock serves {served}")


def _error(status: int, message: str) -> Reply:
    return Reply({"error": message}, status=status)


def _not_allowed(allowed: list[str]) -> Reply:
    return Reply({"error": "method not allowed"}, status=405, headers=(("Allow", ", ".join(allowed)),))


def _health(world: World, body: Any) -> Reply:
    return Reply({"status": "ok"})


def _deliveries(world: World, body: Any) -> Reply:
    return Reply([_shown(attempt) for attempt in world.outbox.attempts])


def _shown(attempt: Attempt) -> dict[str, Any]:
    delivery = attempt.delivery
    return {
        "id": delivery.id,
        "profile": delivery.profile,
        "event": delivery.event,
        "url": delivery.url,
        "at": delivery.at,
        "status": attempt.status,
        "error": attempt.error,
        "body": delivery.body.decode("utf-8", "replace"),
    }


def _openapi(providers: Mapping[str, Provider], request: Request) -> Reply:
    name = request.segments[-1].removesuffix(".json")
    provider = providers.get(name)
    if provider is None or request.segments[1:] != ("openapi", f"{name}.json"):
        return not_found(providers)
    return Reply({**provider.spec.document, "servers": [{"url": request.origin + provider.spec.mount}]})
