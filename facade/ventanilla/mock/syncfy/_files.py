"""Knows the files that hang on accounts, movements and jobs: attachments and documents."""

import base64
from datetime import UTC, datetime

from ventanilla.mock.syncfy._cfdi import Node
from ventanilla.mock.syncfy._credential import Credential
from ventanilla.mock.syncfy._envelope import Row
from ventanilla.mock.syncfy._job import Job
from ventanilla.mock.syncfy._state import Attachment, Document
from ventanilla.mock.world import World

CFDI_XML = "56bcdfca784806d1378b4567"
WITHHOLDING_XML = "5f2956741ae9967c4d3dccd1"
TAX_RETURN = "5887c839056f29058d17d201"
DOWNLOADED = "5b23219d056f2905985444c2"
XML_TYPE = "text/xml;charset=UTF-8"
_SHARED = ("id_attachment", "id_attachment_type", "is_valid", "file", "mime", "url")


def attach(
    world: World,
    credential: Credential,
    account: Row,
    transaction: Row | None,
    kind: str,
    file: str,
    keywords: list[str],
    *,
    node: Node | None = None,
    pdf: bytes = b"",
) -> None:
    """Add a file to an account and, unless None, to one of its movements: the XML of `node`, or a PDF."""
    user = credential.user
    id_attachment = world.object_id()
    row: Row = {
        "id_attachment": id_attachment,
        "id_account": account["id_account"],
        "id_user": user.id,
        "id_external": user.external,
        "id_attachment_type": kind,
        "id_transaction": None if transaction is None else transaction["id_transaction"],
        "is_valid": 1,
        "file": file,
        "mime": None,
        # Relative to the base with its /v1.
        "url": f"/attachments/{id_attachment}",
        "keywords": sorted(keywords),
        "dt_refresh": int(world.now),
    }
    content, media_type = (pdf, "application/pdf") if node is None else (node.xml(), XML_TYPE)
    user.attachments[id_attachment] = Attachment(row, credential.id, content, media_type, node)
    if transaction is not None:
        transaction["attachments"].append({name: row[name] for name in _SHARED})


def add_document(
    world: World, job: Job, kind: str, file: str, content: bytes | Row, identifiers: list[str]
) -> Document:
    """Add a document of the SAT: bytes are shown in base64, structured content as it is."""
    moment = iso(world.now)
    row: Row = {
        "id_document": world.object_id(),
        "id_document_status": DOWNLOADED,
        "id_document_type": kind,
        "id_external": job.user.external,
        **job.site.ids,
        "file": file,
        "identifiers": identifiers,
        "keywords": None,
        "content": base64.b64encode(content).decode() if isinstance(content, bytes) else content,
        "dt_refreshed": moment,
        "dt_created": moment,
    }
    document = Document(row, job.id_job)
    job.user.documents[row["id_document"]] = document
    return document


def iso(moment: float) -> str:
    """Return a moment as documents and GET /webhooks write it: 2020-01-10T00:25:24+00:00."""
    return datetime.fromtimestamp(int(moment), UTC).isoformat()
