"""Holds the texts of what is found out later: waiting, lost answers, and what ventanilla keeps on disk."""

from collections.abc import Mapping

from ventanilla._texts._text import Text

OUTCOMES: Mapping[str, Text] = {
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
    "TapeError": Text(
        (
            "A tape, a log or a folder of specs cannot be used",
            "No se puede usar una cinta, un log o una carpeta de specs",
        ),
        (
            "Correct the file that is named, or give another path",
            "Corregir el archivo indicado, o indicar otra ruta",
        ),
        is_hint=False,
        of=("mock",),
    ),
}
