"""``textDocument/definition``: where a name is declared, in any file of the bundle."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.features.definition import definitions
from mfo_lsp.server.declarations import Answer, to_links
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import look_up_text


def answer(server: Server, params: types.DefinitionParams) -> Answer:
    """The declarations of the name at a cursor."""
    view = look_up_text(server.session, params.text_document.uri)
    if view is None:
        return []
    found = definitions(view.snapshot, view.key, view.offset(params.position))
    return to_links(found, view, takes_links=server.session.client.definition_links)
