"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import configure_ipn as configure_ipn
    from . import get_delivery as get_delivery
    from . import list_deliveries as list_deliveries
    from . import list_events as list_events
    from . import list_webhooks as list_webhooks
    from . import register_webhook as register_webhook
    from . import replay_delivery as replay_delivery
    from . import trigger_event as trigger_event

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
