from typing import Literal

LifecycleChangeMode = Literal["event", "immediate", "polls", "timed"]

LIFECYCLE_CHANGE_MODE_VALUES: set[LifecycleChangeMode] = {
    "event",
    "immediate",
    "polls",
    "timed",
}


def check_lifecycle_change_mode(value: str) -> LifecycleChangeMode:
    if value in LIFECYCLE_CHANGE_MODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIFECYCLE_CHANGE_MODE_VALUES!r}")
