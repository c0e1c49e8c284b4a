"""Is `ventanilla mock journal`, `scenarios` and `deviations`: what a running mock has to show."""

from typing import Annotated

import typer

from ventanilla.cli._running import URL, AsJson, Mock, Namespace, Token, Url
from ventanilla.cli._show import cut, moment, table


def journal(
    broken: Annotated[bool, typer.Option("--broken", help="Only what broke a rule of the spec.")] = False,
    operation: Annotated[str | None, typer.Option(help="Only this operationId.")] = None,
    status: Annotated[int | None, typer.Option(help="Only this HTTP status.")] = None,
    last: Annotated[int, typer.Option(help="How many at most.", min=1)] = 50,
    curl: Annotated[int | None, typer.Option(help="Print the request with this number as a curl command.")] = None,
    har: Annotated[bool, typer.Option("--har", help="Print the exchanges as an HTTP archive.")] = False,
    url: Url = URL,
    namespace: Namespace = "",
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Show what the mock was asked and what it answered, the oldest first; foreign credentials are masked.

    ventanilla mock journal --broken

    ventanilla mock journal --curl 12

    ventanilla mock journal --har > mock.har
    """
    from ventanilla_clients._runtime import UNSET
    from ventanilla_clients.mock import api

    mock = Mock(url, namespace, token, as_json)
    if curl is not None:
        print(mock.answer(api.requests.get_request_curl.sync_detailed, curl).content.decode().rstrip())
        return
    wanted = {
        "operation": UNSET if operation is None else operation,
        "status": UNSET if status is None else status,
        "broken": True if broken else UNSET,
        "limit": last,
    }
    if har:
        print(mock.answer(api.requests.export_har.sync_detailed, **wanted).content.decode())
        return
    found = mock.ask(api.requests.find_requests.sync_detailed, **wanted)
    rows = [
        (
            str(each.id),
            moment(each.at),
            each.request.method,
            cut(each.request.path),
            str(each.response.status),
            each.operation or "",
            cut("; ".join([*each.problems, *([f"fault {each.fault}"] if each.fault else [])])),
        )
        for each in found
    ]
    headings = ("N", "AT", "METHOD", "PATH", "STATUS", "OPERATION", "BROKE")
    table(headings, rows, red=[bool(each.problems or each.fault) for each in found])


def scenarios(
    choose: Annotated[
        str | None, typer.Argument(help="Play it with whatever comes next, e.g. syncfy/error_401.")
    ] = None,
    times: Annotated[int, typer.Option(help="How often.", min=1)] = 1,
    url: Url = URL,
    namespace: Namespace = "",
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Show the magic values, or choose a scenario by name for what comes next.

    ventanilla mock scenarios

    ventanilla mock scenarios syncfy/error_401 --times 2
    """
    from ventanilla_clients.mock import api, models

    mock = Mock(url, namespace, token, as_json)
    if choose is not None:
        provider, _, name = choose.partition("/")
        body = models.ScenarioChoice(provider=provider, name=name, times=times)
        waiting = mock.ask(api.scenarios.choose_scenario.sync_detailed, body=body)
        for owner, names in waiting.to_dict()["chosen"].items():
            print(f"{owner}: {', '.join(names)}")
        return
    rows = [
        (each.provider, each.name, each.value, each.where, each.does, each.origin)
        for each in mock.ask(api.scenarios.list_scenarios.sync_detailed).scenarios
    ]
    table(("PROVIDER", "NAME", "VALUE", "WHERE", "DOES", "ORIGIN"), rows)


def deviations(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the whole page as Markdown.")] = False,
    url: Url = URL,
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Say of every operation how sure it is: documented, recorded, from a client, third-party, inferred, invented.

    ventanilla mock deviations

    ventanilla mock deviations --markdown > DEVIATIONS.md
    """
    from ventanilla_clients.mock import api

    mock = Mock(url, "", token, as_json)
    if markdown:
        print(mock.answer(api.about.get_deviations_markdown.sync_detailed).content.decode().rstrip())
        return
    rows = [
        (
            f"{each['provider']}.{each['operation']}",
            each["level"],
            str(len(each["parts"])),
            str(len(each["ours"])),
            cut(each["source"] or ""),
        )
        for each in mock.ask(api.about.get_deviations.sync_detailed)["operations"]
    ]
    table(("OPERATION", "LEVEL", "LESS SURE PARTS", "OURS", "SOURCE"), rows)
