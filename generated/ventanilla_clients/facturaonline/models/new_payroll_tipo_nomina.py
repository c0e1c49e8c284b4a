from typing import Literal

NewPayrollTipoNomina = Literal["E", "O"]

NEW_PAYROLL_TIPO_NOMINA_VALUES: set[NewPayrollTipoNomina] = {
    "E",
    "O",
}


def check_new_payroll_tipo_nomina(value: str) -> NewPayrollTipoNomina:
    if value in NEW_PAYROLL_TIPO_NOMINA_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_PAYROLL_TIPO_NOMINA_VALUES!r}")
