"""The operations, one package for each tag, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import about as about
    from . import clock as clock
    from . import faults as faults
    from . import processes as processes
    from . import requests as requests
    from . import scenarios as scenarios
    from . import snapshots as snapshots
    from . import webhooks as webhooks
    from . import worlds as worlds

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
