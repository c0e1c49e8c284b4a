"""Knows what a text of an error consists of: what happened and what to do next, in each language."""

from typing import Literal

from attrs import frozen

from ventanilla.codes import Both

# What the message of an error adds: the provider's words or else ventanilla's, the provider's alone, a detail that
# ventanilla gives, or nothing that the text and the facts do not say already.
Says = Literal["provider", "provider alone", "detail", "nothing"]


@frozen
class Text:
    """What is said of a class of errors, English first.

    Attributes:
        what: what happened, without a full stop; `{provider}` and `{meaning}` (of a job's code) are filled in.
        advice: what to do next, without a full stop; None where the class above says it.
        says: what the message adds.
        is_hint: whether the advice is the class's `hint`, which `str` of an error ends with. Where it is not, the
            message says what to do by itself.
        of: the providers whose calls end so; empty for all three.
    """

    what: Both
    advice: Both | None = None
    says: Says = "detail"
    is_hint: bool = True
    of: tuple[str, ...] = ()
