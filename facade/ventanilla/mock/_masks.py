"""Knows which parts of an exchange may be somebody's real secret, and returns the exchange without them.

The mock lets in nothing but the credentials that are published with it, so any other that arrives is there by mistake.
"""

import functools
import re
from collections.abc import Container

from attrs import evolve

from ventanilla.mock._entry import Entry
from ventanilla.mock._mask import HIDDEN, Mask
from ventanilla.mock.wire import Response

LONGEST_SESSION = 1024
_token = re.compile(rb'"token":"([0-9a-f]{32,64})"')
# Hashes of the credentials that came, in a refusal of Factura Online's.
_hashes = re.compile(rb'("(?:Data|Secret)":)"[^"]*"')


@functools.cache
def published() -> frozenset[str]:
    """Return the credentials and the logins that are printed in documents and open nothing but a sandbox."""
    # Imported late: the providers know the core, so the core cannot know them first.
    from ventanilla.mock.facti import access as facti
    from ventanilla.mock.facturaonline import access as facturaonline
    from ventanilla.mock.scenarios import table
    from ventanilla.mock.syncfy._auth import API_KEY

    keys = {API_KEY, facti.CLIENT_ID, facti.API_KEY, facturaonline.PLUGIN}
    keys |= {facturaonline.API_KEY, facturaonline.SECRET_KEY}
    return frozenset(keys | {row.value for row in table()})


def issued(response: Response) -> list[str]:
    """Return the session tokens that an answer gives out."""
    # Looked at for every exchange: the search for a few letters in a short text is what most of them cost.
    if len(response.body) > LONGEST_SESSION or b'"token":"' not in response.body:
        return []
    return [found.decode() for found in _token.findall(response.body)]


def masked(entry: Entry, issued: Container[str] = ()) -> Entry:
    """Return the exchange as it may be shown.

    `issued` are the session tokens that the mock itself gave out: they are shown, whoever repeats a request needs them.
    """
    mask = _Shown(issued)
    request = mask.request(entry.request)
    if mask.look():
        # Once more, now that all are known: what is a secret here may stand there under another name.
        request = mask.request(entry.request)
    response, problems = mask.response(entry.response), tuple(mask.scrub(problem) for problem in entry.problems)
    return evolve(entry, request=request, response=response, problems=problems)


class _Shown(Mask):
    """Hides the secrets of one exchange, but for those that somebody who repeats a request needs."""

    def __init__(self, issued: Container[str]) -> None:
        super().__init__()
        self._issued = issued

    def spares(self, text: str) -> bool:
        """Spare what is published, and what the mock gave out."""
        return text in published() or text in self._issued

    def response(self, response: Response) -> Response:
        """Hide what came back; what the mock says of its own accord is no secret, but for hashes of what came."""
        response = super().response(response)
        return evolve(response, body=_hashes.sub(rb'\1"' + HIDDEN.encode() + b'"', response.body))


__all__ = ["HIDDEN", "issued", "masked", "published"]
