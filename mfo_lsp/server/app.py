"""The language server as one table: method -> handler. A new feature is a file in ``requests`` and a line here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from lsprotocol import types

from mfo_lsp.server import commands, documents, lifecycle, progress, settings
from mfo_lsp.server.host import Method, Server
from mfo_lsp.server.open_text import read_changed_document, read_opened_document
from mfo_lsp.server.own_params import read_own_params
from mfo_lsp.server.requests import (
    call_hierarchy,
    code_actions,
    code_lenses,
    completion,
    definition,
    diagnostics,
    document_links,
    document_symbols,
    file_renames,
    flow_tests,
    folding,
    formatting,
    graph,
    highlight,
    hover,
    implementation,
    inlay_hints,
    inputs,
    linked_editing,
    references,
    rename,
    rendered_prompt,
    run_history,
    selection_ranges,
    semantic_tokens,
    signature_help,
    type_definition,
    why,
    workspace_symbols,
)
from mfo_workspace.files import DiskFiles, Files

METHODS: tuple[Method, ...] = (
    Method(types.INITIALIZE, lifecycle.initialize),
    Method(types.INITIALIZED, lifecycle.initialized),
    Method(types.SHUTDOWN, lifecycle.shutdown),
    Method(types.EXIT, lifecycle.leave),
    Method(types.SET_TRACE, lifecycle.set_trace),
    Method(types.CANCEL_REQUEST, lifecycle.cancel_request),
    Method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, progress.cancel),
    Method(types.TEXT_DOCUMENT_DID_OPEN, documents.did_open, params=read_opened_document),
    Method(types.TEXT_DOCUMENT_DID_CHANGE, documents.did_change, params=read_changed_document),
    Method(types.TEXT_DOCUMENT_DID_CLOSE, documents.did_close),
    Method(types.TEXT_DOCUMENT_DID_SAVE, documents.did_save),
    Method(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, documents.did_change_watched_files),
    Method(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, documents.did_change_workspace_folders),
    Method(types.WORKSPACE_DID_CHANGE_CONFIGURATION, settings.did_change_configuration),
    Method(types.WORKSPACE_DID_CREATE_FILES, documents.did_create_files, documents.FILE_OPERATIONS),
    Method(types.WORKSPACE_DID_RENAME_FILES, documents.did_rename_files, documents.FILE_OPERATIONS),
    Method(types.WORKSPACE_DID_DELETE_FILES, documents.did_delete_files, documents.FILE_OPERATIONS),
    Method(types.TEXT_DOCUMENT_DIAGNOSTIC, diagnostics.answer, diagnostics.OPTIONS),
    Method(types.WORKSPACE_DIAGNOSTIC, diagnostics.answer_workspace),
    Method(types.TEXT_DOCUMENT_COMPLETION, completion.answer, completion.OPTIONS),
    Method(types.COMPLETION_ITEM_RESOLVE, completion.resolve),
    Method(types.TEXT_DOCUMENT_HOVER, hover.answer),
    Method(types.TEXT_DOCUMENT_DEFINITION, definition.answer),
    Method(types.TEXT_DOCUMENT_TYPE_DEFINITION, type_definition.answer),
    Method(types.TEXT_DOCUMENT_IMPLEMENTATION, implementation.answer),
    Method(types.TEXT_DOCUMENT_REFERENCES, references.answer),
    Method(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, highlight.answer),
    Method(types.TEXT_DOCUMENT_PREPARE_RENAME, rename.prepare),
    Method(types.TEXT_DOCUMENT_RENAME, rename.answer),
    Method(types.TEXT_DOCUMENT_LINKED_EDITING_RANGE, linked_editing.answer),
    Method(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, document_symbols.answer),
    Method(types.WORKSPACE_SYMBOL, workspace_symbols.answer),
    Method(types.TEXT_DOCUMENT_FOLDING_RANGE, folding.answer),
    Method(types.TEXT_DOCUMENT_SELECTION_RANGE, selection_ranges.answer),
    Method(types.TEXT_DOCUMENT_DOCUMENT_LINK, document_links.answer),
    Method(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, semantic_tokens.answer, semantic_tokens.LEGEND),
    Method(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, semantic_tokens.answer_delta),
    Method(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, semantic_tokens.answer_range),
    Method(types.TEXT_DOCUMENT_INLAY_HINT, inlay_hints.answer, inlay_hints.OPTIONS),
    Method(types.INLAY_HINT_RESOLVE, inlay_hints.resolve),
    Method(types.TEXT_DOCUMENT_SIGNATURE_HELP, signature_help.answer, signature_help.OPTIONS),
    Method(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, call_hierarchy.answer),
    Method(types.CALL_HIERARCHY_INCOMING_CALLS, call_hierarchy.answer_incoming),
    Method(types.CALL_HIERARCHY_OUTGOING_CALLS, call_hierarchy.answer_outgoing),
    Method("mfo/graph", graph.answer, params=read_own_params),
    Method("mfo/inputs", inputs.answer, params=read_own_params),
    Method("mfo/renderedPrompt", rendered_prompt.answer, params=read_own_params),
    Method("mfo/tests", flow_tests.answer, params=flow_tests.read_params),
    Method("mfo/runs", run_history.answer_runs, params=read_own_params),
    Method("mfo/run", run_history.answer_run, params=read_own_params),
    Method("mfo/runValue", run_history.answer_value, params=read_own_params),
    Method("mfo/why", why.answer, params=read_own_params),
    Method(types.TEXT_DOCUMENT_CODE_ACTION, code_actions.answer, code_actions.OPTIONS),
    Method(types.CODE_ACTION_RESOLVE, code_actions.resolve),
    Method(types.TEXT_DOCUMENT_CODE_LENS, code_lenses.answer, code_lenses.OPTIONS),
    Method(types.CODE_LENS_RESOLVE, code_lenses.resolve),
    Method(types.TEXT_DOCUMENT_FORMATTING, formatting.answer),
    Method(types.TEXT_DOCUMENT_RANGE_FORMATTING, formatting.answer_for_range),
    Method(types.WORKSPACE_WILL_RENAME_FILES, file_renames.will_rename, file_renames.OPTIONS),
    Method(types.WORKSPACE_EXECUTE_COMMAND, commands.execute),
)


PATIENT = frozenset(
    {
        types.TEXT_DOCUMENT_DEFINITION,
        types.TEXT_DOCUMENT_TYPE_DEFINITION,
        types.TEXT_DOCUMENT_IMPLEMENTATION,
        types.TEXT_DOCUMENT_REFERENCES,
        types.TEXT_DOCUMENT_PREPARE_RENAME,
        types.TEXT_DOCUMENT_RENAME,
        types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY,
        types.CALL_HIERARCHY_INCOMING_CALLS,
        types.CALL_HIERARCHY_OUTGOING_CALLS,
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CODE_ACTION_RESOLVE,
        types.TEXT_DOCUMENT_CODE_LENS,
        types.CODE_LENS_RESOLVE,
        types.WORKSPACE_WILL_RENAME_FILES,
        types.WORKSPACE_EXECUTE_COMMAND,
        *(method.name for method in METHODS if method.name.startswith("mfo/")),
    }
)
"""What would be wrong of a part of the documents; it waits while a directory of many is being read."""


def make_server(disk: Files | None = None) -> Server:
    """A server for one client.

    Args:
        disk: where files are read that are not open; the real disk where it is not given.
    """
    return Server(METHODS, commands.COMMANDS, _version(), disk if disk is not None else DiskFiles(), PATIENT)


def _version() -> str:
    try:
        return version("mfo-lsp")
    except PackageNotFoundError:
        return "0"
