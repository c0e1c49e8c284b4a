"""Knows how a world begins for a test: what is said on the marker, and what holds where nothing is said."""

import time
from collections.abc import Mapping
from typing import Any, get_args

from attrs import field, fields, frozen
from attrs.converters import optional

from ventanilla.mock.clock import seconds_of
from ventanilla.mock.lifecycle import MODES, Lifecycle, Mode
from ventanilla.mock.world import PACE, World

PROVIDERS = ("syncfy", "facti", "facturaonline")


def lifecycle_of(mode: str, polls: int = 1) -> Lifecycle:
    """Return a lifecycle. Raises ValueError for a mode that there is not, and for less than one poll."""
    known: dict[str, Mode] = {each: each for each in MODES}
    if mode not in known:
        raise ValueError(f"lifecycle: must be one of {', '.join(get_args(Mode))}, not {mode!r}")
    if polls < 1:
        raise ValueError(f"polls: must be 1 or more, not {polls}")
    return Lifecycle(known[mode], polls)


def provider_of(name: str) -> str:
    """Return the name of a provider. Raises ValueError where it is none."""
    if name not in PROVIDERS:
        raise ValueError(f"provider: there is no {name!r}; there are {', '.join(PROVIDERS)}")
    return name


def _lifecycles(given: str | Mapping[str, str]) -> dict[str, Lifecycle]:
    if isinstance(given, str):
        return dict.fromkeys(PROVIDERS, lifecycle_of(given))
    modes = {**dict.fromkeys(PROVIDERS, "immediate"), **given}
    return {provider_of(name): lifecycle_of(mode) for name, mode in modes.items()}


@frozen(kw_only=True)
class Settings:
    """How a world begins.

    Args:
        seed: what its ids and data come from.
        frozen: whether its clock stands still until it is advanced; else it runs with the wall.
        at: the moment at which it begins: an aware datetime, ISO 8601 text with a zone, or unix seconds. The present
            moment where left out, to the second.
        lifecycle: how jobs, stamping and customers get on: `immediate`, `timed`, `polls` or `event`, for all providers
            or by provider (those that are not named are immediate).
        pace: seconds of its clock that a step takes, where the lifecycle is timed.
        rate_limits: whether callers are refused who ask more often than a provider documents.
    """

    seed: int = 0
    frozen: bool = True
    at: float | None = field(default=None, converter=optional(seconds_of))
    lifecycle: str | Mapping[str, str] = "immediate"
    pace: float = PACE
    rate_limits: bool = False

    def __attrs_post_init__(self) -> None:
        _lifecycles(self.lifecycle)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Settings":
        """Return the settings that somebody wrote down. Raises ValueError for a name that there is not."""
        known = [each.name for each in fields(cls)]
        for name in given:
            if name not in known:
                raise ValueError(f"there is no setting {name!r}; there are {', '.join(known)}")
        return cls(**given)

    def begin(self, world: World, seed: int | None = None) -> None:
        """Begin a world anew."""
        with world.lock:
            world.reset(self.seed if seed is None else seed, self.pace)
            world.clock.begin(float(int(time.time())) if self.at is None else self.at, 0.0 if self.frozen else 1.0)
            world.lifecycles.update(_lifecycles(self.lifecycle))
            world.rate_limits = self.rate_limits
