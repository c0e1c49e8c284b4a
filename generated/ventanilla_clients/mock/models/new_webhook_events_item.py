from typing import Literal

NewWebhookEventsItem = Literal[
    "credentials.created",
    "credentials.refreshed",
    "credentials.updated",
    "documents.completed",
    "documents.fail",
    "documents.success",
]

NEW_WEBHOOK_EVENTS_ITEM_VALUES: set[NewWebhookEventsItem] = {
    "credentials.created",
    "credentials.refreshed",
    "credentials.updated",
    "documents.completed",
    "documents.fail",
    "documents.success",
}


def check_new_webhook_events_item(value: str) -> NewWebhookEventsItem:
    if value in NEW_WEBHOOK_EVENTS_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_WEBHOOK_EVENTS_ITEM_VALUES!r}")
