"""Is `ventanilla mock clock` and `ventanilla mock reset`: what is done to a world."""

from decimal import Decimal
from typing import Annotated

import typer

from ventanilla.cli import _times
from ventanilla.cli._running import URL, AsJson, Mock, Namespace, Token, Url


def clock(
    does: Annotated[
        str, typer.Argument(help="show, freeze, run, or advance.", metavar="[show|freeze|run|advance]")
    ] = "show",
    seconds: Annotated[str | None, typer.Argument(help="How far to advance: 90, 90s, 15m, 27h, 2d.")] = None,
    rate: Annotated[float, typer.Option(help="How fast it runs: 60 makes a minute of a second.", min=0)] = 1.0,
    url: Url = URL,
    namespace: Namespace = "",
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Look at the clock or move it; whatever falls due on the way happens, and its webhooks leave.

    ventanilla mock clock

    ventanilla mock clock freeze

    ventanilla mock clock advance 27h

    ventanilla mock clock run --rate 60
    """
    from ventanilla_clients.mock import api, models

    mock = Mock(url, namespace, token, as_json)
    if does == "show":
        now = mock.ask(api.clock.get_clock.sync_detailed)
    elif does in ("freeze", "run"):
        speed = Decimal(0) if does == "freeze" else Decimal(str(rate))
        now = mock.ask(api.clock.set_clock.sync_detailed, body=models.ClockChange(rate=speed))
    elif does == "advance" and seconds is not None:
        body = models.ClockAdvance(seconds=_times.seconds(seconds))
        now = mock.ask(api.clock.advance_clock.sync_detailed, body=body)
    else:
        raise typer.BadParameter("show, freeze, run, or advance with a time, e.g. `clock advance 27h`")
    print(f"{now.iso}  {'frozen' if now.rate == 0 else f'runs at {now.rate.normalize():f} seconds a second'}")


def reset(
    seed: Annotated[int | None, typer.Option(help="Another seed of ids and data.")] = None,
    url: Url = URL,
    namespace: Namespace = "",
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Begin a world anew: no users, no payments, no faults, an empty journal.

    ventanilla mock reset --namespace my-test --seed 7
    """
    from ventanilla_clients.mock import api, models

    body = models.Beginning() if seed is None else models.Beginning(seed=seed)
    settings = Mock(url, namespace, token, as_json).ask(api.worlds.reset.sync_detailed, body=body)
    print(f"the world {namespace or 'without a name'} begins anew with seed {settings.seed}")
