"""Tells when the services differ from their specs: a switch for strictness, and what came beside the known fields.

A read does not fail because a service has added a field or changed a type. What can be decoded is, the difference
is logged once for each place to the logger `ventanilla.drift` (path, what was expected, the shape of what came;
never a value), and fields that the spec does not know stay reachable:

    from ventanilla.drift import unknown_fields

    for movement in syncfy.transactions(user):
        print(unknown_fields(movement))  # {} as long as the service keeps to the spec

In bodies over 32 KiB unknown fields are looked for in the first and the last 4 KiB: these are lists of like rows.
"""

from typing import Any

from ventanilla_clients._drift import Strictness
from ventanilla_clients._runtime import Model

__all__ = ["set_strict", "unknown_fields"]


def set_strict(enabled: bool) -> None:
    """Make every difference from the specs raise MalformedAnswer (in tests and contract runs), or survive it.

    Args:
        enabled: True to raise, False to report and go on, which is the default.
    """
    Strictness.enabled = enabled


def unknown_fields(model: Model) -> dict[str, Any]:
    """Return what came with a generated model beside the fields that its spec declares, by wire name."""
    return model.unknown_fields
