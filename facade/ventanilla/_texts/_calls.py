"""Holds the texts of what goes wrong with a call: before anything is sent, on the way, and at the provider."""

from collections.abc import Mapping

from ventanilla._texts._text import Text

_LATER = (
    "Try later; before repeating a write, read whether it took effect",
    "Intentar más tarde; antes de repetir una escritura, consultar si surtió efecto",
)

CALLS: Mapping[str, Text] = {
    "VentanillaError": Text(
        ("Something went wrong", "Algo salió mal"),
        ("Correct what the detail names", "Corregir lo que señala el detalle"),
        is_hint=False,
    ),
    "ConfigurationError": Text(
        (
            "The configuration is incomplete or unsafe, and nothing was sent",
            "La configuración está incompleta o no es segura, y no se envió nada",
        ),
        (
            "Correct the credential, URL or option that the detail names",
            "Corregir la credencial, la URL o la opción que señala el detalle",
        ),
        is_hint=False,
    ),
    "InvalidRequest": Text(
        (
            "An argument breaks a documented rule, and nothing was sent",
            "Un argumento no cumple una regla documentada, y no se envió nada",
        ),
        ("Correct the argument and call again", "Corregir el argumento y volver a llamar"),
        is_hint=False,
    ),
    "TransportError": Text(
        (
            "No complete answer of {provider} arrived, and a write may have taken effect",
            "No llegó completa la respuesta, y una escritura pudo haber surtido efecto",
        ),
        _LATER,
        is_hint=False,
    ),
    "ConnectionFailed": Text(
        (
            "The connection with {provider} failed before an answer was complete",
            "Falló la conexión con {provider} antes de tener una respuesta completa",
        ),
        (
            "Check the network and the base URL; before repeating a write, read whether it took effect",
            "Revisar la red y la URL base; antes de repetir una escritura, consultar si surtió efecto",
        ),
        says="nothing",
    ),
    "TimedOut": Text(
        ("{provider} did not answer in time", "{provider} no respondió a tiempo"),
        (
            "Raise timeout= or try later; before repeating a write, read whether it took effect",
            "Aumentar timeout= o intentar más tarde; antes de repetir una escritura, consultar si surtió efecto",
        ),
        says="nothing",
    ),
    "UnexpectedAnswer": Text(
        (
            "{provider} answered something that it does not document",
            "{provider} respondió algo que no está en su documentación",
        ),
        (
            "Report it to the provider with the request id; ventanilla kept nothing of its content",
            "Reportarlo al proveedor con el id de la solicitud; ventanilla no guardó nada de su contenido",
        ),
    ),
    "MalformedAnswer": Text(
        (
            "The answer of {provider} is empty, cut off or not what is documented",
            "La respuesta llegó vacía, cortada o distinta de lo que está documentado",
        ),
    ),
    "UnreadableAcuse": Text(
        (
            "The acuse of {provider} cannot be read; the cancellation itself is another matter",
            "El acuse no se puede leer; la cancelación misma es otro asunto",
        ),
        (
            "Keep the bytes in `content`; read the record before cancelling again",
            "Guardar los bytes de `content` y consultar el registro antes de volver a cancelar",
        ),
        of=("facturaonline",),
    ),
    "ListingMoved": Text(
        ("A list changed while it was read", "Una lista cambió mientras se leía"),
        (
            "Read it again when the provider is not refreshing it; rows handed out are right, store them by id",
            "Leerla otra vez cuando el proveedor no la esté actualizando; lo entregado es correcto, guardarlo por id",
        ),
    ),
    "BodyTooLarge": Text(
        (
            "The answer of {provider} is larger than ventanilla takes, and the rest of it was not read",
            "La respuesta es más grande de lo que acepta ventanilla, y el resto no se leyó",
        ),
        (
            "Ask for less at once, or raise the limit of the Policy",
            "Pedir menos a la vez o subir el límite de la Policy",
        ),
        says="nothing",
    ),
    "HtmlAnswer": Text(
        ("A web page came in place of the API's JSON", "Llegó una página web en lugar del JSON de la API"),
        (
            "A gateway answered in the provider's place: check the base URL, or try later",
            "Revisar la URL base o intentar más tarde: un gateway contestó en lugar del proveedor",
        ),
        says="nothing",
    ),
    "ProviderError": Text(
        ("{provider} refused the call or cannot serve it", "{provider} rechazó la llamada o no puede atenderla"),
        ("Correct what its message names, or try later", "Corregir lo que señala su mensaje o intentar más tarde"),
        says="provider",
        is_hint=False,
    ),
    "AuthenticationFailed": Text(
        (
            "{provider} does not accept the credentials: they are wrong, revoked or of another environment",
            "{provider} no acepta las credenciales: son incorrectas, están revocadas o son de otro ambiente",
        ),
        (
            "Check the credentials and that they belong to this environment",
            "Revisar las credenciales y que correspondan a este ambiente",
        ),
        says="provider",
    ),
    "SessionExpired": Text(
        (
            "The session token is unknown or has expired after five minutes without use",
            "El token de sesión no existe o venció tras cinco minutos sin uso",
        ),
        (
            "Open a new session for the user; the methods that take a user do it by themselves",
            "Abrir otra sesión para el usuario; los métodos que reciben un usuario lo hacen por sí mismos",
        ),
        says="provider",
        of=("syncfy",),
    ),
    "PaymentRequired": Text(
        (
            "{provider} has disabled the account for lack of payment",
            "{provider} desactivó la cuenta por falta de pago",
        ),
        ("Settle the account with the provider", "Regularizar los pagos de la cuenta con el proveedor"),
        says="provider",
        is_hint=False,
    ),
    "PermissionDenied": Text(
        ("The credentials do not give access to this", "Las credenciales no dan acceso a esta operación"),
        (
            "Ask the provider for access, or use other credentials",
            "Pedir acceso al proveedor o usar otras credenciales",
        ),
        says="provider",
        is_hint=False,
    ),
    "NotFound": Text(
        (
            "{provider} has nothing with that id, or it belongs to somebody else",
            "{provider} no tiene nada con ese id, o pertenece a otra cuenta",
        ),
        (
            "Check the id and that it belongs to these credentials",
            "Revisar el id y que pertenezca a estas credenciales",
        ),
        says="provider",
    ),
    "Rejected": Text(
        ("{provider} refused the data of the call", "{provider} rechazó los datos de la llamada"),
        (
            "Correct the data that the message names and call again",
            "Corregir los datos que señala el mensaje y volver a llamar",
        ),
        says="provider",
    ),
    "AlreadyPaid": Text(
        ("Only pending payments can be deleted", "Solo se pueden borrar los pagos pendientes"),
        ("Keep it: only pending payments can be deleted", "Conservarlo, porque ya está cobrado"),
        of=("facti",),
    ),
    "RateLimited": Text(
        ("{provider} has received too many requests", "{provider} recibió demasiadas solicitudes"),
        ("Wait before the next request", "Esperar antes de la siguiente solicitud"),
        says="provider alone",
    ),
    "ServiceUnavailable": Text(
        (
            "{provider} or its gateway cannot serve the call now",
            "{provider} o su gateway no puede atender la llamada por ahora",
        ),
        _LATER,
        says="provider alone",
    ),
}
