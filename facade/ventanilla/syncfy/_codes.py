"""Knows the published job codes: what each means, whether it ends the job, and which error it is.

Source: the provider's status code tables (sync-widget codes.md, widget_status_codes.md).
"""

from collections.abc import Mapping

from ventanilla import errors

WAITING = 410
SUCCESSES = range(200, 300)

MEANINGS: Mapping[int, str] = {
    100: "the job is registered",
    101: "the job is starting",
    102: "the login succeeded and data is downloading",
    103: "the answer to the challenge was received",
    200: "finished",
    201: "the user's part is done; data keeps downloading",
    202: "finished; the site has no transactions",
    203: "finished; some accounts have no transactions",
    204: "finished; the downloaded data is incomplete",
    205: "pending at the site",
    206: "finished; the site has no accounts",
    400: "the request to the site was wrong",
    401: "the site refused the credentials",
    403: "the site refused the answer to its challenge",
    405: "the site has locked the account",
    406: "another session is open at the site",
    408: "the user must act at the site",
    409: "the credentials belong to another site",
    410: "the site asks for an answer",
    411: "nobody answered the challenge in time",
    413: "the login failed at the site",
    449: "the site is no longer supported",
    500: "an internal error at the provider",
    501: "the site is unavailable",
    504: "the site did not answer in time",
    505: "the provider has no script for the site",
    507: "the connection to the site failed",
    509: "the site is in maintenance",
}

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


def meaning(code: int) -> str:
    """Return what a job code means, in one phrase; new codes appear, so any integer is accepted."""
    return MEANINGS.get(code, f"code {code}, which the provider has not published")


def ends_job(code: int) -> bool:
    """Return whether a code is the last of its job: everything from 200 on, but for the waiting code."""
    return code >= 200 and code != WAITING


def failure(code: int, id_job: str, id_credential: str | None) -> errors.JobFailed:
    """Return the typed error of a terminal code that is not a success."""
    kind = _ERRORS.get(code, errors.SiteUnavailable if code >= 500 else errors.JobFailed)
    return kind(
        f"job {id_job} ended with code {code}: {meaning(code)}",
        provider="Syncfy",
        code=code,
        id_job=id_job,
        id_credential=id_credential,
    )
