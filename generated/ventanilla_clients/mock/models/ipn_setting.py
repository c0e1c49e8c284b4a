from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class IpnSetting(Model):
    """Where a company's payment notifications go.

    Attributes:
        company_id: The company.
        url: An http or https address; null or nothing ends them.
        password: What each notification carries as MD5.
    """

    company_id: int
    url: None | str | Unset = UNSET
    password: str | Unset = field(repr=False, default=UNSET)

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> IpnSetting:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
