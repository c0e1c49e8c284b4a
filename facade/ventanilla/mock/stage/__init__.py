"""Knows the mock as a test sees it: a world of its own, with everything that a test wants to say to it at hand.

The pytest plugin hands one to each test (`ventanilla_mock`). Anything else opens one itself:

    with Stages() as stages, stages.open(seed=7) as mock:
        syncfy = Syncfy(**mock.options("syncfy"))
"""

from ventanilla.mock.stage._clock import StageClock
from ventanilla.mock.stage._settings import Settings
from ventanilla.mock.stage._stage import Stage
from ventanilla.mock.stage._stages import Stages
from ventanilla.mock.stage._webhooks import Webhooks

__all__ = ["Settings", "Stage", "StageClock", "Stages", "Webhooks"]
