from __future__ import annotations

from typing import TypeAlias

TwofaAnswerTwofa: TypeAlias = dict[str, bool | int | str]
"""A value for each field that the job asks for, by the field's name."""
