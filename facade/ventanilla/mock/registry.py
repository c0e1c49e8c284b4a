"""Knows which providers the mock has."""

from ventanilla.mock.provider import Provider


def every_provider(*, facturaonline_auth_status: int = 200) -> list[Provider]:
    """Return the three providers with the specs that are installed."""
    from ventanilla.mock import facti, facturaonline, syncfy

    return [syncfy.provider(), facti.provider(), facturaonline.provider(auth_status=facturaonline_auth_status)]
