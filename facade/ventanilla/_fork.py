"""Renews in a forked child what it must not share with its parent: connections, and locks that a thread held."""

import os
import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from ventanilla_clients import _runtime

_renewals: WeakKeyDictionary[Any, Callable[[Any], object]] = WeakKeyDictionary()


def after_fork(thing: Any, renew: Callable[[Any], object]) -> None:
    """Have `renew` called with a thing in each child that is forked while the thing exists."""
    _renewals[thing] = renew


class Lock:
    """A lock that is free in a forked child, whoever held it in the parent."""

    def __init__(self) -> None:
        self._renew()
        after_fork(self, Lock._renew)

    def _renew(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *raised: object) -> None:
        self._lock.release()


def _renew_all() -> None:
    runtime: Any = _runtime
    runtime._making = threading.RLock()
    for thing, renew in [*_renewals.items()]:
        renew(thing)


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_all)
