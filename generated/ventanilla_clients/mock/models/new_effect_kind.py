from typing import Literal

NewEffectKind = Literal[
    "broken-chunk",
    "change",
    "content-type",
    "drip",
    "header",
    "latency",
    "malformed-json",
    "remove",
    "reset",
    "status",
    "truncated",
    "webhook-duplicate",
    "webhook-late",
    "webhook-lost",
    "webhook-reorder",
]

NEW_EFFECT_KIND_VALUES: set[NewEffectKind] = {
    "broken-chunk",
    "change",
    "content-type",
    "drip",
    "header",
    "latency",
    "malformed-json",
    "remove",
    "reset",
    "status",
    "truncated",
    "webhook-duplicate",
    "webhook-late",
    "webhook-lost",
    "webhook-reorder",
}


def check_new_effect_kind(value: str) -> NewEffectKind:
    if value in NEW_EFFECT_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_EFFECT_KIND_VALUES!r}")
