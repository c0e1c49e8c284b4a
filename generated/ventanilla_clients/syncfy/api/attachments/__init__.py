"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import count_attachments as count_attachments
    from . import export_attachments as export_attachments
    from . import get_attachment as get_attachment
    from . import get_attachment_extra as get_attachment_extra
    from . import get_attachment_json as get_attachment_json
    from . import list_attachments as list_attachments

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
