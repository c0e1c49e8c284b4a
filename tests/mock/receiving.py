"""A real HTTP server that receives webhook calls, for tests."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
from attrs import field, frozen

NORMAL = "56cf5728784806f72b8b4568"


@frozen
class Hook:
    """Where to call, and what was received."""

    url: str
    received: list[bytes] = field(factory=list[bytes])


@contextmanager
def receiver(status: int = 200) -> Generator[Hook]:
    """Receive webhook calls while the block runs."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Hook(f"http://127.0.0.1:{server.server_port}/hook", received)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def link(client: httpx.Client, url: str, username: str = "test") -> Any:
    """Register a webhook and link a credential, so that three events follow; return the credential and its job."""
    events = ["credential_create", "credential_update", "refresh"]
    client.post("/webhooks", json={"url": url, "events": events}).raise_for_status()
    user = client.post("/users", json={"name": "a"}).json()["response"]["id_user"]
    token = client.post("/sessions", json={"id_user": user}).json()["response"]["token"]
    body = {"id_site": NORMAL, "credentials": {"username": username, "password": "test"}}
    answer = client.post("/credentials", json=body, headers={"Authorization": f"Bearer {token}"})
    return answer.raise_for_status().json()["response"]
