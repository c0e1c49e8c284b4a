from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import Model, from_dict, to_dict
from ..models.extra_node import ExtraNode


@define(kw_only=True)
class AttachmentExtra(Model):
    """What was extracted from an attachment.

    Attributes:
        id_attachment: str
        id_user: str
        id_external: None | str
        is_valid: int
        file: str
        mime: None | str
        extra: list[ExtraNode]
    """

    id_attachment: str
    id_user: str
    id_external: None | str
    is_valid: int
    file: str
    mime: None | str
    extra: list[ExtraNode]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> AttachmentExtra:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
