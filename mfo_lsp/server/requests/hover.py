"""``textDocument/hover``: what a place means; on the first line of a file that is not ours, why it is not."""

from __future__ import annotations

from datetime import UTC, datetime

from lsprotocol import types

from mfo_dialect.analysis.bundle import read_source
from mfo_dialect.text import LineIndex
from mfo_lsp.features.hover import Hover, explain_kind, hover, wanted_by_hover
from mfo_lsp.server import project_documents
from mfo_lsp.server.convert import to_key, to_offset, to_range
from mfo_lsp.server.flow_tests import is_test_document
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import look_up
from mfo_lsp.server.project_documents import is_project_document
from mfo_lsp.server.session import Session
from mfo_lsp.server.test_documents import explain


async def answer(server: Server, params: types.HoverParams) -> types.Hover | None:
    """The words about a cursor's place; None where there is nothing to say."""
    session = server.session
    view = look_up(session, params.text_document.uri)
    if view is None:
        key = to_key(params.text_document.uri)
        if is_project_document(session, key):
            return project_documents.explain(server, key, params.position)
        found = explain(server, key, params.position) if is_test_document(key) else None
        return found or _explanation(session, params)
    offset = view.offset(params.position)
    wanted = wanted_by_hover(view.snapshot, view.key, offset)
    project = view.snapshot.bundle.project
    recorded = await session.recorded_runs.of([wanted] if wanted is not None else [], project)
    view = look_up(session, params.text_document.uri)  # it may have been edited meanwhile
    if view is None:
        return None
    found = hover(view.snapshot, view.key, view.offset(params.position), datetime.now(UTC), recorded)
    return _converted(found, view.lines, session)


def _explanation(session: Session, params: types.HoverParams) -> types.Hover | None:
    key = to_key(params.text_document.uri)
    open_text = session.open_texts.get(key)
    if open_text is None or params.position.line > 0:
        return None
    source = read_source(key, open_text.text)
    lines = source.tree.lines
    return _converted(explain_kind(source, to_offset(lines, params.position, session.encoding)), lines, session)


def _converted(found: Hover | None, lines: LineIndex, session: Session) -> types.Hover | None:
    if found is None:
        return None
    kind = types.MarkupKind.Markdown if session.client.markdown_hover else types.MarkupKind.PlainText
    return types.Hover(types.MarkupContent(kind, found.markdown), to_range(lines, found.span, session.encoding))
