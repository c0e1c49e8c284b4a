"""Knows the published job codes: whether one ends the job, which error it is, and what to do about it."""

from collections.abc import Mapping

from ventanilla import errors
from ventanilla._values import number
from ventanilla.codes import JOB

WAITING = 410
# Those that are published: what another one means nobody knows, so it is no success.
SUCCESSES = frozenset(range(200, 207))

_ERRORS: Mapping[int, type[errors.JobFailed]] = {
    401: errors.WrongCredentials,
    403: errors.WrongTwofa,
    405: errors.AccountLocked,
    406: errors.SessionConflict,
    408: errors.UserActionRequired,
    409: errors.WrongSite,
    411: errors.TwofaTimeout,
    413: errors.LoginFailed,
    449: errors.SiteDeprecated,
}


def code_of(value: object) -> int:
    """Return a code of an answer; what is none is 0, which is neither a success nor the end of a job."""
    return number(value) or 0


def meaning(code: int) -> str:
    """Return what a job code means, in one phrase; new codes appear, so any integer is accepted."""
    return JOB.meaning(code)


def explain(code: int, language: str = "en") -> str:
    """Return what a job's code means, and where it is a failure what to do next.

    Args:
        code: the code of a job, a link or a credential.
        language: `en` or `es`.

    Raises:
        InvalidRequest: there are no texts in that language.

    Source: the provider's status code tables.
    """
    said = JOB.explain(code, language)
    if not ends_job(code) or code in SUCCESSES:
        return said
    from ventanilla._texts import advice_of

    return f"{said} {advice_of(_kind(code), language)}"


def ends_job(code: int) -> bool:
    """Return whether a code is the last of its job: everything from 200 on, but for the waiting code."""
    return code >= 200 and code != WAITING


def failure(code: int, id_job: str, id_credential: str | None) -> errors.JobFailed:
    """Return the typed error of a terminal code that is not a success."""
    return _kind(code)(
        f"job {id_job} ended with code {code}: {meaning(code)}",
        provider="Syncfy",
        code=code,
        id_job=id_job,
        id_credential=id_credential,
    )


def _kind(code: int) -> type[errors.JobFailed]:
    return _ERRORS.get(code, errors.SiteUnavailable if code >= 500 else errors.JobFailed)
