"""Knows who may control a mock: whoever has its token or, where it has none, no web page of somebody else."""

import hmac
import ipaddress
import re
from urllib.parse import urlsplit

from ventanilla.mock.provider import Call, Refused
from ventanilla.mock.wire import Request

# Names that nobody can register (RFC 2606, 6761, and ICANN's decision on .internal), so that no page comes from them.
_NOBODYS = frozenset({"localhost", "test", "example", "invalid", "internal"})
_token = re.compile(r"[!-~]{1,200}", re.ASCII)
WANTED = "this mock has a token: send it as 'Authorization: Bearer <token>'"


def checked(token: str | None) -> bytes | None:
    """Return a token as bytes. Raises ValueError for one that a header cannot carry; its value is not shown."""
    if token is not None and not _token.fullmatch(token):
        raise ValueError("a token has 1 to 200 printable ASCII characters and no spaces")
    return None if token is None else token.encode()


def admit(token: bytes | None, call: Call) -> None:
    """Let an operation that asks for the token be used, or raise Refused."""
    if not call.operation.security:
        return
    if token is None:
        _keep_pages_out(call.request)
        return
    scheme, _, given = call.request.headers.get("authorization", "").partition(" ")
    # Compared as bytes and to the end, so that the time it takes tells nothing of the token.
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode("utf-8", "replace"), token):
        raise Refused(401, WANTED)


def _keep_pages_out(request: Request) -> None:
    """Refuse what a browser may have been made to send by a page of somebody else.

    Browsers name the page's origin with all that changes anything. A page could only do without by having its own name
    lead to this machine (DNS rebinding), and that name then is the host. What a page embeds (a picture, a script) has
    no origin, but new browsers say of it that it crosses sites; a link that somebody follows does so as well.
    """
    origin = request.headers.get("origin")
    try:
        host = _host(f"//{request.headers.get('host', '')}")
        page = host if origin is None else _host(origin)
    except ValueError:
        raise Refused(403, "the Host or the Origin of the request cannot be read") from None
    if not _is_nobodys(host):
        raise Refused(403, f"{host} may be anybody's name: use localhost or an address, or give the mock a token")
    # An origin without a host ("null") is that of a page that hides where it comes from.
    is_same = page == host and page != ""
    if origin is not None and not is_same and not _is_here(page):
        raise Refused(403, f"a page of {origin} may not control this mock; give the mock a token for it")
    if origin is None and _crosses_sites(request):
        raise Refused(403, "a page of another site may not control this mock; give the mock a token for it")


def _crosses_sites(request: Request) -> bool:
    site, mode, place = (request.headers.get(f"sec-fetch-{name}") for name in ("site", "mode", "dest"))
    return site == "cross-site" and (mode, place) != ("navigate", "document")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


def _is_nobodys(host: str) -> bool:
    # An address was not looked up anywhere; a name without a dot is in nobody's domain.
    return _address(host) is not None or "." not in host or host.rsplit(".", 1)[1] in _NOBODYS


def _is_here(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or host.endswith(".localhost") or (address is not None and address.is_loopback)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
