from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import Model, from_dict, to_dict
from ..models.twofa_answer_twofa import TwofaAnswerTwofa


@define(kw_only=True)
class TwofaAnswer(Model):
    """TwofaAnswer

    Attributes:
        twofa: A value for each field that the job asks for, by the field's name.
    """

    twofa: TwofaAnswerTwofa = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> TwofaAnswer:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
