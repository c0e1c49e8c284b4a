"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import create_request as create_request
    from . import delete_payment as delete_payment
    from . import get_client_clabes as get_client_clabes
    from . import get_payment as get_payment
    from . import list_payment_ways as list_payment_ways
    from . import mark_payment_paid as mark_payment_paid
    from . import search_payments as search_payments

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
