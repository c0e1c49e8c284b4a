"""Knows the four ways in which what takes time at a provider (a job, stamping, a payer) gets on in a world."""

from typing import Literal, get_args

from attrs import frozen

Mode = Literal["timed", "immediate", "polls", "event"]
MODES: tuple[Mode, ...] = get_args(Mode)


@frozen
class Lifecycle:
    """How the processes of one provider get on.

    - `timed`: each step takes the world's pace, in seconds of its clock. The default, as at the provider.
    - `immediate`: every step happens at once; whoever asks next sees the end.
    - `polls`: a step happens each time that the process has been asked about `polls` times.
    - `event`: a step happens only when somebody says so (`World.push`, `POST /_mock/processes/…/step`).

    Another mode is for steps to come: what is on the clock already stays there, and what is held stays held until
    somebody pushes it.
    """

    mode: Mode = "timed"
    polls: int = 1

    @property
    def waits(self) -> bool:
        """Whether the clock has no say in it."""
        return self.mode in ("polls", "event")
