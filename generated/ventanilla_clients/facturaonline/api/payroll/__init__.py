"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import cancel_payroll_item as cancel_payroll_item
    from . import create_payroll as create_payroll
    from . import email_payroll_item as email_payroll_item
    from . import get_payroll as get_payroll
    from . import get_payroll_item as get_payroll_item
    from . import get_payroll_item_acuse as get_payroll_item_acuse
    from . import get_payroll_item_pdf as get_payroll_item_pdf
    from . import get_payroll_item_xml as get_payroll_item_xml
    from . import list_payrolls as list_payrolls

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
