"""The operations, one package for each tag, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import catalogues as catalogues
    from . import employees as employees
    from . import groups as groups
    from . import payroll as payroll
    from . import series as series

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
