from typing import Literal

PaymentUpdatePayed = Literal["1", "true", "yes"]

PAYMENT_UPDATE_PAYED_VALUES: set[PaymentUpdatePayed] = {
    "1",
    "true",
    "yes",
}


def check_payment_update_payed(value: str) -> PaymentUpdatePayed:
    if value in PAYMENT_UPDATE_PAYED_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PAYMENT_UPDATE_PAYED_VALUES!r}")
