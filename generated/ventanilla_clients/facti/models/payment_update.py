from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.payment_update_payed import PaymentUpdatePayed


@define(kw_only=True)
class PaymentUpdate(Model):
    """The change of a pending payment into a paid one.

    Attributes:
        client_id: Client id.
        api_key: API key.
        payed: Any of the three marks the payment as paid.
    """

    client_id: str | Unset = field(repr=False, default=UNSET)
    api_key: str | Unset = field(repr=False, default=UNSET)
    payed: PaymentUpdatePayed

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> PaymentUpdate:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
