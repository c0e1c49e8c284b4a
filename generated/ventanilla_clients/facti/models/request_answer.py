from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict
from ..models.reference import Reference
from ..models.reference_error import ReferenceError_


@define(kw_only=True)
class RequestAnswer(Model):
    """The payment request as accepted.

    Attributes:
        result: 1 for success.
        msg: Empty.
        request_id: Id of the payment request, and of the payment.
        total_amount: Total in pesos.
        references: How to pay, one for each way of payment.
        send_to: Address at facti.mx to which the stamped invoice (XML and PDF) is to be sent.
        limit_payment_date: Last day to pay.
        limit_payment: The table's name of limit_payment_date; never seen in a sample.
        References_errors: The ways of payment for which no reference could be made.
        references_errors: The same, in case the capital of the table is an oversight.
    """

    result: int
    msg: str
    request_id: int
    total_amount: Decimal
    references: list[Reference]
    send_to: str
    limit_payment_date: str | Unset = UNSET
    limit_payment: str | Unset = UNSET
    References_errors: list[ReferenceError_] | Unset = UNSET
    references_errors: list[ReferenceError_] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> RequestAnswer:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
