"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import clear_requests as clear_requests
    from . import count_requests as count_requests
    from . import export_har as export_har
    from . import find_requests as find_requests
    from . import get_request as get_request
    from . import get_request_curl as get_request_curl
    from . import wait_for_requests as wait_for_requests

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
