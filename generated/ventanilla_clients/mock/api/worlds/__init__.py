"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import change_settings as change_settings
    from . import create_namespace as create_namespace
    from . import delete_namespace as delete_namespace
    from . import get_namespace as get_namespace
    from . import get_settings as get_settings
    from . import list_namespaces as list_namespaces
    from . import reset as reset

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
