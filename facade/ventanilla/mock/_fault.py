"""Knows one fault: whom it is meant for, when and how often it strikes, what it does; and its JSON."""

import difflib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from ventanilla.mock._effects import AnswerEffect, Effect, When
from ventanilla.mock.provider import Provider
from ventanilla_clients._runtime import decoder

Profile = Literal["sync-v1", "sync-v3", "facti-ipn"]
KINDS: dict[str, type[Struct]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Effect)}
# The descriptions say what is allowed, in the sentence that refuses anything else.
Identifier = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9._-]{0,64}\Z", description="1 to 64 letters, digits, dots, hyphens or underscores"),
]
Name = Annotated[str, Meta(min_length=1, max_length=100, description="1 to 100 characters")]
Count = Annotated[int, Meta(ge=1, description="a whole number, 1 or more")]
Chance = Annotated[float, Meta(ge=0, le=1, description="a number, 0 to 1")]
Span = Annotated[float, Meta(gt=0, le=1e12, description="seconds, more than 0")]


class Fault(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One fault: whom it strikes, and what then happens. As JSON its fields have the same names.

    Args:
        effect: what happens; see the classes of `ventanilla.mock.faults` named like the `kind` of the JSON.
        id: 1 to 64 letters, digits, dots, hyphens or underscores; given by Faults.add() when left out.
        provider: whose exchanges are meant (syncfy, facti, facturaonline); all when left out.
        operation: the operationId that is meant; all when left out.
        profile: whose webhook calls are meant (sync-v1, sync-v3, facti-ipn); all when left out.
        event: the event whose webhook calls are meant; all when left out.
        nth: strike only the nth that matches, counted from 1.
        probability: strike with this probability, 0 to 1; the same ones each time for the same seed and id.
        times: strike at most so often.
        ttl: seconds of the world's clock for which the fault stands.
        when: "before" strikes in the handler's place, so that nothing is done; "after" once it is done. Latency,
            status and reset take both; the others bend an answer, so there is only "after".

    Raises ValueError when fields do not go together.
    """

    effect: Effect
    id: Identifier = ""
    provider: Name | None = None
    operation: Name | None = None
    profile: Profile | None = None
    event: Name | None = None
    nth: Count | None = None
    probability: Chance | None = None
    times: Count | None = None
    ttl: Span | None = None
    when: When | None = None

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        strange = ("profile", "event") if isinstance(self.effect, AnswerEffect) else ("provider", "operation", "when")
        for name in strange:
            if getattr(self, name) is not None:
                raise ValueError(f"{name}: means nothing to {self.kind}; {_about(self.effect)}")
        if isinstance(self.effect, AnswerEffect) and self.when not in (None, *self.effect.moments):
            raise ValueError(f"when: {self.kind} bends an answer, so it can only strike after the handler")

    @classmethod
    def from_json(cls, value: Any) -> "Fault":
        """Read a fault from plain values, as JSON has them.

        Raises ValueError that names the field and what is allowed.
        """
        try:
            decoder(cls)  # meets the class, one thread at a time
            return msgspec.convert(value, cls)
        except msgspec.ValidationError as problem:
            # What __post_init__ says is in our own words already.
            own = problem.__cause__
            raise ValueError(str(own) if own is not None else _worded(str(problem), value)) from None

    def to_json(self) -> dict[str, Any]:
        """Return the fault as plain values; what is left out stays out."""
        plain: dict[str, Any] = msgspec.to_builtins(self, builtin_types=(Decimal,))
        return plain

    def named(self, id: str) -> "Fault":
        """Return the same fault with an id."""
        return msgspec.structs.replace(self, id=id)

    def check(self, providers: Mapping[str, Provider]) -> None:
        """Raise ValueError when the fault is meant for a provider or an operation that is not there."""
        if self.provider is not None and self.provider not in providers:
            raise ValueError(f"provider: there is no {self.provider}; there are {', '.join(providers)}")
        meant = providers.values() if self.provider is None else [providers[self.provider]]
        operations = [operation for provider in meant for operation in provider.spec.operations]
        if self.operation is not None and self.operation not in operations:
            raise ValueError(f"operation: there is no {self.operation}{_alike(self.operation, operations)}")

    @property
    def kind(self) -> str:
        """The name of what it does, as in the JSON."""
        return str(self.effect.__struct_config__.tag)

    @property
    def is_after(self) -> bool:
        """Whether the handler runs first: what was asked is done, only the answer goes wrong."""
        usual = self.effect.moments[0] if isinstance(self.effect, AnswerEffect) else "after"
        return (self.when or usual) == "after"

    @property
    def holds(self) -> bool:
        """Whether the handler runs only after a delay, and only if the caller is still there."""
        return self.kind == "latency" and not self.is_after

    def is_for_exchange(self, provider: str, operation: str) -> bool:
        """Return whether this exchange is meant."""
        if not isinstance(self.effect, AnswerEffect):
            return False
        return self.provider in (None, provider) and self.operation in (None, operation)

    def is_for_webhook(self, profile: str, event: str) -> bool:
        """Return whether this webhook call is meant."""
        if isinstance(self.effect, AnswerEffect):
            return False
        return self.profile in (None, profile) and self.event in (None, event)


def _about(effect: Effect) -> str:
    if isinstance(effect, AnswerEffect):
        return "it strikes answers, by provider and operation"
    return "it strikes webhook calls, by profile and event"


def _alike(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, names)
    return f"; there is {', '.join(close)}" if close else ", see the operationIds of the spec"


def _worded(problem: str, value: Any) -> str:
    """Turn msgspec's words into a sentence that begins with the field and says what is allowed."""
    text, _, place = problem.partition(" - at `$")
    where = place.strip(".`")
    if where == "effect.kind" or "`kind`" in text:
        return f"effect.kind: must be one of {', '.join(KINDS)}"
    if text.startswith("Expected `object`"):
        return f"{where or 'fault'}: must be an object"
    if text.startswith("Object"):
        holder = KINDS[value["effect"]["kind"]] if where else Fault
        names = ", ".join(holder.__struct_fields__)
        return f"{where or 'fault'}: {text[0].lower()}{text[1:]}; its fields are {names or 'none but kind'}"
    outer, _, inner = where.partition(".")
    described = _fields(KINDS[value["effect"]["kind"]])[inner] if inner else _fields(Fault)[outer]
    return f"{where}: must be {' or '.join(_allowed(described))}"


def _fields(kind: type[Struct]) -> dict[str, Any]:
    """Return the JSON Schema of each field."""
    fields: dict[str, Any] = msgspec.json.schema(kind)["$defs"][kind.__name__]["properties"]
    return fields


def _allowed(schema: dict[str, Any]) -> list[str]:
    if "anyOf" in schema:
        return [text for choice in schema["anyOf"] for text in _allowed(choice)]
    if schema.get("type") == "null":
        return []
    return [schema["description"]] if "description" in schema else [f"one of {', '.join(schema['enum'])}"]
