"""Reads the acuse, SAT's receipt of a cancellation, from XML that is not trusted."""

from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any, Self, cast

import msgspec
from attrs import field, frozen

from ventanilla._xml import LARGEST, UnsafeXml
from ventanilla._xml import root as read
from ventanilla.codes import ESTATUS
from ventanilla.errors import UnreadableAcuse
from ventanilla.facturaonline._auth import PROVIDER
from ventanilla.facturaonline.values import moment
from ventanilla_clients._runtime import mend

_ACCEPTED = ("201", "202")


@frozen(kw_only=True)
class Acuse:
    """SAT's receipt of a cancellation.

    Attributes:
        date: when SAT answered, without zone: the acuse names none.
        issuer_rfc: RFC that issued the CFDI.
        uuid: UUID of the CFDI in lower case, as in the records; the XML has it in capitals. Empty where SAT refused the
            request as a whole.
        estatus: SAT's EstatusUUID, three digits as text; where SAT refused the request as a whole, its CodEstatus.
        xml: the acuse as it came, with SAT's signature and whatever it came in.

    Source: Nóminas, Descargar acuse de una nómina; the meanings are SAT's.
    """

    date: datetime | None
    issuer_rfc: str
    uuid: str
    estatus: str
    xml: bytes = field(repr=False)

    @property
    def meaning(self) -> str:
        """What `estatus` means, in one phrase."""
        return ESTATUS.meaning(self.estatus)

    def explain(self, language: str = "en") -> str:
        """Return what SAT answered, in `en` or `es`."""
        return ESTATUS.explain(self.estatus, language)

    @property
    def is_accepted(self) -> bool:
        """Whether SAT took the cancellation, now or before."""
        return self.estatus in _ACCEPTED

    @classmethod
    def of(cls, xml: bytes, uuid: str | None = None) -> Self:
        """Return the value of an acuse.

        Args:
            xml: the acuse, as XML or in one of the forms that providers wrap it in: SOAP, escaped or base64 text, JSON.
            uuid: of the CFDI that is asked for, where the acuse has several.

        Raises:
            UnreadableAcuse: it is no acuse, too long, is about others, or declares a document type (no acuse does;
                attacks do). It is a MalformedAnswer, and has the bytes in `content`.
        """
        try:
            root = _opened(xml)
        except UnsafeXml as problem:
            raise _unreadable(xml, str(problem)) from None
        found = [cls._one(folio, xml) for folio in root.iter("{*}Folios") if (folio.findtext("{*}UUID") or "").strip()]
        asked = [each for each in found if uuid is None or each.uuid == uuid.lower()]
        if found and len({each.uuid for each in asked}) != 1:
            raise _unreadable(xml, f"has {len(found)} folios, of which {len(asked)} may be meant", len(found))
        # What takes a request names its CFDI.
        refused = [each for each in root.iter() if (each.get("CodEstatus") or "").strip() not in ("", *_ACCEPTED)]
        if not found and not refused:
            raise _unreadable(xml, "has no Folios/UUID and no CodEstatus")
        return asked[0] if found else cls._one(refused[0], xml)

    @classmethod
    def _one(cls, part: Any, xml: bytes) -> Self:
        """Return what a `Folios` says, or where SAT refused the request as a whole, the answer itself."""
        answer = part if part.get("CodEstatus") else part.getparent()
        known: Mapping[str, str] = {} if answer is None else answer.attrib
        return cls(
            date=moment(known.get("Fecha", "")),
            issuer_rfc=known.get("RfcEmisor", ""),
            uuid=(part.findtext("{*}UUID") or "").strip().lower(),
            estatus=(part.findtext("{*}EstatusUUID") or part.get("CodEstatus", "")).strip(),
            xml=xml,
        )


def _unreadable(content: bytes, problem: str, folios: int = 0) -> UnreadableAcuse:
    said = f"the acuse {problem}", f"el acuse ({len(content)} bytes) no se puede leer"
    error = UnreadableAcuse(said, provider=PROVIDER, operation="get_payroll_item_acuse")
    error.content, error.folios = content, folios
    return error


def _opened(content: bytes, wrappings: int = 4) -> Any:
    """Return the root of the XML that has SAT's answer, out of what it came in; every layer is read as untrusted.

    Raises:
        UnsafeXml: there is none.
    """
    start = content[:100].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \r\n\t")[:1]
    if start == b"&" and wrappings:  # escaped twice
        return _opened(unescape(content.decode(errors="replace")).encode(), wrappings - 1)
    if start in (b"<", b"") or not wrappings or len(content) > LARGEST:
        root = read(content)
        inner = max((text.strip() for text in root.itertext()), key=len, default="")
        is_outer = inner.startswith(("<", "&")) or not any(each.get("CodEstatus") for each in root.iter())
        is_done = next(root.iter("{*}Folios"), None) is not None or not inner or not wrappings
        return root if is_done or not is_outer else _opened(inner.encode(), wrappings - 1)
    try:
        inside = (
            _in_json(content).encode()
            if start in (b"{", b"[", b'"')
            else b64decode(b"".join(content.split()), validate=True)
        )
    except (ValueError, RecursionError):
        return read(content)  # says what is wrong
    return _opened(inside, wrappings - 1)


def _in_json(content: bytes) -> str:
    """Return the text called `acuse`, else the longest: an acuse is longer than what is said of it."""
    waiting: list[tuple[str, Any]] = [("", msgspec.json.decode(mend(content, "") or b"null"))]
    found: list[tuple[bool, int, str]] = []
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += cast("dict[str, Any]", value).items()
        elif isinstance(value, list):
            waiting += [(name, each) for each in cast("Any", value)]
        elif isinstance(value, str):
            found.append((name.lower() == "acuse", len(value), value))
    return max(found, default=(False, 0, ""))[2]
