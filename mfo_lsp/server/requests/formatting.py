"""``textDocument/formatting`` and ``textDocument/rangeFormatting``: the white space of a document, or of some lines."""

from __future__ import annotations

from lsprotocol import types

from mfo_dialect.file_names import is_markdown
from mfo_lsp.features.formatting import format_tree
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up


def answer(server: Server, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """The edits that lay out a document; none where it cannot be read. The client's options do not count."""
    view = look_up(server.session, params.text_document.uri)
    return _edits(view, None) if view is not None else []


def answer_for_range(server: Server, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
    """The edits that lay out the lines of a range; one that ends at the beginning of a line leaves that line out."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return []
    span = view.span(params.range)
    last = view.lines.line_of(max(span.end - 1, span.start))
    return _edits(view, range(view.lines.line_of(span.start), last + 1))


def _edits(view: View, lines: range | None) -> list[types.TextEdit]:
    if not view.preferences.formatting or is_markdown(view.source.key):
        return []
    edits = format_tree(view.source.tree, lines).edits
    return [types.TextEdit(view.range(edit.span), edit.new_text) for edit in edits]
