"""Knows the employees whose stamping does not go well: whoever is called so plays the scenario."""

from attrs import frozen

from ventanilla.mock._ours import ours
from ventanilla.mock.scenarios import Origin, Scenario, taken
from ventanilla.mock.world import World

FACTURAONLINE = "facturaonline"
PREFIX = "mock_"


@frozen(kw_only=True)
class Stamping(Scenario):
    """How the stamping of an employee's record goes; the value is the employee's given name, in any case."""

    provider: str = FACTURAONLINE
    where: str = "nombre of an employee"
    # The service has no such names.
    origin: Origin = "ours"
    use: str = 'POST /facturaonline/api/payroll/employee/create {"nombre": "{value}", …}'
    by_name: bool = True
    error: str | None = None
    # Steps of the world's pace to wait before stamping; None waits for ever.
    steps: float | None = 0


SCENARIOS = (
    Stamping(
        name="mock_error",
        value="mock_error",
        does="the record ends as error, with a message of the SAT's",
        source="documented: status_timbre error in the samples; third-party: the message",
        error="CFDI40145 - El campo Nombre del receptor no corresponde al RFC registrado ante el SAT.",
    ),
    Stamping(
        name="mock_en_fila",
        value="mock_en_fila",
        does="the record never leaves the queue",
        source="third-party: a batch waited more than two days",
        steps=None,
    ),
    Stamping(
        name="mock_lento",
        value="mock_lento",
        does="the record is stamped 20 steps later than others (4 seconds)",
        source="third-party: stamping takes seconds to minutes",
        steps=20,
    ),
)
_BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
ROWS: tuple[Scenario, ...] = (
    *SCENARIOS,
    Scenario(
        provider=FACTURAONLINE,
        name="motivo_01",
        where="motivo of a cancellation",
        value="01",
        does="is always refused: a payroll cannot name the CFDI that it replaces",
        origin="provider",
        source="third-party: payroll integrations",
        use='POST /facturaonline/api/payroll/<uid>/item/cancel {"motivo": "{value}", "folioSustituto": "<uuid>"}',
    ),
    Scenario(
        provider=FACTURAONLINE,
        name="version_3_3",
        where="version_cfdi of a payroll",
        value="3.3",
        does="is accepted and queued, and every record ends as error",
        origin="provider",
        source="documented: the sample 625598bd098d4; the text of the error is invented",
        use='POST /facturaonline/api/payroll/create {"version_cfdi": "{value}", …}',
    ),
)


def scenario_of(nombre: str) -> Stamping | None:
    """Return the scenario that a given name sets off; raises LookupError for one that does not exist."""
    name = nombre.strip().lower()
    if not name.startswith(PREFIX):
        return None
    if name not in _BY_NAME:
        raise LookupError(f"no existe el escenario {name}; los hay: {', '.join(_BY_NAME)}")
    return _BY_NAME[name]


@ours(
    "Employees called mock_error, mock_en_fila or mock_lento choose how their stamping goes (see the scenarios).",
    on="create_payroll create_employee",
)
def played(world: World, nombre: str) -> Stamping | None:
    """Return what the stamping of a new record plays: what was chosen by name, else what the given name sets off."""
    name = taken(world, FACTURAONLINE, _BY_NAME)
    return scenario_of(nombre) if name is None else _BY_NAME[name]
