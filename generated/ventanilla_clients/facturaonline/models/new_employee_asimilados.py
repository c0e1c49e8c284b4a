from typing import Literal

NewEmployeeAsimilados = Literal["0", "1"]

NEW_EMPLOYEE_ASIMILADOS_VALUES: set[NewEmployeeAsimilados] = {
    "0",
    "1",
}


def check_new_employee_asimilados(value: str) -> NewEmployeeAsimilados:
    if value in NEW_EMPLOYEE_ASIMILADOS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_EMPLOYEE_ASIMILADOS_VALUES!r}")
