"""Is `ventanilla record`: between an application and a service, it keeps what they say to each other."""

from pathlib import Path
from typing import Annotated

import typer

from ventanilla.errors import ConfigurationError


def record(
    upstream: Annotated[str, typer.Option(help="Base URL of the service: https, or http on this machine.")],
    out: Annotated[Path, typer.Option(help="Folder of the tape; one that has exchanges is gone on with.")],
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)] = 8764,
    spec: Annotated[
        str | None,
        typer.Option(help="Whose spec it is, if its address does not say so: syncfy, facti, facturaonline."),
    ] = None,
    values: Annotated[
        bool, typer.Option("--values/--no-values", help="Whether values that are no secrets are kept.")
    ] = True,
) -> None:
    """Pass requests on to a service, and keep each exchange in a folder: one HTTP archive each, without secrets.

    Prints `ventanilla record: http://127.0.0.1:PORT` when it is ready; SIGTERM and SIGINT stop it.

    Keys, tokens, passwords, logins, codes and cookies are replaced before anything is written. Personal data is not:
    names, RFCs and movements stay in the tape, unless --no-values replaces every value by a placeholder of its type.

    ventanilla record --upstream https://opendata-api.syncfy.com/v1 --out tape

      SYNCFY_BASE_URL=http://127.0.0.1:8764

    ventanilla record --upstream http://127.0.0.1:8765 --out tape --port 0

      SYNCFY_BASE_URL=http://127.0.0.1:PORT/syncfy/v1

    ventanilla record --upstream https://api.facti.mx --out tape --no-values
    """
    from ventanilla.tapes._recording import record  # --help does not need it

    try:
        lost = record(upstream, out, port=port, spec=spec, values=values)
    except OSError as problem:
        raise ConfigurationError(
            (
                f"cannot listen on 127.0.0.1:{port} ({problem.strerror})",
                f"no se puede escuchar en 127.0.0.1:{port} ({problem.strerror})",
            ),
            hint=("--port 0 picks a free port", "Usar --port 0 para tomar un puerto libre"),
        ) from None
    raise typer.Exit(1 if lost else 0)
