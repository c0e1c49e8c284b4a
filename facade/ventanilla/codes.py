"""Knows the codes that the three services publish, and what each means in English and in Spanish."""

from collections.abc import Mapping
from typing import TypeAlias

# A text in English and in Spanish.
Both: TypeAlias = tuple[str, str]
LANGUAGES = ("en", "es")


def place_of(language: str) -> int:
    """Return where a language stands in a pair of texts.

    Raises:
        InvalidRequest: there are no texts in it.
    """
    if language not in LANGUAGES:
        from ventanilla.errors import InvalidRequest

        known = ", ".join(LANGUAGES)
        raise InvalidRequest(
            (
                f"there are no texts in {language!r}; the languages are {known}",
                f"no hay textos en {language!r}; los idiomas son {known}",
            ),
            field="language",
        )
    return LANGUAGES.index(language)


class Codes:
    """One table of published codes.

    Attributes:
        provider: `syncfy`, `facti` or `facturaonline`.
        name: what they are codes of.
        title: what stands before a code, English and Spanish.
        source: who publishes them.
        texts: what each means, English and Spanish. New codes appear, so others may come.
        unknown: what is said of those.
    """

    def __init__(
        self,
        provider: str,
        name: str,
        title: Both,
        source: str,
        texts: Mapping[str, Both],
        unknown: Both = ("which is not a known one", "que no es de los conocidos"),
    ) -> None:
        self.provider, self.name, self.title, self.source = provider, name, title, source
        self.texts, self.unknown = texts, unknown

    def meaning(self, code: int | str, language: str = "en") -> str:
        """Return what a code means, in one phrase.

        Args:
            code: the code, as the service sends it.
            language: `en` or `es`.

        Raises:
            InvalidRequest: there are no texts in that language.
        """
        place = place_of(language)
        known = self.texts.get(str(code))
        return f"{self.title[place]} {code}, {self.unknown[place]}" if known is None else known[place]

    def explain(self, code: int | str, language: str = "en") -> str:
        """Return what a code means, in one sentence that names it; arguments as in `meaning`."""
        place = place_of(language)
        if str(code) not in self.texts:
            sentence = self.meaning(code, language)
            return f"{sentence[:1].upper()}{sentence[1:]}."
        title = self.title[place]
        return f"{title[:1].upper()}{title[1:]} {code}: {self.texts[str(code)][place]}."


_JOB: Mapping[str, Both] = {
    "100": ("the job is registered", "el job quedó registrado"),
    "101": ("the job is starting", "el job está por comenzar"),
    "102": (
        "the login succeeded and data is downloading",
        "el inicio de sesión funcionó y se están descargando los datos",
    ),
    "103": ("the answer to the challenge was received", "se recibió la respuesta al segundo factor"),
    "200": ("finished", "terminó"),
    "201": (
        "the user's part is done; data keeps downloading",
        "terminó la parte del usuario; los datos se siguen descargando",
    ),
    "202": ("finished; the site has no transactions", "terminó; el sitio no tiene transacciones"),
    "203": ("finished; some accounts have no transactions", "terminó; algunas cuentas no tienen transacciones"),
    "204": ("finished; the downloaded data is incomplete", "terminó; los datos descargados están incompletos"),
    "205": ("pending at the site", "pendiente en el sitio"),
    "206": ("finished; the site has no accounts", "terminó; el sitio no tiene cuentas"),
    "400": ("the request to the site was wrong", "la solicitud al sitio fue incorrecta"),
    "401": ("the site refused the credentials", "el sitio rechazó las credenciales"),
    "403": ("the site refused the answer to its challenge", "el sitio rechazó la respuesta al segundo factor"),
    "405": ("the site has locked the account", "el sitio bloqueó la cuenta"),
    "406": ("another session is open at the site", "hay otra sesión abierta en el sitio"),
    "408": ("the user must act at the site", "el usuario tiene que hacer algo en el sitio"),
    "409": ("the credentials belong to another site", "las credenciales son de otro sitio"),
    "410": ("the site asks for an answer", "el sitio pide una respuesta"),
    "411": ("nobody answered the challenge in time", "nadie respondió a tiempo al segundo factor"),
    "413": ("the login failed at the site", "falló el inicio de sesión en el sitio"),
    "449": ("the site is no longer supported", "el sitio ya no tiene soporte"),
    "500": ("an internal error at the provider", "hubo un error interno del proveedor"),
    "501": ("the site is unavailable", "el sitio no está disponible"),
    "504": ("the site did not answer in time", "el sitio no respondió a tiempo"),
    "505": ("the provider has no script for the site", "el proveedor no tiene un programa para el sitio"),
    "507": ("the connection to the site failed", "falló la conexión con el sitio"),
    "509": ("the site is in maintenance", "el sitio está en mantenimiento"),
}
JOB = Codes(
    "syncfy",
    "jobs, links and credentials",
    ("code", "código"),
    "the provider's status code tables (sync-widget codes.md, widget_status_codes.md)",
    _JOB,
    ("which the provider has not published", "que el proveedor no ha publicado"),
)
SYNCFY_HTTP = Codes(
    "syncfy",
    "HTTP statuses",
    ("HTTP", "HTTP"),
    "copy of the 2016 API page; Postman collection sync.json",
    {
        "200": (
            "done, unless `status` in the body is false",
            "hecho, salvo que `status` sea false en la respuesta",
        ),
        "400": ("a parameter is missing or wrong", "falta un parámetro o es incorrecto"),
        "401": (
            "the key is wrong or the token has expired",
            "la llave es incorrecta o el token venció",
        ),
        "402": ("the account is disabled for lack of payment", "la cuenta está desactivada por falta de pago"),
        "403": ("no access to this", "sin acceso a esta operación"),
        "404": ("there is nothing with that id", "no hay nada con ese id"),
        "429": ("too many requests", "demasiadas solicitudes"),
        "500": ("an internal error at the provider", "hubo un error interno del proveedor"),
        "503": ("the service is in maintenance", "el servicio está en mantenimiento"),
    },
)
PAYMENT_STATUS = Codes(
    "facti",
    "state of a payment",
    ("status", "estado"),
    "Facti API, 3. Búsqueda de pagos",
    {"0": ("not paid", "sin pagar"), "1": ("paid", "pagado")},
)
PAYMENT_TYPE = Codes(
    "facti",
    "ways of payment",
    ("way of payment", "forma de pago"),
    "Facti API, 1. Solicitud de pagos a clientes",
    {
        "bank": ("deposit at a bank", "depósito en un banco"),
        "stp": ("transfer through STP", "transferencia por STP"),
        "paypal": ("PayPal", "PayPal"),
    },
)
# What a waiting record says is not documented, so it stands in no table.
QUEUED: Both = "the record waits to be stamped", "el recibo espera a ser timbrado"
UNCLEAR: Both = (
    "whether the record has a valid CFDI cannot be told from what the provider says",
    "con lo que dice el proveedor no se sabe si el recibo tiene un CFDI vigente",
)
STAMPING = Codes(
    "facturaonline",
    "stamping of a record",
    ("status_timbre", "status_timbre"),
    "Nóminas, samples; `timbrada` comes from third parties",
    {
        "timbrada": ("the record is stamped", "el recibo está timbrado"),
        "error": ("stamping failed", "falló el timbrado"),
        "cancelada": ("the record's CFDI has been cancelled", "el CFDI del recibo está cancelado"),
    },
)
MOTIVO = Codes(
    "facturaonline",
    "reasons to cancel",
    ("motivo", "motivo"),
    "SAT, cancellation of CFDI 4.0",
    {
        "01": (
            "issued with errors, and another CFDI takes its place",
            "comprobante emitido con errores con relación",
        ),
        "02": ("issued with errors, and none takes its place", "comprobante emitido con errores sin relación"),
        "03": ("the transaction did not take place", "no se llevó a cabo la operación"),
        "04": (
            "a named transaction that is part of a global invoice",
            "operación nominativa relacionada en una factura global",
        ),
    },
)
ESTATUS = Codes(
    "facturaonline",
    "acuse of a cancellation",
    ("estatus", "estatus"),
    "SAT, cancellation of CFDI 4.0: EstatusUUID of the acuse, else its CodEstatus (305: third parties)",
    {
        "201": ("the request to cancel was received", "se recibió la solicitud de cancelación"),
        "202": ("it had been cancelled before", "ya se había cancelado"),
        "203": (
            "it was not found, or belongs to another issuer",
            "no se encontró o es de otro emisor",
        ),
        "204": ("it cannot be cancelled", "no se puede cancelar"),
        "205": ("it does not exist", "no existe"),
        "206": ("it is not of the primary sector", "no es del sector primario"),
        "301": ("the request was not well formed", "la solicitud estaba mal formada"),
        "302": ("the seal of the request is wrong", "el sello de la solicitud es incorrecto"),
        "303": ("the seal is not the issuer's", "el sello no es del emisor"),
        "304": ("the certificate is revoked or has expired", "el certificado está revocado o vencido"),
        "305": ("the certificate is not valid", "el certificado no es válido"),
    },
)
TABLES = (JOB, SYNCFY_HTTP, PAYMENT_STATUS, PAYMENT_TYPE, STAMPING, MOTIVO, ESTATUS)
