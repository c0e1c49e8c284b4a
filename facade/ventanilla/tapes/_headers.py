"""Knows the headers that come with any answer and say nothing of the service: those of servers, caches and gateways."""

import re
from functools import cache

# `…` stands for anything.
TRANSPORT = {
    "HTTP's own": "Allow, Connection, Content-Encoding, Content-Length, Content-Type, Date, Keep-Alive, Server, "
    "Trailer, Transfer-Encoding, Upgrade, Via",
    "caches'": "Accept-Ranges, Age, Cache-Control, Content-Language, ETag, Expires, Last-Modified, Pragma, Vary",
    "rules for browsers": "Access-Control-…, Alt-Svc, Content-Security-Policy…, Cross-Origin-…, Expect-CT, NEL, "
    "Permissions-Policy, Referrer-Policy, Report-To, Reporting-Endpoints, Strict-Transport-Security, "
    "X-Content-Type-Options, X-Download-Options, X-Frame-Options, X-Permitted-Cross-Domain-Policies, X-XSS-Protection",
    "frameworks'": "P3P, Set-Cookie, Status, X-AspNet…, X-Generator, X-Powered-By, X-Runtime",
    "content networks' and gateways'": "CF-…, Server-Timing, Timing-Allow-Origin, X-Amz-…, X-Amzn-…, X-Azure-…, "
    "X-Backend…, X-Cache…, X-Cloud-Trace-Context, X-Correlation-Id, X-Edge-…, X-Envoy-…, X-Kong-…, X-Proxy-Cache, "
    "X-Request-Id, X-Served-By, X-Timer, X-Trace-Id, X-Varnish",
    "the mock's": "X-Ventanilla-Instance",
}


def is_transport(name: str) -> bool:
    """Return whether a header is of no interest; the content type is compared by itself."""
    return _pattern().fullmatch(name) is not None


@cache
def _pattern() -> re.Pattern[str]:
    names = [name for row in TRANSPORT.values() for name in row.split(", ")]
    return re.compile("|".join(re.escape(name).replace("…", ".*") for name in names), re.IGNORECASE)
