"""``textDocument/references``: every place of the bundle where a name is written."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.features.references import references
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import look_up_text


def answer(server: Server, params: types.ReferenceParams) -> list[types.Location]:
    """The places where the name at a cursor is written."""
    view = look_up_text(server.session, params.text_document.uri)
    if view is None:
        return []
    offset = view.offset(params.position)
    include = params.context.include_declaration
    found = references(view.snapshot, view.key, offset, include_declaration=include)
    return [view.location(place) for place in found]
