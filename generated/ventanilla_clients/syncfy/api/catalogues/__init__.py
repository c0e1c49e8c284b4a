"""The operations of one tag, one module each, loaded when it is first asked for."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import list_account_types as list_account_types
    from . import list_attachment_types as list_attachment_types
    from . import list_countries as list_countries
    from . import list_currencies as list_currencies
    from . import list_organization_sites as list_organization_sites
    from . import list_site_organization_types as list_site_organization_types
    from . import list_site_organizations as list_site_organizations
    from . import list_sites as list_sites

else:  # To a type checker this would have every name, and an operation that has gone would not be missed.

    def __getattr__(name: str) -> Any:
        try:
            return importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as missing:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from missing
