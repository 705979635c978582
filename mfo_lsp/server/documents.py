"""What the client says of documents and files: opened, changed, closed, saved, come and gone."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.server.checking import check_soon
from mfo_lsp.server.convert import to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.open_text import ChangedDocument, OpenedDocument
from mfo_lsp.server.refreshing import reread
from mfo_lsp.server.test_documents import tell_none, tell_soon

FILE_OPERATIONS = types.FileOperationRegistrationOptions(
    [
        types.FileOperationFilter(types.FileOperationPattern("**/*.{yml,yaml,md,toml,json}"), scheme="file"),
        types.FileOperationFilter(
            types.FileOperationPattern("**", matches=types.FileOperationPatternKind.Folder), scheme="file"
        ),
    ]
)
"""Which files the client is to tell of."""


def did_open(server: Server, document: OpenedDocument) -> None:
    """Take a document from the disk into the editor's hands."""
    server.session.trace.begin()
    check_soon(server, server.session.open(document.uri, document.version, document.text))
    tell_soon(server)


def did_change(server: Server, params: ChangedDocument) -> None:
    """Change an open document."""
    server.session.trace.begin()
    check_soon(server, server.session.change(params.uri, params.version, params.changes))
    tell_soon(server)


def did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    """Give a document back to the disk, and take away what its buffer caused."""
    check_soon(server, server.session.close(params.text_document.uri))
    tell_none(server, to_key(params.text_document.uri))
    server.house.clear_soon()


def did_save(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    """Look again at what lies around a saved file, for clients that do not watch files."""
    check_soon(server, server.session.reread([to_key(params.text_document.uri)]))


def did_change_watched_files(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Look again at files that came, went or changed on the disk; an open text still wins."""
    reread(server, {to_key(change.uri): None for change in params.changes})


def did_create_files(server: Server, params: types.CreateFilesParams) -> None:
    """Look at files that the editor has made, for clients that do not watch the disk."""
    reread(server, {to_key(file.uri): None for file in params.files})


def did_rename_files(server: Server, params: types.RenameFilesParams) -> None:
    """Look at files and directories that the editor has moved, where they were and where they are."""
    keys = [to_key(uri) for file in params.files for uri in (file.old_uri, file.new_uri)]
    reread(server, dict.fromkeys(keys))


def did_delete_files(server: Server, params: types.DeleteFilesParams) -> None:
    """Let go of files and directories that the editor has deleted; an open text still wins."""
    reread(server, {to_key(file.uri): None for file in params.files})


def did_change_workspace_folders(server: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Keep the list of the workspace's folders."""
    removed = {to_key(folder.uri) for folder in params.event.removed}
    added = tuple(to_key(folder.uri) for folder in params.event.added)
    kept = tuple(key for key in server.session.folders if key not in removed and key not in added)
    server.session.folders = (*kept, *added)
    server.session.directories = None
