"""ventanilla: the typed window onto Syncfy (Paybook Sync), Facti and Factura Online."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ventanilla._money import pesos
    from ventanilla._policy import Policy
    from ventanilla.facti import AsyncFacti, Facti
    from ventanilla.facturaonline import AsyncFacturaOnline, FacturaOnline
    from ventanilla.syncfy import AsyncSyncfy, Syncfy

else:

    def __getattr__(name: str) -> Any:
        # Each face is loaded when it is first asked for: a program that uses one does not pay for three.
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = {"Policy": "_policy", "pesos": "_money"}.get(name) or name.removeprefix("Async").lower()
        return getattr(importlib.import_module(f"{__name__}.{module}"), name)


__all__ = ["AsyncFacti", "AsyncFacturaOnline", "AsyncSyncfy", "Facti", "FacturaOnline", "Policy", "Syncfy", "pesos"]


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
