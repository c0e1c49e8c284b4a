from typing import Literal

NewFaultWhen = Literal["after", "before"]

NEW_FAULT_WHEN_VALUES: set[NewFaultWhen] = {
    "after",
    "before",
}


def check_new_fault_when(value: str) -> NewFaultWhen:
    if value in NEW_FAULT_WHEN_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_FAULT_WHEN_VALUES!r}")
