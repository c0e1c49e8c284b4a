"""Knows one way to ask for a write, and all operations of the generated clients that write."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any, Literal

from attrs import field, frozen

from proving.stage import Stage
from ventanilla_clients._runtime import Operation

Kind = Literal["face", "raw"]
Given = dict[str, Any]
PROVIDERS = ("syncfy", "facti", "facturaonline")


@frozen
class Write:
    """One way to ask for a write.

    Args:
        provider: whose.
        operation: the operationId of the request that does it.
        name: of the method of the face, or `raw`.
        do: asks for it, of a face of either kind; returns a value or a coroutine.
        arrange: makes what has to be there first, by a plain synchronous face, and returns what `do` needs of it.
        options: of the face.
    """

    provider: str
    operation: str
    name: str
    do: Callable[[Any, Given], Any] = field(repr=False)
    arrange: Callable[[Stage, Any], Given] = field(repr=False)
    options: Mapping[str, Any] = field(factory=dict[str, Any])

    @property
    def kind(self) -> Kind:
        """Whether the facade or the generated client is asked."""
        return "raw" if self.name == "raw" else "face"

    def __str__(self) -> str:
        return f"{self.provider} {self.operation} by {self.name}"


def operations(effect: str) -> dict[tuple[str, str], Any]:
    """Return the generated modules of all operations with an effect, by provider and operationId."""
    found: dict[tuple[str, str], Any] = {}
    for provider in PROVIDERS:
        api = importlib.import_module(f"ventanilla_clients.{provider}.api")
        for info in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
            module = importlib.import_module(info.name)
            operation: Operation | None = getattr(module, "OPERATION", None)
            if operation is not None and operation.effect == effect:
                found[provider, operation.name] = module
    return found


WRITES = operations("write")


def raw(provider: str, operation: str, *, of_user: bool = False) -> Callable[..., Any]:
    """Return a function that calls the generated endpoint on the client of a face of either kind."""
    module = WRITES[provider, operation]

    def do(face: Any, user: str | None, *arguments: Any, **options: Any) -> Any:
        client = face.as_user(user) if of_user else face.raw
        endpoint = module.asyncio_detailed if hasattr(face, "aclose") else module.sync_detailed
        return endpoint(*arguments, client=client, **options)

    return do


def nothing(stage: Stage, face: Any) -> Given:
    """Make nothing: the write needs nothing to be there."""
    return {}
