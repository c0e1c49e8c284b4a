from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class PaymentDetails(Model):
    """A payment as the details show it.

    Attributes:
        id: Id of the payment.
        empresas_id: Id of the company that asked for it.
        organizaciones_id: Id of the organisation that the company belongs to.
        request_datetime: When it was asked for, as 2019-05-22 14:37:19.
        serie: Serie of the invoice.
        folio: Folio of the invoice.
        to_rfc: RFC of the customer.
        to_email: E-mail of the customer.
        total_amount: Pesos asked for.
        status: State of the payment.
        group_parent: Whether it groups other invoices.
        group_child: Whether it is grouped by another payment.
        count_childs: How many invoices it groups.
        childs: The invoices that it groups; empty in every sample, so the shape is unknown.
        result: 1, once more.
        msg: Empty, once more.
    """

    id: int
    empresas_id: int
    organizaciones_id: int
    request_datetime: str
    serie: str
    folio: int | str
    to_rfc: str
    to_email: str
    total_amount: Decimal
    status: int | str
    group_parent: str
    group_child: str
    count_childs: int
    childs: list[Any]
    result: int | Unset = UNSET
    msg: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> PaymentDetails:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
