"""Reads the acuse, SAT's receipt of a cancellation, from XML that is not trusted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from attrs import field, frozen

from ventanilla._xml import UnsafeXml
from ventanilla._xml import root as read
from ventanilla.errors import MalformedAnswer
from ventanilla.facturaonline._auth import PROVIDER
from ventanilla.facturaonline.values import moment

# SAT, cancellation of CFDI 4.0: EstatusUUID.
MEANINGS: Mapping[str, str] = {
    "201": "the request to cancel was received",
    "202": "it had been cancelled before",
    "203": "it was not found, or belongs to another issuer",
    "204": "it cannot be cancelled",
    "205": "it does not exist",
    "206": "it is not of the primary sector",
}


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
        return MEANINGS.get(self.estatus, f"estatus {self.estatus}, which is not a known one")

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
