from typing import Literal

NewWebhookEventsItem = Literal["credential_create", "credential_update", "documents_completed", "refresh"]

NEW_WEBHOOK_EVENTS_ITEM_VALUES: set[NewWebhookEventsItem] = {
    "credential_create",
    "credential_update",
    "documents_completed",
    "refresh",
}


def check_new_webhook_events_item(value: str) -> NewWebhookEventsItem:
    if value in NEW_WEBHOOK_EVENTS_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_WEBHOOK_EVENTS_ITEM_VALUES!r}")
