from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.credential_transaction import CredentialTransaction


@define(kw_only=True)
class CredentialTransactionListAnswer(Model):
    """CredentialTransactionListAnswer

    Attributes:
        rid: Id of the request.
        code: The HTTP status.
        errors: Null in every answer that was ever printed.
        status: Whether it was done; false may come with HTTP 200.
        message: None | str
        response: list[CredentialTransaction]
    """

    rid: str
    code: int
    errors: Any
    status: bool
    message: None | str
    response: list[CredentialTransaction]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> CredentialTransactionListAnswer:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
