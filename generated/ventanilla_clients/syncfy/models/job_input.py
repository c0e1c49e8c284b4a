from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.job_field import JobField


@define(kw_only=True)
class JobInput(Model):
    """A way to sign in at a site of jobs.

    Attributes:
        name: Goes into input_name of POST /jobs.
        label: None | str
        fields: list[JobField]
    """

    name: str
    label: None | str
    fields: list[JobField]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> JobInput:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
