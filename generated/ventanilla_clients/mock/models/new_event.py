from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class NewEvent(Model):
    """An event, and what it takes; see GET /events.

    Attributes:
        event: Its name in any version.
        url: Who is told of it from now on.
        id_user: Whose credential; a new user's if left out.
        id_site: At which site.
        username: Who logs in, or a scenario.
        rfc: Whose documents.
        password: The password, of the login or of the notifications.
        id_credential: The credential that is pulled again.
        company_id: The company that is paid.
        payment_id: The payment that is marked as paid.
        amount: How many pesos are asked for.
    """

    event: str
    url: str | Unset = UNSET
    id_user: str | Unset = UNSET
    id_site: str | Unset = UNSET
    username: str | Unset = UNSET
    rfc: str | Unset = UNSET
    password: str | Unset = field(repr=False, default=UNSET)
    id_credential: str | Unset = UNSET
    company_id: int | Unset = UNSET
    payment_id: int | Unset = UNSET
    amount: Decimal | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> NewEvent:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
