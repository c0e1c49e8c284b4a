"""Passes requests on to one origin and brings the answers back, within bounds, following nothing."""

from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType

import httpx

from ventanilla._bodies import MAX_FILE_BYTES, Bounds
from ventanilla._http import ENCODINGS, is_exposed, origin_of
from ventanilla._redact import protect_logs
from ventanilla.errors import UnexpectedAnswer
from ventanilla.mock.wire import Headers, Request, Response

TIMEOUT = 120.0
# What is said from one machine to the next, and what the body comes in here as it is anyway.
HOPS = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


BOUNDS = Bounds("record", MAX_FILE_BYTES, MAX_FILE_BYTES)


class Unreachable(Exception):
    """There is no answer; the message says why, without an address that could have a secret in it."""


class Upstream:
    """One service, while it is open as an asynchronous context manager."""

    def __init__(self, base: httpx.URL, transport: httpx.AsyncBaseTransport | None = None) -> None:
        protect_logs()
        self._base, self._transport = base, transport

    async def __aenter__(self) -> "Upstream":
        self._client = httpx.AsyncClient(
            transport=self._transport,
            timeout=httpx.Timeout(TIMEOUT, connect=10.0),
            follow_redirects=False,
            # What may go unencrypted to this machine must not go to a proxy of the environment instead.
            trust_env=self._base.scheme != "http" or is_exposed(self._base),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch(self, request: Request) -> Response:
        """Return the answer to a request, its body as it is. Raises Unreachable when there is none."""
        try:
            answer, body = await self._exchanged(self._outgoing(request))
        except httpx.TimeoutException as failure:
            raise Unreachable(f"the upstream did not answer in time ({type(failure).__name__})") from None
        except httpx.TransportError as failure:
            raise Unreachable(f"the upstream did not answer ({type(failure).__name__})") from None
        except httpx.InvalidURL:
            raise Unreachable("the path is none") from None
        except UnexpectedAnswer as failure:
            raise Unreachable(f"the upstream's answer cannot be passed on: {failure.message}") from None
        headers: Headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in answer.headers.raw
            if name.decode("latin-1").lower() not in HOPS
        )
        return Response(answer.status_code, headers, body)

    async def _exchanged(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """Send a request and read the answer, inflated, as far as it keeps within bounds."""
        answer = await self._client.send(request, stream=True)
        try:
            meter = BOUNDS.bounded(request, answer)
            if meter is None:
                return answer, answer.content
            pieces = [piece async for chunk in answer.aiter_raw() for piece in meter.take(chunk)]
            meter.end()
            return answer, b"".join(pieces)
        finally:
            await answer.aclose()

    def _outgoing(self, request: Request) -> httpx.Request:
        base = self._base.raw_path.rstrip(b"/")
        target = request.target.encode("latin-1", "replace")
        url = self._base.copy_with(raw_path=base + target)
        if origin_of(url) != origin_of(self._base) or not url.raw_path.startswith(base + b"/"):
            raise Unreachable("the path leads away from the upstream")
        headers = {name: value for name, value in request.headers.items() if name not in HOPS}
        # Whoever takes it compressed gets it inflated, which happens here, within bounds.
        headers["accept-encoding"] = ENCODINGS if "gzip" in headers.get("accept-encoding", "") else "identity"
        return httpx.Request(request.method, url, headers=headers, content=request.body)
