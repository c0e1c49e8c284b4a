"""Talks to a running mock: where it is, which namespace, and its answers or one sentence why there are none."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from ventanilla_clients._runtime import Response

T = TypeVar("T")
URL = "http://127.0.0.1:8765"
TIMEOUT = 60.0

Url = Annotated[str, typer.Option(envvar="VENTANILLA_MOCK_URL", help="Where the mock is.")]
Namespace = Annotated[str, typer.Option("--namespace", "-n", envvar="VENTANILLA_MOCK_NAMESPACE", help="Whose world.")]
Token = Annotated[str, typer.Option(envvar="VENTANILLA_MOCK_TOKEN", help="The mock's token, if it has one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the mock's answer as JSON.")]


class Mock:
    """One world of a running mock, seen through the generated client of its control API."""

    def __init__(self, url: str, namespace: str, token: str, as_json: bool) -> None:
        self._url, self._as_json = url.rstrip("/"), as_json
        world = f"/_ns/{namespace}" if namespace else ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._options: dict[str, Any] = {"base_url": f"{self._url}{world}/_mock", "headers": headers}

    def ask(self, operation: Callable[..., Response[T]], /, *path: Any, **options: Any) -> T:
        """Return the decoded answer; print it and stop where JSON was asked for."""
        answer = self.answer(operation, *path, **options)
        if self._as_json:
            print(answer.content.decode())
            raise typer.Exit
        return answer.parsed

    def answer(self, operation: Callable[..., Response[T]], /, *path: Any, **options: Any) -> Response[T]:
        """Return the whole answer, or end the program with what is wrong."""
        import httpx  # serving starts without it

        from ventanilla_clients._runtime import Client, UnexpectedStatus

        try:
            with httpx.Client(**self._options, timeout=TIMEOUT, trust_env=False) as http:
                return operation(*path, client=Client(http=http), **options)
        except UnexpectedStatus as refusal:
            sys.exit(f"ventanilla: the mock says: {_said(refusal.status_code, refusal.content)}")
        except (ValueError, httpx.InvalidURL) as problem:
            sys.exit(f"ventanilla: {problem}")
        except (httpx.TransportError, httpx.UnsupportedProtocol) as failure:
            sys.exit(
                f"ventanilla: no mock answers at {self._url} ({type(failure).__name__}); "
                "start one with `ventanilla mock`, or say where it is with --url"
            )


def _said(status_code: int, content: bytes) -> str:
    try:
        return str(json.loads(content)["error"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {status_code}"
