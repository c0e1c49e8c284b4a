"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import get_coverage as get_coverage
    from . import get_deviations as get_deviations
    from . import get_deviations_markdown as get_deviations_markdown
    from . import get_deviations_page as get_deviations_page
    from . import get_health as get_health
    from . import get_openapi as get_openapi
    from . import get_version as get_version

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
