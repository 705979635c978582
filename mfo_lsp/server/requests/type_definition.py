"""``textDocument/typeDefinition``: the schema of what a reference reads."""

from __future__ import annotations

from lsprotocol import types

from mfo_lsp.features.type_definition import type_definitions
from mfo_lsp.server.declarations import Answer, to_links
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import look_up


def answer(server: Server, params: types.TypeDefinitionParams) -> Answer:
    """The schema behind the place of a cursor."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return []
    found = type_definitions(view.snapshot, view.key, view.offset(params.position))
    return to_links(found, view, takes_links=server.session.client.type_definition_links)
