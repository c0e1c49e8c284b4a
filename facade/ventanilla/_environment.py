"""Checks what httpx reads of the environment: certificates and proxies. An error names the variable, not its value."""

import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import getproxies

import httpx

from ventanilla.errors import ConfigurationError

T = TypeVar("T")
# How OpenSSL finds a certificate in a folder (`openssl rehash`).
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")

# Where no variable is set that is read.
_OURS = "what this Python connects with (its certificates)", "lo que usa este Python para conectarse (sus certificados)"


def surroundings(provider: str, make: Callable[..., None], options: dict[str, Any]) -> None:
    """Make a client of httpx, or say which variable of the environment keeps it from being made.

    Args:
        provider: whose client it is.
        make: httpx's own `__init__`.
        options: for it. Where a transport is given, the environment is not read.

    Raises:
        ConfigurationError: names the variable, if one is set.
    """
    if options["transport"] is not None:
        return make(**options)
    trusts = options["trust_env"]

    def usable(name: str, attempt: Callable[[], T]) -> T:
        try:
            return attempt()
        except Exception as problem:
            kind = type(problem).__name__
        # Raised out here it does not keep the problem, whose words may have the password of a proxy.
        what = (f"{name} of the environment", f"{name} del entorno") if os.environ.get(name) else _OURS
        said = f"{what[0]} cannot be used ({kind})", f"no se puede usar {what[1]} ({kind})"
        raise ConfigurationError(said, provider=provider)

    if keys := os.environ.get("SSLKEYLOGFILE"):
        usable("SSLKEYLOGFILE", lambda: Path(keys).open("a").close())
    if trusts and (folders := os.environ.get("SSL_CERT_DIR")) and not os.environ.get("SSL_CERT_FILE"):
        usable("SSL_CERT_DIR", lambda: _certificates(folders))
    trusted = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if trusts and os.environ.get(name)]
    context = usable("".join(trusted[:1]), lambda: httpx.create_ssl_context(trust_env=trusts))
    # Lower case goes before upper case, as it does for who reads them.
    names = {name.lower(): name for name in sorted(os.environ) if name.lower().endswith("_proxy")}
    proxies = getproxies() if trusts else {}
    if "*" not in map(str.strip, proxies.get("no", "").split(",")):
        for scheme in {"http", "https", "all"} & proxies.keys():
            usable(names.get(f"{scheme}_proxy", ""), partial(_proxy, proxies[scheme], context))
    usable(names.get("no_proxy", ""), partial(make, **options, verify=context))
    return None


def _certificates(folders: str) -> None:
    found = [
        each.name for folder in folders.split(os.pathsep) if Path(folder).is_dir() for each in Path(folder).iterdir()
    ]
    if not any(map(_HASHED.fullmatch, found)):
        raise FileNotFoundError


def _proxy(text: str, context: Any) -> None:
    url = httpx.URL(text if "://" in text else f"http://{text}")
    httpx.HTTPTransport(proxy=httpx.Proxy(url), verify=context).close()
    if not url.host or (url.port or 1) > 65535:
        raise ValueError


def closed(provider: str) -> ConfigurationError:
    """Return the error of a client that is used after it was closed."""
    said = (
        "the client has been closed, and nothing was sent: make a new one, or close it after its last call",
        "el cliente ya está cerrado y no se envió nada: crear otro, o cerrarlo después de su última llamada",
    )
    return ConfigurationError(said, provider=provider)
