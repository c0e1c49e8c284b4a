"""The operations, one package for each tag, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import accounts as accounts
    from . import attachments as attachments
    from . import catalogues as catalogues
    from . import credentials as credentials
    from . import documents as documents
    from . import jobs as jobs
    from . import sessions as sessions
    from . import transactions as transactions
    from . import users as users
    from . import webhooks as webhooks

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
