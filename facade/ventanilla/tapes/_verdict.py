"""Knows whether an answer is a success or a failure, from the faces' own checks: HTTP 200 says nothing about it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from ventanilla.errors import ProviderError, UnexpectedAnswer, VentanillaError
from ventanilla.tapes._archive import as_plain
from ventanilla.tapes._exchange import Exchange

if TYPE_CHECKING:
    import httpx


def is_failure(provider: str, exchange: Exchange) -> bool:
    """Return whether a provider refuses in an answer; one that cannot be told is held against the success."""
    import httpx

    request, response = exchange.request, exchange.response
    answer = httpx.Response(
        response.status,
        headers={"content-type": exchange.media_type or "application/json"},
        content=response.body,
        request=httpx.Request(request.method, f"{exchange.origin}{exchange.path}"),
    )
    try:
        _check(provider)(answer)
    except ProviderError:
        return True
    except UnexpectedAnswer:
        # Syncfy's `status: false` inside HTTP 200 is no proof of a refusal, but has the form of one.
        plain: Any = as_plain(response.body)
        return provider == "syncfy" and isinstance(plain, dict) and cast("Any", plain).get("status") is False
    except VentanillaError:
        return False
    return False


def _check(provider: str) -> "Callable[[httpx.Response], None]":
    # Imported late: each of them brings its provider's clients along.
    if provider == "syncfy":
        from ventanilla.syncfy._auth import check as syncfy

        return syncfy
    if provider == "facti":
        from ventanilla.facti._auth import check as facti

        return facti
    from ventanilla.facturaonline._auth import check as facturaonline

    return facturaonline
