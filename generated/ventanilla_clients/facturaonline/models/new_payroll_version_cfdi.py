from typing import Literal

NewPayrollVersionCfdi = Literal["3.3", "4.0"]

NEW_PAYROLL_VERSION_CFDI_VALUES: set[NewPayrollVersionCfdi] = {
    "3.3",
    "4.0",
}


def check_new_payroll_version_cfdi(value: str) -> NewPayrollVersionCfdi:
    if value in NEW_PAYROLL_VERSION_CFDI_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_PAYROLL_VERSION_CFDI_VALUES!r}")
