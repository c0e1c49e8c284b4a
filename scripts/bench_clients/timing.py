"""Measures CPU time (user and system) of this process, with the garbage collector on as in any program."""

import time
from collections.abc import Callable


def cpu_seconds(work: Callable[[], object], *, repetitions: int) -> float:
    """Return the CPU seconds of one `work()`: the mean, after two that warm up.

    The mean, since a collection that comes every tenth time is part of the price. What `work` returns is
    dropped outside the measurement.
    """
    for _ in range(2):
        work()
    spent = 0.0
    for _ in range(repetitions):
        started = time.process_time()
        made = work()
        spent += time.process_time() - started
        del made
    return spent / repetitions


def cpu_seconds_of_calls(call: Callable[[], object], *, calls: int) -> float:
    """Return the CPU seconds of one `call()` among many, after a tenth that warm up."""
    for _ in range(calls // 10):
        call()
    started = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - started) / calls
