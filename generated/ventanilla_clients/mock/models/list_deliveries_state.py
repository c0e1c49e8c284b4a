from typing import Literal

ListDeliveriesState = Literal["delivered", "disabled", "failed", "lost", "waiting"]

LIST_DELIVERIES_STATE_VALUES: set[ListDeliveriesState] = {
    "delivered",
    "disabled",
    "failed",
    "lost",
    "waiting",
}


def check_list_deliveries_state(value: str) -> ListDeliveriesState:
    if value in LIST_DELIVERIES_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_DELIVERIES_STATE_VALUES!r}")
