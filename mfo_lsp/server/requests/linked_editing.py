"""``textDocument/linkedEditingRange``: the places that change with a name as it is typed."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.features.linked_editing import linked_places
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import look_up


def answer(server: Server, params: types.LinkedEditingRangeParams) -> types.LinkedEditingRanges | None:
    """The places of a name that lives in one block alone; None for other names."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return None
    found = linked_places(view.snapshot, view.key, view.offset(params.position))
    if found is None:
        return None
    return types.LinkedEditingRanges([view.range(span) for span in found.spans], found.word_pattern)
