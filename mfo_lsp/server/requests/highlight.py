"""``textDocument/documentHighlight``: where else in the document the name at a cursor is written."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.features.highlight import highlights
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import look_up_text


def answer(server: Server, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
    """The places of the name, those that give it or a value to it apart from those that read it."""
    view = look_up_text(server.session, params.text_document.uri)
    if view is None:
        return []
    kinds = {True: types.DocumentHighlightKind.Write, False: types.DocumentHighlightKind.Read}
    found = highlights(view.snapshot, view.key, view.offset(params.position))
    return [types.DocumentHighlight(view.range(place.span), kinds[place.is_write]) for place in found]
