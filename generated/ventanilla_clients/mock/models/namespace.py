from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class Namespace(Model):
    """One world beside the default one.

    Attributes:
        name: Its name.
        url: What goes before the providers' paths: /syncfy/v1, /facti, /facturaonline/api and /_mock.
        seed: What its ids and data come from.
        pace: Seconds that one step of a process takes.
        now: Its time, in unix seconds.
        rate: Seconds of its clock in one of the wall's.
        requests: How many exchanges its journal has.
    """

    name: str
    url: str
    seed: int
    pace: Decimal
    now: Decimal
    rate: Decimal
    requests: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Namespace:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
