"""Knows the course of contract tests: choose, prepare, test, put back, report."""

import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

import httpx

from ventanilla.contract import PHASES, _engine, _opening
from ventanilla.contract._answers import CannotPrepare
from ventanilla.contract._campaign import Campaign, Finding
from ventanilla.contract._force import known_rules
from ventanilla.contract._repeat import Teller
from ventanilla.contract._report import Report, reported
from ventanilla.contract._service import Service
from ventanilla.contract._values import Account, Bounds
from ventanilla.contract._wire import Unsent, reads
from ventanilla.errors import ConfigurationError

# Beyond this machine: the phase of coverage alone has some fifty requests for each operation.
FEWER = ("examples", "fuzzing", "stateful")
SEEDS = 10**6


def tested(
    base_url: str,
    *,
    spec: str | None,
    account: Account,
    write: bool | str | None,
    seed: int | None,
    examples: int,
    sequences: int | None,
    operations: Sequence[str],
    phases: Sequence[str],
    without: Sequence[str],
    bounds: Bounds,
    transport: httpx.BaseTransport | None,
    say: Callable[[Campaign, str], None],
) -> Report:
    """Test a server; arguments and errors as in ventanilla.contract.check."""
    name = _opening.spec_of(base_url, spec)
    writes = _opening.may_write(base_url, write)
    _all_known("phase", phases, PHASES)
    _all_known("rule", without, known_rules())
    service, wire = _opening.opened(base_url, name, account, bounds, writes=writes, transport=transport)
    try:
        chosen = _chosen(service, operations)
        _prepare(service)
        campaign = _engine.run(
            service,
            seed=secrets.randbelow(SEEDS) if seed is None else seed,
            examples=examples,
            sequences=2 * examples if sequences is None else sequences,
            operations=chosen,
            phases=phases or (PHASES if _opening.is_near(base_url) else FEWER),
            without=without,
            say=say,
            enough=wire.enough,
        )
        if wire.is_cut:
            campaign.errors.append(Finding("", "", _engine.UNANSWERED, wire.enough()))
        wire.unbind()
        with suppress(*_engine.MISSED):
            service.finish()
        return reported(campaign, service.spec, base_url=base_url, read_only=not writes, requests=wire.count)
    finally:
        wire.close()


def _chosen(service: Service, operations: Sequence[str]) -> list[str]:
    """Return the operations to test, all of which may be sent."""
    _all_known("operation", operations, service.spec.operations)
    allowed = service.spec.operations.keys() if service.may_write else reads(service.spec)
    if refused := [name for name in operations if name not in allowed]:
        named = ", ".join(refused)
        raise ConfigurationError(
            (
                f"{named} may write, and this server may only be read",
                f"{named} puede escribir, y este servidor solo se puede leer",
            ),
            hint=(
                "Beyond this machine --write, or write= in Python, allows it by the name of the host",
                "Fuera de esta máquina lo permite --write, o write= en Python, con el nombre del host",
            ),
        )
    return sorted(operations or allowed)


def _prepare(service: Service) -> None:
    try:
        service.prepare()
    except _engine.MISSED as problem:
        is_said = isinstance(problem, Unsent | CannotPrepare)
        said = Teller(service).plain(str(problem)) if is_said else "the answers are not what the spec says"
        raise ConfigurationError(
            (
                f"the tests cannot begin at {service.origin}: {said}",
                f"las pruebas no pueden empezar en {service.origin}: «{said}»",
            ),
            hint=("Check the address, the path and the keys", "Revisar la dirección, la ruta y las llaves"),
        ) from None


def _all_known(what: str, given: Sequence[str], known: Collection[str]) -> None:
    if unknown := [name for name in given if name not in known]:
        raise ConfigurationError(f"there is no {what} {', '.join(unknown)}; there are {', '.join(sorted(known))}")
