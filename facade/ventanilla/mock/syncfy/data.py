"""Knows the operations on what pulls bring: accounts, transactions, attachments and documents."""

import base64
import io
import zipfile
from collections.abc import Iterable, Iterator

from ventanilla.mock._ours import ours
from ventanilla.mock.provider import Call, Refused, Reply
from ventanilla.mock.syncfy._auth import Caller
from ventanilla.mock.syncfy._envelope import Row, answer
from ventanilla.mock.syncfy._lists import listed, matching, page
from ventanilla.mock.syncfy._state import Attachment, State, User
from ventanilla.mock.world import World

_SITE = ("id_site", "id_site_organization", "id_site_organization_type")
_ACCOUNT = ("id_account", "id_credential", *_SITE, "is_disable")
_TRANSACTION = ("id_transaction", *_ACCOUNT)
_ATTACHMENT = ("id_account", "id_attachment_type", "id_transaction", "is_valid")


def list_accounts(world: World, call: Call) -> Reply:
    """GET /accounts."""
    rows = call.principal.own.accounts.values()
    return listed(world, matching(rows, call.query, _ACCOUNT, ("dt_refresh",)), call.query)


def list_transactions(world: World, call: Call) -> Reply:
    """GET /transactions."""
    return listed(world, _transactions(call), call.query)


def count_transactions(world: World, call: Call) -> Reply:
    """GET /transactions/count."""
    return answer(world, {"count": len(list(_transactions(call)))})


def list_credential_transactions(world: World, call: Call) -> Reply:
    """GET /credentials/{id_credential}/transactions: with the attachments' content when asked for."""
    user: User = call.principal.own
    id_credential = call.path["id_credential"]
    if id_credential not in user.credentials:
        raise Refused(404, f"there is no credential {id_credential}")
    rows = [row for row in _transactions(call) if row["id_credential"] == id_credential]
    if call.query.get("attachment_content") or call.query.get("attachment_content_parse"):
        rows = [_opened(user, row, call) for row in page(rows, call.query)]
        return listed(world, rows, {"fields": call.query.get("fields")})
    return listed(world, rows, call.query)


def list_attachments(world: World, call: Call) -> Reply:
    """GET /attachments."""
    return listed(world, (file.row for file in _attachments(call.principal.own, call)), call.query)


def count_attachments(world: World, call: Call) -> Reply:
    """GET /attachments/count."""
    return answer(world, {"count": len(list(_attachments(call.principal.own, call)))})


def get_attachment(world: World, call: Call) -> Reply:
    """GET /attachments/{id_attachment}: the file itself, without an envelope."""
    file = _attachment(call)
    disposition = ("Content-Disposition", f'filename="{file.row["file"]}"')
    return Reply.file(file.content, file.media_type, (disposition,))


def get_attachment_extra(world: World, call: Call) -> Reply:
    """GET /attachments/{id_attachment}/extra: the XML as an upper-cased tree; nothing for a PDF."""
    file = _attachment(call)
    return answer(world, {**_described(file), "extra": [] if file.node is None else [file.node.tree()]})


@ours("The form of the JSON is the mock's: attributes, and under each child's name a list of its elements.")
def get_attachment_json(world: World, call: Call) -> Reply:
    """GET /attachments/{id_attachment}/json: a list of one, the XML as an object."""
    file = _attachment(call)
    content = {} if file.node is None else {file.node.name: file.node.plain()}
    return answer(world, [{**_described(file), "json": content}])


@ours("The files lie flat in the ZIP; one whose name is taken has its id before the name.")
def export_attachments(world: World, call: Call) -> Reply:
    """GET /attachments/export: the files in a ZIP."""
    files = [file for user in _scope(world, call) for file in _attachments(user, call)]
    chosen = page(({"file": file} for file in files), call.query)
    return Reply.file(_zipped(row["file"] for row in chosen), "application/zip")


def list_documents(world: World, call: Call) -> Reply:
    """GET /documents: all of the user's, or those that a webhook's link leads to."""
    documents = (document for user in _scope(world, call) for document in user.documents.values())
    link: str | None = call.query.get("id_job_webhook")
    rows = (document.row for document in documents if link is None or link in document.links)
    return listed(world, matching(rows, call.query, ("id_document",)), call.query)


def _scope(world: World, call: Call) -> Iterable[User]:
    """The users whose data the caller may see: its own, or everybody's for the bare API key."""
    caller: Caller = call.principal
    return world.state(State).users.values() if caller.user is None else (caller.user,)


def _transactions(call: Call) -> Iterable[Row]:
    user: User = call.principal.own
    return matching(user.transactions.values(), call.query, _TRANSACTION, ("dt_refresh", "dt_transaction"))


def _attachments(user: User, call: Call) -> Iterator[Attachment]:
    # The row of an attachment does not say which credential brought it.
    wanted = call.query.get("id_credential")
    files = (file for file in user.attachments.values() if wanted in (None, file.id_credential))
    rows = matching((file.row for file in files), call.query, _ATTACHMENT, ("dt_refresh",))
    return (user.attachments[row["id_attachment"]] for row in rows)


def _attachment(call: Call) -> Attachment:
    user: User = call.principal.own
    file = user.attachments.get(call.path["id_attachment"])
    if file is None:
        raise Refused(404, f"there is no attachment {call.path['id_attachment']}")
    return file


def _described(file: Attachment) -> Row:
    return {name: file.row[name] for name in ("id_attachment", "id_user", "id_external", "is_valid", "file", "mime")}


@ours(
    "parse_content has the form of GET /attachments/{id}/json, which is the mock's.", on="list_credential_transactions"
)
def _opened(user: User, row: Row, call: Call) -> Row:
    inline: list[Row] = []
    for shown in row["attachments"]:
        file = user.attachments[shown["id_attachment"]]
        more: Row = {}
        if call.query.get("attachment_content"):
            more["content"] = base64.b64encode(file.content).decode()
        if call.query.get("attachment_content_parse") and file.node is not None:
            more["parse_content"] = {file.node.name: file.node.plain()}
        inline.append({**shown, **more})
    return {**row, "attachments": inline}


def _zipped(files: Iterable[Attachment]) -> bytes:
    buffer, taken = io.BytesIO(), set[str]()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in files:
            name: str = file.row["file"]
            # Two users may have linked the same taxpayer.
            entry = zipfile.ZipInfo(f"{file.row['id_attachment']}_{name}" if name in taken else name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.content)
            taken.add(name)
    return buffer.getvalue()
