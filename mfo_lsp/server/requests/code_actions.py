"""``textDocument/codeAction`` and ``codeAction/resolve``: fixes and refactorings as edits of the workspace.

What a refactoring changes is worked out when it is chosen, where the client can ask for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import cast

from lsprotocol import types

from mfo_dialect.findings import Edit, Finding
from mfo_dialect.text import Span
from mfo_lsp.features.code_actions import ActionKind, CodeAction, code_actions
from mfo_lsp.features.diagnostics import diagnostic_of
from mfo_lsp.features.edited_bundle import apart
from mfo_lsp.features.fix_all import fix_all, wants_fix_all
from mfo_lsp.features.refactorings import Obstacle, Offer, Selection, offers, refactor
from mfo_lsp.server.analysis import Analysis
from mfo_lsp.server.checking import findings_at
from mfo_lsp.server.convert import directory_of, to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up, look_up_still, look_up_text, still_snapshot, view_of
from mfo_lsp.server.project_documents import is_project_document
from mfo_lsp.server.protocol import RefusedError
from mfo_lsp.server.publish import to_protocol
from mfo_lsp.server.requests.code_lenses import as_actions, tests_as_actions
from mfo_lsp.server.workspace_edits import workspace_edit

OPTIONS = types.CodeActionOptions([kind.value for kind in ActionKind], resolve_provider=True)
_REFACTOR = types.CodeActionKind.Refactor.value
_CHANGED = "the document has changed meanwhile"


async def answer(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done about the findings at a range, and what can be rewritten there."""
    key = to_key(params.text_document.uri)
    if not server.session.client.action_literals:
        return []
    if is_project_document(server.session, key):
        return await _in_project_file(server, params, key)
    here = look_up(server.session, params.text_document.uri)
    if here is None:
        return await tests_as_actions(server, params.text_document.uri, params.range)
    span = here.span(params.range)
    analysis, findings = await findings_at(server, directory_of(key), key, span)
    view = view_of(server.session, key, analysis.snapshot)
    if view is None:
        return []
    only = params.context.only
    found = [*code_actions(findings, key, span, only, view.source)]
    edits = analysis.edits
    if wants_fix_all(only):
        still = await still_snapshot(server.session, directory_of(key))
        action = await asyncio.to_thread(fix_all, still.bundle, key, server.session.other_text)
        _refuse_stale(server, key, analysis, edits)
        found += [action] if action is not None else []
    converted = [action for action in (_converted(action, view) for action in found) if action is not None]
    runs = as_actions(view, view.span(params.range)) if not only and not view.session.client.lenses else []
    return [*converted, *await _refactorings(server, params, view, analysis), *runs]


async def _in_project_file(server: Server, params: types.CodeActionParams, key: str) -> list[types.CodeAction]:
    """What mends the findings of a project file."""
    here = look_up_text(server.session, params.text_document.uri)
    if here is None:
        return []
    span = here.span(params.range)
    analysis, findings = await findings_at(server, directory_of(key), key, span)
    view = View(server.session, key, analysis.snapshot)
    converted = (_converted(action, view) for action in code_actions(findings, key, span, params.context.only))
    return [action for action in converted if action is not None]


def _converted(action: CodeAction, view: View) -> types.CodeAction | None:
    edit = workspace_edit(action.edits, view.session, [view.snapshot.bundle])
    if edit is None:
        return None
    return types.CodeAction(
        action.title,
        _kind(action.kind),
        [_diagnostic(action.finding, view)] if action.finding is not None else None,
        is_preferred=(action.preferred or None) if view.session.client.preferred_actions else None,
        edit=edit,
    )


def _kind(kind: ActionKind) -> types.CodeActionKind | str:
    return kind.value if kind is ActionKind.FIX_ALL else types.CodeActionKind(kind.value)


def _diagnostic(finding: Finding, view: View) -> types.Diagnostic:
    return to_protocol(diagnostic_of(finding), finding.place.document, view.snapshot.bundle, view.session)


async def _refactorings(
    server: Server, params: types.CodeActionParams, view: View, analysis: Analysis
) -> list[types.CodeAction]:
    """What can be rewritten at a range: without edits for a client that asks for them later."""
    client, context = view.session.client, params.context
    is_asked = context.trigger_kind is not types.CodeActionTriggerKind.Automatic or _names_refactorings(context.only)
    if not is_asked and not client.resolves_actions:
        return []
    selection = Selection(view.snapshot, view.key, view.span(params.range))
    offered: list[types.CodeAction] = []
    for offer in offers(selection, context.only):
        if offer.obstacle:
            offered += [_disabled(offer, offer.obstacle)] if client.disabled_actions and is_asked else []
        elif client.resolves_actions:
            data = {"uri": params.text_document.uri, "span": list(selection.span), "version": _version(view)}
            offered.append(types.CodeAction(offer.title, _kind(offer.kind), data=data))
        else:
            moment = analysis.edits
            edits = await _refactored(view, selection.span, offer.title)
            _refuse_stale(server, view.key, analysis, moment)
            offered += _worked_out(offer, edits, view)
    return offered


async def _refactored(view: View, span: Span, title: str) -> tuple[Edit, ...] | Obstacle | None:
    key, snapshot_of_the_moment = view.key, apart(view.snapshot)
    return await asyncio.to_thread(lambda: refactor(Selection(snapshot_of_the_moment(), key, span), title))


def _worked_out(offer: Offer, edits: tuple[Edit, ...] | Obstacle | None, view: View) -> list[types.CodeAction]:
    if isinstance(edits, Obstacle):
        return [_disabled(offer, edits.words)] if view.session.client.disabled_actions else []
    edit = workspace_edit(edits, view.session, [view.snapshot.bundle]) if edits else None
    return [types.CodeAction(offer.title, _kind(offer.kind), edit=edit)] if edit is not None else []


def _disabled(offer: Offer, words: str) -> types.CodeAction:
    return types.CodeAction(offer.title, _kind(offer.kind), disabled=types.CodeActionDisabled(words))


def _names_refactorings(only: Iterable[str] | None) -> bool:
    return only is not None and any(kind == _REFACTOR or kind.startswith(f"{_REFACTOR}.") for kind in only)


def _version(view: View) -> int | None:
    """The version of the text for which an action is offered."""
    open_text = view.session.open_texts.get(view.key)
    return open_text.version if open_text is not None else None


def _refuse_stale(server: Server, key: str, analysis: Analysis, edits: int) -> None:
    if not server.session.is_current(directory_of(key), analysis, edits):
        raise RefusedError(_CHANGED, types.LSPErrorCodes.ContentModified)


async def resolve(server: Server, action: types.CodeAction) -> types.CodeAction:
    """The same action with its edit.

    Raises:
        RefusedError: it cannot be done after all, or the document has changed meanwhile; the words say which.
    """
    data = cast("object", action.data)  # pyright: ignore[reportUnknownMemberType] - the protocol leaves it open
    said = cast("Mapping[str, object]", data if isinstance(data, Mapping) else {})
    uri, span = said.get("uri"), _read_span(said.get("span"))
    view = await look_up_still(server.session, uri) if isinstance(uri, str) else None
    if view is None or span is None:
        return action
    if _version(view) != said.get("version"):
        raise RefusedError(_CHANGED, types.LSPErrorCodes.ContentModified)
    edits = await _refactored(view, span, action.title)
    open_text = server.session.open_texts.get(view.key)
    if edits is None or (open_text is not None and open_text.text != view.source.text):
        raise RefusedError(_CHANGED, types.LSPErrorCodes.ContentModified)
    if isinstance(edits, Obstacle):
        raise RefusedError(edits.words)
    action.edit = workspace_edit(edits, view.session, [view.snapshot.bundle])
    if action.edit is None:
        raise RefusedError("A file would have to be created, which this editor cannot do on request.")
    return action


def _read_span(value: object) -> Span | None:
    numbers = cast("list[object]", value) if isinstance(value, list) else []
    start, end = numbers if len(numbers) == len(Span._fields) else (None, None)
    return Span(start, end) if isinstance(start, int) and isinstance(end, int) and 0 <= start <= end else None
