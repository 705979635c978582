"""``textDocument/prepareRename`` and ``textDocument/rename``: another name everywhere, in all bundles that see it."""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from uuid import uuid4

from lsprotocol import types

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_lsp.features.edited_bundle import apart
from mfo_lsp.features.rename import Refusal, Renaming, prepare_rename, rename
from mfo_lsp.features.rename.companions import companion_edits, is_companion
from mfo_lsp.features.rename.known_findings import baseline_edit
from mfo_lsp.server.convert import directory_of, is_file, to_key, to_offset, to_range
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import is_shown
from mfo_lsp.server.progress import Progress, cancellable
from mfo_lsp.server.protocol import RefusedError
from mfo_lsp.server.publish import lines_of
from mfo_lsp.server.session import Session
from mfo_lsp.server.workspace import workspace_bundles
from mfo_lsp.server.workspace_edits import refuse_stale, workspace_edit
from mfo_workspace.projects import baseline_path

_NO_NAME = "There is no name here that could be changed."
_MAX_BUNDLES = 2000


async def prepare(server: Server, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """The name at a cursor; None where there is none.

    Raises:
        RefusedError: there is one that cannot be changed; the words say why.
    """
    session, key = server.session, to_key(params.text_document.uri)
    snapshot = session.analysis(directory_of(key)).snapshot
    if not is_shown(snapshot, key):
        return None
    lines = lines_of(snapshot.bundle, key)
    found = prepare_rename(snapshot, key, to_offset(lines, params.position, session.encoding))
    if isinstance(found, Refusal):
        raise RefusedError(found.words)
    if found is None:
        return None
    return types.PrepareRenamePlaceholder(to_range(lines, found.span, session.encoding), found.name)


async def answer(server: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """The edits that give another name to what a cursor touches.

    Raises:
        RefusedError: that cannot be done; the words say why.
    """
    session, key = server.session, to_key(params.text_document.uri)
    snapshot = session.analysis(directory_of(key)).snapshot
    if not is_shown(snapshot, key):
        raise RefusedError(_NO_NAME)
    offset = to_offset(lines_of(snapshot.bundle, key), params.position, session.encoding)
    token = params.work_done_token
    progress = Progress(server, token if token is not None else f"mfo-{uuid4()}", shown=token is not None)
    progress.begin("Rename")
    work = _renamed(server, progress, apart(snapshot), key, offset, params.new_name)
    try:
        found, snapshots = await cancellable(server, progress.token, work, "The rename")
    finally:
        progress.end("")
    if found is None:
        raise RefusedError(_NO_NAME)
    if isinstance(found, Refusal):
        raise RefusedError(found.words)
    bundles = [one.bundle for one in snapshots]
    refuse_stale(session, found.edits, bundles)
    return workspace_edit(found.edits, session, bundles, _annotations(found, key, params.new_name))


async def _renamed(
    server: Server, progress: Progress, here: Callable[[], Snapshot], key: str, offset: int, new_name: str
) -> tuple[Renaming | Refusal | None, list[Snapshot]]:
    still = [here]
    async for neighbour in _neighbours(server, key):
        still.append(neighbour)
        progress.report(f"{len(still)} bundles")
    return await asyncio.to_thread(_everywhere, server.session, still, key, offset, new_name)


def _everywhere(
    session: Session, still: Iterable[Callable[[], Snapshot]], key: str, offset: int, new_name: str
) -> tuple[Renaming | Refusal | None, list[Snapshot]]:
    """The new name in the bundles, and in the files beside them that name things of theirs."""
    snapshots = [one() for one in still]
    snapshot, *neighbours = snapshots
    found = rename(snapshot, key, offset, new_name, neighbours)
    if not isinstance(found, Renaming) or not found.edits:
        return found, snapshots
    edits = list(found.edits)
    for seeing in snapshots:
        edits += companion_edits(seeing, found.symbols, new_name, _companions(session, seeing))
        path = baseline_path(seeing.bundle.project)
        known = session.baselines.held(path) if path else None
        edit = baseline_edit(seeing, found.edits, path, *known) if known is not None else None
        edits += [edit] if edit is not None else []
    return replace(found, edits=tuple(sorted(dict.fromkeys(edits), key=lambda edit: edit.place))), snapshots


def _companions(session: Session, snapshot: Snapshot) -> dict[str, str]:
    """The files beside a bundle's workflows that may name things of them."""
    folders = {directory_of(workflow.document) for workflow in snapshot.bundle.workflows if is_file(workflow.document)}
    names = (key for folder in sorted(folders) for key in session.files.list_directory(folder))
    return {key: session.other_text(key) or "" for key in names if is_companion(posixpath.basename(key))}


async def _neighbours(server: Server, key: str) -> AsyncIterator[Callable[[], Snapshot]]:
    """The other bundles of the same project, where bundles may share documents or task types, as they are then."""
    project = server.session.analysis(directory_of(key)).bundle.project
    if not project.section("bundle") and not project.task_types:
        return
    bundles = await workspace_bundles(server)
    if len(bundles) > _MAX_BUNDLES:
        raise RefusedError(
            f"The workspace has more than {_MAX_BUNDLES} directories with documents that may share this name: "
            "open a smaller folder."
        )
    for bundle in bundles:
        if bundle != directory_of(key):
            other = server.session.analysis(bundle).snapshot
            if other.bundle.project.document == project.document and other.bundle.documents:
                yield apart(other)
            await asyncio.sleep(0)


def _annotations(found: Renaming, key: str, new_name: str) -> dict[str, types.ChangeAnnotation]:
    """What to say of the edits of each document; those outside of the cursor's directory are to be confirmed."""
    here = types.ChangeAnnotation(f'Rename {found.kind} "{found.old_name}" to "{new_name}"')
    elsewhere = types.ChangeAnnotation(
        f"{here.label} in shared files", needs_confirmation=True, description="Other bundles see these files too"
    )
    documents = {edit.place.document for edit in found.edits}
    return {document: here if directory_of(document) == directory_of(key) else elsewhere for document in documents}
