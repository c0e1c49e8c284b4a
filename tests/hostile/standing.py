"""Stands in for a provider: answers each operation with the spec's own example, bent as a test wants."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
from attrs import evolve, frozen

GENERATED = Path(__file__).resolve().parents[2] / "generated" / "ventanilla_clients"
PREFIX = {"syncfy": "/v1", "facti": "", "facturaonline": "/api"}
METHODS = ("get", "post", "put", "delete")
FILES = {"get_payroll_item_pdf": b"%PDF-1.4", "get_payroll_item_xml": b"<?xml version='1.0'?><cfdi:Comprobante/>"}
# What the documents' examples call the objects that they answer with, each of its own; here all are asked for by one.
IDS: dict[str, tuple[str, str, str | int]] = {
    "mark_payment_paid": ("details", "id", 5022),
    "delete_payment": ("payment_details", "id", 5022),
    "get_payroll_item": ("data", "uid", "6206f3702bcdd"),
    "get_employee": ("data", "uid", "6206f3702bcdd"),
    "get_group": ("data", "uid", "6206f3702bcdd"),
}
# One that ends well, in the place of one that waits for an answer.
FINISHED = [{"code": 100}, {"code": 101}, {"code": 200}]


@frozen
class Answer:
    """What an operation is answered with."""

    operation: str
    status: int
    headers: dict[str, str]
    body: bytes


Bend = Callable[[Answer, httpx.Request], Answer]


@cache
def spec(provider: str) -> dict[str, Any]:
    """Return the compiled spec of a provider."""
    document: dict[str, Any] = json.loads((GENERATED / provider / "openapi.json").read_text(encoding="utf-8"))
    return document


def operations(provider: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and operation."""
    for path, item in spec(provider)["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


@cache
def _examples(provider: str) -> list[tuple[str, re.Pattern[str], Answer]]:
    found: list[tuple[str, re.Pattern[str], Answer]] = []
    # Fixed paths first: a template would take their last part for an id.
    for method, path, operation in sorted(operations(provider), key=lambda each: each[1].count("{")):
        pattern = re.compile(PREFIX[provider] + re.sub(r"\{\w+\}", "[^/]+", path))
        found.append((method, pattern, _answer(provider, operation)))
    return found


def _answer(provider: str, operation: dict[str, Any]) -> Answer:
    name: str = operation["operationId"]
    if name in FILES:
        return Answer(name, 200, {"Content-Type": "application/octet-stream"}, FILES[name])
    content = _followed(provider, operation["responses"]["200"])["content"]
    kind, media = next((kind, media) for kind, media in content.items() if "examples" in media)
    value: Any = copy.deepcopy(_followed(provider, next(iter(media["examples"].values())))["value"])
    if name == "list_job_statuses":
        value["response"] = FINISHED
    if name in IDS:
        place, field, id_ = IDS[name]
        value[place][field] = id_
    if name == "create_payroll":
        value["uid"] = "6206f3702bcdd"
    if name == "get_payment":
        value["details"]["status"] = "0"  # else it could not be deleted
    body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    return Answer(name, 200, {"Content-Type": kind}, body)


def _registered(answer: Answer, request: httpx.Request) -> Answer:
    """Return the answer to the registration of a webhook, of the URL that was registered."""
    value, asked = json.loads(answer.body), json.loads(request.content or b"{}")
    value["response"]["url"] = asked.get("url", value["response"]["url"])
    return evolve(answer, body=json.dumps(value).encode())


def _followed(provider: str, node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = spec(provider)
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def example(provider: str, operation: str) -> Any:
    """Return the JSON that an operation is answered with."""
    (body,) = (answer.body for _, _, answer in _examples(provider) if answer.operation == operation)
    return json.loads(body)


class Standing:
    """A provider of examples, for httpx.MockTransport or a wire.

    Attributes:
        asked: the operations that were asked for.
        seen: the requests.
    """

    def __init__(self, provider: str, bend: Bend | None = None) -> None:
        self.provider, self.bend = provider, bend
        self.asked: list[str] = []
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request of httpx, in this process."""
        answer = self.answer(request)
        return httpx.Response(answer.status, headers=answer.headers, stream=httpx.ByteStream(answer.body))

    def answer(self, request: httpx.Request) -> Answer:
        """Return the answer to a request."""
        self.seen.append(request)
        for method, pattern, answer in _examples(self.provider):
            if method == request.method and pattern.fullmatch(request.url.path):
                self.asked.append(answer.operation)
                if answer.operation == "create_webhook":
                    answer = _registered(answer, request)
                return answer if self.bend is None else self.bend(answer, request)
        raise AssertionError(f"no operation is {request.method} {request.url.path}")

    def spoken(self, request: bytes) -> list[bytes]:
        """Answer one request of a wire."""
        head, _, content = request.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        method, path, _ = first.decode().split(" ")
        headers = dict(cast("tuple[str, str]", tuple(line.decode().split(": ", 1))) for line in lines)
        answer = self.answer(httpx.Request(method, f"http://127.0.0.1{path}", headers=headers, content=content))
        named = {**answer.headers, "Content-Length": str(len(answer.body))}
        head = f"HTTP/1.1 {answer.status} Said\r\n".encode()
        return [head + b"".join(f"{k}: {v}\r\n".encode() for k, v in named.items()) + b"\r\n" + answer.body]
