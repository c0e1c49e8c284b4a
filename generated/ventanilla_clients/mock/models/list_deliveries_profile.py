from typing import Literal

ListDeliveriesProfile = Literal["facti-ipn", "sync-v1", "sync-v3"]

LIST_DELIVERIES_PROFILE_VALUES: set[ListDeliveriesProfile] = {
    "facti-ipn",
    "sync-v1",
    "sync-v3",
}


def check_list_deliveries_profile(value: str) -> ListDeliveriesProfile:
    if value in LIST_DELIVERIES_PROFILE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_DELIVERIES_PROFILE_VALUES!r}")
