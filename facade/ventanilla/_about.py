"""Checks that an answer is about the object that was asked for."""

import re

from ventanilla._values import text
from ventanilla.errors import OutcomeUnknown, UnexpectedAnswer, Words


def is_same(asked: object, came: object) -> bool:
    """Return whether two spellings name one object, such as 7 and "7", or a UUID in capitals and in small letters."""
    return text(asked).strip().casefold() == text(came).strip().casefold()


def is_about(asked: object, came: object, what: str, provider: str, operation: str) -> None:
    """Raise UnexpectedAnswer if the answer to a read is about another object; one that does not say is let pass."""
    if text(came) and not is_same(asked, came):
        raise UnexpectedAnswer(_another(what, asked), provider=provider, operation=operation)


def has_written(asked: object, came: object, what: str, provider: str, operation: str) -> None:
    """Raise OutcomeUnknown if the answer to a write is about another object, or does not say about which."""
    if not is_same(asked, came):
        raise OutcomeUnknown(_another(what, asked), provider=provider, operation=operation)


def made(answer: object, name: str, provider: str, operation: str, pattern: str = ".+") -> str:
    """Return the id of what a write has made; without one nobody knows what was, and OutcomeUnknown is raised."""
    came = text(getattr(answer, name, None))
    if not re.fullmatch(pattern, came):
        said = f"the answer has no `{name}`", f"la respuesta no trae `{name}`"
        raise OutcomeUnknown(said, provider=provider, operation=operation)
    return came


def _another(what: str, asked: object) -> Words:
    return f"the answer is not about {what} {asked}", f"la respuesta no es sobre {what} {asked}"
