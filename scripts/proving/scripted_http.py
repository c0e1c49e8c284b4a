"""The scripted server over real sockets, in a process of its own: HTTP/1.1 with keep-alive, and TLS if wanted."""

import ssl
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from attrs import frozen

from proving.parallel import processes
from proving.scripted import ScriptedServer

SECONDS = 60.0


@frozen
class Remote:
    """The server's address, the certificate to trust it by, and a line to what it has counted."""

    origin: str
    authority: str | None
    line: Any

    def ask(self, what: str) -> Any:
        """Return `effects`, `asked` (a count for each operation), `rows` or `users`."""
        self.line.send(what)
        return self.line.recv() if self.line.poll(SECONDS) else None


@contextmanager
def serving(*, is_tls: bool = False, latency: float = 0.0) -> Generator[Remote]:
    """Serve while the block runs; each write takes effect and is answered `latency` seconds later."""
    context = processes()
    here, there = context.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        process = context.Process(target=_serve, args=(there, folder if is_tls else None, latency), daemon=True)
        process.start()
        there.close()
        try:
            port = here.recv()
            scheme = "https" if is_tls else "http"
            authority = str(Path(folder) / "certificate.pem") if is_tls else None
            yield Remote(f"{scheme}://127.0.0.1:{port}", authority, here)
        finally:
            here.close()
            process.join(SECONDS)


def _serve(line: Connection, folder: str | None, latency: float) -> None:
    scripted = ScriptedServer()

    class Handler(BaseHTTPRequestHandler):
        """Asks the scripted server."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *values: Any) -> None:
            """Tell nobody."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            before = scripted.effects()
            try:
                answer = scripted.answer(self.command, self.path, headers, body)
            except Exception:  # a script that loses the answer
                self.close_connection = True
                return
            if scripted.effects() > before:
                time.sleep(latency)
            head = [f"HTTP/1.1 {answer.status} OK".encode()]
            head += [name + b": " + value for name, value in answer.headers]
            head.append(f"Content-Length: {len(answer.body)}".encode())
            self.wfile.write(b"\r\n".join(head) + b"\r\n\r\n" + answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = _answer

    class Server(ThreadingHTTPServer):
        """Says nothing of clients that leave."""

        daemon_threads = True
        request_queue_size = 100

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Tell nobody."""

    server = Server(("127.0.0.1", 0), Handler)
    if folder is not None:
        server.socket = _certified(Path(folder)).wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    line.send(server.server_address[1])
    while True:
        try:
            asked = line.recv()
        except EOFError:
            break
        line.send(_told(scripted, asked))
    server.shutdown()


def _told(scripted: ScriptedServer, asked: str) -> Any:
    with scripted.lock:
        if asked == "effects":
            return dict(scripted.facti.effects + scripted.syncfy.effects + scripted.facturaonline.effects)
        if asked == "asked":
            from collections import Counter

            return dict(Counter(each.operation for each in scripted.asked))
        return scripted.facti.rows if asked == "rows" else scripted.syncfy.users


def _certified(folder: Path) -> ssl.SSLContext:
    """Make a certificate for this machine, leave it in a folder, and return the context of a server that has it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
