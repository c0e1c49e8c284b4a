"""Holds the texts of everything that can go wrong with a call, before it, and after it."""

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
    "WaitTimeout": Text(
        ("What was waited for did not happen in time", "Lo que se esperaba no ocurrió a tiempo"),
        (
            "Wait again with its id, and do not repeat what began it",
            "Volver a esperar con su id, sin repetir lo que lo inició",
        ),
        is_hint=False,
    ),
    "OutcomeUnknown": Text(
        (
            "The answer to a write got lost: it may have taken effect, and nothing was sent again",
            "Se perdió la respuesta a una escritura: pudo haber surtido efecto, y no se volvió a enviar nada",
        ),
        (
            "It may have taken effect: read before you repeat it",
            "Consultar antes de repetirla, porque pudo haber surtido efecto",
        ),
    ),
    "DuplicateDetected": Text(
        (
            "Several objects may be what the operation made, and which one cannot be told",
            "Varios objetos pueden ser el que creó la operación, y no se puede saber cuál es",
        ),
        (
            "Look at them, delete or cancel what is too many, then dismiss the operation",
            "Revisarlos, borrar o cancelar los que sobren y después cerrar la operación con dismiss",
        ),
        says="nothing",
        of=("facti", "facturaonline"),
    ),
    "IdempotencyConflict": Text(
        (
            "The operation id or its natural key belongs to another operation, and nothing was sent",
            "El id de operación o su clave natural ya es de otra operación, y no se envió nada",
        ),
        (
            "Resume or dismiss that operation first",
            "Retomar primero esa operación con resume o cerrarla con dismiss",
        ),
        of=("facti", "facturaonline"),
    ),
    "AlreadyExists": Text(
        (
            "There is one already, {provider} would make a second, and nothing was sent",
            "Ya existe uno, {provider} crearía otro, y no se envió nada",
        ),
        ("Use the existing one, which the error carries", "Usar el que ya existe, que viene en el error"),
        of=("syncfy",),
    ),
    "JournalUnavailable": Text(
        (
            "The journal of intents cannot be used, and nothing was sent",
            "No se puede usar el registro de operaciones pendientes, y no se envió nada",
        ),
        (
            "Give journal= or VENTANILLA_JOURNAL a file that can be written, or journal=None to go without",
            "Indicar en journal= o VENTANILLA_JOURNAL un archivo en el que se pueda escribir, o usar journal=None",
        ),
        of=("facti", "facturaonline"),
    ),
    "InboxUnavailable": Text(
        (
            "The inbox of webhook events cannot be used, and nothing of the call was kept",
            "No se puede usar el buzón de webhooks, y no se guardó nada de la llamada",
        ),
        (
            "Whoever sent the event was asked to send it again; see to the file, its folder and the disk",
            "Revisar el archivo, su carpeta y el disco; a quien mandó el evento se le pidió mandarlo otra vez",
        ),
        of=("syncfy", "facti"),
    ),
    "NotConfirmed": Text(
        ("{provider} does not bear out what the event says", "{provider} no confirma lo que dice el evento"),
        (
            "Change nothing; a Worker tries again later, and in the end keeps the event as a dead letter",
            "No cambiar nada; un Worker lo intenta de nuevo más tarde y al final aparta el evento",
        ),
        of=("syncfy", "facti"),
    ),
    "StateFileError": Text(
        (
            "The state file of the mock cannot be used, and is left as it is",
            "No se puede usar el archivo de estado del mock, y se dejó como está",
        ),
        (
            "Give another path, or remove the file to start with nothing",
            "Indicar otra ruta, o borrar el archivo para empezar de cero",
        ),
        is_hint=False,
        of=("mock",),
    ),
}
