from __future__ import annotations

from typing import TypeAlias

NewCredentialCredentials: TypeAlias = dict[str, str]
"""A value for each of the site's fields, by the field's name."""
