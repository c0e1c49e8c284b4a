"""Knows how the content of a world becomes bytes and comes out of them again, and what may be in there.

Pickle does the work: it alone keeps shared and circular references (a timer knows its job, the job its user, the user
its jobs) at the speed of C. What makes pickles dangerous is that they can name any function of any module. These can
name the mock's own values and functions, none of which does any I/O, and a few value types of the standard library.
"""

import io
import pickle
from collections.abc import Callable, Mapping
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # A world has snapshots, and these pack it.
    from ventanilla.mock.world import World

PROTOCOL = 5
_PROVIDERS = ("ventanilla.mock.syncfy.", "ventanilla.mock.facti.", "ventanilla.mock.facturaonline.")
OWN = frozenset(
    f"ventanilla.mock.{name}"
    for name in (
        "_delivery",
        "_effects",
        "_fault",
        "_replay",
        "_timer",
        "_webhook_effects",
        "clock",
        "faults",
        "lifecycle",
        "outbox",
        "scenarios",
        "wire",
        "world",
    )
)
_VALUES: Mapping[str, frozenset[str]] = {
    "builtins": frozenset({"bytearray", "frozenset", "set"}),
    "collections": frozenset({"Counter", "OrderedDict", "deque"}),
    "datetime": frozenset({"date", "datetime", "time", "timedelta", "timezone"}),
    "decimal": frozenset({"Decimal"}),
    "functools": frozenset({"partial"}),
    "random": frozenset({"Random"}),
}


def packed(world: "World") -> bytes:
    """Return a world's clock and content as bytes.

    Raises TypeError when there is something in it that cannot be kept, a lambda for one.
    """
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, PROTOCOL)
    # The world itself is not copied: whatever knows it will know the one that it comes back to.
    table: dict[type, Callable[[Any], Any]] = {type(world): _as_here, MethodType: _as_method}
    pickler.dispatch_table = table
    try:
        pickler.dump((world.clock.read(), world.content()))
    except (pickle.PicklingError, AttributeError, TypeError, RecursionError) as problem:
        raise TypeError(
            f"the world {world.name!r} cannot be kept: {problem}; what hangs on a world is plain values and functions "
            "of a module, never lambdas or closures"
        ) from problem
    return buffer.getvalue()


def unpacked(world: "World", content: bytes) -> Callable[[], None]:
    """Return what puts a world back to what packed() made of it; until it is called nothing changes.

    Raises ValueError when the bytes are damaged or name what has no business in a world.
    """
    try:
        reading, found = _Unpickler(content, world).load()
    except Exception as problem:
        # Damaged bytes can lead anywhere.
        raise ValueError(f"this is not the content of a world: {type(problem).__name__}: {problem}") from problem

    def put_back() -> None:
        world.clock.put_back(reading)
        world.put_back(found)

    return put_back


def here() -> "World":
    """Stand, in the bytes, for the world that they are unpacked into."""
    raise LookupError("no world is being unpacked")


def method(owner: object, name: str) -> MethodType:
    """Return a method of one of the mock's own values: pickle itself would let any attribute of anything be named."""
    function = getattr(type(owner), name, None)
    if not is_own(type(owner).__module__) or not isinstance(function, FunctionType) or name.startswith("__"):
        raise pickle.UnpicklingError(f"{name} is no method of a value of the mock")
    return MethodType(function, owner)


class _Unpickler(pickle.Unpickler):
    """Unpickles nothing but what a world may be made of."""

    def __init__(self, content: bytes, world: "World") -> None:
        super().__init__(io.BytesIO(content))
        self._world = world

    def find_class(self, module: str, name: str) -> Any:
        """Return a class or function that may be named; raises UnpicklingError for any other."""
        if module == __name__ and name in (here.__name__, method.__name__):
            return method if name == method.__name__ else self._here
        if name in _VALUES.get(module, ()):
            return super().find_class(module, name)
        # A dotted name would lead through one module into another.
        if is_own(module) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type | FunctionType) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no business in a world")

    def _here(self) -> "World":
        return self._world


def is_own(module: str) -> bool:
    """Return whether a world may be made of what a module defines."""
    return module in OWN or f"{module}.".startswith(_PROVIDERS)


def _as_here(world: "World") -> Any:
    return here, ()


def _as_method(bound: MethodType) -> Any:
    return method, (bound.__self__, bound.__name__)
