from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.calls import Calls


@define(kw_only=True)
class Coverage(Model):
    """What one provider has been asked for in this world.

    Attributes:
        provider: Its name.
        called: How often each operation has been called, by operationId.
        not_called: The ids of the operations that have not been called.
    """

    provider: str
    called: Calls
    not_called: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Coverage:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
