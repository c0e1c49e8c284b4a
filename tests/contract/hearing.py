"""Is a mock that hears all that contract tests send to it, as if it were on this machine or far away."""

from typing import Any

import httpx

from ventanilla.contract import Account, Bounds, Report, check
from ventanilla.mock import MockTransport
from ventanilla.mock.core import Mock
from ventanilla.mock.wire import Request, encode

SEED = 1
HOST = "api.example.mx"
FAST = Bounds(rate=1e6)
ACCOUNTS = {
    "syncfy": Account(api_key="7767a4a04f990e9231bafc949e8ca08a"),
    "facti": Account(
        client_id="d09168b32f80ai8ba24c416916y304n8",
        api_key="26b413ah0ba67543c7642069a91h743t",
        company_id=5,
        from_rfc="EKU9003173C9",
    ),
    "facturaonline": Account(api_key="mock-api-key", secret_key="mock-secret-key"),
}
PATHS = {"syncfy": "/syncfy/v1", "facti": "/facti", "facturaonline": "/facturaonline/api"}
# By POST, too, and yet they only read.
READING = {
    "/syncfy/v1/sessions",
    "/facti/v1/payments/company_payments",
    "/facti/v1/payments/company_payment_ways",
    "/facti/v1/user/authenticate",
}


class Heard(httpx.BaseTransport):
    """Passes everything on to a mock, and remembers it."""

    def __init__(self, mock: Mock | None = None) -> None:
        self.mock = mock or Mock()
        self._inner = MockTransport(self.mock, sink=lambda delivery: 200)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._inner.handle_request(request)

    @property
    def writes(self) -> set[str]:
        """What was sent that may change something."""
        return {
            f"{request.method} {request.url.path}"
            for request in self.requests
            if request.method != "GET"
            and (request.method, request.url.path) not in {("POST", each) for each in READING}
        }


def peopled() -> Mock:
    """Return a mock with something in it to read."""
    mock = Mock()
    key = {"Authorization": "api_key api_key=7767a4a04f990e9231bafc949e8ca08a", "Content-Type": "application/json"}
    for name in ("Rey Misterio", "Blue Demon"):
        assert mock.handle(Request("POST", "/syncfy/v1/users", key, encode({"name": name}))).status == 200
    return mock


def far(provider: str, heard: Heard, **options: Any) -> Report:
    """Test a mock as if it were far away."""
    base = f"https://{HOST}{PATHS[provider]}"
    options = {"seed": SEED, "examples": 1, "bounds": FAST, "account": ACCOUNTS[provider], **options}
    return check(base, transport=heard, **options)
