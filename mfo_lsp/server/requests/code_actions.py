"""``textDocument/codeAction``: fixes as edits of the workspace."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from mfo_dialect.findings import Finding
from mfo_lsp.features.code_actions import ActionKind, CodeAction, code_actions
from mfo_lsp.features.diagnostics import diagnostic_of
from mfo_lsp.features.fix_all import fix_all, wants_fix_all
from mfo_lsp.server.checking import checked
from mfo_lsp.server.convert import directory_of, to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, view_of
from mfo_lsp.server.protocol import RefusedError
from mfo_lsp.server.publish import to_protocol
from mfo_lsp.server.workspace_edits import workspace_edit

OPTIONS = types.CodeActionOptions([kind.value for kind in ActionKind])


async def answer(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done about the findings at a range."""
    key = to_key(params.text_document.uri)
    if not server.session.client.action_literals:
        return []
    analysis, findings = await checked(server, directory_of(key))
    view = view_of(server.session, key, analysis.snapshot)
    if view is None:
        return []
    only = params.context.only
    offered = [*code_actions(findings, key, view.span(params.range), only, view.source)]
    if wants_fix_all(findings, key, only):
        action = await asyncio.to_thread(fix_all, analysis.snapshot.bundle, key, server.session.other_text)
        if not server.session.is_current(directory_of(key), analysis):
            raise RefusedError("the document has changed meanwhile", types.LSPErrorCodes.ContentModified)
        offered += [action] if action is not None else []
    converted = (_converted(action, view) for action in offered)
    return [action for action in converted if action is not None]


def _converted(action: CodeAction, view: View) -> types.CodeAction | None:
    edit = workspace_edit(action.edits, view.session, [view.snapshot.bundle])
    if edit is None:
        return None
    return types.CodeAction(
        action.title,
        types.CodeActionKind(action.kind.value) if action.kind is ActionKind.QUICK_FIX else action.kind.value,
        [_diagnostic(action.finding, view)] if action.finding is not None else None,
        is_preferred=(action.preferred or None) if view.session.client.preferred_actions else None,
        edit=edit,
    )


def _diagnostic(finding: Finding, view: View) -> types.Diagnostic:
    return to_protocol(diagnostic_of(finding), finding.place.document, view.snapshot.bundle, view.session)
