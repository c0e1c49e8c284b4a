"""Is the command line: `ventanilla mock` and `ventanilla demo`."""

import sys
from typing import Annotated

from ventanilla.errors import VentanillaError

try:
    import typer
except ImportError:  # pragma: no cover - the packaging test runs it in an environment without the extra
    sys.exit("the command line needs its extra: pip install 'ventanilla[cli,mock]'")

app = typer.Typer(
    help="The window onto Syncfy, Facti and Factura Online.\n\n"
    "Examples:\n\n"
    "  ventanilla demo                    the workflows, against an embedded mock\n\n"
    "  ventanilla mock                    the mock of all three, on port 8765\n\n"
    "  ventanilla mock --port 0 --seed 7  on a free port, with other ids and data",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def mock(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)] = 8765,
    seed: Annotated[int, typer.Option(help="Seed of ids and data: the same seed gives the same answers.")] = 0,
) -> None:
    """Serve the mock of the three providers.

    Prints `ventanilla mock: http://HOST:PORT` when it is ready; SIGTERM and SIGINT stop it.

    Then point a face, or any other client, at it:

      SYNCFY_BASE_URL=http://127.0.0.1:8765/syncfy/v1

      FACTI_BASE_URL=http://127.0.0.1:8765/facti

      FACTURAONLINE_BASE_URL=http://127.0.0.1:8765/facturaonline/api
    """
    from ventanilla.mock.server import serve  # the demo and --help do not need it

    try:
        serve(host=host, port=port, seed=seed)
    except OSError as problem:
        sys.exit(f"ventanilla: cannot listen on {host}:{port} ({problem.strerror}); --port 0 picks a free port")


@app.command()
def demo(seed: Annotated[int, typer.Option(help="Seed of the mock's ids and data.")] = 0) -> None:
    """Run the workflows of the three providers, sync and async, against an embedded mock, printing each step."""
    from ventanilla.demo import main as run_demo  # the mock command does not need it

    raise typer.Exit(run_demo(seed))


def main() -> None:
    """Run the command line; a failure is one sentence on stderr, without a traceback."""
    try:
        app()
    except VentanillaError as error:
        sys.exit(f"ventanilla: {error}")
    except ImportError as error:
        sys.exit(f"ventanilla: {error.name} is missing: pip install 'ventanilla[cli,mock]'")


if __name__ == "__main__":
    main()
