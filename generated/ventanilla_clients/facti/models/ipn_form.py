from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..._runtime import Model, from_dict, to_dict


@define(kw_only=True)
class IpnForm(Model):
    """What the notification posts.

    Attributes:
        ipn_password: MD5 of the password that the company was given, in hexadecimal.
        ipn_type: Kind of notification.
        data: The payment, as JSON text.
    """

    ipn_password: str = field(repr=False)
    ipn_type: int
    data: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> IpnForm:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
