from typing import Literal

NewWebhookProfile = Literal["sync-v3"]

NEW_WEBHOOK_PROFILE_VALUES: set[NewWebhookProfile] = {
    "sync-v3",
}


def check_new_webhook_profile(value: str) -> NewWebhookProfile:
    if value in NEW_WEBHOOK_PROFILE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_WEBHOOK_PROFILE_VALUES!r}")
