from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict, utc
from ..models.account_site import AccountSite


@define(kw_only=True)
class Account(Model):
    """Account

    Attributes:
        id_account: str
        id_user: str
        id_external: None | str
        id_credential: str
        id_site: str
        id_site_organization: str
        name: str
        number: None | str
        balance: Decimal
        site: The account's site, in brief.
        dt_refresh: int
        id_account_type: str | Unset
        id_currency: str | Unset
        id_site_organization_type: str | Unset
        is_disable: int | Unset
        currency: str | Unset
        account_type: str | Unset
        extra: Any | Unset
        keywords: Any | Unset
    """

    id_account: str
    id_user: str
    id_external: None | str
    id_credential: str
    id_site: str
    id_site_organization: str
    name: str
    number: None | str
    balance: Decimal
    site: AccountSite
    dt_refresh: int
    id_account_type: str | Unset = UNSET
    id_currency: str | Unset = UNSET
    id_site_organization_type: str | Unset = UNSET
    is_disable: int | Unset = UNSET
    currency: str | Unset = UNSET
    account_type: str | Unset = UNSET
    extra: Any | Unset = UNSET
    keywords: Any | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Account:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)

    @property
    def refresh_at(self) -> datetime | None:
        """`dt_refresh` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_refresh)
