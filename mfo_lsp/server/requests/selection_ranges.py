"""``textDocument/selectionRange``: what a growing selection takes in."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.features.selection import selections
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up


def answer(server: Server, params: types.SelectionRangeParams) -> list[types.SelectionRange] | None:
    """One chain of ranges for each position; nothing for a document that is not ours."""
    view = look_up(server.session, params.text_document.uri)
    return [_chain(position, view) for position in params.positions] if view is not None else None


def _chain(position: types.Position, view: View) -> types.SelectionRange:
    found: types.SelectionRange | None = None
    for span in reversed(selections(view.snapshot, view.key, view.offset(position))):
        found = types.SelectionRange(view.range(span), found)
    return found if found is not None else types.SelectionRange(types.Range(position, position))
