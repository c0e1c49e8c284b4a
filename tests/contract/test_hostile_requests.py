"""No request makes the mock fail: not with text that is hard to take, nor with bodies that are not what they claim."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fuzz_stages import FORM, JSON, Stage, is_list, is_mapping
from fuzzing import STAGES

from ventanilla.contract._forms import form_text
from ventanilla.mock._spec import Operation
from ventanilla.mock.wire import Request, decode

TEXTS = (
    *("", " ", "\x00", "\ud800", "ñ\u202e\U0001f4b8", "x" * 100_000, "9" * 5_000, "-1", "1e400", "NaN", "0x10", "٣"),
    *("..", "%2e%2e/", "a[b][c]", "[", "' OR 1=1", "<a>&b;", "{0}{x}%s%n", "2023-02-31", "0000-00-00", "9999-12-31"),
)
VALUES: tuple[Any, ...] = (None, True, -1, 10**400, -(10**400), 1e308, 5e-324, [], {}, [[]], {"": ""})
BODIES = (
    *(b"", b"{", b"null", b"[]", b"0", b'"x"', b"\xff\xfe", b"\x00", b"1" * 5_000, b"[" * 100_000, b'{"a":' * 50_000),
    *(b'{"a":1e999}', b'{"a":"\\ud800"}', b'{"a":1,"a":2}', b"NaN", b"\xef\xbb\xbf{}", b"a=%ff&b=%00", b"a[b" * 1_000),
)
NOBODY = "0" * 24


@pytest.mark.parametrize("provider", STAGES)
def test_no_request_makes_the_mock_fail(provider: str) -> None:
    stage = STAGES[provider]()
    asked = 0
    for operation in stage.spec.operations.values():
        for request in hostile(stage, operation):
            answer = stage.mock.handle(request)
            assert answer.status < 500, (operation.id, request.target[:300], request.body[:300], answer.body[:300])
            if dict(answer.headers)["Content-Type"] == JSON:
                decode(answer.body)
            asked += 1
    assert asked > 500


def hostile(stage: Stage, operation: Operation) -> Iterator[Request]:
    """Return requests of one operation, each with one thing in it that is hard to take."""
    keys = stage.keys(operation.security[0] if operation.security else frozenset())
    media, sample = body_of(stage, operation)
    right = form_text(dict(keys.query))
    names = [parameter.name for parameter in operation.parameters if parameter.where == "query"]

    def request(body: bytes, *, inside: str = NOBODY, query: str = "") -> Request:
        path = re.sub("{.*?}", lambda _: inside, operation.template)
        target = f"{stage.spec.mount}{path}?{query}&{right}"
        return Request(operation.method, target, {**keys.headers, "Content-Type": media}, body)

    sound = written(media, sample)
    for text in TEXTS:
        quoted = quote(text, safe="", errors="surrogatepass")
        if "{" in operation.template:
            yield request(sound, inside=quoted)
        for name in names:
            for query in (f"{name}={quoted}", f"{name}={quoted}&{name}=1", f"{name}[]={quoted}"):
                yield request(sound, query=query)
    for value in (*TEXTS, *VALUES):
        for changed in spoilt(sample, value):
            yield request(written(media, changed))
    for raw in BODIES:
        yield request(raw)


def body_of(stage: Stage, operation: Operation) -> tuple[str, Any]:
    """Return the media type and the first example of an operation's body, with the mock's credentials."""
    if not operation.body:
        return JSON, None
    media = operation.body[0].media_type
    content = stage.spec.resolve(operation.raw["requestBody"])["content"][media]
    return media, next(iter(content["examples"].values()))["value"]


def written(media: str, value: Any) -> bytes:
    """Write a body."""
    if value is None:
        return b""
    return form_text(value).encode() if media == FORM and is_mapping(value) else json.dumps(value).encode()


def spoilt(sample: Any, value: Any) -> Iterator[Any]:
    """Return copies of a sample, each with `value` in place of one of its parts or as one more property."""
    if is_mapping(sample):
        yield {**sample, "one_more": value}
        for name, part in sample.items():
            yield from ({**sample, name: changed} for changed in (value, *spoilt(part, value)))
    elif is_list(sample):
        for index, part in enumerate(sample):
            yield from ([*sample[:index], changed, *sample[index + 1 :]] for changed in (value, *spoilt(part, value)))
