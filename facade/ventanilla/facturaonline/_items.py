"""Knows what can be done with one employee's CFDI: download it, send it, cancel it, fetch the acuse."""

from __future__ import annotations

import re
from pathlib import Path

from ventanilla import errors
from ventanilla._face import Operations, operation
from ventanilla._files import save
from ventanilla._flow import Flow, call
from ventanilla._lost import seen
from ventanilla._values import given
from ventanilla._waiting import Patience, until
from ventanilla.errors import InvalidRequest, UnreadableAcuse
from ventanilla.facturaonline._auth import PROVIDER
from ventanilla.facturaonline._payrolls import PASSING, read_item
from ventanilla.facturaonline._uids import uid_of
from ventanilla.facturaonline.acuse import Acuse
from ventanilla.facturaonline.values import Cancelled
from ventanilla_clients.facturaonline import api, models

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
MOTIVES = ("01", "02", "03", "04")


class Items(Operations):
    """CFDIs of a payroll, each by the uid of its record. Source: Nóminas, Cancelar, Descargar, Enviar, Acuse."""

    @operation
    def xml(self, uid: str) -> Flow[bytes]:
        """Download the XML of one employee's CFDI.

        Args:
            uid: uid of the record, or UUID of the CFDI.

        Raises:
            NotFound: there is no such record. Other refusals, which come in the file's place, are typed likewise.

        Source: Descargar nómina.
        """
        content = yield from call(api.payroll.get_payroll_item_xml.sync_detailed, uid_of("uid", uid), client=self.raw)
        return _checked(content, (b"<?xml", b"<cfdi:"), "XML", "get_payroll_item_xml")

    @operation
    def pdf(self, uid: str) -> Flow[bytes]:
        """Download the PDF of one employee's CFDI.

        Args:
            uid: uid of the record, or UUID of the CFDI.

        Raises:
            NotFound: there is no such record. Other refusals, which come in the file's place, are typed likewise.

        Source: Descargar nómina.
        """
        content = yield from call(api.payroll.get_payroll_item_pdf.sync_detailed, uid_of("uid", uid), client=self.raw)
        return _checked(content, (b"%pdf",), "PDF", "get_payroll_item_pdf")

    @operation
    def acuse(self, uid: str) -> Flow[Acuse]:
        """Download and read the acuse, SAT's receipt of the cancellation of one employee's CFDI.

        Args:
            uid: uid of the record.

        Raises:
            NotFound, Rejected: there is no acuse, as where nothing was cancelled.
            UnreadableAcuse: what came is no acuse, or is about another CFDI; its bytes are in `content`.

        Source: Descargar acuse de una nómina.
        """
        content = yield from call(api.payroll.get_payroll_item_acuse.sync_detailed, uid_of("uid", uid), client=self.raw)
        uuid = uid if _UUID.fullmatch(uid) else None
        try:
            found = Acuse.of(content, uuid)
        except UnreadableAcuse as problem:
            if uuid is not None or problem.folios < 2:
                raise
        else:
            if uuid is not None or not found.uuid:
                return found
        # The acuse names the CFDI by its UUID, and only the record says which UUID the uid has.
        record = yield from read_item(self, uid)
        return Acuse.of(content, record.uuid or "")

    @operation
    def save_xml(self, uid: str, to: str | Path) -> Flow[Path]:
        """Download the XML to a file.

        Args:
            uid: uid of the record, or UUID of the CFDI.
            to: a folder that exists, to name the file `<uid>.xml`, or the path of the file.

        Returns:
            The path of the file.
        """
        content = yield from Items.xml.flow(self, uid)
        return (yield from save(content, to, name=f"{uid}.xml"))

    @operation
    def save_pdf(self, uid: str, to: str | Path) -> Flow[Path]:
        """Download the PDF to a file.

        Args:
            uid: uid of the record, or UUID of the CFDI.
            to: a folder that exists, to name the file `<uid>.pdf`, or the path of the file.

        Returns:
            The path of the file.
        """
        content = yield from Items.pdf.flow(self, uid)
        return (yield from save(content, to, name=f"{uid}.pdf"))

    @operation
    def save_acuse(self, uid: str, to: str | Path) -> Flow[Path]:
        """Download the acuse, as it came, to a file.

        Args:
            uid: uid of the record.
            to: a folder that exists, to name the file `<uid>-acuse.xml`, or the path of the file.

        Returns:
            The path of the file.
        """
        found = yield from Items.acuse.flow(self, uid)
        return (yield from save(found.xml, to, name=f"{uid}-acuse.xml"))

    @operation
    def email(self, uid: str) -> Flow[str]:
        """Send one employee's CFDI to the employee. Each call sends another message.

        Args:
            uid: uid of the record.

        Returns:
            The provider's words, which name the address.

        Raises:
            OutcomeUnknown: the answer got lost, and nobody can read whether the message went out: ask the employee.

        Source: Enviar una nómina por email.
        """
        answer = yield from call(api.payroll.email_payroll_item.sync_detailed, uid_of("uid", uid), client=self.raw)
        return answer.message

    @operation
    def cancel_item(self, uid: str, motivo: str = "02", substitute: str | None = None) -> Flow[Cancelled]:
        """Cancel one employee's CFDI, without its acuse; `cancel` fetches it too.

        Args:
            uid: uid of the record; not that of the batch nor that of the employee.
            motivo: SAT's reason. 01: errors, with a substitute; 02: errors, without one; 03: the operation did not
                take place; 04: named operation inside a global invoice.
            substitute: uid or UUID of the CFDI that takes its place; for 01, and only there. The provider refuses
                01 for payrolls so far, since it cannot relate the substitute to what it replaces.

        Returns:
            The employee's uid and the provider's words.

        Raises:
            InvalidRequest: the reason is unknown, or lacks its substitute, or has one that it must not; nothing sent.
            Rejected: the provider refused, as where it was cancelled before.
            OutcomeUnknown: the answer got lost, and the record is not cancelled so far: read it before trying again.

        Source: Cancelar una nómina.
        """
        body = models.Cancellation(motivo=motivo, folioSustituto=given(_substitute(motivo, substitute)))
        item = uid_of("uid", uid)

        def cancelled() -> Flow[Cancelled | None]:
            record = yield from read_item(self, item)
            known = Cancelled(employee_uid=record.employee_uid, message="")
            return known if record.state == "cancelled" else None

        return seen(_cancel(self, item, body), cancelled, self.policy)

    @operation
    def cancel(
        self, uid: str, motivo: str = "02", substitute: str | None = None, *, timeout: float = 120.0
    ) -> Flow[Acuse]:
        """Cancel one employee's CFDI and return the acuse, SAT's receipt. One call for each employee of a batch.

        Args:
            uid: uid of the record, as `payroll.stamped[0].uid`.
            motivo: SAT's reason, `01` to `04`, as in `cancel_item`.
            substitute: uid or UUID of the CFDI that takes its place, for `01` only.
            timeout: seconds to wait for the acuse.

        Returns:
            The acuse; `estatus` is `201` where SAT took the request.

        Raises:
            InvalidRequest, Rejected: as in `cancel_item`; nothing was cancelled.
            WaitTimeout: the CFDI is cancelled, but its acuse did not come in time: call `acuse` later.
            UnreadableAcuse: the provider took the cancellation, and what came for its acuse, in `content`, cannot be
                read or is about another CFDI: read the record.

        Source: Cancelar una nómina; Descargar acuse de una nómina.
        """
        patience = Patience(deadline=timeout, first=1.0, longest=15.0)
        yield from Items.cancel_item.flow(self, uid, motivo, substitute)

        def look() -> Flow[Acuse | None]:
            try:
                # By the uid that was asked for: the one in the answer is the employee's.
                return (yield from Items.acuse.flow(self, uid))
            except (UnreadableAcuse, errors.BodyTooLarge):
                raise  # it will come again as it is
            except (errors.NotFound, errors.Rejected, *PASSING):
                return None

        go_on = (
            f"The cancellation was accepted; call acuse({uid!r}) later, and do not cancel again",
            f"Llamar a acuse({uid!r}) más tarde, sin volver a cancelar: la cancelación fue aceptada",
        )
        awaited = f"the acuse of {uid}", f"acuse de {uid}"
        try:
            return (yield from until(look, patience, waiting_for=awaited, go_on=go_on))
        except errors.VentanillaError as problem:
            problem.advise(go_on)
            raise


def _cancel(face: Items, uid: str, body: models.Cancellation) -> Flow[Cancelled]:
    answer = yield from call(api.payroll.cancel_payroll_item.sync_detailed, uid, client=face.raw, body=body)
    return Cancelled(employee_uid=answer.uid, message=answer.message)


def _substitute(motivo: str, substitute: str | None) -> str | None:
    if motivo not in MOTIVES:
        raise InvalidRequest(f"motivo must be one of {', '.join(MOTIVES)}", field="motivo")
    if motivo == "01" and substitute is None:
        raise InvalidRequest("motivo 01 needs the CFDI that takes its place: pass substitute=", field="substitute")
    if motivo != "01" and substitute is not None:
        raise InvalidRequest(f"motivo {motivo} has no substitute: only 01 has", field="substitute")
    return None if substitute is None else uid_of("substitute", substitute)


def _checked(content: bytes, starts: tuple[bytes, ...], kind: str, operation_id: str) -> bytes:
    # A success in JSON, or a file of the other kind, is no download.
    start = content[:1000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    if not start.startswith(starts) or b"<html" in start:
        raise errors.MalformedAnswer(
            f"the download ({len(content)} bytes) is not {kind}", provider=PROVIDER, operation=operation_id
        )
    return content
