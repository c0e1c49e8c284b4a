"""Knows how a call shows that it comes from the provider: a secret path, an address, a header, a password.

None of the providers signs its calls in a documented way, so none of this proves what an event says; it keeps
strangers out. Every comparison is of digests of bytes, in constant time: neither content nor length of a secret leaks,
and text that is not ASCII is refused like any other.
"""

import hashlib
import hmac
import ipaddress
import math
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from attrs import field, frozen

from ventanilla.errors import ConfigurationError

MIN_BITS = 128
_SAFE = re.compile(r"[A-Za-z0-9._~-]+")
_HEX, _DECIMAL = re.compile(r"[0-9a-fA-F]+"), re.compile(r"[0-9]+")
_HOST_PORT = re.compile(r"\[(?P<six>[^\]]+)\](:[0-9]+)?|(?P<four>[0-9.]+):[0-9]+")
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


@frozen(kw_only=True)
class Call:
    """One call as a check sees it.

    Attributes:
        profile: what it brings: `sync-v1`, `sync-v3` or `facti-ipn`.
        headers: by their names in lower case; those that came several times are joined by commas.
        body: as it came.
        peer: the address that the connection came from; None where nobody knows.
    """

    profile: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    peer: str | None = None


# Says whether a call may be believed to be the provider's. What it raises is taken for an outage: the sender is asked
# to try again.
Check: TypeAlias = Callable[[Call], bool]


def new_token() -> str:
    """Return a token for a webhook's path: 256 random bits, in characters that need no escaping in a URL."""
    return secrets.token_urlsafe(32)


class Secrets:
    """Some secrets, each as good as the other, so that one can follow another one. It keeps their digests alone."""

    def __init__(self, values: Iterable[str | bytes]) -> None:
        self._digests = tuple(_digest(value) for value in values)

    def __contains__(self, given: object) -> bool:
        """Say whether a text or bytes are one of them; it takes as long, whichever it is and if it is none."""
        if not isinstance(given, str | bytes):
            return False
        digest = _digest(given)
        found = False
        for each in self._digests:
            found |= hmac.compare_digest(each, digest)
        return found

    def __len__(self) -> int:
        return len(self._digests)


def path_tokens(tokens: Iterable[str]) -> Secrets:
    """Return the tokens that a webhook's path may end with, the new one and those that it replaces.

    Raises:
        ConfigurationError: there is none, or one has less than 128 bits or characters that a URL would escape. The
            error shows none of them.
    """
    given = [tokens] if isinstance(tokens, str) else list(tokens)
    if not given:
        raise ConfigurationError("a receiver needs a path token: new_token() makes one")
    for token in given:
        if not _SAFE.fullmatch(token):
            raise ConfigurationError(
                f"a path token of {len(token)} characters has some that a URL would escape: new_token() makes good ones"
            )
        if _bits(token) < MIN_BITS:
            raise ConfigurationError(
                f"a path token of {len(token)} characters has less than {MIN_BITS} bits: new_token() makes good ones"
            )
    return Secrets(given)


def blanking(secrets: Iterable[str], values: Iterable[str] = ()) -> Callable[[bytes], bytes]:
    """Return what takes secrets out of bytes, in any case, escaped as in JSON or URLs, and in UTF-16.

    Args:
        secrets: long ones, which are found anywhere.
        values: those that might be a word or a number, which are found where they are a whole text or field.
    """
    forms = [*map(_written, secrets), *(rb"(?<=[\"'=])" + _written(each) + rb"(?=[\\\"'&]|\Z)" for each in values)]
    found = re.compile(b"|".join(forms) or rb"(?!)", re.IGNORECASE)
    # A function, for a pattern would show them.
    return lambda text: found.sub(b"***", text)


def _written(secret: str) -> bytes:
    def written(letter: str) -> bytes:
        encoded = [re.escape(letter.encode(how, "replace")) for how in ("utf-8", "cp1252")]
        units = letter.encode("utf-16-be", "surrogatepass").hex()
        escaped = "".join(rf"\\+u{units[n : n + 4]}" for n in range(0, len(units), 4)).encode()
        percents = [
            b"".join(b"%%(?:25)*%02x" % n for n in letter.encode(how, "replace")) for how in ("utf-8", "cp1252")
        ]
        spaces = [rb"\+"] if letter == " " else []
        return b"(?:" + b"|".join(dict.fromkeys([*encoded, escaped, *percents, *spaces])) + b")"

    return rb"\x00*".join(map(written, secret))


def _bits(token: str) -> float:
    """Return the bits that random characters of this kind have at most, when each is drawn at random."""
    alphabet = 10 if _DECIMAL.fullmatch(token) else 16 if _HEX.fullmatch(token) else 64
    return len(token) * math.log2(alphabet)


def _digest(value: str | bytes) -> bytes:
    # What has no UTF-8, as a lone surrogate, is as wrong as anything else.
    return hashlib.sha256(value.encode(errors="surrogatepass") if isinstance(value, str) else value).digest()


class HeaderSecret:
    """A check: a header carries a secret, as `create_webhook(headers=...)` has Syncfy send it.

    Args:
        name: of the header.
        values: the secret, and those that it replaces.
    """

    def __init__(self, name: str, *values: str) -> None:
        self._name, self._values = name.lower(), Secrets(values)

    def __call__(self, call: Call) -> bool:
        """Say whether the header is there and right."""
        return call.headers.get(self._name) in self._values


class Addresses:
    """A check: the call comes from an address of a list.

    The address is that of the connection. Where a proxy of your own stands before the receiver, name it in `proxies`:
    then, and only then, X-Forwarded-For is read, from its end back to the first address that is none of them. Anybody
    can write what stands further on. (Some servers replace the connection's address by the header's on their own; then
    name no proxies here.)

    Args:
        networks: addresses and networks, `203.0.113.7`, `2001:db8::/32`.
        proxies: likewise, those whose X-Forwarded-For is believed.

    Raises:
        ConfigurationError: one of them is no network.
    """

    def __init__(self, networks: Iterable[str], *, proxies: Iterable[str] = ()) -> None:
        self._networks, self._proxies = _networks(networks), _networks(proxies)

    def __call__(self, call: Call) -> bool:
        """Say whether the address is known and in the list."""
        found = self._sender(call)
        return found is not None and _is_in(found, self._networks)

    def _sender(self, call: Call) -> Address | None:
        hops = [call.peer or "", *reversed(call.headers.get("x-forwarded-for", "").split(","))]
        for hop in hops:
            address = _address(hop)
            if address is None or not _is_in(address, self._proxies):
                return address
        return None


def _networks(given: Iterable[str]) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each) for each in ([given] if isinstance(given, str) else given))
    except ValueError as problem:
        raise ConfigurationError(f"not a network: {problem}") from None


def _address(text: str) -> Address | None:
    found = _HOST_PORT.fullmatch(text.strip())
    try:
        address = ipaddress.ip_address((found["six"] or found["four"]) if found else text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
