from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Cancellation(Model):
    """Why to cancel.

    Attributes:
        motivo: SAT's reason: 01 errors, with a substitute; 02 errors, without one; 03 the operation did not take place;
            04 named operation inside a global invoice.
        folioSustituto: Uid or UUID of the CFDI that takes its place, for reason 01.
    """

    motivo: str
    folioSustituto: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Cancellation:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
