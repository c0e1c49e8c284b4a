from typing import Literal

NewFaultProfile = Literal["facti-ipn", "sync-v1", "sync-v3"]

NEW_FAULT_PROFILE_VALUES: set[NewFaultProfile] = {
    "facti-ipn",
    "sync-v1",
    "sync-v3",
}


def check_new_fault_profile(value: str) -> NewFaultProfile:
    if value in NEW_FAULT_PROFILE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_FAULT_PROFILE_VALUES!r}")
