"""Reads the acuse, SAT's receipt of a cancellation, from XML that is not trusted."""

from datetime import datetime
from typing import Self

from attrs import field, frozen

from ventanilla._xml import UnsafeXml
from ventanilla._xml import root as read
from ventanilla.codes import ESTATUS
from ventanilla.errors import MalformedAnswer
from ventanilla.facturaonline._auth import PROVIDER
from ventanilla.facturaonline.values import moment


@frozen(kw_only=True)
class Acuse:
    """SAT's receipt of a cancellation.

    Attributes:
        date: when SAT answered, without zone: the acuse names none.
        issuer_rfc: RFC that issued the CFDI.
        uuid: UUID of the CFDI in lower case, as in the records; the XML has it in capitals.
        estatus: SAT's EstatusUUID, three digits as text.
        xml: the acuse as it came, with SAT's signature.

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
        return self.estatus in ("201", "202")

    @classmethod
    def of(cls, xml: bytes) -> Self:
        """Return the value of an acuse.

        Raises:
            MalformedAnswer: it is no acuse, too long, or declares a document type (no acuse does; attacks do).
        """
        try:
            root = read(xml)
        except UnsafeXml as problem:
            raise _malformed(str(problem)) from None
        folio = root.find("{*}Folios")
        uuid = None if folio is None else folio.findtext("{*}UUID")
        if folio is None or not uuid:
            raise _malformed("has no Folios/UUID")
        return cls(
            date=moment(root.get("Fecha", "")),
            issuer_rfc=root.get("RfcEmisor", ""),
            uuid=uuid.strip().lower(),
            estatus=(folio.findtext("{*}EstatusUUID") or "").strip(),
            xml=xml,
        )


def _malformed(problem: str) -> MalformedAnswer:
    return MalformedAnswer(f"the acuse {problem}", provider=PROVIDER, operation="get_payroll_item_acuse")
