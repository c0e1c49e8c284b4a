"""Is a receiver as a WSGI application: mount it anywhere, the last segment of the path is the token."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ventanilla.webhooks.receiver import Answer, Receiver

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class WsgiApp:
    """`DispatcherMiddleware(app, {"/hooks": receiver.wsgi})`."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request, as PEP 3333 says."""
        answer = self._answer(environ)
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(answer.headers))
        return [answer.body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers |= {
            name.replace("_", "-"): environ[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)
        }
        about = environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), headers
        peer = environ.get("REMOTE_ADDR")
        if (refusal := self._receiver.turn_away(*about, peer=peer)) is not None:
            return refusal
        # Without a length only servers that end the input themselves may be read from.
        most = self._receiver.max_bytes + 1 if environ.get("wsgi.input_terminated") else 0
        length = int(environ["CONTENT_LENGTH"]) if environ.get("CONTENT_LENGTH") else most
        try:
            body = environ["wsgi.input"].read(length)
        except Exception:  # each server has its own for a sender that has gone
            body = b""
        return self._receiver.handle(*about, body, peer=peer)
