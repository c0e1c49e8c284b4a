"""Serves a receiver over HTTP with what Python brings: for `ventanilla listen` and tests, not for the open network."""

import contextlib
import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from ventanilla.webhooks.receiver import Answer, Receiver

SILENCE_SECONDS = 10.0
LONGEST_LINE = 1024
_log = logging.getLogger("ventanilla.webhooks")


class Door(ThreadingHTTPServer):
    """A server on a socket that is bound already: `serve_forever()` serves until `end()` is called.

    Args:
        receiver: who takes the calls.
        host: the address to listen on.
        port: the port; 0 picks a free one.

    Raises OSError when it cannot listen there.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, receiver: Receiver, host: str, port: int) -> None:
        self.receiver = receiver
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Visit)
        self.origin = f"http://{f'[{host}]' if ':' in host else host}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind, without looking up the name of this machine, which may take its time."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def end(self) -> None:
        """Have it end, from whatever thread; from the one that it serves in, it cannot be waited for."""
        threading.Thread(target=self.shutdown, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say of a caller who went away, or was too slow, no more than that there was one."""
        _log.debug("a connection broke off", exc_info=True)


class _Visit(BaseHTTPRequestHandler):
    """One connection, which has one request. Paths hold the token, so nothing is logged of them."""

    protocol_version, server_version, sys_version = "HTTP/1.1", "ventanilla", ""
    timeout = SILENCE_SECONDS

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        receiver, headers = cast("Door", self.server).receiver, self.headers.items()
        about = self.command, self.path, headers
        peer = str(self.client_address[0])
        answer = receiver.turn_away(*about, peer=peer)
        self._say(answer or receiver.handle(*about, self._body(receiver.max_bytes), peer=peer))

    def _body(self, most: int) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks(most)
        # The receiver has seen that it is a number, and not too large.
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _chunks(self, most: int) -> bytes:
        body = bytearray()
        with contextlib.suppress(ValueError):
            while len(body) <= most and (size := int(self.rfile.readline(LONGEST_LINE).split(b";")[0], 16)) > 0:
                body += self.rfile.read(min(size, most + 1))
                self.rfile.readline(LONGEST_LINE)
            return bytes(body)
        return b""  # which is no event

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in (*answer.headers, ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no HTTP, without repeating it."""
        self.command = getattr(self, "command", None) or ""
        self._say(Answer(int(code), (("Content-Length", "0"),), b""))

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""
