from __future__ import annotations

from typing import TypeAlias

NewWebhookHeaders: TypeAlias = dict[str, str]
"""Headers to send along with each event."""
