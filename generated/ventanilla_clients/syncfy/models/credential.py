from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict, utc


@define(kw_only=True)
class Credential(Model):
    """Credential

    Attributes:
        id_credential: str
        id_user: str
        id_environment: str
        id_external: None | str
        id_site: str
        id_site_organization: str
        id_site_organization_type: str
        id_organization: str
        is_authorized: int
        is_locked: int
        is_twofa: int
        can_sync: Whether it may be pulled now: 0 or 1.
        ready_in: Seconds until it may be pulled again.
        username: Masked, with the first and the last character and the length kept.
        code: Where a job is. It has ended when the code is at least 200 and not 410. New codes appear.
        keywords: Any
        dt_authorized: int | None
        dt_execute: int | None
        dt_ready: int | None
        dt_refresh: int | None
        is_disabled: int | Unset
        dt_disable: int | None | Unset
    """

    id_credential: str
    id_user: str
    id_environment: str
    id_external: None | str
    id_site: str
    id_site_organization: str
    id_site_organization_type: str
    id_organization: str
    is_authorized: int
    is_locked: int
    is_twofa: int
    can_sync: int
    ready_in: int | None
    username: None | str
    code: int
    keywords: Any
    dt_authorized: int | None
    dt_execute: int | None
    dt_ready: int | None
    dt_refresh: int | None
    is_disabled: int | Unset = UNSET
    dt_disable: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Credential:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)

    @property
    def authorized_at(self) -> datetime | None:
        """`dt_authorized` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_authorized)

    @property
    def execute_at(self) -> datetime | None:
        """`dt_execute` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_execute)

    @property
    def ready_at(self) -> datetime | None:
        """`dt_ready` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_ready)

    @property
    def refresh_at(self) -> datetime | None:
        """`dt_refresh` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_refresh)

    @property
    def disable_at(self) -> datetime | None:
        """`dt_disable` (unix seconds) as an aware UTC time; None where it is none of them."""
        return utc(self.dt_disable)
