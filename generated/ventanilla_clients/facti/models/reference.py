from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Reference(Model):
    """How to pay in one way.

    Attributes:
        payment_way_id: Id of the way of payment.
        payment_way_alias: The company's name for it.
        payment_type: Kind of payment.
        reference: Capture line of the bank, or numeric reference of STP.
        stp_cuenta_clabe: CLABE to transfer to; STP only.
        bank_name: Name of the bank; bank only.
        bank_agreement_number: Agreement number for the deposit slip; bank only.
    """

    payment_way_id: int | str
    payment_way_alias: str
    payment_type: str
    reference: str
    stp_cuenta_clabe: str | Unset = UNSET
    bank_name: str | Unset = UNSET
    bank_agreement_number: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Reference:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
