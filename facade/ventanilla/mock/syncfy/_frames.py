"""Knows what the WebSocket of a job tells: its codes, each as it stands in the job's status, until the last one.

Source: the official JavaScript client's tests (`ws` needs no token, sends `{code, …}`, ends from 200 on).
"""

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Look, Refused
from ventanilla.mock.syncfy._job import SYNCFY
from ventanilla.mock.syncfy._state import State
from ventanilla.mock.world import World


@ours(
    "A frame is a code as it stands in the job's status, told once; what else the service's frames hold is not public. "
    "An unknown job is refused with 404 at the handshake.",
    on="create_credential create_job",
)
def listen(world: World, segments: tuple[str, ...]) -> Look | None:
    """Look at the job of /status/{id_job}; None for any other path."""
    if len(segments) != 2 or segments[0] != "status":
        return None
    job = world.state(State).jobs.get(segments[1])
    if job is None:
        raise Refused(404, f"there is no job {segments[1]}")
    world.polled(SYNCFY, job.process)
    is_held = (SYNCFY, job.process) in world.processes()
    return Look(
        rows=[dict(row) for row in job.history],
        is_over=job.is_over,
        again=is_held and world.lifecycle(SYNCFY).mode == "polls",
    )
