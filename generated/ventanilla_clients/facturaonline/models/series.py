from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define

from ..._runtime import UNSET, Model, Unset, from_dict, to_dict


@define(kw_only=True)
class Series(Model):
    """A series of folios.

    Attributes:
        SerieID: Id of the series.
        SerieName: Name, as NOM.
        SerieType: Kind of document.
        SerieDescription: Description.
        SerieStatus: Whether it is active.
    """

    SerieID: int | str
    SerieName: str
    SerieType: str
    SerieDescription: None | str | Unset = UNSET
    SerieStatus: int | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, unset fields left out."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Series:
        """Build one from plain dicts and lists; raises msgspec.ValidationError with the path of what is wrong."""
        return from_dict(cls, value)
