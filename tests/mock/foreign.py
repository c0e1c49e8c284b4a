"""Serves the ASGI application by somebody else's server, for tests."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from ventanilla.mock.asgi import App


@contextmanager
def foreign(app: App, root_path: str = "") -> Generator[str]:
    """Serve the ASGI application by somebody else's server, for whom a proxy may have taken `root_path` away."""
    config = uvicorn.Config(
        app, port=0, lifespan="on", ws="websockets-sansio", log_level="critical", root_path=root_path
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
