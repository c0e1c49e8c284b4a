"""Is `ventanilla mock trigger` and `ventanilla mock replay`: webhooks that leave when you say so."""

from collections.abc import Container
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from attrs import fields_dict

from ventanilla.cli._running import URL, AsJson, Mock, Namespace, Token, Url
from ventanilla.cli._show import cut, moment, table


def trigger(
    event: Annotated[str | None, typer.Argument(help="The event, e.g. refresh; without one, those there are.")] = None,
    to: Annotated[str | None, typer.Option(help="Register this address for the event first, unless it is.")] = None,
    option: Annotated[
        list[str] | None, typer.Option("--set", help="What the event takes, NAME=VALUE, e.g. username=error_401.")
    ] = None,
    url: Url = URL,
    namespace: Namespace = "",
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Make the calls that cause an event, so that its webhooks leave.

    ventanilla mock trigger refresh --to http://127.0.0.1:5000/hook

    ventanilla mock trigger payment_notification --set amount=111.11
    """
    from ventanilla_clients.mock import api, models

    mock = Mock(url, namespace, token, as_json)
    if event is None:
        known = mock.ask(api.webhooks.list_events.sync_detailed)
        table(("EVENT", "PROFILE", "DOES"), [(each.event, each.profile, each.does) for each in known])
        return
    wanted = {"event": event, **({"url": to} if to else {}), **_options(option or [], fields_dict(models.NewEvent))}
    made = mock.ask(api.webhooks.trigger_event.sync_detailed, body=models.NewEvent.from_dict(wanted))
    print(
        f"{made.event} ({made.profile}) is under way: {', '.join(f'{k} {v}' for k, v in made.made.to_dict().items())}"
    )
    for each in made.told:
        print(f"  it will be told to {each.url}")
    if not made.told:
        print("  nobody will be told: register a webhook, or say --to ADDRESS")


def replay(
    delivery: Annotated[str | None, typer.Argument(help="Its id; without one, the deliveries there are.")] = None,
    times: Annotated[int, typer.Option(help="How often.", min=1)] = 1,
    url: Url = URL,
    namespace: Namespace = "",
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Make a webhook call again, with the same id and body.

    ventanilla mock replay

    ventanilla mock replay 545b7133-9cb5-460b-9139-93e9e9a62602 --times 2
    """
    from ventanilla_clients.mock import api, models

    mock = Mock(url, namespace, token, as_json)
    if delivery is not None:
        mock.ask(api.webhooks.replay_delivery.sync_detailed, delivery, body=models.Replay(times=times))
        print(f"{delivery} leaves again{f', {times} times' if times > 1 else ''}")
        return
    found = mock.ask(api.webhooks.list_deliveries.sync_detailed)
    rows = [
        (each.id, moment(each.at), each.profile, each.event, each.state, str(len(each.attempts)), cut(each.url))
        for each in found
    ]
    failed = [each.state not in ("waiting", "delivered") for each in found]
    table(("ID", "AT", "PROFILE", "EVENT", "STATE", "ATTEMPTS", "TO"), rows, red=failed)


def _options(given: list[str], known: Container[str]) -> dict[str, str | int | Decimal]:
    """Return the options of an event; those that are numbers as numbers."""
    options: dict[str, str | int | Decimal] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise typer.BadParameter(f"{each!r} is not NAME=VALUE", param_hint="--set")
        if name not in known:
            raise typer.BadParameter(
                f"no event takes {name!r}; `trigger --json` shows what each takes", param_hint="--set"
            )
        if name in ("company_id", "payment_id", "amount"):
            try:
                options[name] = Decimal(value) if name == "amount" else int(value)
            except (ValueError, InvalidOperation):
                raise typer.BadParameter(f"{name} is a number", param_hint="--set") from None
        else:
            options[name] = value
    return options
