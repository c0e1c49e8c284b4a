from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.twofa_field import TwofaField


@define(kw_only=True)
class JobStatus(Model):
    """JobStatus

    Attributes:
        code: Where a job is. It has ended when the code is at least 200 and not 410. New codes appear.
        address: With 410: address that takes the second factor.
        twofa: With 410: what the site asks for.
    """

    code: int
    address: str | Unset = UNSET
    twofa: list[TwofaField] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> JobStatus:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
