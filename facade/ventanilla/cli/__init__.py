"""Is the command line: `ventanilla mock …`, `demo`, `listen`, `record`, `drift`, `docs`, `journal` and `contract`."""

import os
import sys
from typing import Annotated

from ventanilla.errors import VentanillaError

try:
    import typer

    from ventanilla.cli import mock
    from ventanilla.cli.contract import contract
    from ventanilla.cli.docs import docs
    from ventanilla.cli.drift import drift
    from ventanilla.cli.journal import journal
    from ventanilla.cli.listen import listen
    from ventanilla.cli.record import record
except ImportError as missing:  # pragma: no cover - the packaging test runs it in an environment without the extra
    sys.exit(f"the command line needs {missing.name}: pip install 'ventanilla[cli,mock]'")

app = typer.Typer(
    help="The window onto Syncfy, Facti and Factura Online.\n\n"
    "Examples:\n\n"
    "  ventanilla demo                       the workflows, against an embedded mock\n\n"
    "  ventanilla mock                       the mock of all three, on port 8765\n\n"
    "  ventanilla mock --port 0 --seed 7     on a free port, with other ids and data\n\n"
    "  ventanilla mock journal --broken      what broke the spec, of what a running mock was asked\n\n"
    "  ventanilla mock trigger refresh --to http://127.0.0.1:5000/hook\n\n"
    "  ventanilla listen                     receive webhooks on port 9000, and print them\n\n"
    "  ventanilla record --upstream https://opendata-api.syncfy.com/v1 --out tape\n\n"
    "  ventanilla drift tape                 where a service differs from its spec\n\n"
    "  ventanilla contract --base-url http://127.0.0.1:9000/facti    hold your own server to a spec\n\n"
    "  ventanilla journal                    the payment requests and payrolls that were kept before they were sent\n\n"
    "  ventanilla docs facti                 what the service takes and answers, as Markdown",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(mock.app, name="mock")
app.command()(listen)
app.command()(record)
app.command()(drift)
app.command()(docs)
app.command()(journal)
app.command()(contract)


@app.command()
def demo(seed: Annotated[int, typer.Option(help="Seed of the mock's ids and data.")] = 0) -> None:
    """Run the workflows of the three providers, sync and async, against an embedded mock, printing each step."""
    from ventanilla.demo import main as run_demo  # the mock command does not need it

    raise typer.Exit(run_demo(seed))


def main() -> None:
    """Run the command line; a failure is a sentence or two on stderr, in Spanish with VENTANILLA_LANG=es."""
    try:
        app()
    except VentanillaError as error:
        sys.exit(f"ventanilla: {_said(error)}")
    except ImportError as error:
        sys.exit(f"ventanilla: {error.name} is missing: pip install 'ventanilla[cli,mock]'")


def _said(error: VentanillaError) -> str:
    # The rest of the command line is English, so the system's own language does not decide.
    return error.explain("es") if os.environ.get("VENTANILLA_LANG", "").lower().startswith("es") else str(error)
