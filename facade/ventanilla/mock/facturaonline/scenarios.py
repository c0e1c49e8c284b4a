"""Knows the employees whose stamping does not go well: whoever is called so plays the scenario.

The service has no such names; all of them are ours. What they bring about has been seen there.
"""

from attrs import frozen

PREFIX = "mock_"


@frozen
class Scenario:
    """One scenario: the given name that sets it off, what happens, and who has seen it happen."""

    marker: str
    effect: str
    seen: str
    error: str | None = None
    # Steps of the world's pace to wait before stamping; None waits for ever.
    steps: float | None = 0


SCENARIOS = (
    Scenario(
        marker="mock_error",
        effect="the record ends as error, with a message of the SAT's",
        seen="provider: status_timbre error in the samples; the message is third-party",
        error="CFDI40145 - El campo Nombre del receptor no corresponde al RFC registrado ante el SAT.",
    ),
    Scenario(
        marker="mock_en_fila",
        effect="the record never leaves the queue",
        seen="third-party: a batch waited more than two days",
        steps=None,
    ),
    Scenario(
        marker="mock_lento",
        effect="the record is stamped 20 steps later than others (4 seconds)",
        seen="third-party: seconds to minutes",
        steps=20,
    ),
)


def scenario_of(nombre: str) -> Scenario | None:
    """Return the scenario that a given name sets off; raises LookupError for one that does not exist."""
    name = nombre.strip().lower()
    if not name.startswith(PREFIX):
        return None
    found = next((scenario for scenario in SCENARIOS if scenario.marker == name), None)
    if found is None:
        known = ", ".join(scenario.marker for scenario in SCENARIOS)
        raise LookupError(f"no existe el escenario {name}; los hay: {known}")
    return found
