"""Is `ventanilla mock`: serving the mock, and the commands that look into a running one and move it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ventanilla.cli import _webhooks
from ventanilla.cli._times import moment
from ventanilla.cli._views import deviations, journal, scenarios
from ventanilla.cli._worlds import clock, reset
from ventanilla.errors import VentanillaError

app = typer.Typer(invoke_without_command=True, pretty_exceptions_enable=False)
for command in (_webhooks.trigger, _webhooks.replay, clock, reset, journal, scenarios, deviations):
    app.command()(command)


@app.callback()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)] = 8765,
    seed: Annotated[int, typer.Option(help="Seed of ids and data: the same seed gives the same answers.")] = 0,
    at: Annotated[
        float | None,
        typer.Option(
            parser=moment,
            metavar="MOMENT",
            help="When its time begins: 2026-01-01T12:00Z, or unix seconds; else now.",
        ),
    ] = None,
    rate: Annotated[
        float, typer.Option(help="How fast its time runs: 0 stands still, 60 makes a minute of a second.")
    ] = 1.0,
    state: Annotated[Path | None, typer.Option(help="File in which everything outlasts the process.")] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Tape whose answers are all that it gives; see `ventanilla record`.")
    ] = None,
    admin: Annotated[bool, typer.Option("--admin/--no-admin", help="Whether there is a control API, /_mock.")] = True,
    token: Annotated[
        str | None,
        typer.Option(envvar="VENTANILLA_MOCK_TOKEN", help="What the control API asks for; made up beyond loopback."),
    ] = None,
    allow_remote: Annotated[bool, typer.Option(help="Let webhooks go to other machines than this one.")] = False,
) -> None:
    """Serve the mock of the three providers, or look into a running one.

    Prints `ventanilla mock: http://HOST:PORT` when it is ready; SIGTERM and SIGINT stop it.

    Then point a face, or any other client, at it:

      SYNCFY_BASE_URL=http://127.0.0.1:8765/syncfy/v1

      FACTI_BASE_URL=http://127.0.0.1:8765/facti

      FACTURAONLINE_BASE_URL=http://127.0.0.1:8765/facturaonline/api

    Tests that run at once each take a world of their own: http://127.0.0.1:8765/_ns/NAME/syncfy/v1
    """
    if context.invoked_subcommand is not None:
        return
    from ventanilla.mock.server import serve  # the other commands and --help do not need it

    try:
        serve(
            host,
            port,
            seed,
            at=at,
            rate=rate,
            admin=admin,
            token=token,
            state=state,
            replay=replay,
            allow_remote=allow_remote,
        )
    except VentanillaError:
        raise  # told by main(), in the language that is asked for
    except ValueError as problem:
        sys.exit(f"ventanilla: {problem}")
    except OSError as problem:
        sys.exit(f"ventanilla: cannot listen on {host}:{port} ({problem.strerror}); --port 0 picks a free port")
