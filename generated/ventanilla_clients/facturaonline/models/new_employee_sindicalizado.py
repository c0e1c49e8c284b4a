from typing import Literal

NewEmployeeSindicalizado = Literal["No", "Sí"]

NEW_EMPLOYEE_SINDICALIZADO_VALUES: set[NewEmployeeSindicalizado] = {
    "No",
    "Sí",
}


def check_new_employee_sindicalizado(value: str) -> NewEmployeeSindicalizado:
    if value in NEW_EMPLOYEE_SINDICALIZADO_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_EMPLOYEE_SINDICALIZADO_VALUES!r}")
