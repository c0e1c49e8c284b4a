"""Knows how a response stands on the wire: its bytes, and what comes of them when it misbehaves."""

from collections.abc import Iterator
from http import HTTPStatus

from ventanilla.mock.wire import Headers, Response

# No chunk begins like this; whoever reads it knows at once that the body is broken.
NO_CHUNK = b"this is no chunk\r\n"
SLICES_A_SECOND = 20
_REASONS = {status.value: status.phrase for status in HTTPStatus}
# An answer of these has no body and does not announce any.
BODILESS = (204, 304)


def leaves_at_once(response: Response) -> bool:
    """Say whether a response may leave as it is, with nothing to do and nothing to wait for before."""
    is_alone = response.errands is None and response.again is None
    return is_alone and not response.patience and not response.conduct.delay


def headers(response: Response) -> Headers:
    """Return all headers that announce a response, the length of the body or that it comes in chunks included."""
    # The answer to HEAD says how long the body would be.
    if response.status in BODILESS or (not response.body and "Content-Length" in dict(response.headers)):
        return response.headers
    ending, length = response.conduct.ending, len(response.body)
    if ending == "broken-chunk":
        return (*response.headers, ("Transfer-Encoding", "chunked"))
    if ending == "truncated":
        # Of an empty body something has to be missing too.
        length = max(1, length)
    return (*response.headers, ("Content-Length", str(length)))


def head(response: Response, *, closes: bool) -> bytes:
    """Return the status line and the headers. Raises ValueError for what is no header."""
    lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, '')}"]
    lines += [f"{name}: {value}" for name, value in headers(response)]
    if closes:
        lines.append("Connection: close")
    text = "\r\n".join(lines)
    if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
        raise ValueError("a header of the response has a line break in it")
    return f"{text}\r\n\r\n".encode("latin-1")


def payload(response: Response) -> bytes:
    """Return what comes of the body, as it stands on the wire."""
    if response.conduct.ending == "whole":
        return response.body
    part = sound(response)
    if response.conduct.ending == "truncated":
        return part
    return (b"%x\r\n%b\r\n" % (len(part), part) if part else b"") + NO_CHUNK


def sound(response: Response) -> bytes:
    """Return the part of the body that arrives as it is."""
    return response.body if response.conduct.ending == "whole" else response.body[: len(response.body) // 2]


def dripping(content: bytes, rate: float) -> Iterator[tuple[float, bytes]]:
    """Cut content into slices that come at a rate (bytes a second); each with the seconds that pass before it."""
    size = max(1, int(rate / SLICES_A_SECOND))
    for start in range(0, len(content), size):
        part = content[start : start + size]
        yield len(part) / rate, part
