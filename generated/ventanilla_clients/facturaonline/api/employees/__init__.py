"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import activate_employee as activate_employee
    from . import create_employee as create_employee
    from . import deactivate_employee as deactivate_employee
    from . import delete_employee as delete_employee
    from . import get_employee as get_employee
    from . import list_employees as list_employees

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
