"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import create_credential as create_credential
    from . import create_credential_pull as create_credential_pull
    from . import delete_credential as delete_credential
    from . import get_credential as get_credential
    from . import list_all_credentials as list_all_credentials
    from . import list_credential_transactions as list_credential_transactions
    from . import list_credentials as list_credentials
    from . import pull_credential as pull_credential
    from . import sync_credential as sync_credential

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
