"""Knows what a fault does to a webhook call: each effect by its `kind`, with its fields."""

from typing import Annotated

from msgspec import Meta, Struct


class WebhookEffect(Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """What goes wrong with a webhook call; the outbox does it."""


class WebhookLost(WebhookEffect, frozen=True, tag="webhook-lost"):
    """The call is never made, and nobody tries again."""


class WebhookDuplicate(WebhookEffect, frozen=True, tag="webhook-duplicate"):
    """The same call is made again, with the same id: `copies` times more, 1 to 100."""

    copies: Annotated[int, Meta(ge=1, le=100, description="a whole number, 1 to 100")] = 1


class WebhookReorder(WebhookEffect, frozen=True, tag="webhook-reorder"):
    """The call lets the next one go before it."""


class WebhookLate(WebhookEffect, frozen=True, tag="webhook-late"):
    """The call is made `seconds` later, of the world's clock."""

    seconds: Annotated[float, Meta(ge=0, le=1e9, description="seconds, 0 or more")]
