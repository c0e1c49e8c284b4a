"""Knows how an error is explained in English and in Spanish: what happened, whose words, which ids, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from ventanilla._texts._calls import CALLS
from ventanilla._texts._jobs import JOBS
from ventanilla._texts._outcomes import OUTCOMES
from ventanilla._texts._text import Text
from ventanilla.codes import JOB, Both, place_of

if TYPE_CHECKING:
    from ventanilla.errors import VentanillaError

TEXTS: Mapping[str, Text] = {**CALLS, **JOBS, **OUTCOMES}
_NOBODY: Both = ("the provider", "el proveedor")
_DETAIL: Both = ("Detail: “{}”", "Detalle: «{}»")
_SAID: Both = ("{} said: “{}”", "{} respondió: «{}»")
# What an error knows beside its message, in the order in which it is told.
_FACTS: Mapping[str, Both] = {
    "operation": ("operation {}", "operación {}"),
    "status_code": ("HTTP {}", "HTTP {}"),
    "request_id": ("request {}", "solicitud {}"),
    "field": ("argument {}", "argumento {}"),
    "id_job": ("job {}", "job {}"),
    "code": ("code {}", "código {}"),
    "id_credential": ("credential {}", "credencial {}"),
    "operation_id": ("operation id {}", "id de operación {}"),
    "ids": ("ids {}", "ids {}"),
    "limit": ("limit of {} bytes", "límite de {} bytes"),
    "retry_after": ("it asks to wait {} s", "pide esperar {} s"),
}


def explanation(error: VentanillaError, language: str) -> str:
    """Return what happened, the provider's own words where there are any, and what to do next: a sentence each."""
    place = place_of(language)
    text = text_of(type(error))
    facts = ", ".join(_facts(vars(error), place))
    happened = _filled(text.what[place], error.provider, vars(error).get("code", 0), place)
    sentences = [happened + (f" ({facts})" if facts else ""), *_said(error, text, place), _advised(error, place)]
    return " ".join(_sentence(each) for each in sentences if each)


def about(kind: type[VentanillaError], language: str, provider: str | None = None) -> str:
    """Return what is said of a whole class of errors: what happened and what to do next."""
    place = place_of(language)
    happened = _filled(text_of(kind).what[place].removesuffix(": {meaning}"), provider, 0, place)
    return f"{_sentence(happened)} {advice_of(kind, language)}"


def advice_of(kind: type[VentanillaError], language: str) -> str:
    """Return what to do next about a class of errors, as a sentence."""
    return _sentence(_advice(kind)[place_of(language)])


def text_of(kind: type) -> Text:
    """Return the text of a class, or of the nearest class above that has one."""
    return next(_texts(kind))


def hint_of(kind: type) -> str | None:
    """Return the English hint of a class; None where its errors say by themselves what to do."""
    text = next(text for text in _texts(kind) if text.advice is not None)
    return text.advice[0] if text.advice is not None and text.is_hint else None


def _texts(kind: type) -> Iterator[Text]:
    return (TEXTS[each.__name__] for each in kind.__mro__ if each.__name__ in TEXTS)


def _advice(kind: type) -> Both:
    return next(text.advice for text in _texts(kind) if text.advice is not None)


def _advised(error: VentanillaError, place: int) -> str:
    """Return what to do next, as it was said of this error alone, else of its class."""
    own: Any = error.hint if place == 0 else vars(error).get("_hint_es")
    return own or _advice(type(error))[place]


def _said(error: VentanillaError, text: Text, place: int) -> Iterator[str]:
    """Yield what the message adds: quoted where it is the provider's, or where it has no words in this language."""
    if text.says == "nothing" or not error.message:
        return
    words = error.words
    if isinstance(words, tuple):
        if text.says != "provider alone":
            yield words[place]
    elif text.says.startswith("provider"):
        yield _SAID[place].format(error.provider or _NOBODY[place], error.message)
    else:
        yield _DETAIL[place].format(error.message)


def _facts(known: Mapping[str, Any], place: int) -> Iterator[str]:
    for name, form in _FACTS.items():
        value = known.get(name)
        if value is None or value in ("", 0, ()):
            continue
        yield form[place].format(_shown(value))


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(cast("tuple[str, ...]", value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _filled(what: str, provider: str | None, code: int, place: int) -> str:
    return what.format(provider=provider or _NOBODY[place], meaning=JOB.meaning(code, ("en", "es")[place]))


def _sentence(text: str) -> str:
    """Return a text as a sentence: a capital first, a full stop last."""
    ended = text if text.endswith((".", "!", "?")) else f"{text}."
    return ended[:1].upper() + ended[1:]
