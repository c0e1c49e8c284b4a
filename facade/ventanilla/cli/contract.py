"""Is `ventanilla contract`: holds a server to the spec of one of the three APIs, and says what it breaks."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ventanilla.cli._show import table
from ventanilla.errors import VentanillaError

if TYPE_CHECKING:
    from ventanilla.contract import Report
    from ventanilla.contract._campaign import Campaign

BROKEN, UNUSABLE = 1, 2
GLANCE_SECONDS = 0.2


def contract(
    base_url: Annotated[
        str, typer.Option(help="Where the server is, with the provider's own path: http://127.0.0.1:8765/syncfy/v1")
    ],
    spec: Annotated[
        str | None, typer.Option(help="syncfy, facti or facturaonline; not needed where the address says so.")
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Send only what reads. Beyond this machine that is so anyway.")
    ] = False,
    write: Annotated[
        str | None,
        typer.Option(
            metavar="HOST",
            help="Allow writing to a server beyond this machine; repeat its host's name. Everything there is real: "
            "users are made and deleted, customers with made-up addresses are asked for payment by e-mail, payrolls "
            "are stamped at the SAT and cancelled. What generated requests make is not removed.",
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Ask the same again; any if left out, it is printed.", min=0)] = None,
    examples: Annotated[int, typer.Option(help="Made-up requests for each operation.", min=1)] = 5,
    sequences: Annotated[
        int | None, typer.Option(help="Sequences of operations, by the spec's links; else twice the examples.", min=1)
    ] = None,
    operations: Annotated[str, typer.Option(metavar="A,B", help="Only these operations, by operationId.")] = "",
    phases: Annotated[
        str, typer.Option(metavar="A,B", help="Only these of examples, coverage, fuzzing, stateful.")
    ] = "",
    without: Annotated[str, typer.Option(metavar="A,B", help="Leave these rules out.")] = "",
    max_seconds: Annotated[float | None, typer.Option(help="Stop after so many seconds.", min=1)] = None,
    max_requests: Annotated[
        int | None, typer.Option(help="Stop after so many requests; 2000 beyond this machine.", min=1)
    ] = None,
    rate: Annotated[
        float | None, typer.Option(help="Requests a second; 5 beyond this machine, which Syncfy documents.", min=1)
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(help="Else from SYNCFY_API_KEY, FACTI_API_KEY or FACTURAONLINE_API_KEY.")
    ] = None,
    client_id: Annotated[str | None, typer.Option(help="Facti's; else from FACTI_CLIENT_ID.")] = None,
    company_id: Annotated[str | None, typer.Option(help="Facti's; else from FACTI_COMPANY_ID.")] = None,
    from_rfc: Annotated[str | None, typer.Option(help="Facti's; else from FACTI_FROM_RFC.")] = None,
    secret_key: Annotated[
        str | None, typer.Option(help="Factura Online's; else from FACTURAONLINE_SECRET_KEY.")
    ] = None,
    plugin: Annotated[
        str | None, typer.Option(help="Factura Online's; else from FACTURAONLINE_PLUGIN, else the published one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report as JUnit's XML, too.")] = None,
) -> None:
    """Test a server against the spec of one of the three APIs: your own fake, a gateway, a sandbox, the mock.

    Requests are made up from the spec, alone and in sequences along its links. Each answer is held to the spec, and to
    what no spec says: what was made can be read, what was deleted is gone, nobody sees what is another user's.

      ventanilla contract --base-url http://127.0.0.1:8765/facti

      ventanilla contract --base-url http://127.0.0.1:9000 --spec syncfy --examples 20 --seed 7

      ventanilla contract --base-url http://127.0.0.1:9000/facti --operations create_request,get_payment --json

      ventanilla contract --base-url https://opendata-api.syncfy.com/v1 --max-seconds 300 --junit report.xml

    On this machine everything is sent, so do not point it at a gateway that leads to a real service. Beyond it only
    what reads is sent, slowly, unless --write allows the rest. Keys come from the variables that the faces read,
    else, on this machine, they are the mock's; no report shows one.

    Exit code 0 when every rule is kept, 1 when one is broken, 2 when the server cannot be tested.
    """
    from ventanilla.contract import Account, Bounds, check  # --help does not need it

    account = Account(api_key, client_id, company_id, from_rfc, secret_key, plugin)
    bounds = Bounds(rate, max_requests, max_seconds)
    try:
        with _nothing_left_behind(), _progress() as say:
            report = check(
                base_url,
                spec=spec,
                account=account,
                write=False if read_only else write,
                seed=seed,
                examples=examples,
                sequences=sequences,
                operations=_names(operations),
                phases=_names(phases),
                without=_names(without),
                bounds=bounds,
                say=say,
            )
    except VentanillaError as error:
        print(f"ventanilla: {error}", file=sys.stderr)
        raise typer.Exit(UNUSABLE) from None
    if junit is not None:
        junit.write_text(report.as_junit(), encoding="utf-8")
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _show(report)
    if not report.passed:
        raise typer.Exit(BROKEN if report.findings else UNUSABLE)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _show(report: "Report") -> None:
    rows = [
        (row.operation, row.label, str(row.cases), ", ".join(row.broken) or ("ok" if row.cases else "not tested"))
        for row in report.rows
    ]
    table(("OPERATION", "", "CASES", "RESULT"), rows, red=[bool(row.broken) for row in report.rows])
    for finding in report.findings:
        print(f"\n{finding}")
    print(f"\n{report.summary}")


@contextmanager
def _nothing_left_behind() -> Generator[None]:
    """Keep what hypothesis writes down out of the folder in which somebody works."""
    try:
        from hypothesis.configuration import set_hypothesis_home_dir
    except ImportError:
        yield  # check() says what is missing
        return
    with tempfile.TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        yield


@contextmanager
def _progress() -> Generator[Callable[["Campaign", str], None]]:
    """Say on a terminal how far it has got."""
    if not sys.stderr.isatty():
        yield lambda campaign, phase: None
        return
    from rich.console import Console

    said = time.monotonic()
    with Console(stderr=True).status("looking around") as status:

        def say(campaign: "Campaign", phase: str) -> None:
            nonlocal said
            if time.monotonic() - said >= GLANCE_SECONDS:
                said = time.monotonic()
                found = f", {len(campaign.failures)} rules broken" if campaign.failures else ""
                status.update(f"seed {campaign.seed}, {campaign.cases.total()} cases{found}, {phase}")

        yield say
