"""Is a server that answers a byte at a time and never ends, in the headers or in the body."""

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

START = {
    "headers": b"HTTP/1.1 200 OK\r\nX-Slow: ",
    "body": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
    "chunk": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nFFFF;",
}


@contextmanager
def dripping(where: str, every: float = 0.02, lasts: float = 10.0) -> Generator[int]:
    """Serve on a port of 127.0.0.1, and give it; a connection is closed after so many seconds."""
    ended, threads = threading.Event(), list[threading.Thread]()

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(START[where])
            ends_at = time.monotonic() + lasts
            while not ended.wait(every) and time.monotonic() < ends_at:
                connection.sendall(b"x")

    def accept(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threads.append(threading.Thread(target=drip, args=(connection,)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threads.append(threading.Thread(target=accept, args=(listening,)))
        threads[0].start()
        try:
            yield listening.getsockname()[1]
        finally:
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join()
