from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict, utc
from ..models.transaction_attachment import TransactionAttachment


@define(kw_only=True)
class Transaction(Model):
    """Transaction

    Attributes:
        id_transaction: str
        id_account: str
        id_account_type: str
        id_credential: str
        id_currency: str
        id_disable_type: None | str
        id_external: None | str
        id_site: str
        id_site_organization: str
        id_site_organization_type: str
        id_user: str
        is_account_disable: int
        is_deleted: int
        is_disable: int
        is_pending: int
        description: str
        amount: Negative when money goes out.
        currency: str
        attachments: list[TransactionAttachment]
        extra: Null or an object.
        reference: None | str
        keywords: Any
        dt_transaction: int
        dt_refresh: int
        dt_disable: int | None
        dt_deleted: int | None
    """

    id_transaction: str
    id_account: str
    id_account_type: str
    id_credential: str
    id_currency: str
    id_disable_type: None | str
    id_external: None | str
    id_site: str
    id_site_organization: str
    id_site_organization_type: str
    id_user: str
    is_account_disable: int
    is_deleted: int
    is_disable: int
    is_pending: int
    description: str
    amount: Decimal
    currency: str
    attachments: list[TransactionAttachment]
    extra: Any
    reference: None | str
    keywords: Any
    dt_transaction: int
    dt_refresh: int
    dt_disable: int | None
    dt_deleted: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Transaction:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)

    @property
    def transaction_at(self) -> datetime | None:
        """`dt_transaction` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_transaction)

    @property
    def refresh_at(self) -> datetime | None:
        """`dt_refresh` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_refresh)

    @property
    def disable_at(self) -> datetime | None:
        """`dt_disable` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_disable)

    @property
    def deleted_at(self) -> datetime | None:
        """`dt_deleted` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_deleted)
