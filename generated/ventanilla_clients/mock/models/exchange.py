from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.exchange_request import ExchangeRequest
from ..models.exchange_response import ExchangeResponse


@define(kw_only=True)
class Exchange(Model):
    """What a provider of this world was asked, and what it answered; secrets are masked.

    Attributes:
        id: Counts from 1.
        at: When it came, in unix seconds of the world's clock.
        provider: Who was asked; null for nobody.
        operation: The operationId; null where there is none.
        request: What was asked.
        response: What was answered.
        problems: Which rules of the spec the request broke.
        fault: The id of the fault that struck.
    """

    id: int
    at: Decimal
    provider: None | str
    operation: None | str
    request: ExchangeRequest
    response: ExchangeResponse
    problems: list[str]
    fault: None | str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Exchange:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
