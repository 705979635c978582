"""``workspace/willRenameFiles``: what names files keeps naming them."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.findings import Edit
from mfo_lsp.features.file_renames import FileRename, bundle_edits, project_edits
from mfo_lsp.server.convert import directory_of, is_file, to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import still_snapshot
from mfo_lsp.server.workspace import workspace_bundles
from mfo_lsp.server.workspace_edits import refuse_stale, workspace_edit

_MAX_BUNDLES = 500
_FILES = types.FileOperationPattern("**/*.{yml,yaml,py,json,txt,key,pem}", types.FileOperationPatternKind.File)
_FOLDERS = types.FileOperationPattern("**", types.FileOperationPatternKind.Folder)
OPTIONS = types.FileOperationRegistrationOptions(
    [types.FileOperationFilter(_FILES, "file"), types.FileOperationFilter(_FOLDERS, "file")]
)


async def will_rename(server: Server, params: types.RenameFilesParams) -> types.WorkspaceEdit | None:
    """The edits of project files and workflows that name the files; None where none does.

    Raises:
        RefusedError: one of them has changed meanwhile.
    """
    renames = tuple(_renames(params))
    if not renames:
        return None
    bundles: list[Bundle] = []
    edits: dict[Edit, None] = {}
    for key in await _bundles(server, renames):
        bundle = (await still_snapshot(server.session, key)).bundle
        bundles.append(bundle)
        edits |= dict.fromkeys((*project_edits(bundle.project, renames), *bundle_edits(bundle, renames)))
    refuse_stale(server.session, edits, bundles)
    return workspace_edit(edits, server.session, bundles) if edits else None


async def _bundles(server: Server, renames: tuple[FileRename, ...]) -> tuple[str, ...]:
    """The bundles around the files first, then those of the workspace."""
    around = (directory_of(rename.old) for rename in renames)
    return tuple(dict.fromkeys((*around, *await workspace_bundles(server))))[:_MAX_BUNDLES]


def _renames(params: types.RenameFilesParams) -> Iterator[FileRename]:
    for file in params.files:
        old, new = to_key(file.old_uri), to_key(file.new_uri)
        if is_file(old) and is_file(new) and old != new:
            yield FileRename(old, new)
