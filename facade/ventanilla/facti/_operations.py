"""Holds what every group of Facti operations needs: the company, the issuer, and the checks of what is sent."""

import re
from collections.abc import Iterable

from ventanilla._http import missing
from ventanilla._identifiers import rfc_is_well_formed
from ventanilla._ids import checked
from ventanilla._keeping import Keeping
from ventanilla.errors import ConfigurationError, InvalidRequest
from ventanilla.facti._auth import PROVIDER
from ventanilla_clients._runtime import UNSET, Unset

_EMAIL = re.compile(r"[^@;\s]+@[^@;\s]+")


class FactiOperations(Keeping):
    """What the groups below share.

    Attributes:
        company_id: the company whose payments are searched and deleted; no operation lists companies.
        from_rfc: the RFC that issues where a call names none.
        highest_seen: the highest id of a payment that is known to exist.
        has_warned: whether it has said that lost answers may not be found.
    """

    company_id: int | None
    from_rfc: str | None
    highest_seen: int = 0
    has_warned: bool = False


def company(face: FactiOperations) -> int:
    """Return the company of the face, or say how to give it."""
    if face.company_id is None:
        raise missing(PROVIDER, "company_id", "FACTI_COMPANY_ID")
    return face.company_id


def company_number(value: int | str | None) -> int | None:
    """Return the number of a company as it was passed or set; None where it was not."""
    if not value:
        return None
    if not (text := str(value)).isdecimal() or int(text) < 1:
        said = (
            "company_id must be a positive number (FACTI_COMPANY_ID)",
            "company_id debe ser un número positivo (FACTI_COMPANY_ID)",
        )
        raise ConfigurationError(said, provider=PROVIDER)
    return int(text)


def issuer(face: FactiOperations, from_rfc: str | None) -> str:
    """Return the RFC that issues: the call's, else the face's."""
    chosen = from_rfc or face.from_rfc
    if chosen is None:
        raise missing(PROVIDER, "from_rfc", "FACTI_FROM_RFC")
    return rfc("from_rfc", chosen)


def rfc(name: str, value: str) -> str:
    """Return an RFC that has the form of one; its check digit is not asked for, the document's own samples fail it."""
    if not rfc_is_well_formed(value):
        form = "3 or 4 capital letters, a date as six digits, 3 letters or digits"
        raise InvalidRequest(f"{name} must be an RFC: {form}", field=name)
    return value


def payment_number(value: int | str) -> str:
    """Return the id of a payment."""
    return checked("payment_id", value, r"[0-9]{1,18}", "1 to 18 digits")


def way_ids(values: Iterable[int | str]) -> list[int | str] | Unset:
    """Return ids of ways of payment; none means all of the company's and is not sent."""
    ids: list[int | str] = [checked("payment_ways", value, r"[0-9]{1,18}", "1 to 18 digits") for value in values]
    return ids or UNSET


def emails(name: str, value: str | Iterable[str]) -> list[str]:
    """Return the e-mail addresses in a text, separated by `;`, or in a sequence of texts.

    Raises:
        InvalidRequest: there is none, or one cannot be an address.
    """
    texts = value.split(";") if isinstance(value, str) else list(value)
    found = [text.strip() for text in texts]
    if not found or not all(_EMAIL.fullmatch(address) for address in found):
        raise InvalidRequest(f"{name} must be e-mail addresses, in a sequence or separated by ;", field=name)
    return found
