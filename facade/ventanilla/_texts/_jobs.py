"""Holds the texts of the ways in which a Syncfy job ends badly."""

from collections.abc import Mapping
from functools import partial

from ventanilla._texts._text import Text

# The code, the job and the credential are among the facts, and the message has no more than them.
_job = partial(Text, says="nothing", of=("syncfy",))

JOBS: Mapping[str, Text] = {
    "JobFailed": _job(
        (
            "A Syncfy job ended with a code that is not a success: {meaning}",
            "Un job de Syncfy terminó con un código que no es de éxito: {meaning}",
        ),
        ("Synchronise again later", "Sincronizar de nuevo más tarde"),
        is_hint=False,
    ),
    "WrongCredentials": _job(
        ("The site refused the user's credentials", "El sitio rechazó las credenciales del usuario"),
        (
            "Ask the user for the credentials again; repeated failures can lock the account",
            "Pedir otra vez las credenciales al usuario; varios intentos fallidos pueden bloquear la cuenta",
        ),
    ),
    "WrongTwofa": _job(
        ("The site refused the answer to its challenge", "El sitio rechazó la respuesta al segundo factor"),
        (
            "Link again and ask the user for a new code: codes are used once",
            "Vincular de nuevo y pedir al usuario un código nuevo: cada código sirve una sola vez",
        ),
    ),
    "AccountLocked": _job(
        ("The site has locked the account", "El sitio bloqueó la cuenta"),
        ("The user must unlock the account at the site", "Pedir al usuario que desbloquee la cuenta en el sitio"),
    ),
    "SessionConflict": _job(
        ("The user has another session open at the site", "El usuario tiene otra sesión abierta en el sitio"),
        (
            "Ask the user to close the other session, then synchronise again",
            "Pedir al usuario que cierre la otra sesión y volver a sincronizar",
        ),
    ),
    "UserActionRequired": _job(
        ("The user must do something at the site first", "El usuario tiene que hacer antes algo en el sitio"),
        (
            "Ask the user to enter the site and attend to what it asks",
            "Pedir al usuario que entre al sitio y atienda lo que se le pide",
        ),
    ),
    "WrongSite": _job(
        ("The credentials belong to another site", "Las credenciales son de otro sitio"),
        ("Let the user choose the site again", "Pedir al usuario que vuelva a elegir el sitio"),
    ),
    "TwofaTimeout": _job(
        ("Nobody answered the challenge in time", "Nadie respondió a tiempo al segundo factor"),
        ("Link again and answer sooner", "Vincular de nuevo y responder más pronto"),
    ),
    "LoginFailed": _job(
        ("The site failed during the login", "El sitio falló durante el inicio de sesión"),
        ("Synchronise again later", "Sincronizar de nuevo más tarde"),
    ),
    "SiteDeprecated": _job(
        ("The site is no longer supported", "El sitio ya no tiene soporte"),
        (
            "Let the user link the site that replaces it",
            "Pedir al usuario que vincule el sitio que lo reemplaza",
        ),
    ),
    "SiteUnavailable": _job(
        ("The site cannot be reached now: {meaning}", "No se puede entrar al sitio por ahora: {meaning}"),
        ("Wait fifteen minutes, then synchronise again", "Esperar quince minutos y volver a sincronizar"),
    ),
}
