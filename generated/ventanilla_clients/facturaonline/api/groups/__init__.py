"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import activate_group as activate_group
    from . import create_group as create_group
    from . import deactivate_group as deactivate_group
    from . import delete_group as delete_group
    from . import get_group as get_group
    from . import list_groups as list_groups

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
