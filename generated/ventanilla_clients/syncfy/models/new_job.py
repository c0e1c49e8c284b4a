from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.new_job_input import NewJobInput


@define(kw_only=True)
class NewJob(Model):
    """NewJob

    Attributes:
        id_site: str
        input: A value for each of the site's fields, by the field's name.
        id_user: The user, when the API key signs the call.
        input_name: Which of the site's inputs is given, by its name.
    """

    id_site: str
    input: NewJobInput = field(repr=False)
    id_user: str | Unset = UNSET
    input_name: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewJob:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
