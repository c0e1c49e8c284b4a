"""Speaks HTTP by hand on a port of this machine, as rudely as a test wants, and remembers who came."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager

Answer = Callable[[bytes], Iterable[bytes]]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Wire:
    """A server whose answers are bytes.

    Attributes:
        came: the requests, heads and bodies; a connection without a request is an empty one.
        sent: bytes of each answer that the other side took, at most.
        hung_up: how many connections the other side closed before its answer was whole.
    """

    def __init__(self, listening: socket.socket, answer: Answer) -> None:
        self.came: list[bytes] = []
        self.sent: list[int] = []
        self.hung_up = 0
        self.port: int = listening.getsockname()[1]
        self._listening, self._answer = listening, answer

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self) -> None:
        with contextlib.suppress(OSError):  # closed: it is over
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._hold, args=(connection,), daemon=True).start()

    def _hold(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            while True:
                try:
                    request = _request(connection)
                except OSError:
                    request = b""
                if request or not self.sent:
                    self.came.append(request)
                if not request or not self._say(connection, self._answer(request)):
                    return

    def _say(self, connection: socket.socket, parts: Iterable[bytes]) -> bool:
        """Send an answer; return whether the other side took it whole."""
        self.sent.append(0)
        place = len(self.sent) - 1
        try:
            for part in parts:
                connection.sendall(part)
                self.sent[place] += len(part)
        except OSError:
            self.hung_up += 1
            return False
        return True


def _request(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(65536)
        if not part:
            return head
        head += part
    head, _, body = head.partition(b"\r\n\r\n")
    declared = LENGTH.search(head)
    while declared and len(body) < int(declared[1]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def wire(answer: Answer) -> Generator[Wire]:
    """Serve answers while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Wire(listening, answer)
        thread = threading.Thread(target=made.serve, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            # Closing alone does not wake a thread that accepts.
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def whole(body: bytes, *headers: bytes, status: bytes = b"200 OK", kind: bytes = b"application/json") -> bytes:
    """Return one answer of known length."""
    lines = [b"HTTP/1.1 " + status, b"Content-Type: " + kind, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunk(data: bytes) -> bytes:
    """Return one chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)
