"""``textDocument/formatting`` and ``textDocument/rangeFormatting``: the white space of a document, or of some lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from lsprotocol import types

from mfo_dialect.file_names import is_markdown
from mfo_dialect.syntax import parse
from mfo_dialect.text import TextEdit
from mfo_lsp.features.formatting import format_tree
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up
from mfo_lsp.server.protocol import RefusedError

_LONG = 20_000
"""Characters from which on laying out takes longer than others should wait: some hundred lines."""


async def answer(server: Server, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """The edits that lay out a document; none where it cannot be read. The client's options do not count.

    Raises:
        RefusedError: the document is long, and has changed meanwhile.
    """
    return await _edits(server, params.text_document.uri, lambda _: None)


async def answer_for_range(server: Server, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
    """The edits that lay out the lines of a range; one that ends at the beginning of a line leaves that line out.

    Raises:
        RefusedError: as ``answer`` does.
    """

    def lines(view: View) -> range:
        span = view.span(params.range)
        last = view.lines.line_of(max(span.end - 1, span.start))
        return range(view.lines.line_of(span.start), last + 1)

    return await _edits(server, params.text_document.uri, lines)


async def _edits(server: Server, uri: str, lines: Callable[[View], range | None]) -> list[types.TextEdit]:
    view = look_up(server.session, uri)
    if view is None or not view.preferences.formatting or is_markdown(view.source.key):
        return []
    wanted = lines(view)
    if view.lines.length < _LONG:
        edits = format_tree(view.source.tree, wanted).edits
    else:  # in a thread, on a tree of its own, so that nobody waits for it
        text = view.source.text
        with server.house.building():  # the collector would go through all of that tree while others wait
            edits = await asyncio.to_thread(_formatted, text, wanted)
        view = look_up(server.session, uri)
        if view is None or view.source.text != text:
            raise RefusedError("the document has changed meanwhile", types.LSPErrorCodes.ContentModified)
    return [types.TextEdit(view.range(edit.span), edit.new_text) for edit in edits]


def _formatted(text: str, lines: range | None) -> tuple[TextEdit, ...]:
    return format_tree(parse(text), lines).edits
