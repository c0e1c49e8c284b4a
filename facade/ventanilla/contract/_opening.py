"""Knows which server is meant, what may be done to it, and with whose keys."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from attrs import asdict, evolve

from ventanilla import _http
from ventanilla._policy import Policy
from ventanilla.contract._facti import FactiService
from ventanilla.contract._facturaonline import FacturaOnlineService
from ventanilla.contract._service import Service
from ventanilla.contract._syncfy import SyncfyService
from ventanilla.contract._values import Account, Bounds
from ventanilla.contract._wire import Wire
from ventanilla.errors import ConfigurationError
from ventanilla.facti._auth import key_of
from ventanilla.facti._operations import company_number, rfc
from ventanilla.facturaonline._auth import PLUGIN
from ventanilla.mock._spec import Spec, load
from ventanilla.mock.facti import access as facti_access
from ventanilla.mock.facturaonline import access as factura_access
from ventanilla.mock.syncfy import _auth as syncfy_access

PROVIDERS: Mapping[str, str] = {"syncfy": "Syncfy", "facti": "Facti", "facturaonline": "Factura Online"}
# Where a server has what the mock has, and where Syncfy and Factura Online have it.
PATHS: Mapping[str, str] = {"/syncfy/v1": "syncfy", "/facti": "facti", "/facturaonline/api": "facturaonline"}
# Beyond this machine, where nothing else is documented.
POLITE = 5.0
MOST_REQUESTS = 2000
TIMEOUT = 30.0


def host_of(base_url: str) -> str:
    """Return the host of a URL as the client reads it that sends there; nothing where it reads none."""
    try:
        return httpx.URL(base_url).host
    except httpx.InvalidURL:
        return ""


def is_near(base_url: str) -> bool:
    """Return whether a server is on this machine, where it can only be a test's."""
    return host_of(base_url) in _http.LOOPBACK


def may_write(base_url: str, write: bool | str | None) -> bool:
    """Return whether anything may be changed at a server; beyond this machine whoever says so names its host.

    Args:
        base_url: where it is.
        write: True and False decide on this machine; elsewhere only the host's name allows it.
    """
    if write is False:
        return False
    if is_near(base_url):
        return True
    host = host_of(base_url)
    if write is None or write == host:
        return write == host
    raise ConfigurationError(
        (
            f"writing to {host} has to be allowed by that very name",
            f"escribir en {host} se permite solo con ese mismo nombre",
        ),
        hint=(
            f"It makes real users, payment requests and payrolls; --write {host}, or write= in Python, allows it",
            f"Crea usuarios, solicitudes de pago y nóminas de verdad; lo permite --write {host}, o write= en Python",
        ),
    )


def spec_of(base_url: str, spec: str | None) -> str:
    """Return which of the three APIs a server is to be: as was said, or as its address says."""
    if spec is not None:
        if spec not in PROVIDERS:
            known = ", ".join(PROVIDERS)
            raise ConfigurationError(
                (f"there is no spec {spec!r}; there are {known}", f"no hay spec {spec!r}; hay {known}")
            )
        return spec
    plain = base_url.rstrip("/")
    for name in PROVIDERS:
        if plain in {server["url"].rstrip("/") for server in load(name).document["servers"]}:
            return name
    found = next((name for path, name in PATHS.items() if urlsplit(plain).path.endswith(path)), None)
    if found is None:
        raise ConfigurationError(
            ("the address does not say which API this is to be", "la dirección no dice qué API debe ser"),
            hint=(
                f"Say --spec, or spec= in Python: {', '.join(PROVIDERS)}",
                f"Decirlo con --spec, o spec= en Python: {', '.join(PROVIDERS)}",
            ),
        )
    return found


def opened(
    base_url: str,
    name: str,
    account: Account,
    bounds: Bounds,
    *,
    writes: bool,
    transport: httpx.BaseTransport | None,
) -> tuple[Service, Wire]:
    """Return the service that is tested, not prepared yet, and the wire that leads to it.

    Raises:
        ConfigurationError: the URL is not safe, or a key is missing.
    """
    near = is_near(base_url)
    spec = Spec(name, load(name).document, urlsplit(base_url).path)
    chosen = _settings(name, spec, base_url, bounds, near=near)
    if bounds.most_requests is None and not near:
        bounds = evolve(bounds, most_requests=MOST_REQUESTS)
    kind, options = _service(name, chosen, account, near=near)
    wire = Wire(
        chosen,
        spec,
        key=options.get("key") or options["api_key"],
        may_write=writes,
        most_requests=bounds.most_requests,
        seconds=bounds.seconds,
        transport=transport,
    )
    service = kind(wire, spec, may_write=writes, **options)
    service.origin = f"{chosen.base_url.scheme}://{chosen.base_url.netloc.decode('ascii')}"
    return service, wire


def _settings(name: str, spec: Spec, base_url: str, bounds: Bounds, *, near: bool) -> _http.Settings:
    """Check the address as the faces do; one that was typed has been asked for."""
    documented = {server["url"].rstrip("/"): server["url"] for server in spec.document["servers"]}
    plain = base_url.rstrip("/")
    rate = bounds.rate if bounds.rate is not None else (float("inf") if near else _documented(name))
    return _http.settings(
        PROVIDERS[name],
        base_url,
        variable="base_url",
        environment=plain if plain in documented else next(iter(documented)),
        known=documented,
        timeout=TIMEOUT,
        # A retry would hide what is looked for; what a write has done, it would do twice.
        policy=Policy(deadline=2 * TIMEOUT, retries=0, requests_per_second=rate),
    )


def _documented(name: str) -> float | None:
    return None if PROVIDERS[name] == "Syncfy" else POLITE


def _service(name: str, chosen: _http.Settings, account: Account, *, near: bool) -> tuple[type[Any], dict[str, Any]]:
    """Return the kind of service, and its keys from the arguments or the environment."""
    if near:
        account = _let_in(name, account)
    if name == "syncfy":
        key = _http.credential("Syncfy", "api_key", account.api_key, "SYNCFY_API_KEY")
        return SyncfyService, {"key": key, "any_site": near}
    if name == "facti":
        company = company_number(account.company_id or os.environ.get("FACTI_COMPANY_ID"))
        issuer = account.from_rfc or os.environ.get("FACTI_FROM_RFC")
        return FactiService, {
            "client_id": key_of(chosen, "client_id", account.client_id, "FACTI_CLIENT_ID"),
            "api_key": key_of(chosen, "api_key", account.api_key, "FACTI_API_KEY"),
            "company_id": company,
            "from_rfc": rfc("from_rfc", issuer) if issuer else None,
        }
    named = "FACTURAONLINE_API_KEY", "FACTURAONLINE_SECRET_KEY", "FACTURAONLINE_PLUGIN"
    plugin = account.plugin or os.environ.get(named[2]) or PLUGIN
    return FacturaOnlineService, {
        "api_key": _http.credential("Factura Online", "api_key", account.api_key, named[0]),
        "secret_key": _http.credential("Factura Online", "secret_key", account.secret_key, named[1]),
        "plugin": _http.credential("Factura Online", "plugin", plugin, named[2]),
    }


def _let_in(name: str, account: Account) -> Account:
    """Return an account with the keys that the documents print, as far as there are no others: the mock takes them."""
    published = {
        "syncfy": Account(api_key=syncfy_access.API_KEY),
        "facti": Account(client_id=facti_access.CLIENT_ID, api_key=facti_access.API_KEY),
        "facturaonline": Account(api_key=factura_access.API_KEY, secret_key=factura_access.SECRET_KEY),
    }[name]
    missing = {
        key: value
        for key, value in asdict(published).items()
        if value and not getattr(account, key) and not os.environ.get(f"{name}_{key}".upper())
    }
    return evolve(account, **missing)
