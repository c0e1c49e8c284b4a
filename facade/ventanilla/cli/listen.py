"""Is `ventanilla listen`: a receiver on a port, which keeps webhooks in a file and prints them as they come."""

import contextlib
import json
import logging
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ventanilla._signals import stopping
from ventanilla.cli._show import cut, table
from ventanilla.errors import ConfigurationError

if TYPE_CHECKING:
    from ventanilla.webhooks import Event, Kept, SqliteInbox, Stored

INBOX = Path("~/.ventanilla/inbox.sqlite3")
GLANCE_SECONDS = 0.1


def listen(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)] = 9000,
    inbox: Annotated[Path, typer.Option(envvar="VENTANILLA_INBOX", help="File to keep the events in.")] = INBOX,
    token: Annotated[
        str | None, typer.Option(envvar="VENTANILLA_WEBHOOK_TOKEN", help="End of the path; made up without one.")
    ] = None,
    ipn_password: Annotated[
        str | None, typer.Option(envvar="FACTI_IPN_PASSWORD", help="Facti's notification password, in clear.")
    ] = None,
    dead: Annotated[bool, typer.Option("--dead", help="List the dead letters of the file, and stop.")] = False,
    replay: Annotated[
        list[int] | None, typer.Option(help="Have events handled again, by their numbers, and stop.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print events as JSON, one a line.")] = False,
) -> None:
    """Receive webhooks on a port of this machine, keep them in a file, and print them as they come.

    Prints `ventanilla listen: http://HOST:PORT/TOKEN`, the address to register, when it is ready; SIGTERM and SIGINT
    stop it. What is in the file waits for a worker of yours (ventanilla.webhooks.Worker).

    ventanilla listen

    ventanilla listen --port 0 --json

    ventanilla listen --dead

    ventanilla listen --replay 12 --replay 15
    """
    from ventanilla.webhooks import SqliteInbox  # --help does not need it

    path = inbox.expanduser()
    if inbox == INBOX:
        path.parent.mkdir(mode=0o700, exist_ok=True)
    if (dead or replay) and not path.exists():
        raise ConfigurationError(f"there is no inbox {path}; say where it is with --inbox")
    with SqliteInbox(path) as kept:
        if dead:
            _show_dead(kept, as_json)
        elif replay:
            _replay(kept, replay)
        else:
            _serve(kept, host, port, token, ipn_password, as_json)


def _serve(
    inbox: "SqliteInbox", host: str, port: int, token: str | None, ipn_password: str | None, as_json: bool
) -> None:
    from ventanilla.webhooks import Receiver, new_token
    from ventanilla.webhooks._serving import Door

    token = token or new_token()
    receiver = Receiver(
        inbox,
        tokens=[token],
        ipn_password=() if ipn_password is None else ipn_password,
        on_kept=_Printer(as_json).show,
    )
    try:
        door = Door(receiver, host, port)
    except OSError as problem:
        raise ConfigurationError(
            (
                f"cannot listen on {host}:{port} ({problem.strerror})",
                f"no se puede escuchar en {host}:{port} ({problem.strerror})",
            ),
            hint=("--port 0 picks a free port", "Usar --port 0 para tomar un puerto libre"),
        ) from None
    with door, stopping(door.end), _sentences():
        # Whoever reads JSON reads nothing else.
        print(f"ventanilla listen: {door.origin}/{token}", file=sys.stderr if as_json else sys.stdout, flush=True)
        door.serve_forever(GLANCE_SECONDS)


@contextmanager
def _sentences() -> Generator[None]:
    """Have what the receiver logs said on stderr, in sentences."""
    said, logger = logging.StreamHandler(), logging.getLogger("ventanilla.webhooks")
    said.setFormatter(_Sentence("ventanilla: %(message)s"))
    logger.addHandler(said)
    try:
        yield
    finally:
        logger.removeHandler(said)


class _Sentence(logging.Formatter):
    """Leaves tracebacks out."""

    def formatException(self, ei: object) -> str:
        """Say nothing."""
        return ""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        return super().format(record).rstrip()


class _Printer:
    """Prints events, whole lines of one call at a time."""

    def __init__(self, as_json: bool) -> None:
        self._as_json, self._turn = as_json, threading.Lock()

    def show(self, kept: "Sequence[Kept]") -> None:
        """Print what was kept."""
        lines = [self._line(each) for each in kept]
        # Whoever reads along may have gone; the events are kept all the same.
        with self._turn, contextlib.suppress(BrokenPipeError):
            for line in lines:
                print(line)
            sys.stdout.flush()

    def _line(self, kept: "Kept") -> str:
        from ventanilla.webhooks.events import text_of

        if self._as_json:
            return json.dumps({"id": kept.id, "arrival": kept.arrival, **_row(kept.event)})
        again = "" if kept.arrival == "new" else f"  ({'known' if kept.arrival == 'repeat' else 'again'})"
        return f"{kept.id}  {kept.event.profile}  {text_of(kept.event)}{again}"


def _row(event: "Event") -> dict[str, Any]:
    return {
        "provider": event.provider,
        "profile": event.profile,
        "kind": event.kind,
        "name": event.name,
        "key": event.key,
        "occurred_at": None if event.occurred_at is None else event.occurred_at.isoformat(),
        "ids": event.ids,
        # Of what cannot be read, what came.
        "payload": event.payload or event.raw.decode(errors="replace"),
    }


def _show_dead(inbox: "SqliteInbox", as_json: bool) -> None:
    from ventanilla.webhooks.events import text_of

    found = list(reversed(inbox.list("dead", limit=1000)))
    if as_json:
        for each in found:
            print(json.dumps(_letter(each)))
        return
    rows = [(str(each.id), _at(each), str(each.attempts), cut(text_of(each.event)), _why(each)) for each in found]
    table(("ID", "RECEIVED", "ATTEMPTS", "EVENT", "WHY"), rows)


def _letter(stored: "Stored") -> dict[str, Any]:
    about = {"id": stored.id, "received_at": stored.received_at.isoformat(), "attempts": stored.attempts}
    return {**about, "reason": stored.reason, **_row(stored.event)}


def _at(stored: "Stored") -> str:
    return f"{stored.received_at:%Y-%m-%d %H:%M:%S}"


def _why(stored: "Stored") -> str:
    return cut(stored.reason or "")


def _replay(inbox: "SqliteInbox", ids: Sequence[int]) -> None:
    revived = inbox.replay(ids)
    print(f"{revived} of {len(ids)} events will be handled again")
    if revived < len(ids):
        raise ConfigurationError(f"{inbox!r} does not have the others, or they are being handled right now")
