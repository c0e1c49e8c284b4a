"""Contract tests: holds any server that claims to be one of the three APIs to its spec, operation by operation.

    from ventanilla.contract import check

    def test_our_fake_is_what_it_claims_to_be():
        report = check("http://127.0.0.1:9000/facti", examples=3)
        assert report.passed, report

`ventanilla contract` is the same on the command line. Both need `pip install 'ventanilla[contract]'`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ventanilla.contract._values import Account, Bounds
from ventanilla.errors import ConfigurationError

if TYPE_CHECKING:
    import httpx

    from ventanilla.contract._campaign import Campaign, Finding
    from ventanilla.contract._report import Report, Row
else:
    _HOMES = {"Report": "_report", "Row": "_report", "Finding": "_campaign"}

    def __getattr__(name: str) -> Any:
        # What they come with takes a second to load, and whoever imports check() may never call it.
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


__all__ = ["PHASES", "Account", "Bounds", "Finding", "Report", "Row", "check"]
PHASES = ("examples", "coverage", "fuzzing", "stateful")
EXAMPLES = 5


def check(
    base_url: str,
    *,
    spec: str | None = None,
    account: Account | None = None,
    write: bool | str | None = None,
    seed: int | None = None,
    examples: int = EXAMPLES,
    sequences: int | None = None,
    operations: Sequence[str] = (),
    phases: Sequence[str] = (),
    without: Sequence[str] = (),
    bounds: Bounds | None = None,
    transport: httpx.BaseTransport | None = None,
    say: Callable[[Campaign, str], None] | None = None,
) -> Report:
    """Test a server against the spec of one of the three APIs, and return which operation breaks which rule.

    On this machine (localhost, 127.0.0.1, ::1) everything is sent: users are made and deleted, payments requested,
    payrolls stamped. Anywhere else nothing but operations that read is sent, five requests a second and 2,000 in all,
    without the phase of coverage; `write` allows the rest, and then it happens to real users and real money.

    Args:
        base_url: where the server is, with what the provider has in its base URL: `http://127.0.0.1:8765/syncfy/v1`.
            Plain http is taken as the faces take it; redirects are not followed.
        spec: `syncfy`, `facti` or `facturaonline`; not needed where the address says so.
        account: the keys; what is left out comes from the variables that the faces read, as `SYNCFY_API_KEY`.
        write: whether anything may be made, changed and deleted: False forbids it, also on this machine; elsewhere
            only the host's name, as in the URL, allows it.
        seed: decides every generated request; any when left out, and the report has it.
        examples: how many requests are made up for each operation in the phase of fuzzing.
        sequences: how many sequences of operations the stateful phase has; twice the examples when left out.
        operations: operationIds of the only ones to test; all when left out.
        phases: some of `PHASES`; all when left out, and beyond this machine all but coverage.
        without: names of rules to leave out, as the report has them.
        bounds: how fast and how much.
        transport: an httpx transport, as the faces take one: `MockTransport(Mock())` needs no socket.
        say: hears now and then how far it has got, and in which phase.

    Raises:
        ConfigurationError: the address, a key or another argument is missing, unsafe or unknown; or the server does
            not have what the tests begin with, such as a user; or schemathesis is not installed.
    """
    try:
        from ventanilla.contract._checking import tested
    except ImportError as missing:
        raise ConfigurationError(
            (f"contract tests need {missing.name}", f"las pruebas de contrato necesitan {missing.name}"),
            hint=("Install it: pip install 'ventanilla[contract]'", "Instalarlo: pip install 'ventanilla[contract]'"),
        ) from None
    return tested(
        base_url,
        spec=spec,
        account=account or Account(),
        write=write,
        seed=seed,
        examples=examples,
        sequences=sequences,
        operations=operations,
        phases=phases,
        without=without,
        bounds=bounds or Bounds(),
        transport=transport,
        say=say or (lambda campaign, phase: None),
    )


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
