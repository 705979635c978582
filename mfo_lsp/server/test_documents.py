"""Documents with tests of flows in the editor: findings, completion and hover, though they are no part of any bundle."""

from __future__ import annotations

import asyncio
import posixpath

from lsprotocol import types

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.syntax import SyntaxTree, parse
from mfo_lsp.features.flow_tests import Flows, complete_test, hover_test, names_that_are_not_there
from mfo_lsp.server.convert import directory_of, is_file, to_offset, to_range
from mfo_lsp.server.flow_tests import is_test_document, read_tests
from mfo_lsp.server.host import Server
from mfo_lsp.server.session import Session
from mfo_workspace.files import UnreadableFileError

_PAUSE = 0.15
"""Seconds without a change before findings are told."""
_SOURCE = "mfo"


def tell_soon(server: Server) -> None:
    """Tell the findings of the open documents with tests in a moment, to a client that does not ask for them."""
    if not server.session.client.pulls:
        for key in server.session.open_texts:
            if is_test_document(key):
                server.checks.start(("tests", key), _tell(server, key))


def tell_none(server: Server, key: str) -> None:
    """Take back what was told of a document that is closed."""
    if is_test_document(key) and not server.session.client.pulls:
        server.checks.cancel(("tests", key))
        uri = server.session.uri(key)
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


async def _tell(server: Server, key: str) -> None:
    await asyncio.sleep(_PAUSE)
    found = await findings_of(server, key)
    open_text = server.session.open_texts.get(key)
    if open_text is not None:
        version = open_text.version if server.session.client.versions else None
        params = types.PublishDiagnosticsParams(open_text.uri, found, version)
        server.text_document_publish_diagnostics(params)


async def findings_of(server: Server, key: str) -> list[types.Diagnostic]:
    """What keeps the tests of a document from being run, and what they name that is not there."""
    session = server.session
    (file,) = await asyncio.to_thread(read_tests, session.files.still(), [key])
    if file.problem is not None:
        message, span, lines = file.problem
        return [_diagnostic(to_range(lines, span, session.encoding), message, types.DiagnosticSeverity.Error)]
    tree = _tree(session, key)
    return [
        _diagnostic(to_range(tree.lines, span, session.encoding), message, types.DiagnosticSeverity.Warning)
        for span, message in names_that_are_not_there(tree, _flows(session, key))
    ]


def complete(server: Server, key: str, position: types.Position) -> list[types.CompletionItem]:
    """What may be typed in a document with tests."""
    session = server.session
    tree = _tree(session, key)
    items = complete_test(tree, to_offset(tree.lines, position, session.encoding), _flows(session, key))
    return [
        types.CompletionItem(
            item.label,
            kind=types.CompletionItemKind.Property if item.words() else types.CompletionItemKind.Value,
            documentation=item.words() or None,
            sort_text=item.sort_key,
            text_edit=types.TextEdit(to_range(tree.lines, item.span, session.encoding), item.new_text),
        )
        for item in items
    ]


def explain(server: Server, key: str, position: types.Position) -> types.Hover | None:
    """What the key under a cursor means."""
    session = server.session
    tree = _tree(session, key)
    found = hover_test(tree, to_offset(tree.lines, position, session.encoding))
    if found is None:
        return None
    kind = types.MarkupKind.Markdown if session.client.markdown_hover else types.MarkupKind.PlainText
    return types.Hover(types.MarkupContent(kind, found.markdown), to_range(tree.lines, found.span, session.encoding))


def _diagnostic(place: types.Range, message: str, severity: types.DiagnosticSeverity) -> types.Diagnostic:
    return types.Diagnostic(place, message, severity=severity, source=_SOURCE)


def _tree(session: Session, key: str) -> SyntaxTree:
    try:
        return parse(session.files.read(key))
    except UnreadableFileError:
        return parse("")


def _flows(session: Session, key: str) -> Flows:
    """The flows that tests of a document may be of."""
    from mfo_runtime.errors import error_codes  # noqa: PLC0415 - the running side is loaded when it is asked for

    known: dict[str, tuple[tuple[FlowView, ...], Bundle] | None] = {}

    def of_file(name: str) -> tuple[tuple[FlowView, ...], Bundle] | None:
        if name not in known:
            known[name] = _flows_of(session, posixpath.normpath(posixpath.join(directory_of(key), name)))
        return known[name]

    sources = session.analysis(directory_of(key)).snapshot.bundle.sources
    files = tuple(posixpath.basename(one) for one, source in sources.items() if source.kind is DocumentKind.WORKFLOW)
    return Flows(files, of_file, error_codes())


def _flows_of(session: Session, key: str) -> tuple[tuple[FlowView, ...], Bundle] | None:
    if not is_file(key) or not session.files.exists(key):
        return None
    snapshot = session.analysis(directory_of(key)).snapshot
    return tuple(flow for flow in snapshot.flows if flow.document == key), snapshot.bundle
